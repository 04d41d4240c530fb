"""Which calls a list is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.states import CallState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call, Direction
    from chalicelib.calls.domain.outcomes import Outcome

# States in which something goes on between the carrier and somebody.
LIVE = frozenset({CallState.DIALING, CallState.UNKNOWN, CallState.RINGING, CallState.IN_PROGRESS})


@dataclass(frozen=True)
class CallFilter:
    """Calls of which all that is given holds; accepted from `since` on and before `until`."""

    state: CallState | None = None
    direction: Direction | None = None
    outcome: Outcome | None = None
    contact_id: str | None = None
    template_id: str | None = None
    campaign_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether every call of a list by time, or of a contact's, is wanted."""
        further = (self.state, self.direction, self.outcome, self.template_id, self.campaign_id)
        return all(each is None for each in further)

    def matches(self, call: Call) -> bool:
        """Tell whether a call is wanted, whenever and whoever's it is; an erased one never is."""
        pairs = (
            (self.state, call.state),
            (self.direction, call.direction),
            (self.outcome, call.outcome),
            (self.template_id, call.template_id),
            (self.campaign_id, call.campaign_id),
        )
        return call.erased_at is None and all(wanted in (None, given) for wanted, given in pairs)


@dataclass(frozen=True)
class LiveCalls:
    """Calls that are going on now, the newest first; `more`: there are others."""

    items: Sequence[Call]
    more: bool = False

"""A call, what happens to it, and what the carrier says of it; what moves it is in `states`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import TemplateChoice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.calls.domain.outcomes import Outcome
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.kernel.phones import E164


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, order=True)
class CallEvent:
    """Something that happened to a call; `key` makes a repeated report recognisable."""

    at: str
    key: str
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """What the carrier says of a call: a status callback, or a row of its call list."""

    status: str
    sid: str
    at: datetime
    sequence: int | None = None
    duration_s: int | None = None
    sip_code: str = ""
    error: str = ""


@dataclass(frozen=True)
class Call:
    """One call to or from one number: for an outbound call, one attempt (see ADR 1).

    `cost` is the sum of its lines in micro-dollars, known when its books are closed. `sip_code` is the last
    answer of the called network, when the carrier tells it. An erased call has lost its number and all that
    was said, and keeps what counts and cost are made of.

    `campaign_id` names the campaign, `attempt` is which try at its member this is, from 1 on. `slots` are its
    places among calls that may go on at once, as `<pool>#<place>`. A call that waits is not dialed any more
    when `not_after` has come; None: it waits as long as it takes. `reserved` is the most that it may cost,
    in micro-dollars, and `budgets` names those that hold so much for it; None: nothing is limited.
    `appointment` is what texts may say of the appointment of which it reminds; empty: it reminds of none.
    """

    id: str
    direction: Direction
    state: CallState
    number: E164
    line: E164
    contact_id: str
    template_id: str
    created_at: datetime
    due_at: datetime
    template_version: int | None = None
    not_after: datetime | None = None
    priority: int = 5
    requested_by: str = ""
    appointment: Mapping[str, str] = field(default_factory=dict, hash=False)
    campaign_id: str = ""
    attempt: int = 0
    slots: tuple[str, ...] = ()
    reserved: int | None = None
    budgets: tuple[str, ...] = ()
    decision: Decision | None = None
    dialed_at: datetime | None = None
    sid: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    carrier_status: str = ""
    sip_code: str = ""
    duration_s: int | None = None
    reason: str = ""
    outcome: Outcome | None = None
    finished_at: datetime | None = None
    cost: int | None = None
    look_at: datetime | None = None
    erased_at: datetime | None = None
    events: tuple[CallEvent, ...] = ()
    version: int = 0

    @property
    def choice(self) -> TemplateChoice:
        """By which template it was asked to be held."""
        return TemplateChoice(self.template_id, self.template_version)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can happen on the line any more."""
        return self.state is CallState.ENDED


def add_event(call: Call, event: CallEvent) -> Call:
    """Remember what happened, once, with its earliest time, in the order of time."""
    known = {known.key: known for known in call.events}
    known[event.key] = min(known.get(event.key, event), event)
    return replace(call, events=tuple(sorted(known.values())))

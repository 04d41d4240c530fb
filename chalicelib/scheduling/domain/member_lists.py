"""Which members of a campaign a list shows; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.calls.domain.outcomes import Outcome
    from chalicelib.scheduling.domain.members import Member, MemberState


@dataclass(frozen=True)
class MemberFilter:
    """What is asked of members; all of it holds together, None asks nothing. `variant` is its name."""

    state: MemberState | None = None
    reason: str | None = None
    variant: str | None = None
    last_outcome: Outcome | None = None

    def matches(self, member: Member) -> bool:
        """Tell whether a member has all of it."""
        return (
            self.state in (None, member.state)
            and self.reason in (None, member.reason)
            and self.variant in (None, member.variant.name)
            and self.last_outcome in (None, member.last_outcome)
        )


EVERYBODY = MemberFilter()

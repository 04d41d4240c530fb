"""All that the decision on a dial rests on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.narrowing import Callee, Circumstances, Narrowing, narrowing_of
from chalicelib.calls.domain.purposes import Purpose

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.allowances import Purse, Short
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.narrowing import NamedCap
    from chalicelib.calls.domain.permission import NumberStatus
    from chalicelib.kernel.numbering import NumberPlan
    from chalicelib.system.domain.settings import Hours


@dataclass(frozen=True)
class DialFacts:
    """All that the decision rests on; `stop` is the code and the sentence of what stops all dialing.

    `hours` hold for every call (None: any hour), `campaign` is what its campaign asks for; `campaign_gone`:
    the call names one that is not there. `calls_per_number_per_day` is the system's limit; None: none.
    `purse` are the budgets that pay for the call; None: nothing is limited. `not_after`: the call's own end.
    """

    plan: NumberPlan
    status: NumberStatus
    allowed_countries: frozenset[str]
    contact_refuses: bool
    call_id: str
    now: datetime
    stop: tuple[str, str] | None = None
    contact_gone: bool = False
    purpose: Purpose = Purpose.INFORMATIONAL
    callee: Callee = field(default_factory=Callee)
    hours: Hours | None = None
    campaign: DialPlan | None = None
    campaign_gone: bool = False
    calls_per_number_per_day: int | None = None
    purse: Purse | None = None
    not_after: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """Give when this call is not dialed any more: at its own end, or the campaign's; None: never."""
        ends = (self.not_after, self.campaign and self.campaign.not_after)
        return min((each for each in ends if each), default=None)

    @property
    def narrowing(self) -> Narrowing:
        """Give every rule of time that holds for this call."""
        return narrowing_of(
            Circumstances(
                self.purpose,
                self.plan.country,
                self.now.date(),
                self.callee,
                self.hours,
                replace(self.campaign, stop=None) if self.campaign else None,
                self.calls_per_number_per_day,
            )
        )

    @property
    def short(self) -> Short | None:
        """Say why the budgets do not pay for this call now; None: they do, or nothing is limited."""
        return self.purse.short(self.now) if self.purse else None

    @property
    def other_dials(self) -> tuple[datetime, ...]:
        """Give the recent dials without the call's own, which was taken back before the carrier had it."""
        is_own = bool(self.call_id) and self.status.live_call_id == self.call_id
        return self.status.dials[:-1] if is_own else self.status.dials

    def counted_by(self, named: NamedCap) -> tuple[datetime, ...]:
        """Give the instants that a cap counts, of dials or of talks."""
        if not named.counts_talks:
            return self.other_dials
        return (self.status.talked_at,) if self.status.talked_at else ()

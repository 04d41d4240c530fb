"""What is assumed of calls that nobody has made yet: from past calls when there are enough; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.scheduling.domain.member_numbers import CALLS, COST

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from chalicelib.calls.domain.statistics import CallDashboard

ENOUGH_CALLS = 50  # dialed ones from which rates are taken
# How long it rings, from the dial until the call is over, when nobody answers.
RING_S = 25
BY_SOMEBODY = (
    Outcome.COMPLETED,
    Outcome.TRANSFERRED,
    Outcome.OPTED_OUT,
    Outcome.ABANDONED,
    Outcome.VOICEMAIL_LEFT,
    Outcome.VOICEMAIL_NO_MESSAGE,
)
_BY_NOBODY = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.DECLINED, Outcome.FAILED)
_USUAL: Mapping[Outcome, float] = MappingProxyType(
    {
        Outcome.COMPLETED: 0.25,
        Outcome.VOICEMAIL_NO_MESSAGE: 0.30,
        Outcome.NO_ANSWER: 0.35,
        Outcome.BUSY: 0.05,
        Outcome.FAILED: 0.05,
    }
)
_USUAL_S = 60
# An answered minute by list prices: the carrier's voice, and its conversation in words.
_USUAL_COST = 84_000


@dataclass(frozen=True)
class Assumptions:
    """What a call comes to: `shares` of its outcomes, which add up to one, and what an answered one takes.

    `basis` is `campaign` when it was read from the campaign's own `calls`, `template` or `account` when from
    those of the last thirty days, else `default`.
    `answered_s` is how long an answered call lasts on average, `answered_cost` what it costs, in
    micro-dollars.
    """

    basis: str = "default"
    calls: int = 0
    shares: Mapping[Outcome, float] = field(default_factory=lambda: _USUAL, hash=False)
    answered_s: int = _USUAL_S
    answered_cost: int = _USUAL_COST

    @property
    def answer_rate(self) -> float:
        """The share of calls that somebody, or a machine, answers."""
        return sum(self.shares.get(outcome, 0.0) for outcome in BY_SOMEBODY)

    def seconds_of(self, outcome: Outcome) -> int:
        """Give how long a call takes from its dial to its end."""
        return self.answered_s if outcome in BY_SOMEBODY else RING_S

    def cost_of(self, outcome: Outcome) -> int:
        """Give what a call costs, in micro-dollars."""
        return self.answered_cost if outcome in BY_SOMEBODY else 0


def assumptions_of(found: CallDashboard, basis: str) -> Assumptions | None:
    """Read what calls come to from past ones; None when there were too few.

    How many are answered is counted of outbound calls; what comes of answered ones, and how long they last,
    of all calls.
    """
    dialed = found.volume.dialed
    if dialed < ENOUGH_CALLS:
        return None
    rate = min(1.0, found.volume.answered[Direction.OUTBOUND] / dialed)
    shares = _split(found.outcomes, BY_SOMEBODY, rate) | _split(found.outcomes, _BY_NOBODY, 1 - rate)
    answered, lengths = found.volume.answered_total, found.lengths
    return Assumptions(
        basis=basis,
        calls=dialed,
        shares=shares,
        answered_s=max(1, round(lengths.total_s / lengths.count)) if lengths.count else _USUAL_S,
        answered_cost=round(found.volume.cost / answered) if answered else _USUAL_COST,
    )


def measured(numbers: Counter[str], assumed: Assumptions) -> Assumptions:
    """Give what is assumed, corrected by a campaign's own calls once there are enough of them."""
    counts = {outcome: numbers[f"{CALLS}{outcome}"] for outcome in (*BY_SOMEBODY, *_BY_NOBODY)}
    total = sum(counts.values())
    if total < ENOUGH_CALLS:
        return assumed
    answered = sum(counts[outcome] for outcome in BY_SOMEBODY)
    cost = round(numbers[COST] / answered) if answered else assumed.answered_cost
    shares = {outcome: count / total for outcome, count in counts.items() if count}
    return replace(assumed, basis="campaign", calls=total, shares=shares, answered_cost=cost)


def _split(counts: Mapping[Outcome, int], among: tuple[Outcome, ...], share: float) -> dict[Outcome, float]:
    """Divide a share as the outcomes were; to the first of them when there were none."""
    total = sum(counts.get(outcome, 0) for outcome in among)
    if not total:
        return {among[0]: share}
    return {outcome: share * counts.get(outcome, 0) / total for outcome in among if counts.get(outcome)}

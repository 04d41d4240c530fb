"""A campaign on a virtual clock: the real rules decide about each call, what comes of it is assumed; pure."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.deciding import may_dial_at
from chalicelib.calls.domain.permission import Verdict
from chalicelib.scheduling.domain.assuming import BY_SOMEBODY
from chalicelib.scheduling.domain.best_hours import moved_to
from chalicelib.scheduling.domain.prospects import Foreseen
from chalicelib.scheduling.domain.retries import retry_at
from chalicelib.scheduling.domain.spending import Spending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.calls.domain.outcomes import Outcome
    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.prospects import Prospect, Terms

HORIZON = timedelta(days=60)  # nobody is foreseen to be called later than this after the beginning
NOT_IN_TIME, BUDGET_SPENT = "not_in_time", "budget_spent"
_STEPS = 100  # decisions about one call at most
_SOON = timedelta(seconds=30)
_DAY = timedelta(days=1)


def foresee(prospects: Sequence[Prospect], terms: Terms, begin: datetime) -> Foreseen:
    """Let a campaign run from `begin` on; the same prospects in the same order always give the same.

    The longest due is next, as soon as pace, calls at once and budgets let it be dialed; the rules decide at
    that moment. Outcomes are dealt out by their shares, among the calls of each attempt.
    """
    course = _Course(terms, begin)
    for place, each in enumerate(prospects):
        course.wait(max(each.due_at, begin), place, each)
    while course.waiting:
        due_at, place, prospect = heapq.heappop(course.waiting)
        course.step(max(due_at, course.free_at), place, prospect)
    return course.foreseen


@dataclass
class _Course:
    """The virtual clock's state: when the next call may start, who is on the line, what is spent."""

    terms: Terms
    begin: datetime
    foreseen: Foreseen = field(default_factory=Foreseen)
    waiting: list[tuple[datetime, int, Prospect]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next_start = self.begin
        self._ends: list[datetime] = []
        self._steps: Counter[int] = Counter()
        self._owed: dict[int, dict[Outcome, float]] = defaultdict(lambda: defaultdict(float))
        self._spending = Spending(self.terms.bounds.allowances, self.terms.scale, self.begin.date())
        live, scale = self.terms.bounds.live_calls, self.terms.scale
        # Where a prospect stands for many, so many places are one; if they are fewer, it has them for longer.
        self._places = None if live is None else max(1, int(live / scale))
        self._longer = 1.0 if live is None or self._places is None else scale * self._places / live

    @property
    def free_at(self) -> datetime:
        """When the next call may start, by pace and by calls at once."""
        if self._places is None or len(self._ends) < self._places:
            return self._next_start
        return max(self._next_start, self._ends[0])

    def wait(self, until: datetime, place: int, prospect: Prospect) -> None:
        """Have a prospect looked at again."""
        heapq.heappush(self.waiting, (until, place, prospect))

    def step(self, at: datetime, place: int, prospect: Prospect) -> None:
        """Decide about one, and call, or put off, or give up."""
        self._steps[place] += 1
        if at - self.begin > HORIZON or self._steps[place] > _STEPS:
            self._leave(NOT_IN_TIME)
        elif prospect.barred:
            self._leave(prospect.barred)
        elif self._spending.is_spent(at, is_daily=True):
            self.wait(_midnight_after(at), place, prospect)
        else:
            self._decide(at, place, prospect)

    def _decide(self, at: datetime, place: int, prospect: Prospect) -> None:
        decision = may_dial_at(prospect.facts, at)
        if decision.verdict is Verdict.REFUSE:
            self._leave(decision.reason)
        elif decision.verdict is Verdict.NOT_YET:
            self.wait(max(decision.not_before or at, at + _SOON), place, prospect)
        elif self._spending.is_spent(at, is_daily=False):
            self._leave(BUDGET_SPENT)
        else:
            self._call(at, place, prospect)

    def _leave(self, reason: str, portion: float = 1.0) -> None:
        self.foreseen.left[reason] += portion

    def _call(self, at: datetime, place: int, prospect: Prospect) -> None:
        attempt = len(prospect.outcomes) + 1
        outcome = self._deal(attempt)
        assumed = self.terms.assumptions
        cost, ends_at = assumed.cost_of(outcome), at + timedelta(seconds=assumed.seconds_of(outcome))
        portion = self._spending.portion(at, cost)
        self._spending.take(at, portion, cost)
        self._count(at, self._take(at, ends_at - at), attempt, outcome, portion)
        outcomes = (*prospect.outcomes, outcome)
        again = retry_at(self.terms.retries, outcomes, attempt, ends_at)
        if outcome in self.terms.goal or again is None:
            if portion < 1:
                self._leave(BUDGET_SPENT, 1 - portion)
            return
        self._steps[place] = 0
        due_at = self._preferred(prospect.number, again)
        self.wait(due_at, place, replace(_dialed(prospect, at), due_at=due_at, outcomes=outcomes))

    def _preferred(self, number: E164, again: datetime) -> datetime:
        if self.terms.best_hour is None:
            return again
        moved, stop_at = moved_to(self.terms.best_hour, number, again), self.terms.stop_at
        return again if stop_at and moved >= stop_at else moved

    def _deal(self, attempt: int) -> Outcome:
        """Give the outcome that is owed the most, so that the shares come true as soon as they can."""
        owed = self._owed[attempt]
        for outcome, share in self.terms.assumptions.shares.items():
            owed[outcome] += share
        most = max(owed, key=lambda each: (owed[each], each))
        owed[most] -= 1
        return most

    def _take(self, at: datetime, lasting: timedelta) -> datetime:
        """Use pace and a place, for as many as the prospect stands for; give when the last ends."""
        bounds, scale = self.terms.bounds, self.terms.scale
        self._next_start = at + bounds.interval * scale
        last_ends = at + bounds.interval * (scale - 1) + lasting
        if self._places is not None:
            if len(self._ends) >= self._places:
                heapq.heappop(self._ends)
            free_at = at + lasting * self._longer
            heapq.heappush(self._ends, free_at)
            last_ends = max(last_ends, free_at)
        return last_ends

    def _count(self, at: datetime, ends_at: datetime, attempt: int, outcome: Outcome, portion: float) -> None:
        foreseen = self.foreseen
        foreseen.calls += portion
        foreseen.by_attempt[attempt] += portion
        foreseen.outcomes[outcome] += portion
        foreseen.answered += portion * (outcome in BY_SOMEBODY)
        foreseen.goals += portion * (outcome in self.terms.goal)
        foreseen.cost += portion * self.terms.assumptions.cost_of(outcome)
        foreseen.first_dial_at = foreseen.first_dial_at or at
        foreseen.last_dial_at = at
        foreseen.finish_at = max(foreseen.finish_at or ends_at, ends_at)


def _dialed(prospect: Prospect, at: datetime) -> Prospect:
    """Give a prospect whose number was dialed once more, and who is not on the line any more."""
    facts = prospect.facts
    dials = (*facts.other_dials, at)
    status = replace(facts.status, dials=dials, live_call_id="", live_until=None)
    return replace(prospect, facts=replace(facts, status=status, call_id=""))


def _midnight_after(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY

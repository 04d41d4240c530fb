"""The judge finds what was planted, names the promise and the events, and leaves a clean log alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from simulation.events import ALL, Event, Kind, Log
from simulation.judge import judge
from simulation.rules import Books, Rules, Window

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
ADA, BOB = "+12125550101", "+13105550102"
HOUR = timedelta(hours=1)
WHOSE = ("call_id", "number", "contact_id", "attempt", "campaign_id")
RULES = Rules(
    zones=lambda number: ("America/New_York",) if number == ADA else ("America/Los_Angeles",),
    windows={ALL: Window.daily(8, 21)},
    gaps={"busy": HOUR},
)


class Story:
    """A log that is written a line at a time."""

    def __init__(self) -> None:
        self.log = Log()
        self.at = MONDAY

    def tell(self, kind: Kind, **facts: Any) -> Event:
        """Let something happen now."""
        return self.log.add(kind, self.at, **facts)

    def later(self, **delta: float) -> None:
        """Let time pass."""
        self.at += timedelta(**delta)

    def dial(self, call_id: str, number: str = ADA, attempt: int = 0, **facts: Any) -> Event:
        """Have a call wished, committed, asked for and made; give the carrier's call."""
        who = {"call_id": call_id, "number": number, "contact_id": number, "attempt": attempt, **facts}
        for kind in (Kind.REQUESTED, Kind.COMMITTED, Kind.ASKED):
            self.tell(kind, **who)
        return self.tell(Kind.DIALED, **who)

    def end(
        self, dialed: Event, status: str = "completed", outcome: str = "completed", cost: int = 0
    ) -> None:
        """Have the carrier end the call, and its books closed."""
        who = {
            name: getattr(dialed, name)
            for name in ("call_id", "number", "contact_id", "attempt", "campaign_id")
        }
        self.tell(Kind.OVER, **who, detail=status)
        self.tell(Kind.ENDED, **who, detail=outcome or status, value=cost)

    def call(self, call_id: str, number: str = ADA, attempt: int = 0, **facts: Any) -> Event:
        """Have a whole call."""
        dialed = self.dial(call_id, number, attempt, **facts)
        self.later(minutes=1)
        self.end(dialed)
        return dialed

    def found(self, rules: Rules = RULES, books: Books | None = None) -> list[tuple[str, tuple[int, ...]]]:
        """Give the promises that the judge finds broken, each with its events."""
        verdict = judge(self.log.events, rules, books or Books())
        return [(each.rule, each.events) for each in verdict.violations]


@pytest.fixture
def story() -> Story:
    """An empty log."""
    return Story()


def test_a_clean_log_is_clean(story: Story) -> None:
    """Two calls one after the other to one number, and one to another, break nothing."""
    story.call("a")
    story.call("b")
    story.call("c", BOB)
    verdict = judge(story.log.events, RULES, Books())
    assert verdict.is_clean
    assert verdict.events == 18


def test_one_wish_dialed_twice(story: Story) -> None:
    """I1: two carrier calls of one wish, also when the first is over."""
    first = story.call("a")
    again = story.tell(Kind.DIALED, call_id="a", number=ADA, contact_id=ADA)
    assert story.found() == [("I1", (first.seq, again.seq))]


def test_one_attempt_dialed_by_two_wishes(story: Story) -> None:
    """I1: two calls that are the same attempt at a contact."""
    first, second = story.call("a", attempt=1), story.call("b", attempt=1)
    assert story.found() == [("I1", (first.seq, second.seq))]


def test_a_number_in_two_calls(story: Story) -> None:
    """I1: a number is dialed while it is in a call of ours."""
    first = story.dial("a")
    second = story.dial("b")
    story.end(first)
    story.end(second)
    assert story.found() == [("I1", (first.seq, second.seq))]


def test_a_lost_wish(story: Story) -> None:
    """I2: a wish that was accepted and never ended."""
    wish = story.tell(Kind.REQUESTED, call_id="a", number=ADA)
    assert story.found() == [("I2", (wish.seq,))]


def test_two_ends(story: Story) -> None:
    """I2: a call that ended in two ways; the same end told twice is one."""
    dialed = story.call("a")
    last = story.log.events[-1]
    story.tell(Kind.ENDED, call_id="a", detail="completed")
    assert story.found() == []
    other = story.tell(Kind.ENDED, call_id="a", detail="abandoned")
    assert story.found() == [("I2", (last.seq, other.seq - 1, other.seq))]
    assert dialed.seq < last.seq


def test_a_call_that_nobody_wished(story: Story) -> None:
    """I2: the carrier made a call of which the product has no wish."""
    dialed = story.tell(Kind.DIALED, call_id="x", number=ADA)
    assert story.found() == [("I2", (dialed.seq,))]


def test_a_member_who_is_forgotten(story: Story) -> None:
    """I2: somebody was added to a campaign, which is not done with them in the end."""
    story.tell(Kind.ADDED, campaign_id="c1", contact_id=BOB)
    added = story.tell(Kind.ADDED, campaign_id="c1", contact_id=ADA)
    story.tell(Kind.CLOSED, campaign_id="c1", contact_id=BOB)
    story.tell(Kind.CLOSED, campaign_id="c2", contact_id=ADA)
    assert story.found() == [("I2", (added.seq,))]


def test_hours_of_every_zone(story: Story) -> None:
    """I3: an order at eight in New York is at five in Los Angeles."""
    story.at = datetime(2026, 3, 2, 13, tzinfo=UTC)
    story.call("a", ADA)
    story.call("b", BOB)
    asked = next(event for event in story.log.of(Kind.ASKED) if event.call_id == "b")
    assert story.found() == [("I3", (asked.seq,))]


@pytest.mark.parametrize(("minute", "broken"), [(59, True), (60, False)])
def test_hours_over_a_change_of_clocks(story: Story, minute: int, broken: bool) -> None:  # noqa: FBT001
    """I3: on the day on which clocks go forward, eight in New York is twelve UTC, and not before."""
    story.at = datetime(2026, 3, 8, 11, tzinfo=UTC) + timedelta(minutes=minute)
    story.call("a", ADA)
    assert bool(story.found()) is broken


def test_hours_of_a_campaign(story: Story) -> None:
    """I3: a campaign's own hours and holidays hold for its calls beside those of all."""
    rules = Rules(RULES.zones, {"c1": Window({0: (0, 1440)}, frozenset({MONDAY.date()}))})
    story.call("a", ADA)
    assert story.found(rules) == []
    story.call("b", ADA, campaign_id="c1")
    assert [rule for rule, _ in story.found(rules)] == ["I3"]


def test_a_dial_after_an_opt_out(story: Story) -> None:
    """I4: an order after a suppression; one that was committed before it is under way."""
    committed = story.tell(Kind.COMMITTED, call_id="a", number=ADA)
    story.tell(Kind.REQUESTED, call_id="a", number=ADA)
    suppressed = story.tell(Kind.SUPPRESSED, number=ADA)
    story.end(story.tell(Kind.ASKED, call_id="a", number=ADA))
    books = Books(suppressed=frozenset({ADA}))
    assert story.found(books=books) == []
    story.later(minutes=1)
    story.call("b", ADA)
    asked = next(event for event in story.log.of(Kind.ASKED) if event.call_id == "b")
    assert story.found(books=books) == [("I4", (suppressed.seq, asked.seq))]
    assert committed.seq == 1


def test_grace_of_an_order_under_way(story: Story) -> None:
    """I4: where the judge sees the carrier alone, an order may be under way for as long as the rules say."""
    story.tell(Kind.STOPPED, scope=ALL)
    story.later(seconds=1)
    story.call("a")
    assert [rule for rule, _ in story.found()] == ["I4"]
    assert story.found(Rules(RULES.zones, grace=timedelta(seconds=2))) == []


def test_a_dial_while_stopped(story: Story) -> None:
    """I4: an order while everything, or its campaign, is stopped; not after it was let go on."""
    stop = story.tell(Kind.STOPPED, scope="c1")
    story.later(seconds=1)
    story.call("a", ADA)
    assert story.found() == []
    story.call("b", ADA, campaign_id="c1")
    asked = next(event for event in story.log.of(Kind.ASKED) if event.call_id == "b")
    assert story.found() == [("I4", (stop.seq, asked.seq))]
    story.log.events.pop(story.log.events.index(asked))
    story.tell(Kind.RELEASED, scope="c1")
    story.call("c", ADA, campaign_id="c1")
    assert story.found() == []


def test_pace_in_any_second(story: Story) -> None:
    """I5: three orders within less than a second are too many where two are allowed."""
    story.tell(Kind.LIMITED, scope=ALL, name="calls_per_second", value=2)
    story.later(seconds=10)
    asked = []
    for milliseconds in (0, 600, 399):
        story.later(milliseconds=milliseconds)
        asked.append(story.tell(Kind.ASKED, call_id=str(milliseconds), number=f"+{milliseconds}"))
    assert story.found() == [("I5", tuple(event.seq for event in asked))]


def test_pace_of_a_full_second_is_kept(story: Story) -> None:
    """I5: the next order a whole second after the first is in another second."""
    story.tell(Kind.LIMITED, scope=ALL, name="calls_per_second", value=2)
    story.later(seconds=10)
    for milliseconds in (0, 600, 400, 600):
        story.later(milliseconds=milliseconds)
        story.tell(Kind.ASKED, call_id=str(milliseconds), number=f"+{milliseconds}")
    assert story.found() == []


def test_a_narrower_pace_holds_for_what_comes_after(story: Story) -> None:
    """I5: what begins right after a limit was narrowed is judged by the wider one; later calls are not."""
    story.tell(Kind.LIMITED, scope=ALL, name="calls_per_second", value=3)
    story.later(seconds=10)
    for _ in range(2):
        story.tell(Kind.ASKED, number=ADA)
    story.tell(Kind.LIMITED, scope=ALL, name="calls_per_second", value=1)
    story.later(milliseconds=500)
    story.tell(Kind.ASKED, number=ADA)
    assert story.found() == []
    story.later(seconds=10)
    for _ in range(2):
        story.tell(Kind.ASKED, number=ADA)
    assert [rule for rule, _ in story.found()] == ["I5"]


def test_calls_at_once(story: Story) -> None:
    """I5: a call that begins while as many go on as are allowed, in all or in its campaign."""
    story.tell(Kind.LIMITED, scope="c1", name="live_calls", value=1)
    story.later(seconds=10)
    first = story.dial("a", ADA, campaign_id="c1")
    other = story.dial("b", BOB)
    second = story.dial("c", "+3", campaign_id="c1")
    for event in (first, other, second):
        story.end(event)
    assert story.found() == [("I5", (first.seq, second.seq))]


def test_too_many_attempts(story: Story) -> None:
    """I9: a contact is tried three times at most."""
    dials = []
    for attempt in range(1, 5):
        story.later(hours=2)
        dials.append(story.call(f"{attempt}", attempt=attempt))
    late = Rules(RULES.zones)
    assert story.found(late) == [("I9", tuple(event.seq for event in dials))]


@pytest.mark.parametrize(("minutes", "broken"), [(59, True), (60, False)])
def test_the_gap_after_an_outcome(story: Story, minutes: int, broken: bool) -> None:  # noqa: FBT001
    """I9: not tried again within an hour after it was busy."""
    first = story.dial("a", attempt=1)
    story.end(first, "busy", "busy")
    over = next(story.log.of(Kind.OVER))
    story.later(minutes=minutes)
    again = story.call("b", attempt=2)
    assert story.found() == ([("I9", (over.seq, again.seq))] if broken else [])


def test_a_budget_of_calls(story: Story) -> None:
    """I10: one call more than a day allows; the next day has a budget of its own."""
    story.tell(Kind.LIMITED, scope=ALL, name="calls_per_day", value=1)
    story.call("a")
    story.later(days=1)
    story.call("b")
    assert story.found() == []
    third = story.call("c")
    assert story.found() == [("I10", (third.seq,))]


@pytest.mark.parametrize("name", ["micros_per_day", "micros"])
def test_a_budget_of_money(story: Story, name: str) -> None:
    """I10: what calls of a campaign cost, on a day and in all, is at most what it may."""
    story.tell(Kind.LIMITED, scope="c1", name=name, value=100)
    for call_id, cost in (("a", 60), ("b", 40), ("c", 1)):
        dialed = story.dial(call_id, campaign_id="c1")
        story.end(dialed, cost=cost)
    assert story.found() == [("I10", (len(story.log.events),))]


def test_the_budget_of_a_call(story: Story) -> None:
    """I10: no single call costs more than a call may."""
    story.tell(Kind.LIMITED, scope=ALL, name="micros_per_call", value=100)
    story.end(story.dial("a"), cost=101)
    assert [rule for rule, _ in story.found()] == ["I10"]


def test_an_outcome_that_is_not_the_carriers(story: Story) -> None:
    """I6: the carrier says busy, and the product that somebody talked."""
    story.end(story.dial("a"), "busy", "completed")
    over, ended = story.log.events[-2:]
    assert story.found() == [("I6", (over.seq, ended.seq))]


def test_sums_that_differ_from_a_recount(story: Story) -> None:
    """I7: a sum that is not what a recount gives, also when one of them does not know it."""
    books = Books(sums={"calls": 2, "busy": 1}, recount={"calls": 2, "failed": 1})
    assert story.found(books=books) == [("I7", ()), ("I7", ())]


def test_an_opt_out_that_is_lost(story: Story) -> None:
    """I11: somebody was told that they are not called again, and the product does not know it any more."""
    said = story.tell(Kind.OPTED_OUT, number=ADA)
    assert story.found() == [("I11", (said.seq,))]

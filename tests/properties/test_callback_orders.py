"""All orders of a call's callbacks, each callback twice: one state, one outcome, one post-call job."""

from __future__ import annotations

from itertools import permutations

import pytest
from fakes.callbacks import LATE_STORIES, STORIES, deliver, placed
from fakes.calls import NOW, FakeCalls
from fakes.crm import FakeCrm

from chalicelib.calls.domain.lifecycle import settle
from chalicelib.calls.domain.outcomes import outcome_of
from chalicelib.calls.services import finishing
from chalicelib.calls.services.finishing import finish_call
from chalicelib.kernel.clock import FixedClock

_DECISIVE = {"transfer_joined", "transfer_failed", "verdict", "opt_out"}


@pytest.fixture(autouse=True)
def quick_analysis(monkeypatch):
    """Leave the model out: what is said of the call is not the point here."""
    monkeypatch.setattr(finishing, "analysis_of", lambda _calls, _file: None)


def _after(story, deliveries, *, jobs_at_once=False):
    """Give the ports after these deliveries, and after every post-call job that was sent, twice."""
    clock = FixedClock(NOW)
    calls = FakeCalls(clock, FakeCrm(clock))
    placed(calls, story)
    for delivery in deliveries:
        deliver(calls, [delivery])
        if jobs_at_once:
            _work(calls)
    _work(calls)
    return calls


def _work(calls):
    for call_id in calls.wakeups.jobs * 2:
        finish_call(calls, call_id)


def _known(call):
    """Give all that is known of a call; how often it was written is no part of it."""
    return {name: value for name, value in vars(call).items() if name not in {"version", "look_at"}}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_order_with_every_callback_twice_comes_to_the_same(story):
    """720 orders of six callbacks, then each of them again: nothing depends on order or number."""
    expected = _known(_after(story, story.deliveries).call())
    assert (expected["outcome"], expected["reason"]) == (story.outcome, story.reason)
    for order in permutations(story.deliveries):
        calls = _after(story, (*order, *order))
        assert _known(calls.call()) == expected, [name for name, _ in order]
        assert calls.wakeups.jobs == ["call_1"] * story.jobs
        assert calls.shelf.uses["put_aftermath"] == story.jobs


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_callback_may_come_twice_at_once(story):
    """Each delivery is repeated before the next one comes."""
    expected = _known(_after(story, story.deliveries).call())
    for order in list(permutations(story.deliveries))[::7]:
        calls = _after(story, [delivery for delivery in order for _ in range(2)])
        assert _known(calls.call()) == expected
        assert calls.wakeups.jobs == ["call_1"] * story.jobs


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_books_are_closed_once_however_early(story):
    """The post-call job may run before the last callbacks: one job, one count, and what it said stands."""
    for order in list(permutations(story.deliveries))[::7]:
        calls = _after(story, (*order, *order), jobs_at_once=True)
        call = calls.call()
        assert (call.is_over, call.finished_at) == (True, NOW)
        assert bool(calls.wakeups.jobs) == bool(story.jobs)
        assert calls.shelf.uses["put_aftermath"] == story.jobs
        assert settle(call, outcome_of(call, story.turns)) == call
        assert sum(numbers["calls_outbound"] for numbers in calls.shelf.counted.values()) == 1


@pytest.mark.parametrize("story", LATE_STORIES, ids=lambda story: story.name)
def test_news_after_the_end_decide_as_those_before_it(story):
    """However early the post-call job runs: it waits for what is under way, and says the same of the call."""
    results = set()
    for order in permutations(story.deliveries):
        names = [name for name, _ in order]
        if "transfer_begun" in names and names.index("transfer_begun") > names.index("completed"):
            continue  # a hand-over begins while the line is up
        calls = _after(story, (*order, *order), jobs_at_once=True)
        call = calls.call()
        results.add((call.outcome, call.reason, call.cost, len(call.events)))
        assert calls.shelf.uses["put_aftermath"] == 1, names
    assert len(results) == 1
    assert next(iter(results))[:2] == (story.outcome, story.reason)


@pytest.mark.parametrize("story", LATE_STORIES, ids=lambda story: story.name)
def test_news_that_never_come_are_not_waited_for_long(story):
    """Half a minute after the end the books are closed with what is known."""
    told = [each for each in story.deliveries if each[0] not in _DECISIVE]
    calls = _after(story, told, jobs_at_once=True)
    assert (calls.call().finished_at, len(calls.wakeups.later_finishes) > 0) == (None, True)
    calls.clock.advance(seconds=90)
    _work(calls)
    assert calls.call().finished_at == calls.clock.now()


def test_statuses_that_nobody_knows_are_kept(caplog):
    """Each once, by its own word, whatever the order; they are counted."""
    story = next(each for each in STORIES if each.name == "new_status")
    calls = _after(story, (*reversed(story.deliveries), *story.deliveries))
    kept = [event.detail for event in calls.call().events if event.kind == "unknown_status"]
    assert kept == ["paused", "resumed"]
    assert [numbers["unknown"] for numbers in calls.shelf.counted.values()] == [2]

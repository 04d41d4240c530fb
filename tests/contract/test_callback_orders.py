"""Orders of a call's callbacks on DynamoDB, as moto plays it: a sample of what all orders do in memory."""

from __future__ import annotations

from itertools import permutations

import pytest
from fakes.call_tables import books_on_a_table
from fakes.callbacks import STORIES, deliver, placed
from fakes.calls import FakeCalls
from fakes.crm import FakeCrm

from chalicelib.calls.services import finishing
from chalicelib.calls.services.finishing import finish_call


@pytest.fixture
def calls(aws, clock, monkeypatch):
    """Give the ports of calls with their books on a table, and no model."""
    monkeypatch.setattr(finishing, "analysis_of", lambda _calls, _file: None)
    ports = FakeCalls(clock, FakeCrm(clock))
    for name, book in vars(books_on_a_table(aws, clock)).items():
        setattr(ports, name, book)
    return ports


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
@pytest.mark.parametrize("number", range(0, 720, 180))
def test_an_order_with_every_callback_twice_comes_to_the_same(calls, story, number):
    """The state, the outcome, one post-call job, and one call in the counters."""
    placed(calls, story)
    order = list(permutations(story.deliveries))[number]
    deliver(calls, (*order, *order))
    assert calls.wakeups.jobs == ["call_1"] * story.jobs
    finish_call(calls, "call_1")
    deliver(calls, order)
    call = calls.book.get("call_1")
    assert (call.is_over, call.outcome, call.reason) == (True, story.outcome, story.reason)
    day = calls.clock.now().date()
    assert sum(numbers["calls_outbound"] for _, numbers in calls.statistics.totals(day, day)) == 1

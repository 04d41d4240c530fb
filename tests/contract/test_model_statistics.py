"""One suite for counters of questions to models: in memory, and on DynamoDB by moto; they equal a recount."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from fakes.calls import NOW
from fakes.model_statistics import FakeModelStatistics
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.ai.adapters import tables
from chalicelib.ai.adapters.repository import statistics as repository
from chalicelib.ai.adapters.repository.statistics import ModelStatisticsRepository
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.model_statistics import By, Row, dashboard_of, moves_of
from chalicelib.ai.services.counting import Asked, count_once, read_model_dashboard
from chalicelib.kernel.errors import Invalid, Unavailable
from chalicelib.kernel.ids import new_id

TODAY = NOW.date()
USE = ModelUse("openai", "gpt-4.1-mini", Usage(200, 80, 20), 300, 900)


@dataclass
class Ports:
    """What counting works with."""

    model_statistics: Any
    clock: Any


@pytest.fixture(params=["memory", "dynamodb"])
def ai(request, clock):
    """Give counters in memory, then on a table."""
    if request.param == "memory":
        return Ports(FakeModelStatistics(), clock)
    connection = tables.bind(request.getfixturevalue("make_table")("ai"))
    return Ports(ModelStatisticsRepository(connection), clock)


def _asked(name, *uses, at=NOW, template="template_1"):
    return Asked(name, at, template, (uses or (USE,),))


def test_questions_count_once(ai):
    """However often somebody comes who died, or thinks so."""
    assert count_once(ai, _asked("call_1"))
    before = read_model_dashboard(ai)
    assert not count_once(ai, _asked("call_1"))
    assert read_model_dashboard(ai) == before
    assert (before.whole.requests, before.whole.prompt_tokens, before.whole.cached_tokens) == (1, 200, 80)
    assert (before.whole.answer_tokens, before.whole.cost) == (20, 48 + 8 + 32)
    assert count_once(ai, _asked("call_2"))
    assert read_model_dashboard(ai).whole.requests == 2


def test_a_conversation_that_asked_nobody_counts_nothing(ai):
    """It leaves no mark either."""
    assert not count_once(ai, Asked("call_1", NOW, "template_1", ((),)))
    assert count_once(ai, _asked("call_1"))


def test_of_many_at_once_one_counts(ai):
    """The queue may deliver a job twice at the same moment."""
    with ThreadPoolExecutor(6) as pool:
        counted = list(pool.map(lambda _: count_once(ai, _asked("call_1")), range(6)))
    assert counted.count(True) == 1
    assert read_model_dashboard(ai).whole.requests == 1


def test_models_with_any_name_are_told_apart(ai):
    """Names of providers hold colons, slashes and dots."""
    names = ["anthropic.claude-haiku-4-5-20251001-v1:0", "meta/llama#3", "gpt-4.1"]
    count_once(ai, _asked("call_1", *(ModelUse("p", name, Usage(1)) for name in names)))
    assert set(read_model_dashboard(ai, by=By.MODEL).groups) == set(names)


def test_only_days_of_the_period_are_told(ai):
    """Both ends included, over the ends of months and years."""
    ages = (0, 1, 2, 29, 30, 62, 66, 67)
    for age in ages:
        count_once(ai, _asked(f"call_{age}", at=NOW - timedelta(days=age)))
    first, last = TODAY - timedelta(days=66), TODAY - timedelta(days=2)
    found = read_model_dashboard(ai, first, last)
    told = [66 - on for on, numbers in enumerate(found.groups.values()) if numbers.requests]
    assert (len(found.groups), told) == (65, [66, 62, 30, 29, 2])
    assert next(iter(found.groups)) == first.isoformat()
    assert read_model_dashboard(ai, last, last).whole.requests == 1
    assert read_model_dashboard(ai).whole.requests == 4


@pytest.mark.parametrize("days", [-1, 92])
def test_a_period_that_cannot_be_told_is_refused(ai, days):
    """It ends before it begins, or is too long."""
    with pytest.raises(Invalid) as refusal:
        read_model_dashboard(ai, TODAY - timedelta(days=days), TODAY)
    assert refusal.value.code == "bad_period"


USES = st.builds(
    ModelUse,
    provider=st.sampled_from(["openai", "spare", ""]),
    model=st.sampled_from(["gpt-4.1-mini", "claude-haiku-4-5", "own"]),
    usage=st.builds(lambda p, c, a: Usage(p, min(c, p), a), *[st.integers(0, 9999)] * 3),
    first_ms=st.none() | st.integers(0, 60_000),
    total_ms=st.none() | st.integers(0, 60_000),
    error=st.sampled_from(["", "", "model_timeout", "model_http_500", "cancelled"]),
)
CALLS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["template_1", "template_2"]), st.lists(USES, max_size=6)),
    max_size=6,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls=CALLS, again=st.lists(st.integers(0, 7), max_size=5), by=st.sampled_from(By))
def test_the_numbers_equal_a_recount(clock, calls, again, by):
    """Whatever the calls, in whatever order and however often they come."""
    _compare(Ports(FakeModelStatistics(), clock), calls, again, by)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(calls=CALLS, by=st.sampled_from(By))
def test_the_stored_numbers_equal_a_recount(make_table, clock, calls, by):
    """The same on a table; each example has one of its own."""
    connection = tables.bind(make_table(new_id("ai")))
    _compare(Ports(ModelStatisticsRepository(connection), clock), calls, [0], by)


def _compare(ai, calls, again, by):
    asked = [
        Asked(f"call_{n}", NOW - timedelta(days=age), template, (tuple(uses),))
        for n, (age, template, uses) in enumerate(calls)
    ]
    for each in [*asked, *(asked[n] for n in again if n < len(asked))]:
        count_once(ai, each)
    rows: dict[Row, Counter[str]] = {}
    for each in asked:
        for row, numbers in moves_of(each.at.date(), each.template_id, each.turns).items():
            rows.setdefault(row, Counter()).update(numbers)
    first = TODAY - timedelta(days=2)
    found = read_model_dashboard(ai, first, TODAY, by)
    assert found == dashboard_of(rows.items(), first, TODAY, by)
    uses = [use for each in asked for use in [use for turn in each.turns for use in turn]]
    assert found.whole.requests == len(uses)
    assert found.whole.first.count == sum(use.first_ms is not None for use in uses)
    assert sum(numbers.requests for numbers in found.groups.values()) == len(uses)


def test_whoever_collides_begins_again(make_table, clock, monkeypatch):
    """A row that another transaction holds is tried again, and given back to the queue at last."""
    from pynamodb.exceptions import CancellationReason, TransactWriteError  # noqa: PLC0415  only here

    class Busy:
        left = 0

        def __init__(self, **_):
            """Take the connection."""

        def __enter__(self):
            Busy.left -= 1
            if Busy.left >= 0:
                error = TransactWriteError("busy")
                error.cause = SimpleCause(
                    [CancellationReason("None", None), CancellationReason("TransactionConflict", None)]
                )
                raise error
            return self

        def __exit__(self, *_):
            """Be done."""

        save = update = lambda *_, **__: None

    class SimpleCause(Exception):
        def __init__(self, reasons):
            super().__init__("TransactionCanceledException")
            self.cancellation_reasons = reasons

    monkeypatch.setattr(
        TransactWriteError, "cancellation_reasons", property(lambda error: error.cause.cancellation_reasons)
    )
    monkeypatch.setattr(repository, "TransactWrite", Busy)
    ai = Ports(ModelStatisticsRepository(tables.bind(make_table("ai"))), clock)
    Busy.left = 4
    assert count_once(ai, _asked("call_1"))
    Busy.left = 5
    with pytest.raises(Unavailable) as refusal:
        count_once(ai, _asked("call_1"))
    assert (refusal.value.code, refusal.value.retryable) == ("counters_busy", True)


def test_the_mark_expires_and_the_counters_do_not(make_table, aws, clock):
    """After ninety days nobody comes again."""
    count_once(Ports(ModelStatisticsRepository(tables.bind(make_table("ai"))), clock), _asked("call_1"))
    ends = {
        row["pk"]["S"].partition("#")[0]: row.get("expires_at") for row in aws.scan(TableName="ai")["Items"]
    }
    assert ends["COUNTED"] == {"N": str(int((NOW + timedelta(days=90)).timestamp()))}
    assert ends["AISTATS"] is None
    assert date(2026, 3, 3) == TODAY

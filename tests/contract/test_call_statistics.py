"""Counters of finished calls equal a recount of the calls: in memory, and on DynamoDB as moto plays it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, a_call

from chalicelib.ai.domain.model_statistics import Row as ModelRow
from chalicelib.calls.adapters.tables import StatisticsItem
from chalicelib.calls.domain.calls import Direction, Report
from chalicelib.calls.domain.erasing import erase
from chalicelib.calls.domain.lifecycle import (
    apply_report,
    cancel,
    carrier_unsure,
    commit,
    finish,
    forgotten,
    never_placed,
    refuse,
    settle,
)
from chalicelib.calls.domain.outcomes import outcome_of
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.statistics import Row, counted_of
from chalicelib.kernel.errors import Unavailable

QUEUED = CallState.QUEUED
FIRST, LAST = NOW.date() - timedelta(days=5), NOW.date() + timedelta(days=5)
STATUSES = ["ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled", "paused"]


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _steps(random):
    """Give one thing that may happen to a call, with its own time."""
    at = NOW + timedelta(seconds=random.randrange(-90_000, 90_000))
    allow = Decision(Verdict.ALLOW, "allowed", "", at)
    told = Report(random.choice(STATUSES), "CA1", at, duration_s=random.choice([None, 0, 7, 61, 5000]))
    return random.choice(
        [
            lambda call: commit(call, allow, at) if call.state is CallState.QUEUED else call,
            lambda call: refuse(call, replace(allow, reason="suppressed")),
            lambda call: cancel(call, "not_wanted", at),
            carrier_unsure,
            lambda call: never_placed(call, "carrier_21215", at),
            lambda call: forgotten(call, "carrier_forgot", at),
            *[lambda call: apply_report(call, told)] * 4,
            *[lambda call: _finish(call, at, random.randrange(5000))] * 3,
            lambda call: erase(call, at),
        ]
    )


def _finish(call, at, cost):
    return finish(settle(call, outcome_of(call)), at, cost) if call.is_over else call


def _recount(books, ids):
    counted = [found for each in ids if (found := counted_of(books.book.get(each)))]
    return _sums(counted)


def _stored(books):
    """Give the rows of all templates; those of days, and volumes of templates, must be their sums."""
    rows = [
        (Row(day, template), numbers)
        for template in (f"template_{n}" for n in range(3))
        for day, numbers in books.statistics.of_template(template, FIRST, LAST)
    ]
    stored = _sums(rows)
    assert _sums(books.statistics.totals(FIRST, LAST)) == _sums((row.day, n) for row, n in stored.items())
    volumes = ((row.template_id, _volume(numbers)) for row, numbers in stored.items())
    assert _sums(books.statistics.by_template(FIRST, LAST)) == _sums(volumes)
    return stored


def _volume(numbers):
    wanted = ("calls_", "answered_", "dialed", "cost")
    return Counter({name: n for name, n in numbers.items() if name.startswith(wanted)})


def _sums(rows):
    sums = {}
    for row, numbers in rows:
        sums.setdefault(row, Counter()).update(numbers)
    kept = {row: {name: n for name, n in numbers.items() if n} for row, numbers in sums.items()}
    return {row: numbers for row, numbers in kept.items() if numbers}


def _created(books, random, count):
    ids = [f"call_{number}" for number in range(count)]
    for call_id in ids:
        way, template = random.choice([*Direction]), f"template_{random.randrange(3)}"
        books.book.create(a_call(id=call_id, direction=way, template_id=template))
    return ids


@pytest.mark.parametrize("seed", range(12))
def test_counters_equal_a_recount(books, seed):
    """Whatever happens to calls, in any order, repeated, late, finished and erased: after each step."""
    random = Random(seed)
    ids = _created(books, random, 6)
    for _ in range(40):
        step, call_id = _steps(random), random.choice(ids)
        for _ in range(random.choice([1, 1, 2])):
            books.book.change(call_id, step)
    assert _stored(books) == _recount(books, ids)
    assert sum(
        numbers.get("calls_outbound", 0) + numbers.get("calls_inbound", 0)
        for numbers in _stored(books).values()
    )


@pytest.mark.parametrize("dies", ["before", "after"])
@pytest.mark.parametrize("seed", range(2))
def test_a_process_may_die_over_every_write(aws, clock, monkeypatch, seed, dies):
    """Before the write, or when its answer is lost; then the message comes again: still as a recount."""
    books, random = books_on_a_table(aws, clock), Random(seed)
    ids = _created(books, random, 4)
    ask = BaseClient._make_api_call

    def lossy(client, operation, parameters):
        fails = operation in {"TransactWriteItems", "PutItem"} and random.random() < 0.5
        answer = ask(client, operation, parameters) if dies == "after" or not fails else None
        if fails:
            raise ReadTimeoutError(endpoint_url="table")
        return answer

    for _ in range(20):
        step, call_id = _steps(random), random.choice(ids)
        with monkeypatch.context() as patched:
            patched.setattr(BaseClient, "_make_api_call", lossy)
            _try(books, call_id, step)
        books.book.change(call_id, step)
        assert _stored(books) == _recount(books, ids)


def _try(books, call_id, step):
    try:
        books.book.change(call_id, step)
    except Unavailable:
        return


def test_calls_that_finish_at_the_same_moment_are_all_counted(books):
    """Each once, also when the same call is finished by several at once."""
    ids = [f"call_{number}" for number in range(8)]
    for call_id in ids:
        books.book.create(a_call(id=call_id))
    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(books.book.change, call_id, lambda call: cancel(call, "not_wanted", NOW))
            for call_id in ids * 3
        ]
        for job in jobs:
            job.result()
    assert _stored(books) == _recount(books, ids)
    assert sum(numbers["o_canceled"] for numbers in _stored(books).values()) == 8


def test_whoever_was_slower_begins_again(books):
    """Two end a call at once: the slower one sees that it is over, and it is counted once."""
    books.book.create(a_call())
    tries = []

    def slow(call):
        tries.append(call.version)
        if len(tries) == 1:
            books.book.change("call_1", lambda known: cancel(known, "first", NOW))
        return cancel(call, "second", NOW)

    _, ended = books.book.change("call_1", slow)
    assert (ended.reason, tries) == ("first", [1, 2])
    assert _stored(books) == _recount(books, ["call_1"])


def test_only_the_days_that_are_asked_for_are_read(books):
    """From the first to the last, both included."""
    for day in range(4):
        books.book.create(a_call(id=f"call_{day}"))
        books.book.change(f"call_{day}", lambda call, on=day: cancel(call, "x", NOW + timedelta(days=on)))
    period = NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=2)
    days = ["2026-03-04", "2026-03-05"]
    assert sorted(day for day, _ in books.statistics.totals(*period)) == days
    assert sorted(day for day, _ in books.statistics.of_template("template_1", *period)) == days
    assert _sums(books.statistics.by_template(*period))["template_1"]["calls_outbound"] == 2


def test_a_row_can_be_read_in_the_console(aws, clock):
    """Under its shard, by its day; and under its month and shard, by its template and its day."""
    books = books_on_a_table(aws, clock)
    books.book.create(a_call())
    books.book.change("call_1", lambda call: cancel(call, "not_wanted", NOW))
    parts = [f"STATS#{month}{n}" for month in ("", "2026-03#") for n in range(8)]
    items = [item for part in parts for item in StatisticsItem.query(part)]
    keys = ["2026-03-03", "template_1#2026-03-03"]
    assert [(type(item), item.sk) for item in items] == [(StatisticsItem, key) for key in keys]


def test_months_are_read_to_their_ends(books):
    """A period may begin in one month and end in another."""
    for day in (-5, 0, 40):
        books.book.create(a_call(id=f"call_{day}"))
        books.book.change(f"call_{day}", lambda call, on=day: cancel(call, "x", NOW + timedelta(days=on)))
    period = NOW.date() - timedelta(days=5), NOW.date() + timedelta(days=40)
    assert len(books.statistics.of_template("template_1", *period)) == 3
    assert len(books.statistics.by_template(*period)) == 3


def test_templates_cost_the_overview_nothing(aws, clock):
    """It reads a row for each day and shard, however many templates there are; one template, its rows."""
    books = books_on_a_table(aws, clock)
    for number in range(40):
        books.book.create(a_call(id=f"call_{number}", template_id=f"template_{number}"))
        books.book.change(f"call_{number}", lambda call: cancel(call, "x", NOW))
    assert len(books.statistics.totals(FIRST, LAST)) <= 8
    assert len(books.statistics.of_template("template_7", FIRST, LAST)) == 1


def _asked(provider, model, count):
    return {ModelRow("2026-03-03", "template_1", provider, model): Counter(n=count, p=7, f83=1, e_x=1)}


def _rows(books):
    rows = {}
    for row, numbers in books.statistics.asked(FIRST, LAST):
        rows.setdefault(row, Counter()).update(numbers)
    return rows


def test_questions_count_with_the_change_that_closes_the_books(books):
    """Once, whoever comes again; a change before it, and one after it, counts none."""
    books.book.create(a_call(dialed_at=NOW))
    asked = _asked("openai", "gpt-4.1", 2)
    books.book.change("call_1", carrier_unsure, asked)
    books.book.change("call_1", lambda call: replace(call, reason="x"), asked)
    assert _rows(books) == {}
    for _ in range(2):
        books.book.change("call_1", lambda call: cancel(replace(call, state=QUEUED), "x", NOW), asked)
    assert _rows(books) == asked
    books.book.change("call_1", lambda call: replace(call, answered_at=NOW, duration_s=9), asked)
    assert _rows(books) == asked
    assert _stored(books) == _recount(books, ["call_1"])


def test_models_are_told_apart_in_the_row_of_their_template(books):
    """Whatever their names, and in every part of it; numbers of calls stay what they are."""
    ids, names = [f"call_{n}" for n in range(6)], ["a.b-v1:0", "meta/llama#3", "gpt-4.1"]
    expected = {}
    for call_id, model in zip(ids, names * 2, strict=True):
        asked = _asked("openai", model, 1) | _asked("spare", model, 3)
        books.book.create(a_call(id=call_id))
        books.book.change(call_id, lambda call: cancel(call, "x", NOW), asked)
        for row, numbers in asked.items():
            expected.setdefault(row, Counter()).update(numbers)
    assert _rows(books) == expected
    assert _stored(books) == _recount(books, ids)
    assert list(books.statistics.asked(FIRST, NOW.date() - timedelta(days=1))) == []


@pytest.mark.parametrize("dies", ["before", "after"])
def test_questions_are_kept_with_the_call_or_not_at_all(aws, clock, monkeypatch, dies):
    """A process dies over the write, or loses its answer, and another one repeats the change."""
    books, ask = books_on_a_table(aws, clock), BaseClient._make_api_call
    asked = _asked("openai", "gpt-4.1", 1)
    books.book.create(a_call())

    def lossy(client, operation, parameters):
        fails = operation == "TransactWriteItems"
        answer = ask(client, operation, parameters) if dies == "after" or not fails else None
        if fails:
            raise ReadTimeoutError(endpoint_url="table")
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", lossy)
        with pytest.raises(Unavailable):
            books.book.change("call_1", lambda call: cancel(call, "x", NOW), asked)
    assert _rows(books) == (asked if dies == "after" else {})
    books.book.change("call_1", lambda call: cancel(call, "x", NOW), asked)
    assert _rows(books) == asked

"""One suite for what calls claim of budgets: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.client import BaseClient
from fakes.budgets import FakeBudgets
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, a_call
from fakes.dial_plans import FakeDialPlans

from chalicelib.calls.adapters.repository.budgets import BudgetRepository
from chalicelib.calls.adapters.repository.dial_plans import DialPlanRepository
from chalicelib.calls.adapters.tables import BudgetItem
from chalicelib.calls.domain.budgets import ALL, TOTAL, Amount, Budget, Cap, Hold, Pot
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.lifecycle import apply_report, carrier_declined, commit, finish, never_placed
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.kernel.phones import E164

UNTIL = NOW + timedelta(minutes=20)
DAY, TOTALLY, CAMPAIGN_DAY = Pot(ALL, "2026-03-03"), Pot("c1", TOTAL), Pot("c1", "2026-03-03")
POTS = (DAY, TOTALLY, CAMPAIGN_DAY)
CAPS = {Budget.DAY: Cap(1000, 9), Budget.CAMPAIGN: Cap(500, None), Budget.CAMPAIGN_DAY: Cap(None, 4)}
WORKERS = 12


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        kept = books_in_memory()
        shelf = kept.book.shelf
        plans, budgets = FakeDialPlans(shelf.plans), FakeBudgets(shelf)
    else:
        kept = books_on_a_table(request.getfixturevalue("aws"), clock)
        plans, budgets = DialPlanRepository(), BudgetRepository()
    plans.put(DialPlan("c1", "Spring"))
    return SimpleNamespace(book=kept.book, budgets=budgets)


def _number(index):
    return E164(f"+1415555{2700 + index}")


def _commit(books, index=1, held=100, caps=CAPS):
    """Create a call of a campaign and commit it."""
    call_id = f"call_{index}"
    books.book.create(a_call(id=call_id, number=_number(index), campaign_id="c1", attempt=1))
    allowed = Decision(Verdict.ALLOW, "allowed", "", NOW, hold=Hold(held, caps) if caps is not None else None)
    return books.book.commit_dial(commit(books.book.get(call_id), allowed, NOW), UNTIL)


def _used(books):
    return [books.budgets.used(POTS)[pot] for pot in POTS]


def test_what_nobody_claimed_is_nothing(books):
    """Also of no budgets at all."""
    assert _used(books) == [Amount()] * 3
    assert books.budgets.used(()) == {}


def test_a_commitment_claims_of_every_budget(books):
    """And the call says of which."""
    assert _commit(books) is Commit.DONE
    assert _used(books) == [Amount(100, 1, 100)] * 3
    kept = books.book.get("call_1")
    assert (kept.reserved, set(kept.budgets)) == (100, set(CAPS))


@pytest.mark.parametrize(
    ("caps", "committed"),
    [
        ({Budget.DAY: Cap(250, None)}, 2),
        ({Budget.DAY: Cap(300, None)}, 3),
        ({Budget.DAY: Cap(None, 2)}, 2),
        ({Budget.DAY: Cap(1000, 1)}, 1),
        ({Budget.DAY: Cap(150, 9)}, 1),
        ({Budget.DAY: Cap(99, None)}, 0),
        ({Budget.DAY: Cap(None, 0)}, 0),
        ({Budget.CAMPAIGN: Cap(200, None)}, 2),
        ({Budget.DAY: Cap(None, 9), Budget.CAMPAIGN: Cap(9000, 9), Budget.CAMPAIGN_DAY: Cap(100, None)}, 1),
    ],
)
def test_no_more_is_committed_than_there_is(books, caps, committed):
    """In money and in calls, of each budget; what is refused changes nothing."""
    results = [_commit(books, index, caps=caps) for index in range(4)]
    assert results == [Commit.DONE] * committed + [Commit.BUDGET_SHORT] * (4 - committed)
    claimed = Amount(100 * committed, committed, 100 * committed)
    assert max(_used(books)) == claimed
    refused = books.book.get("call_3")
    assert (refused.state, refused.reserved, refused.version) == (CallState.QUEUED, None, 1)


def test_many_at_once_overdraw_nothing(books):
    """However many workers commit in the same moment."""

    def work(index):
        result = Commit.COLLIDED
        while result is Commit.COLLIDED:
            result = _commit(books, index)
        return result

    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(work, range(WORKERS)))
    assert results.count(Commit.DONE) == 4
    assert set(results) == {Commit.DONE, Commit.BUDGET_SHORT}
    assert _used(books) == [Amount(400, 4, 400)] * 3


def test_a_limit_that_was_lowered_holds_for_the_next(books):
    """Each commitment brings the limit that it was decided by."""
    assert _commit(books, 1, caps={Budget.DAY: Cap(None, 5)}) is Commit.DONE
    assert _commit(books, 2, caps={Budget.DAY: Cap(None, 1)}) is Commit.BUDGET_SHORT
    assert _commit(books, 3, caps={Budget.DAY: Cap(None, 2)}) is Commit.DONE


def test_closing_the_books_settles(books):
    """Once, however often; what was held and not spent is there for others."""
    _commit(books)
    report = Report("completed", "CA1", NOW, duration_s=9)
    books.book.change("call_1", lambda call: apply_report(call, report))
    assert _used(books)[0] == Amount(100, 1, 100)
    for _ in range(2):
        books.book.change("call_1", lambda call: finish(call, NOW, 30))
    assert _used(books) == [Amount(30, 1)] * 3
    books.book.change("call_1", lambda call: replace(call, events=()))
    assert _used(books) == [Amount(30, 1)] * 3


def test_a_commitment_that_is_taken_back_claims_nothing(books):
    """And can be made again."""
    _commit(books)
    _, waiting = books.book.change("call_1", lambda call: carrier_declined(call, UNTIL))
    assert _used(books) == [Amount()] * 3
    again = Decision(Verdict.ALLOW, "allowed", "", NOW, hold=Hold(70, {Budget.CAMPAIGN: Cap(70)}))
    assert books.book.commit_dial(commit(waiting, again, NOW), UNTIL) is Commit.DONE
    assert _used(books) == [Amount(), Amount(70, 1, 70), Amount()]


def test_a_call_that_was_never_placed_claims_nothing(books):
    """The carrier refused it."""
    _commit(books)
    books.book.change("call_1", lambda call: never_placed(call, "carrier_21215", NOW))
    assert _used(books) == [Amount()] * 3


def test_a_change_that_lost_a_race_moves_nothing(books):
    """Only what is stored counts."""
    _commit(books)
    tries = []

    def slow(call):
        if not tries:
            books.book.change("call_1", lambda newest: replace(newest, sid="CA1"))
        tries.append(call.version)
        return finish(call, NOW, 30)

    books.book.change("call_1", slow)
    assert len(tries) == 2
    assert _used(books) == [Amount(30, 1)] * 3


def _sent(monkeypatch):
    """Keep the number of writes of each request to DynamoDB."""
    writes, send = [], BaseClient._make_api_call

    def keep(client, operation, parameters):
        if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
            writes.append(1)
        elif operation == "TransactWriteItems":
            writes.append(len(parameters["TransactItems"]))
        return send(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", keep)
    return writes


@pytest.mark.parametrize(
    ("caps", "written"), [(None, [1, 3, 1, 1, 3]), ({}, [1, 3, 1, 1, 3]), (CAPS, [1, 6, 1, 1, 6])]
)
def test_without_limits_nothing_more_is_written(aws, clock, monkeypatch, caps, written):
    """A call that nobody answers: created, committed, placed, rung, finished with its counters."""
    kept = books_on_a_table(aws, clock)
    DialPlanRepository().put(DialPlan("c1", "Spring"))
    writes = _sent(monkeypatch)
    assert _commit(kept, caps=caps) is Commit.DONE
    for status in ("queued", "ringing"):
        report = Report(status, "CA1" if status == "queued" else "CA2", NOW)
        kept.book.change("call_1", lambda call, report=report: _told(call, report))
    busy = Report("busy", "CA1", NOW)
    kept.book.change("call_1", lambda call: finish(apply_report(call, busy), NOW, 0))
    assert writes == written
    assert bool(list(BudgetItem.query("BUDGET#ALL"))) == bool(caps)


def _told(call, report):
    return replace(apply_report(call, report), sid=report.sid)


def test_days_expire_and_totals_stay(aws, clock):
    """A campaign may go on for longer than anybody asks for a day."""
    kept = books_on_a_table(aws, clock)
    DialPlanRepository().put(DialPlan("c1", "Spring"))
    _commit(kept)
    [total, day] = sorted(BudgetItem.query("BUDGET#c1"), key=lambda item: item.sk, reverse=True)
    assert (total.sk, total.expires_at, day.sk) == (TOTAL, None, "2026-03-03")
    days_kept = (day.expires_at - NOW.timestamp()) / 86_400
    assert 99 < days_kept < 100

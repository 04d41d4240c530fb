"""Numbers that are held back: one suite, in memory and on DynamoDB by moto."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, LINE, NOW, NUMBER, a_call

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.permission import Decision, NumberStatus, Verdict
from chalicelib.calls.ports.books import Commit

LATER = NOW + timedelta(hours=1)
UNTIL = NOW + timedelta(minutes=20)
ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)
HOLD = NumberHold(NUMBER, NOW, None, "on holiday", "Ops")


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _dial(books, at=NOW, call_id="call_1"):
    books.book.create(a_call(id=call_id))
    return books.book.commit_dial(commit(books.book.get(call_id), ALLOW, at), at + timedelta(minutes=20))


def test_nothing_is_committed_after_a_hold(books):
    """Although it was decided before; once it is released it is."""
    books.holds.put(HOLD)
    assert books.numbers.status(NUMBER).is_held_at(LATER)
    assert _dial(books) is Commit.NUMBER_CHANGED
    assert books.holds.remove(NUMBER, NOW)
    assert books.numbers.status(NUMBER) == NumberStatus()
    assert _dial(books) is Commit.DONE


def test_a_hold_is_over_at_its_end(books):
    """Not a moment before; then nobody has to release it."""
    books.holds.put(NumberHold(NUMBER, NOW, LATER))
    assert _dial(books, LATER - timedelta(milliseconds=1)) is Commit.NUMBER_CHANGED
    assert _dial(books, LATER) is Commit.DONE
    assert not books.holds.remove(NUMBER, LATER)


def test_holds_are_listed_while_they_hold(books):
    """By number, page by page; one that was released or is over is not there, one put again has changed."""
    numbers = sorted((NUMBER, LINE, DESK))
    for number in numbers:
        books.holds.put(NumberHold(number, NOW, LATER, "a reason", "Ops"))
    first = books.holds.page(NOW, 2, None)
    rest = books.holds.page(NOW, 2, first.next_start)
    assert [hold.number for hold in (*first.items, *rest.items)] == numbers
    assert rest.next_start is None
    assert first.items[0] == NumberHold(numbers[0], NOW, LATER, "a reason", "Ops")
    books.holds.put(HOLD)
    assert books.holds.remove(DESK, NOW)
    assert not books.holds.remove(DESK, NOW)
    assert books.holds.page(LATER, 5, None).items == [HOLD]


def test_a_hold_leaves_everything_else_of_a_number(books):
    """Suppression, call and record of dials stay; and the hold stays with what happens to them."""
    assert _dial(books) is Commit.DONE
    books.numbers.suppress(NUMBER, "operator", NOW)
    before = books.numbers.status(NUMBER)
    books.holds.put(HOLD)
    books.numbers.lift(NUMBER, "a mistake", NOW)
    books.numbers.release(NUMBER, "call_1")
    assert books.numbers.status(NUMBER).is_held_at(NOW)
    books.numbers.suppress(NUMBER, "operator", NOW)
    books.holds.remove(NUMBER, NOW)
    assert books.numbers.status(NUMBER).suppressed_at == before.suppressed_at


def test_who_is_forgotten_is_held_no_more(books):
    """Nor listed."""
    books.holds.put(HOLD)
    assert books.numbers.forget(NUMBER, NOW)
    assert books.numbers.status(NUMBER) == NumberStatus()
    assert books.holds.page(NOW, 5, None).items == []

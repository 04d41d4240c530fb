"""A number's record of dials, on which a commitment rests: one suite, in memory and on DynamoDB by moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, NUMBER, a_call

from chalicelib.calls.domain.frequency import DialRecord
from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.ports.books import Commit

UNTIL = NOW + timedelta(minutes=20)
EARLIER = NOW - timedelta(hours=1)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _dial(books, call_id, before, after):
    books.book.create(a_call(id=call_id))
    record = DialRecord(before, after)
    allowed = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW, record=record)
    result = books.book.commit_dial(commit(books.book.get(call_id), allowed, NOW), UNTIL)
    books.numbers.release(NUMBER, call_id)
    return result


def test_a_dial_is_recorded_with_its_commitment(books):
    """The first makes the record, the next extends it."""
    assert _dial(books, "call_1", (), (EARLIER,)) is Commit.DONE
    assert books.numbers.status(NUMBER).dials == (EARLIER,)
    assert _dial(books, "call_2", (EARLIER,), (EARLIER, NOW)) is Commit.DONE
    assert books.numbers.status(NUMBER).dials == (EARLIER, NOW)


@pytest.mark.parametrize("known", [(), (EARLIER - timedelta(seconds=1),)])
def test_a_number_that_was_dialed_since_the_decision_is_not_committed(books, known):
    """A cap could be exceeded: it has to be decided again."""
    _dial(books, "call_1", (), (EARLIER,))
    assert _dial(books, "call_2", known, (NOW,)) is Commit.NUMBER_CHANGED
    assert books.numbers.status(NUMBER).dials == (EARLIER,)


def test_a_record_that_is_gone_is_no_longer_known(books):
    """What was read before the number was forgotten does not hold."""
    assert _dial(books, "call_1", (EARLIER,), (EARLIER, NOW)) is Commit.NUMBER_CHANGED


def test_the_record_is_not_stored_with_the_call(books):
    """The rule that decided is."""
    _dial(books, "call_1", (), (NOW,))
    decision = Decision(Verdict.NOT_YET, "outside_hours", "x", NOW, UNTIL, rule="hours_us", source="47 CFR")
    books.book.create(replace(a_call(id="call_2"), decision=decision))
    assert books.book.get("call_2").decision == decision


def test_suppression_and_release_keep_the_record(books):
    """The caps hold as well for a number that is taken off the list again."""
    _dial(books, "call_1", (), (NOW,))
    books.numbers.suppress(NUMBER, "ops", NOW)
    books.numbers.lift(NUMBER, "mistake", NOW)
    assert books.numbers.status(NUMBER).dials == (NOW,)


def test_the_last_talk_about_a_debt_is_kept(books):
    """Whichever is noted first; beside the record of dials, and also where nothing else is known."""
    assert books.numbers.status(NUMBER).talked_at is None
    for at in (EARLIER, NOW, EARLIER):
        books.numbers.note_talk(NUMBER, at)
    assert books.numbers.status(NUMBER).talked_at == NOW
    assert _dial(books, "call_1", (), (NOW,)) is Commit.DONE
    assert books.numbers.status(NUMBER).talked_at == NOW

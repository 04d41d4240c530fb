"""One suite for lists over all calls and growing transcripts: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, a_call

from chalicelib.calls.adapters.repository import call_lists
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.erasing import erase
from chalicelib.calls.domain.listing import CallFilter
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind

EVERY = CallFilter()


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _fill(books, count, **changes):
    """Store calls, a second apart; give their ids, newest first."""
    for number in range(count):
        created_at = NOW + timedelta(seconds=number)
        books.book.create(a_call(id=f"call_{number:03}", created_at=created_at, **changes))
    return [f"call_{number:03}" for number in reversed(range(count))]


def _ids(page):
    return [call.id for call in page.items]


def _all(books, wanted=EVERY, size=3, **options):
    """Follow the pages to the last; give the ids."""
    found, start = [], None
    while True:
        page = books.lists.page(wanted, None, size, start, **options)
        assert len(page.items) <= size
        found += _ids(page)
        assert len(found) < 100  # a position that does not lead on would never end
        start = page.next_start
        if start is None:
            return found


@pytest.mark.parametrize("size", [1, 3, 7, 8, 100])
def test_all_calls_newest_first_by_page(books, size):
    """Each call once, whatever the size of the pages, and no empty last page is promised."""
    ids = _fill(books, 7)
    assert _all(books, size=size) == ids
    assert books.lists.page(EVERY, None, 7, None).next_start is None


def test_all_calls_oldest_first_by_page(books):
    """The same in the other direction."""
    ids = _fill(books, 7)
    assert _all(books, oldest_first=True) == list(reversed(ids))


def test_calls_of_one_instant_are_all_listed(books):
    """Their ids order them."""
    for number in range(5):
        books.book.create(a_call(id=f"call_{number}"))
    assert sorted(_all(books, size=2)) == [f"call_{number}" for number in range(5)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"state": CallState.ENDED}, "call_ended"),
        ({"direction": Direction.INBOUND}, "call_inbound"),
        ({"outcome": Outcome.BUSY}, "call_ended"),
        ({"template_id": "template_2"}, "call_template"),
        ({"since": NOW + timedelta(seconds=1)}, "call_late"),
        ({"until": NOW}, "call_early"),
        ({"state": CallState.ENDED, "direction": Direction.INBOUND}, None),
    ],
)
def test_filters_hold_together(books, wanted, expected):
    """Each leaves only the calls that are so; from is inclusive, to is not."""
    books.book.create(a_call(id="call_ended", state=CallState.ENDED, outcome=Outcome.BUSY))
    books.book.create(a_call(id="call_inbound", direction=Direction.INBOUND))
    books.book.create(a_call(id="call_template", template_id="template_2"))
    books.book.create(a_call(id="call_late", created_at=NOW + timedelta(seconds=1)))
    books.book.create(a_call(id="call_early", created_at=NOW - timedelta(seconds=1)))
    assert _all(books, CallFilter(**wanted)) == ([expected] if expected else [])


def test_a_span_is_inclusive_at_its_start(books):
    """A call of exactly that instant is in it."""
    books.book.create(a_call())
    assert _all(books, CallFilter(since=NOW, until=NOW + timedelta(milliseconds=1))) == ["call_1"]
    assert _all(books, CallFilter(since=NOW, until=NOW)) == []


def test_calls_of_a_contact_are_those_of_all_its_ids(books):
    """In one order, with the other filters on top."""
    for number, contact in enumerate(("contact_1", "contact_2", "contact_3", "contact_1")):
        created_at = NOW + timedelta(seconds=number)
        books.book.create(a_call(id=f"call_{number}", contact_id=contact, created_at=created_at))
    page = books.lists.page(EVERY, ("contact_1", "contact_2"), 2, None)
    assert _ids(page) == ["call_3", "call_1"]
    assert _ids(books.lists.page(EVERY, ("contact_1", "contact_2"), 2, page.next_start)) == ["call_0"]
    assert _ids(books.lists.page(CallFilter(template_id="x"), ("contact_1",), 2, None)) == []


def test_an_erased_call_is_in_no_list(books):
    """Whether by time or by contact."""
    _fill(books, 2)
    books.book.change("call_000", lambda call: erase(replace(call, finished_at=NOW), NOW))
    assert _all(books) == ["call_001"]
    assert _ids(books.lists.page(EVERY, ("contact_1",), 5, None)) == ["call_001"]


def test_a_rare_call_is_found_page_by_page(aws, clock, monkeypatch):
    """One request examines a bounded number of calls: then the page is short, and goes on."""
    monkeypatch.setattr(call_lists, "_EXAMINED", 20)
    monkeypatch.setattr(call_lists, "_BATCH", 10)
    books = books_on_a_table(aws, clock)
    _fill(books, 45)
    books.book.change("call_000", lambda call: replace(call, direction=Direction.INBOUND))
    rare = CallFilter(direction=Direction.INBOUND)
    first = books.lists.page(rare, None, 5, None)
    assert (first.items, first.next_start is None) == ([], False)
    assert _all(books, rare) == ["call_000"]


def test_no_more_heads_are_read_than_shown(aws, clock, monkeypatch):
    """A list by time costs the same however many calls there are."""
    books = books_on_a_table(aws, clock)
    _fill(books, 30)
    read, heads = [], call_lists._heads
    monkeypatch.setattr(call_lists, "_heads", lambda ids: heads([read.append(one) or one for one in ids]))
    assert len(books.lists.page(EVERY, None, 5, None).items) == 5
    assert len(read) == 6


def test_live_calls_are_those_that_go_on(books):
    """Newest first; neither those that wait nor those that are over, whatever must still be done for them."""
    for number, state in enumerate(CallState):
        created_at = NOW + timedelta(seconds=number)
        books.book.create(a_call(id=f"call_{state.value}", state=state, created_at=created_at))
    live = books.lists.live(10)
    assert [call.state for call in live.items] == [
        CallState.IN_PROGRESS,
        CallState.RINGING,
        CallState.UNKNOWN,
        CallState.DIALING,
    ]
    assert not live.more


def test_live_calls_are_bounded(books):
    """The newest are given, and that there are more is told."""
    ids = _fill(books, 5, state=CallState.RINGING)
    live = books.lists.live(3)
    assert (_ids(live), live.more) == (ids[:3], True)


def test_a_call_that_waits_holds_its_template(books):
    """One that has begun has a brief of its own, and does not."""
    books.book.create(a_call())
    assert books.lists.waits_with("template_1")
    assert not books.lists.waits_with("template_2")
    books.book.change("call_1", lambda call: replace(call, state=CallState.RINGING))
    assert not books.lists.waits_with("template_1")


def test_turns_since_are_read_from_there_on(books):
    """In order, whatever else lies beside them."""
    books.book.create(a_call())
    for number in range(4):
        books.turns.open("call_1", Turn(number, TurnKind.SPEECH, NOW, said=f"word {number}"))
    books.turns.close("call_1", Turn(1, TurnKind.SPEECH, NOW, answer="Yes.", end=TurnEnd.LISTEN))
    assert [turn.number for turn in books.turns.since("call_1", 0)] == [0, 1, 2, 3]
    since = books.turns.since("call_1", 1)
    assert [(turn.number, turn.answer) for turn in since] == [(1, "Yes."), (2, None), (3, None)]
    assert books.turns.since("call_1", 4) == ()
    assert books.turns.since("call_2", 0) == ()

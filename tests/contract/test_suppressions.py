"""One suite for the suppression list and a contact's calls: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import NOW, NUMBER, a_brief, a_call

from chalicelib.calls.adapters.repository import numbers as stored
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.erasing import NO_NUMBER, erase
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.permission import Decision, NumberStatus, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.suppression import Suppression, SuppressionFilter
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.calls.ports.books import Commit
from chalicelib.kernel.phones import E164

ALL = SuppressionFilter()
ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)
COSTS = (CostLine("voice", 2, "minute", 28_000),)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


def _numbers(count):
    return [E164(f"+1415555{place:04}") for place in range(count)]


def _listed(books, wanted=ALL, size=50):
    """Read the whole list page by page."""
    found, start = [], None
    while True:
        page = books.numbers.suppressions(wanted, size, start)
        assert len(page.items) <= size
        found += page.items
        start = page.next_start
        if start is None:
            return found


def _take(books, call_id="call_1", minutes=20):
    """Let a call use the number."""
    books.book.create(a_call(id=call_id))
    committed = commit(books.book.get(call_id), ALLOW, NOW)
    assert books.book.commit_dial(committed, NOW + timedelta(minutes=minutes)) is Commit.DONE


def test_the_first_suppression_stands(books):
    """Its time, source and reason, also a missing one; each who asks gets it."""
    first = books.numbers.suppress(NUMBER, "call:call_1", NOW)
    again = books.numbers.suppress(NUMBER, "operator", NOW + timedelta(days=1), "a letter")
    assert first == again == Suppression(NUMBER, NOW, "call:call_1", "")
    status = books.numbers.status(NUMBER)
    assert (status.suppressed_at, status.suppression_source, status.suppression_reason) == (
        NOW,
        "call:call_1",
        "",
    )
    assert _listed(books) == [first]


def test_what_is_no_text_takes_the_place_of_a_text(books):
    """One by one and many at once: source and reason, while the time stays; and not the other way round."""
    later, others = NOW + timedelta(days=1), _numbers(2)
    for number in others:
        books.numbers.suppress(number, "sms:message_1", NOW)
    assert books.numbers.suppressed(others, firmly=True) == frozenset()
    one = books.numbers.suppress(others[0], "operator", later, "a letter")
    books.numbers.suppress_all([Suppression(others[1], later, "import", "a list")])
    assert one == Suppression(others[0], NOW, "operator", "a letter")
    assert books.numbers.suppress(others[0], "sms:message_2", later) == one
    assert _listed(books) == [Suppression(others[1], NOW, "import", "a list"), one]
    assert books.numbers.suppressed(others, firmly=True) == frozenset(others)


def test_a_newer_text_takes_the_place_of_an_older_one(books):
    """With its time; the same one again changes nothing. Lifting by the older one's source does nothing."""
    later = NOW + timedelta(days=1)
    first = books.numbers.suppress(NUMBER, "sms:message_1", NOW)
    assert books.numbers.suppress(NUMBER, "sms:message_1", later) == first
    second = books.numbers.suppress(NUMBER, "sms:message_2", later)
    assert _listed(books) == [second] == [Suppression(NUMBER, later, "sms:message_2", "")]
    assert books.numbers.lift(NUMBER, "START", later, "sms:message_1") is False
    assert books.numbers.lift(NUMBER, "START", later, "sms:message_2") is True
    assert books.numbers.status(NUMBER).suppressed_at is None


def test_a_suppression_keeps_the_call_that_uses_the_number(books):
    """Both facts stand in one row, neither takes the other away."""
    _take(books)
    books.numbers.suppress_all([Suppression(NUMBER, NOW, "import", "a list")])
    assert books.numbers.status(NUMBER).live_call_id == "call_1"
    assert books.numbers.lift(NUMBER, "asked", NOW)
    assert books.numbers.status(NUMBER).live_call_id == "call_1"


def test_many_are_suppressed_and_those_that_were_stay_as_they_were(books):
    """More than one transaction takes; the list has each once, newest first, whatever its page size."""
    numbers = _numbers(230)
    books.numbers.suppress(numbers[7], "operator", NOW, "first")
    wanted = [
        Suppression(number, NOW + timedelta(seconds=place % 50), "import", "=1+1")
        for place, number in enumerate(numbers)
    ]
    for _ in range(2):
        books.numbers.suppress_all(wanted)
    assert books.numbers.suppressed([*numbers, NUMBER]) == frozenset(numbers)
    expected = [
        Suppression(numbers[7], NOW, "operator", "first") if each.number == numbers[7] else each
        for each in wanted
    ]
    expected.sort(key=lambda each: each.position, reverse=True)
    assert _listed(books, size=64) == _listed(books, size=23) == expected


def test_pages_stand_still_while_the_list_grows(books):
    """What is suppressed between two pages neither repeats nor hides anything older."""
    numbers = _numbers(9)
    for place, number in enumerate(numbers[:8]):
        books.numbers.suppress(number, "operator", NOW + timedelta(seconds=place))
    first = books.numbers.suppressions(ALL, 4, None)
    books.numbers.suppress(numbers[8], "operator", NOW + timedelta(seconds=60))
    rest = books.numbers.suppressions(ALL, 4, first.next_start)
    assert [each.number for each in [*first.items, *rest.items]] == list(reversed(numbers[:8]))
    assert rest.next_start is None


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (SuppressionFilter(source="operator"), [3, 0]),
        (SuppressionFilter(source="call"), [4, 1]),
        (SuppressionFilter(source="call:call_4"), [4]),
        (SuppressionFilter(source="sms"), []),
        (SuppressionFilter(since=NOW + timedelta(seconds=3)), [5, 4, 3]),
        (SuppressionFilter(until=NOW + timedelta(seconds=2)), [1, 0]),
        (SuppressionFilter("import", NOW, NOW + timedelta(seconds=5)), [2]),
    ],
)
def test_filters_choose(books, wanted, places):
    """By source, every call or one, and by time: from the first instant on, before the second."""
    for place, number in enumerate(_numbers(6)):
        source = ("operator", f"call:call_{place}", "import")[place % 3]
        books.numbers.suppress(number, source, NOW + timedelta(seconds=place))
    assert [_numbers(6).index(each.number) for each in _listed(books, wanted, size=1)] == places


def test_a_filter_that_takes_little_gives_short_pages(books, monkeypatch):
    """No page looks through the whole list; following the pages finds everything."""
    monkeypatch.setattr(stored, "_MORE_EXAMINED", 3)
    for place, number in enumerate(_numbers(20)):
        source = "sms" if place == 0 else "operator"
        books.numbers.suppress(number, source, NOW + timedelta(seconds=place))
    assert [each.number for each in _listed(books, SuppressionFilter(source="sms"), 2)] == _numbers(1)


def test_a_lifted_suppression_is_gone(books):
    """From the list too; it is lifted once, and the number can be suppressed anew."""
    books.numbers.suppress(NUMBER, "operator", NOW)
    assert [books.numbers.lift(NUMBER, "asked to", NOW) for _ in range(2)] == [True, False]
    assert books.numbers.status(NUMBER).suppressed_at is None
    assert (_listed(books), books.numbers.suppressed([NUMBER])) == ([], frozenset())
    later = NOW + timedelta(days=1)
    assert books.numbers.suppress(NUMBER, "import", later) == Suppression(NUMBER, later, "import")
    assert len(_listed(books)) == 1


def test_a_number_that_is_not_suppressed_is_not_lifted(books):
    """Nor does that leave anything behind."""
    assert not books.numbers.lift(NUMBER, "asked", NOW)
    assert books.numbers.status(NUMBER) == NumberStatus()


def test_a_number_is_forgotten_unless_it_is_suppressed(books):
    """What says that nobody may call stays, also when its contact is erased."""
    books.numbers.suppress(NUMBER, "operator", NOW)
    assert books.numbers.forget(NUMBER, NOW)
    assert books.numbers.status(NUMBER).suppressed_at == NOW
    books.numbers.lift(NUMBER, "asked", NOW)
    assert [books.numbers.forget(NUMBER, NOW) for _ in range(2)] == [True, True]
    assert books.numbers.status(NUMBER) == NumberStatus()


def test_a_number_in_a_call_is_not_forgotten(books):
    """Otherwise a second call could go to it; when the call must be over, it is."""
    _take(books)
    assert not books.numbers.forget(NUMBER, NOW)
    assert books.numbers.status(NUMBER).live_call_id == "call_1"
    assert books.numbers.forget(NUMBER, NOW + timedelta(minutes=21))
    assert books.numbers.status(NUMBER) == NumberStatus()


def test_a_persons_calls_are_listed_newest_first(books):
    """Those of all ids that the person has had, by page; nobody else's."""
    for place in range(11):
        contact_id = ("contact_1", "contact_old", "contact_other")[place % 3]
        at = NOW + timedelta(seconds=place // 2)
        books.book.create(a_call(id=f"call_{place:02}", contact_id=contact_id, created_at=at))
    found, start = [], None
    while True:
        page = books.book.of_contacts(("contact_1", "contact_old"), 3, start)
        found += [call.id for call in page.items]
        start = page.next_start
        if start is None:
            break
    assert found == [f"call_{place:02}" for place in (10, 9, 7, 6, 4, 3, 1, 0)]
    assert books.book.of_contacts(("contact_x",), 3, None).items == []


def _finished(books, call_id="call_1"):
    """Store a call with everything."""
    over = {"state": CallState.ENDED, "finished_at": NOW, "look_at": None, "cost": 28_000, "sid": "CA1"}
    books.book.create(a_call(id=call_id, **over))
    books.book.put_brief(call_id, a_brief())
    for number in range(30):
        books.turns.open(call_id, Turn(number, TurnKind.SPEECH, NOW, said="a secret", answer="a secret"))
    books.book.put_aftermath(call_id, Aftermath(None, COSTS))


def test_erased_texts_are_gone(books):
    """Brief and turns; costs stay, and the other calls' texts."""
    _finished(books)
    _finished(books, "call_2")
    for _ in range(2):
        books.book.erase_texts("call_1")
    file = books.book.load("call_1")
    assert (file.brief, file.turns, file.aftermath) == (None, (), Aftermath(None, COSTS))
    assert len(books.book.load("call_2").turns) == 30


def test_a_late_answer_leaves_no_row(aws, clock):
    """Not even one that nobody would read."""
    books = books_on_a_table(aws, clock)
    _finished(books)
    books.book.erase_texts("call_1")
    books.turns.close("call_1", Turn(3, TurnKind.SPEECH, NOW, answer="a secret"))
    assert "a secret" not in repr(aws.scan(TableName="calls")["Items"])


def test_nothing_brings_erased_texts_back(books):
    """Neither an answer that was still being spoken, nor an analysis that was still being made."""
    _finished(books)
    books.book.erase_texts("call_1")
    books.turns.close("call_1", Turn(3, TurnKind.SPEECH, NOW, answer="a secret"))
    books.turns.interrupt("call_1", 3, "a secret")
    books.book.put_aftermath("call_1", Aftermath(None, ()))
    file = books.book.load("call_1")
    assert (file.turns, file.aftermath) == ((), Aftermath(None, COSTS))


def test_an_erased_call_is_read_as_it_was_written(books):
    """Without number; it is no longer one of its contact's, whose next page begins where it did."""
    _finished(books)
    _, erased = books.book.change("call_1", lambda call: erase(call, NOW))
    assert books.book.get("call_1") == erased
    assert (erased.number, erased.sid, erased.cost, erased.erased_at) == (NO_NUMBER, "", 28_000, NOW)
    assert books.book.of_contacts(("contact_1",), 5, None).items == []
    books.book.create(a_call(id="call_2"))
    assert [call.id for call in books.book.of_contacts(("contact_1",), 5, None).items] == ["call_2"]
    assert books.book.change("call_1", lambda call: replace(call, reason="x"))[1].erased_at == NOW

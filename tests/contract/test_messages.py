"""One suite for stored text messages and their templates: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.call_books import FakeNumbers, Shelf
from fakes.calls import LINE, NOW, NUMBER
from fakes.messages import FakeMessages, FakeMessageTemplates

from chalicelib.calls.adapters.repository.message_templates import MessageTemplateRepository
from chalicelib.calls.adapters.repository.messages import MessageRepository
from chalicelib.calls.adapters.repository.numbers import NumberRepository
from chalicelib.calls.adapters.repository.retention import RetentionRepository
from chalicelib.calls.adapters.tables import bind
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.domain.messages import (
    Message,
    MessageState,
    Place,
    commit_message,
    fail_message,
)
from chalicelib.calls.domain.retention import DataKind
from chalicelib.calls.domain.segments import Encoding
from chalicelib.calls.ports.messages import SendCommit
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import new_id


@pytest.fixture(params=["memory", "dynamodb"])
def books(request):
    """Give the books of messages, templates and numbers on one store."""
    if request.param == "memory":
        shelf = Shelf()
        return SimpleNamespace(
            messages=FakeMessages(shelf), templates=FakeMessageTemplates(), numbers=FakeNumbers(shelf)
        )
    request.getfixturevalue("make_table")("calls", "CallsTable")
    connection = bind("calls")
    return SimpleNamespace(
        messages=MessageRepository(connection),
        templates=MessageTemplateRepository(),
        numbers=NumberRepository(connection),
    )


def _message(number=0, **changes):
    message = Message(
        id=new_id("message"),
        contact_id="contact_1",
        number=NUMBER,
        line=LINE,
        direction=Direction.OUTBOUND,
        body=f"Hello {number}",
        state=MessageState.QUEUED,
        created_at=NOW + timedelta(seconds=number),
        look_at=NOW + timedelta(seconds=number),
    )
    return replace(message, **changes)


def _kept(books, *messages):
    for message in messages:
        assert books.messages.create(message)
    return messages


def test_a_message_is_kept_whole_and_once(books):
    """All fields survive; the second creation changes nothing, whatever it brings."""
    full = _message(
        state=MessageState.DELIVERED,
        segments=3,
        encoding=Encoding.UCS2,
        reason="carrier_30003",
        template_id="template_1",
        requested_by="ops",
        call_id="call_1",
        answers="message_1",
        media=2,
        sid="SM1",
        carrier_status="delivered",
        asked_at=NOW,
        sent_at=NOW,
        ended_at=NOW + timedelta(milliseconds=7),
    )
    _kept(books, full)
    assert books.messages.create(replace(full, body="Other", created_at=NOW + timedelta(hours=1))) is False
    assert books.messages.place_of(full.id) == full.place
    assert books.messages.get(full.place) == full
    assert books.messages.place_of(new_id("message")) is None
    assert books.messages.get(Place("contact_1", NOW, "message_0")) is None


def test_many_creations_at_once_make_one(books):
    """As when a webhook is delivered twice at the same moment."""
    message = _message()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: books.messages.create(message), range(8)))
    assert sum(made) == 1


def test_changes_count_versions_and_survive_races(books):
    """Everybody's change is made; changing nothing makes no version."""
    (message,) = _kept(books, _message())
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda _: books.messages.change(message.place, lambda old: replace(old, media=old.media + 1)),
                range(4),
            )
        )
    newest = books.messages.get(message.place)
    assert (newest.media, newest.version) == (4, 5)
    assert books.messages.change(message.place, lambda old: old) == (newest, newest)
    with pytest.raises(NotFound):
        books.messages.change(replace(message, id="message_0").place, lambda old: old)


def test_a_commitment_is_made_once_and_never_for_a_suppressed_number(books):
    """Both conditions hold in one transaction."""
    first, second = _kept(books, _message(), _message(1))
    assert books.messages.commit_send(commit_message(first, NOW)) is SendCommit.DONE
    assert books.messages.commit_send(commit_message(first, NOW)) is SendCommit.MESSAGE_CHANGED
    assert books.messages.get(first.place).state is MessageState.SENDING
    books.numbers.suppress(NUMBER, "operator", NOW)
    assert books.messages.commit_send(commit_message(second, NOW)) is SendCommit.NUMBER_SUPPRESSED
    assert books.messages.get(second.place).state is MessageState.QUEUED
    books.numbers.lift(NUMBER, "again", NOW)
    assert books.messages.commit_send(commit_message(second, NOW)) is SendCommit.DONE
    gone = _message(2)
    assert books.messages.commit_send(commit_message(gone, NOW)) is SendCommit.MESSAGE_CHANGED


def test_a_number_s_messages_of_a_day_are_counted_in_the_commitment(books):
    """Up to ten; one that is committed to again counts no more, and the next day begins anew."""
    made = _kept(books, *(_message(number) for number in range(12)))
    results = [books.messages.commit_send(commit_message(each, NOW)) for each in made]
    assert results == [SendCommit.DONE] * 10 + [SendCommit.TOO_MANY] * 2
    status = books.numbers.status(NUMBER)
    assert (status.texts_day, status.texts) == (NOW.date().isoformat(), 10)
    again = replace(books.messages.get(made[0].place), state=MessageState.QUEUED)
    assert again.commits == 1
    assert books.messages.commit_send(commit_message(again, NOW)) is SendCommit.DONE
    tomorrow = NOW + timedelta(days=1)
    assert books.messages.commit_send(commit_message(made[10], tomorrow)) is SendCommit.DONE
    assert books.numbers.status(NUMBER).texts == 1
    books.numbers.suppress(NUMBER, "operator", NOW)
    assert books.messages.commit_send(commit_message(made[11], tomorrow)) is SendCommit.NUMBER_SUPPRESSED


def test_who_must_be_looked_at_is_found_by_time(books):
    """Those that wait and the others apart, the longest due first; those at an end not at all."""
    waiting = _kept(books, *(_message(number) for number in range(5)))
    asked = _kept(books, *(_message(number, state=MessageState.SENDING) for number in range(5, 8)))
    _kept(books, _message(9, look_at=None, state=MessageState.RECEIVED))
    now = NOW + timedelta(seconds=6)
    assert books.messages.waiting(now, 10) == [message.place for message in waiting]
    assert books.messages.waiting(now, 2) == [message.place for message in waiting[:2]]
    assert books.messages.silent(now, 10) == [message.place for message in asked[:2]]
    books.messages.change(asked[0].place, lambda old: fail_message(old, "x", NOW))
    assert books.messages.silent(now, 10) == [asked[1].place]


def test_a_thread_has_all_contacts_of_a_person_in_pages(books):
    """Newest first; no page is long, none is missed."""
    made = _kept(books, *(_message(number, contact_id=f"contact_{number % 2 + 1}") for number in range(7)))
    _kept(books, _message(9, contact_id="contact_3"))
    found, start, pages = [], None, 0
    while pages == 0 or start:
        page = books.messages.thread(["contact_1", "contact_2"], 3, start)
        found, start, pages = [*found, *page.items], page.next_start, pages + 1
    assert (found, pages) == (list(made[::-1]), 3)


def test_erased_messages_leave_only_that_they_were_there(books):
    """Step by step; an id is never used again."""
    made = _kept(books, *(_message(number) for number in range(5)))
    (other,) = _kept(books, _message(9, contact_id="contact_2"))
    assert books.messages.erase(["contact_1"], 3) is True
    assert books.messages.erase(["contact_1"], 3) is False
    assert books.messages.thread(["contact_1"], 10, None).items == []
    assert books.messages.get(other.place) == other
    assert books.messages.create(made[0]) is False


@pytest.mark.parametrize("books", ["dynamodb"], indirect=True)
def test_retention_finds_old_messages_in_its_list(books):
    """By the day on which they were made, wherever they are spread; then they are gone for good."""
    made = _kept(books, *(_message(number) for number in range(12)))
    retention = RetentionRepository(bind("calls"))
    old = retention.older(DataKind.MESSAGES, NOW + timedelta(seconds=9), 100, "")
    for row in old:
        retention.remove(row)
    left = [message for message in made if books.messages.get(message.place)]
    assert (len(old), left) == (9, list(made[9:]))
    assert books.messages.create(made[0]) is False


def test_templates_are_kept_changed_and_removed_by_version(books):
    """Nobody overwrites what they have not seen."""
    template = MessageTemplate(new_id("template"), "Reminder", "Hello", NOW, NOW)
    assert books.templates.add(template) == template
    assert books.templates.add(replace(template, text="Other")) == template
    second = replace(template, text="Bye", version=2)
    assert books.templates.save(second, 1) is True
    assert books.templates.save(replace(second, version=3), 1) is False
    assert books.templates.all() == [books.templates.get(template.id)] == [second]
    assert books.templates.remove(template.id, 1) is False
    assert books.templates.remove(template.id, 2) is True
    assert (books.templates.get(template.id), books.templates.all()) == (None, [])
    assert books.templates.save(second, 2) is False

"""One suite for notes, tasks, consents and the timeline: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.client import BaseClient
from fakes.crm import stored_crm

from chalicelib.crm.adapters.repository.timeline import entry_item
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.listing import Span
from chalicelib.crm.domain.notes import NewNote, Note, NoteChanges, NoteFilter, NoteKind
from chalicelib.crm.domain.timeline import BookingEntry, CallEntry, EntryKind
from chalicelib.crm.services.consents import list_consents, record_consent
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.notes import add_note, change_note, delete_note, list_notes
from chalicelib.crm.services.timeline import list_timeline
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

PHONE = E164("+14155552671")
GRANT = NewConsent(
    kind=ConsentKind.AUTOMATED_CALLS,
    answer=ConsentAnswer.GRANTED,
    source=ConsentSource.WEB_FORM,
    wording="Yes, call me.",
    reference="form 12",
    number=PHONE,
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


@pytest.fixture
def ada(ports):
    """Create a contact."""
    return create_contact(ports, NewContact(name="Ada", phone=PHONE))


def _task(contact, due_at, body="Call back."):
    return NewNote(contact.id, NoteKind.TASK, body, "tests", due_at=due_at, pinned=True)


def _put_call(ports, entry):
    if hasattr(ports.timeline, "calls"):
        ports.timeline.calls[entry.contact_id, entry.id] = entry
    else:
        entry_item(entry).save()


def test_a_task_is_read_as_it_was_written(ports, ada, clock):
    """Due date, pin, and later when it was done come back; its version grows."""
    task = add_note(ports, _task(ada, clock.now() + timedelta(days=1)))
    assert ports.notes.get(ada.id, task.id) == task
    done = change_note(ports, ada.id, task.id, NoteChanges(done=True, body="Called."))
    assert (done.version, done.done_at, done.body) == (2, clock.now(), "Called.")
    assert ports.notes.get(ada.id, task.id) == done


def test_a_stale_note_is_neither_saved_nor_removed(ports, ada):
    """Both need the version that is stored, and one that is there."""
    note = add_note(ports, NewNote(ada.id, NoteKind.GENERAL, "first", "tests"))
    newer = change_note(ports, ada.id, note.id, NoteChanges(body="second"))
    for act in (
        lambda: ports.notes.save(replace(note, body="stale", version=2)),
        lambda: ports.notes.remove(note),
        lambda: ports.notes.save(replace(note, id=new_id("note"))),
        lambda: ports.notes.remove(replace(note, id=new_id("note"))),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
    assert ports.notes.get(ada.id, note.id) == newer


def test_a_deleted_note_is_gone(ports, ada):
    """It is neither read nor listed, nor in the timeline."""
    note = add_note(ports, NewNote(ada.id, NoteKind.GENERAL, "?", "tests"))
    delete_note(ports, ada.id, note.id)
    assert ports.notes.get(ada.id, note.id) is None
    assert list_notes(ports, ada.id, 10).items == []
    assert list_timeline(ports, ada.id, None, 10).items == []


def test_filtered_pages_join_to_all_that_fit(ports, ada):
    """Kind and pin hold together, on every page, and nothing comes twice."""
    kinds = [NoteKind.MEETING, NoteKind.GENERAL] * 4
    added = [
        add_note(ports, NewNote(ada.id, kind, str(number), "tests", pinned=number % 3 == 0))
        for number, kind in enumerate(kinds)
    ]
    wanted = NoteFilter(NoteKind.MEETING, pinned=True)
    seen, start = [], None
    for _ in range(2):
        page = list_notes(ports, ada.id, 1, start, wanted)
        seen, start = [*seen, *page.items], page.next_start
    assert seen == [added[6], added[0]]
    assert start is None


def test_open_tasks_come_by_due_time(ports, ada, clock):
    """Of all contacts; a span has those from its start on and before its end; pages join."""
    bob = create_contact(ports, NewContact(name="Bob", phone=E164("+14155552672")))
    hours = [5, -2, 1, -1, 3]
    tasks = {
        hour: add_note(ports, _task(ada if hour % 2 else bob, clock.now() + timedelta(hours=hour)))
        for hour in hours
    }
    change_note(ports, tasks[3].contact_id, tasks[3].id, NoteChanges(done=True))
    add_note(ports, NewNote(ada.id, NoteKind.TASK, "some day", "tests"))
    first = ports.notes.tasks(Span(), 2, None)
    second = ports.notes.tasks(Span(), 2, first.next_start)
    assert [*first.items, *second.items] == [tasks[hour] for hour in (-2, -1, 1, 5)]
    assert second.next_start is None
    span = Span(clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=5))
    assert ports.notes.tasks(span, 10, None).items == [tasks[-1], tasks[1]]


def test_a_task_that_is_open_again_is_listed_again(ports, ada, clock):
    """Done takes it out of the list, not done puts it back, no task leaves it for good."""
    task = add_note(ports, _task(ada, clock.now()))
    for changes, listed in (
        (NoteChanges(done=True), 0),
        (NoteChanges(done=False), 1),
        (NoteChanges(kind=NoteKind.GENERAL), 0),
    ):
        change_note(ports, ada.id, task.id, changes)
        assert len(ports.notes.tasks(Span(), 10, None).items) == listed


def test_a_consent_is_read_as_it_was_written(ports, ada):
    """Every field comes back, once, whatever is sent again under its id."""
    consent_id = new_id("consent")
    first = record_consent(ports, ada.id, GRANT, "tests", consent_id).consent
    again = record_consent(ports, ada.id, replace(GRANT, wording="No."), "others", consent_id).consent
    assert first == again == ports.consents.get(ada.id, consent_id)
    assert ports.consents.all(ada.id) == [first]


def test_a_consent_needs_its_contact(ports, ada):
    """Of a contact that is gone when it is written nothing is kept, except what was there."""
    kept = record_consent(ports, ada.id, GRANT, "tests").consent
    delete_contact(ports, ada.id)
    with pytest.raises(Conflict) as refusal:
        ports.consents.add(replace(kept, id=new_id("consent")))
    assert refusal.value.code == "contact_changed"
    assert ports.consents.add(kept) == kept


def test_pages_of_consents_say_what_holds_of_all(ports, ada):
    """The last one recorded is first; each page has the same current answers."""
    kinds = [ConsentKind.SMS, ConsentKind.EMAIL, ConsentKind.RECORDING]
    added = [record_consent(ports, ada.id, replace(GRANT, kind=kind), "tests").consent for kind in kinds]
    first = list_consents(ports, ada.id, 2)
    second = list_consents(ports, ada.id, 2, first.next_start)
    assert [*first.items, *second.items] == added[::-1]
    assert second.next_start is None
    assert first.current == second.current == {consent.kind: consent for consent in added}


@pytest.fixture
def busy(ports, ada, clock):
    """Give a contact a timeline of all kinds, and its ids from the newest to the oldest."""
    ids = []
    for _ in range(2):
        ids.append(add_note(ports, NewNote(ada.id, NoteKind.GENERAL, "?", "tests")).id)
        clock.advance(minutes=1)
        ids.append(record_consent(ports, ada.id, GRANT, "tests").consent.id)
        clock.advance(minutes=1)
        entry = CallEntry(new_id("call"), ada.id, clock.now(), "outbound", "+14…71", "answered", None, 61)
        _put_call(ports, entry)
        ids.append(entry.id)
        clock.advance(minutes=1)
        now = clock.now()
        booking = BookingEntry(new_id("booking"), ada.id, now, "calendar_1", now, now, "booked", "call_1")
        _put_call(ports, booking)
        ids.append(booking.id)
        clock.advance(minutes=1)
    return ids[::-1]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7])
def test_pages_of_the_timeline_join_to_the_whole(ports, ada, busy, size):
    """Notes, consents, calls and bookings come newest first, each once, and each has its object."""
    seen, start = [], None
    for _ in range(-(-len(busy) // size)):
        page = list_timeline(ports, ada.id, None, size, start)
        seen, start = [*seen, *page.items], page.next_start
    assert start is None
    assert [entry.id for entry in seen] == busy
    assert all(getattr(entry, entry.kind.value).id == entry.id for entry in seen)
    assert (seen[0].booking.state, seen[1].call.duration_s) == ("booked", 61)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_a_timeline_of_one_kind_has_no_other(ports, ada, busy, kind):
    """Pages of one kind join to all of it."""
    seen, start = [], None
    for _ in range(2):
        page = list_timeline(ports, ada.id, kind, 1, start)
        seen, start = [*seen, *page.items], page.next_start
    assert [(entry.kind, entry.id) for entry in seen] == [
        (kind, each) for each in busy if each.startswith(kind.value)
    ]


@pytest.mark.parametrize("kind", [None, EntryKind.NOTE])
def test_a_page_of_the_timeline_is_one_query(make_table, clock, monkeypatch, kind):
    """However many entries there are and however long they are."""
    stored = stored_crm(make_table("crm", "CrmTable"), clock)
    ada = create_contact(stored, NewContact(name="Ada", phone=PHONE))
    for _ in range(150):
        stored.notes.add(_long_note(stored, ada))
    operations, call = [], BaseClient._make_api_call

    def counting(client, operation, parameters):
        operations.append(operation)
        return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", counting)
    page = stored.timeline.page(ada.id, kind, 100, None)
    assert operations == ["Query"]
    seen = [entry.id for entry in page.items]
    while page.next_start:
        page = stored.timeline.page(ada.id, kind, 100, page.next_start)
        seen += [entry.id for entry in page.items]
    assert len(set(seen)) == len(seen) == 150


def _long_note(stored, contact):
    clock = stored.clock
    clock.advance(seconds=1)
    new = NewNote(contact.id, NoteKind.GENERAL, "x" * 10_000, "tests")
    fields = vars(new) | {"id": new_id("note"), "created_at": clock.now(), "updated_at": clock.now()}
    return Note(**fields)

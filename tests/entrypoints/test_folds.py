"""Streams through the real handler: contacts are indexed, calls kept, and what is bad holds up nothing."""

from __future__ import annotations

import json

import pytest
from fakes.events import queue_event
from fakes.streams import a_record, stream_event

from chalicelib.crm.adapters.messages import FoldChange, Refold, encode
from chalicelib.crm.domain.contacts import Contact, NewContact, Parting, Tombstone
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.entrypoints import folds, jobs
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.phones import E164

PHONE = E164("+14155552671")


@pytest.fixture
def ada(crm, container):
    """Create a contact that nobody has folded."""
    return create_contact(crm, NewContact(name="Ada Lovelace", phone=PHONE))


@pytest.fixture
def call(ada):
    """Give the row of a finished call."""
    return {
        "pk": "CALL#call_1",
        "sk": "CALL",
        "kind": "call",
        "contact_id": ada.id,
        "state": "ended",
        "direction": "outbound",
        "number": PHONE,
        "created_at": "2026-03-03T09:00:00.000Z",
        "dialed_at": "2026-03-03T11:59:00.000Z",
        "answered_at": "2026-03-03T12:00:00.000Z",
        "finished_at": "2026-03-03T12:05:00.000Z",
        "outcome": "completed",
        "duration_s": 42,
        "version": 9,
    }


def _fold(*records):
    folds.fold(stream_event(*records), None)


def _row(contact_id, row="contact"):
    return {"pk": f"CONTACT#{contact_id}", "sk": "CONTACT", "row": row, "id": contact_id}


def _total(crm):
    tallies = crm.counters.read("total", "~")
    return tallies["total#contacts"].amount if tallies else 0


def _break(crm, monkeypatch, contact_id, error=None):
    """Let one contact be unreadable."""
    read = crm.indexes.read

    def broken(wanted):
        if wanted == contact_id:
            raise error or ValueError("no such status")
        return read(wanted)

    monkeypatch.setattr(crm.indexes, "read", broken)


@pytest.mark.parametrize("row", ["contact", "consent", "gone"])
def test_whatever_changes_of_a_contact_has_it_folded(crm, ada, row):
    """New, changed, with a consent, or gone: what counts is what is stored."""
    _fold(a_record(None, _row(ada.id, row)), a_record(_row(ada.id, row), None))
    assert (_total(crm), len(crm.searches.entries("lovelace", None, 10))) == (1, 1)


def test_a_contact_that_is_gone_is_counted_no_more(crm, ada):
    """The stream tells of a tombstone in its place."""
    _fold(a_record(None, _row(ada.id)))
    crm.contacts.remove(ada, Tombstone(ada.id, Parting.DELETED, ada.updated_at))
    _fold(a_record(_row(ada.id), _row(ada.id, "gone")))
    assert (_total(crm), crm.searches.by_key) == (0, {})


def test_a_number_that_is_suppressed_has_its_contact_folded(crm, ada):
    """And one that is released; a number of nobody, and one that only takes part in a call, has nobody."""
    _fold(a_record(None, _row(ada.id)))
    free = {"pk": f"NUMBER#{PHONE}", "sk": "NUMBER", "kind": "number"}
    held = {**free, "suppressed_at": "2026-03-03T12:00:00.000Z"}
    crm.suppressions.suppress([PHONE], "x")
    _fold(a_record(held, {**held, "live_call_id": "call_1"}))
    assert "suppressed#yes" not in crm.counters.by_name
    _fold(a_record(free, held), a_record(None, {**held, "pk": "NUMBER#+14155550000"}))
    assert crm.counters.by_name["suppressed#yes"].amount == 1
    crm.suppressions.reasons.clear()
    _fold(a_record(held, free))
    assert crm.counters.by_name["suppressed#yes"].amount == 0


def test_an_appointment_stands_in_the_timeline_as_it_is_now(crm, ada):
    """Where it was booked, with the start and the state that it has; what nobody sees puts nothing."""
    booked = {
        "pk": "BOOKING#booking_1",
        "sk": "BOOKING",
        "kind": "booking",
        "contact_id": ada.id,
        "calendar_id": "calendar_1",
        "start": "2026-03-09T08:00:00.000Z",
        "end": "2026-03-09T08:30:00.000Z",
        "state": "booked",
        "created_at": "2026-03-03T09:00:00.000Z",
        "version": 1,
    }
    moved = {**booked, "start": "2026-03-10T08:00:00.000Z", "end": "2026-03-10T08:30:00.000Z"}
    _fold(a_record(None, booked), a_record(booked, moved), a_record(moved, {**moved, "state": "cancelled"}))
    (entry,) = crm.timeline.calls.values()
    assert (entry.id, entry.contact_id, entry.calendar_id) == ("booking_1", ada.id, "calendar_1")
    assert (entry.at.day, entry.start.day, entry.state) == (3, 10, "cancelled")
    crm.timeline.calls.clear()
    _fold(a_record(moved, {**moved, "version": 3}), a_record(moved, None))
    assert crm.timeline.calls == {}


def test_a_finished_call_stands_in_the_timeline(crm, ada, call):
    """When it began, its number masked, and when the contact was last reached."""
    _fold(a_record({**call, "finished_at": None}, call))
    (entry,) = crm.timeline.calls.values()
    assert (entry.id, entry.contact_id, entry.number, entry.duration_s) == ("call_1", ada.id, "+14…71", 42)
    assert (entry.at.hour, entry.outcome, entry.direction) == (11, "completed", "outbound")
    assert get_contact(crm, ada.id).last_contacted_at is not None


def test_a_call_that_was_never_dialed_or_answered_is_kept_as_well(crm, ada, call):
    """At the time when it was asked for."""
    bare = {
        name: value for name, value in call.items() if name not in {"dialed_at", "answered_at", "duration_s"}
    }
    _fold(a_record({**bare, "finished_at": None}, bare))
    (entry,) = crm.timeline.calls.values()
    assert (entry.at.hour, entry.duration_s, get_contact(crm, ada.id).last_contacted_at) == (9, None, None)


def test_a_call_is_written_once(crm, call):
    """Neither before it has finished, nor when its books are closed, nor when it is erased."""
    unfinished = {**call, "finished_at": None}
    _fold(a_record(None, unfinished), a_record(unfinished, call), a_record(call, {**call, "cost": 7}))
    _fold(a_record(call, {**call, "erased_at": "2026-03-04T12:00:00.000Z", "number": ""}))
    _fold(a_record(call, None))
    assert crm.call_entries.puts == 1


@pytest.fixture
def message(ada):
    """Give the row of a text message that was sent."""
    at, message_id = "2026-03-03T09:00:00.000Z", "message_1"
    return {
        "pk": f"THREAD#{ada.id}",
        "sk": f"MESSAGE#{at}#{message_id}",
        "kind": "message",
        "id": message_id,
        "contact_id": ada.id,
        "state": "sent",
        "direction": "outbound",
        "number": PHONE,
        "body": "Private words",
        "created_at": at,
        "version": 3,
    }


def test_a_message_stands_in_the_timeline_as_it_became(crm, ada, message):
    """Once it has left us, and again when its end is known; never what was written."""
    waiting, delivered = {**message, "state": "sending"}, {**message, "state": "delivered"}
    _fold(a_record(None, waiting))
    assert crm.call_entries.puts == 0
    _fold(a_record(waiting, message), a_record(message, delivered), a_record(delivered, delivered))
    (entry,) = crm.timeline.calls.values()
    assert (entry.id, entry.state, entry.number, entry.at.hour) == ("message_1", "delivered", "+14…71", 9)
    assert "Private" not in repr(entry)
    assert (crm.call_entries.puts, get_contact(crm, ada.id).last_contacted_at) == (2, None)


def test_a_message_to_us_is_a_contact_with_the_person(crm, ada, message):
    """It is noted when."""
    _fold(a_record(None, {**message, "state": "received", "direction": "inbound"}))
    assert get_contact(crm, ada.id).last_contacted_at.hour == 9


def test_nobody_else_is_folded(crm, container):
    """Turns, notes, and rows of no kind."""
    _fold(a_record(None, {"pk": "CALL#1", "kind": "turn"}), a_record(None, {"pk": "a", "row": "note"}))
    _fold(a_record(None, {"pk": "a"}))
    assert (crm.indexes.by_id, crm.work.sent) == ({}, [])


def test_a_contact_that_cannot_be_folded_is_put_aside(crm, ada, monkeypatch, caplog):
    """On the queue, and logged by its id; the others of its batch are folded."""
    bob = create_contact(crm, NewContact(name="Bob", phone=E164("+14155552672")))
    _break(crm, monkeypatch, ada.id)
    _fold(a_record(None, _row(ada.id)), a_record(None, _row(bob.id)))
    assert (crm.work.sent, _total(crm)) == ([("refold", ada.id)], 1)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["fold.failed"]


def test_a_record_that_cannot_be_read_is_put_aside_as_it_is(crm, ada, call, caplog):
    """A call without its contact, and nonsense; what follows is folded."""
    del call["contact_id"]
    bad = a_record(None, call, "record-bad")
    _fold(bad, {"eventID": "nonsense"}, a_record(None, _row(ada.id)))
    assert crm.work.sent == [("fold_change", bad), ("fold_change", {"eventID": "nonsense"})]
    assert _total(crm) == 1
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["fold.failed"] * 2


@pytest.mark.parametrize("port", ["indexes", "contacts"])
def test_an_outage_has_the_batch_folded_again(crm, ada, call, port):
    """Nothing is put aside, and the second time everything is there once."""
    batch = [
        a_record(None, {**call, "contact_id": None}, "bad"),
        a_record(None, call),
        a_record(None, _row(ada.id)),
    ]
    working = getattr(crm, port)
    setattr(crm, port, _Silent())
    for _ in range(2):
        with pytest.raises(Unavailable):
            _fold(*batch)
    assert crm.work.sent == []
    setattr(crm, port, working)
    _fold(*batch)
    assert (_total(crm), len(crm.timeline.calls)) == (1, 1)


def test_a_queue_that_is_silent_has_the_batch_folded_again(crm, ada, monkeypatch):
    """What can neither be folded nor put aside is not lost."""
    _break(crm, monkeypatch, ada.id)
    monkeypatch.setattr(crm.work, "refold", _Silent().refold)
    with pytest.raises(Unavailable):
        _fold(a_record(None, _row(ada.id)))


def test_what_was_put_aside_is_folded_from_the_queue(crm, ada, call):
    """A contact by its id, a record as the stream gave it."""
    for message in (Refold(ada.id), FoldChange(a_record(None, call))):
        assert jobs.jobs(queue_event(encode(message)), None)["batchItemFailures"] == []
    assert (_total(crm), len(crm.timeline.calls)) == (1, 1)
    assert isinstance(crm.contacts.get(ada.id), Contact)


def test_what_still_cannot_be_folded_fails(crm, ada, monkeypatch):
    """So that it ends in the dead letters, where somebody sees it."""
    _break(crm, monkeypatch, ada.id)
    assert len(jobs.jobs(queue_event(encode(Refold(ada.id))), None)["batchItemFailures"]) == 1
    record = a_record(None, _row(ada.id))
    assert json.loads(encode(FoldChange(record)))["record"] == record


class _Silent:
    """A port that does not answer."""

    def __getattr__(self, name):
        def silent(*_args):
            raise Unavailable("down", retryable=True)

        return silent


def test_what_a_deleted_contact_left_goes(crm, ada):
    """Whoever deleted it may have died before its notes were deleted: the stream sees to them."""
    add_note(crm, NewNote(ada.id, NoteKind.GENERAL, "left", "tests"))
    crm.contacts.remove(ada, Tombstone(ada.id, Parting.DELETED, crm.clock.now()))
    gone = {"pk": f"CONTACT#{ada.id}", "sk": "CONTACT", "row": "gone", "id": ada.id}
    _fold(a_record({**gone, "row": "contact"}, gone))
    assert crm.notes.by_key == {}

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.crm.domain.contacts import NewContact, Parting, Tombstone
from chalicelib.crm.domain.notes import Due, NewNote, NoteChanges, NoteKind
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.notes import add_note, change_note, list_notes, list_tasks
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164


@pytest.fixture
def ada(crm):
    """Create a contact."""
    return create_contact(crm, NewContact(name="Ada", phone=E164("+14155552671")))


def _note(contact, body="Called.", **more):
    return NewNote(contact.id, NoteKind.GENERAL, body, "tests", **more)


def test_notes_come_newest_first(crm, ada):
    """The last note added is the first one listed."""
    added = [add_note(crm, _note(ada, f"note {number}")) for number in range(3)]
    assert list_notes(crm, ada.id, 10).items == added[::-1]


def test_a_note_with_an_id_is_added_once(crm, ada, clock):
    """The same id again gives the first note and changes nothing."""
    note_id = new_id("note")
    first = add_note(crm, _note(ada, "the first", id=note_id))
    clock.advance(minutes=1)
    assert add_note(crm, _note(ada, "the second", id=note_id)) == first
    assert list_notes(crm, ada.id, 10).items == [first]


def test_pages_join_to_the_whole(crm, ada):
    """Following the pages gives every note once, and the last page says that it is the last."""
    added = [add_note(crm, _note(ada, str(number))) for number in range(7)]
    seen, before = [], None
    for size in (3, 3, 1):
        page = list_notes(crm, ada.id, 3, before)
        assert len(page.items) == size
        seen += page.items
        before = page.next_start
    assert seen == added[::-1]
    assert before is None


def test_a_page_that_is_just_full_is_the_last(crm, ada):
    """There is no empty page at the end."""
    for _ in range(3):
        add_note(crm, _note(ada))
    assert list_notes(crm, ada.id, 3).next_start is None


@pytest.mark.parametrize("size", [0, -1, 101])
def test_page_sizes_have_limits(crm, ada, size):
    """A page has 1 to 100 notes."""
    with pytest.raises(Invalid):
        list_notes(crm, ada.id, size)


def test_notes_need_a_contact(crm):
    """Neither adding nor listing works for a contact that does not exist."""
    nobody = new_id("contact")
    with pytest.raises(NotFound):
        add_note(crm, NewNote(nobody, NoteKind.TASK, "?", "tests"))
    with pytest.raises(NotFound):
        list_notes(crm, nobody, 10)


def test_a_foreign_note_id_is_refused(crm, ada):
    """An id that would break the order of notes is not accepted."""
    with pytest.raises(Invalid) as refusal:
        add_note(crm, _note(ada, id="zzz"))
    assert refusal.value.code == "bad_note_id"


def _act_within_add(crm, act):
    """Let something happen right after the next note was kept."""
    add = crm.notes.add

    def adding(note):
        crm.notes.add = add
        kept = add(note)
        act()
        return kept

    crm.notes.add = adding


def test_a_note_for_a_contact_that_just_went_leaves_nothing(crm, ada):
    """Whoever deletes or erases while a note is added: the note is taken back, and refused."""
    _act_within_add(crm, lambda: crm.contacts.remove(ada, Tombstone(ada.id, Parting.ERASED, crm.clock.now())))
    with pytest.raises(NotFound):
        add_note(crm, _note(ada))
    assert crm.notes.by_key == {}


def test_a_note_for_a_contact_that_was_just_merged_follows_it(crm, ada):
    """The note is kept once, with the contact that took the other one's place."""
    bob = create_contact(crm, NewContact(name="Bob", phone=E164("+14155552672")))
    merged = Tombstone(ada.id, Parting.MERGED, crm.clock.now(), bob.id)
    _act_within_add(crm, lambda: crm.contacts.remove(ada, merged))
    note = add_note(crm, _note(ada))
    assert list(crm.notes.by_key) == [(bob.id, note.id)]


def test_only_a_task_is_due_or_done(crm, ada, clock):
    """Adding, changing and turning into another kind keep to that."""
    with pytest.raises(Invalid) as refusal:
        add_note(crm, _note(ada, due_at=clock.now()))
    assert (refusal.value.code, refusal.value.errors[0].pointer) == ("not_a_task", "/due_at")
    general = add_note(crm, _note(ada))
    with pytest.raises(Invalid):
        change_note(crm, ada.id, general.id, NoteChanges(done=True))
    task = change_note(crm, ada.id, general.id, NoteChanges(kind=NoteKind.TASK, done=True))
    assert task.done_at == clock.now()
    again = change_note(crm, ada.id, general.id, NoteChanges(kind=NoteKind.MEETING))
    assert (again.done_at, again.due_at) == (None, None)


def test_a_task_is_done_when_it_was_first_done(crm, ada, clock):
    """Saying so again changes nothing, not even the version."""
    task = add_note(crm, replace(_note(ada), kind=NoteKind.TASK))
    done = change_note(crm, ada.id, task.id, NoteChanges(done=True))
    clock.advance(hours=1)
    assert change_note(crm, ada.id, task.id, NoteChanges(done=True)) == done


@pytest.mark.parametrize(
    ("zone", "since", "until"),
    [
        ("UTC", "2026-03-08T00:00", "2026-03-09T00:00"),
        ("America/New_York", "2026-03-08T05:00", "2026-03-09T04:00"),  # clocks go forward: 23 hours
        ("Pacific/Kiritimati", "2026-03-08T10:00", "2026-03-09T10:00"),
    ],
)
def test_today_is_the_day_in_the_zone(zone, since, until):
    """From midnight to midnight there, also when the clocks change."""
    span = Due.TODAY.span(datetime(2026, 3, 8, 15, tzinfo=UTC), zone)
    assert [f"{side:%Y-%m-%dT%H:%M}" for side in (span.since, span.until)] == [since, until]


def test_tasks_of_a_merged_contact_name_the_one_in_its_place(crm, ada, clock):
    """Until its rows have moved, a task is listed with the contact that it belongs to now."""
    add_note(crm, replace(_note(ada), kind=NoteKind.TASK, due_at=clock.now()))
    bob = create_contact(crm, NewContact(name="Bob", phone=E164("+14155552672")))
    crm.contacts.remove(ada, Tombstone(ada.id, Parting.MERGED, clock.now(), bob.id))
    assert [task.contact for task in list_tasks(crm, Due.OPEN, "UTC", 10).items] == [bob]

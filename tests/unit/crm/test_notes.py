from __future__ import annotations

import pytest

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.contacts import create_contact
from chalicelib.crm.services.notes import add_note, list_notes
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
    assert list_notes(crm, ada.id, 10).items == tuple(reversed(added))


def test_a_note_with_an_id_is_added_once(crm, ada, clock):
    """The same id again gives the first note and changes nothing."""
    note_id = new_id("note")
    first = add_note(crm, _note(ada, "the first", id=note_id))
    clock.advance(minutes=1)
    assert add_note(crm, _note(ada, "the second", id=note_id)) == first
    assert list_notes(crm, ada.id, 10).items == (first,)


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

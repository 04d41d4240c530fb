"""Two contacts that are one person become one, whoever dies: history, numbers and tags of both."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.jobs import work_off

from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, ContactChanges, NewContact
from chalicelib.crm.domain.details import Address, ContactStatus
from chalicelib.crm.domain.merging import merged
from chalicelib.crm.domain.notes import NewNote, NoteFilter, NoteKind
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.contacts import (
    change_contact,
    create_contact,
    delete_contact,
    find_contact,
    get_contact,
)
from chalicelib.crm.services.jobs import list_jobs
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

NUMBERS = [E164(f"+141555526{number:02}") for number in range(30)]


@pytest.fixture
def ada(crm):
    """Create the one to keep."""
    return create_contact(crm, NewContact("Ada", NUMBERS[0], company="Engines"))


@pytest.fixture
def double(crm):
    """Create the other, with history."""
    tag = create_tag(crm, NewTag("VIP"))
    other = create_contact(
        crm,
        NewContact(
            "A. Lovelace",
            NUMBERS[1],
            email="ada@example.com",
            company="Other",
            other_phones=(NUMBERS[2],),
            tags=(tag.id,),
            address=Address(city="London"),
        ),
    )
    for number in range(60):
        add_note(crm, NewNote(other.id, NoteKind.GENERAL, f"note {number}", "tests"))
    return other


def _notes(crm, contact_id):
    return [note.body for note in crm.notes.page(contact_id, NoteFilter(), 100, None).items]


def test_nothing_of_either_is_lost(crm, clock, ada, double):
    """Numbers, tags, notes and what was missing come to the winner; its own details stay."""
    add_note(crm, NewNote(ada.id, NoteKind.GENERAL, "own", "tests"))
    crm.contacts.touch(double.id, clock.now() - timedelta(days=1))
    winner = merge_contact(crm, ada.id, double.id, 1)
    assert (winner.id, winner.version, winner.name, winner.company) == (ada.id, 2, "Ada", "Engines")
    assert (winner.email, winner.address) == ("ada@example.com", Address(city="London"))
    assert (winner.phones, winner.tags) == ((NUMBERS[0], NUMBERS[1], NUMBERS[2]), double.tags)
    assert winner.ids == (ada.id, double.id)
    assert winner.last_contacted_at == clock.now() - timedelta(days=1)
    work_off(crm)
    assert sorted(_notes(crm, ada.id)) == sorted(["own", *(f"note {number}" for number in range(60))])
    assert _notes(crm, double.id) == []
    assert {get_contact(crm, each).id for each in (ada.id, double.id)} == {ada.id}
    assert {find_contact(crm, number).id for number in winner.phones} == {ada.id}


def test_merging_again_changes_nothing(crm, ada, double):
    """Whoever lost the answer asks once more, with the old version too, and gets the same."""
    winner = merge_contact(crm, ada.id, double.id, 1)
    assert merge_contact(crm, ada.id, double.id, 1) == winner
    work_off(crm)
    assert merge_contact(crm, ada.id, double.id) == winner
    assert len(_notes(crm, ada.id)) == 60


def test_a_contact_and_itself_cannot_be_merged(crm, ada, double):
    """Neither by its own id nor by one that it has taken over."""
    for pair in ((ada.id, ada.id), (ada.id, double.id), (double.id, ada.id)):
        if pair == (ada.id, double.id):
            merge_contact(crm, *pair)
            continue
        with pytest.raises(Invalid) as refusal:
            merge_contact(crm, *pair)
        assert refusal.value.code == "same_contact"


def test_chains_lead_to_the_last(crm, ada, double):
    """A winner that is merged itself hands everything on, also what is still on its way."""
    third = create_contact(crm, NewContact("Third", NUMBERS[3]))
    merge_contact(crm, ada.id, double.id)
    merge_contact(crm, third.id, ada.id)
    work_off(crm)
    last = get_contact(crm, double.id)
    assert (last.id, last.ids) == (third.id, (third.id, ada.id, double.id))
    assert len(_notes(crm, third.id)) == 60
    assert last.phones == (NUMBERS[3], NUMBERS[0], NUMBERS[1], NUMBERS[2])


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("one", "other", "result"),
    [
        (ContactStatus.CUSTOMER, ContactStatus.DO_NOT_CONTACT, ContactStatus.DO_NOT_CONTACT),
        (ContactStatus.DO_NOT_CONTACT, ContactStatus.LEAD, ContactStatus.DO_NOT_CONTACT),
    ],
)
def test_whoever_must_not_be_contacted_stays_so(crm, one, other, result, swapped):
    """In both directions; otherwise the winner's status stands."""
    first = create_contact(crm, NewContact("One", NUMBERS[0], status=one))
    second = create_contact(crm, NewContact("Two", NUMBERS[1], status=other))
    winner, loser = (second, first) if swapped else (first, second)
    assert merge_contact(crm, winner.id, loser.id).status is result
    assert (
        merged(
            create_contact(crm, NewContact("Three", NUMBERS[4], status=ContactStatus.CUSTOMER)),
            create_contact(crm, NewContact("Four", NUMBERS[5])),
        ).status
        is ContactStatus.CUSTOMER
    )


def test_a_mere_lead_takes_the_other_s_status(crm):
    """What every contact is by default says least."""
    lead = create_contact(crm, NewContact("One", NUMBERS[0]))
    customer = create_contact(crm, NewContact("Two", NUMBERS[1], status=ContactStatus.CUSTOMER))
    assert merge_contact(crm, lead.id, customer.id).status is ContactStatus.CUSTOMER


def test_a_caller_without_a_name_gets_one(crm, double):
    """Who was recognised only by a number takes the name that is known."""
    caller = create_contact(crm, NewContact(UNKNOWN_CALLER, NUMBERS[5]))
    assert merge_contact(crm, caller.id, double.id).name == "A. Lovelace"


def test_more_numbers_than_a_contact_can_have_are_refused(crm, ada):
    """Nothing is merged, and no job is started."""
    many = create_contact(crm, NewContact("Many", NUMBERS[10], other_phones=tuple(NUMBERS[11:20])))
    with pytest.raises(Invalid) as refusal:
        merge_contact(crm, ada.id, many.id)
    assert refusal.value.code == "too_many_phones"
    assert get_contact(crm, many.id) == many
    assert crm.work.sent == []


def test_versions_and_absent_contacts_are_refused(crm, ada, double):
    """As elsewhere."""
    with pytest.raises(Conflict) as refusal:
        merge_contact(crm, ada.id, double.id, 2)
    assert refusal.value.code == "version_changed"
    for pair in ((ada.id, new_id("contact")), (new_id("contact"), ada.id)):
        with pytest.raises(NotFound):
            merge_contact(crm, *pair)
    delete_contact(crm, double.id)
    with pytest.raises(NotFound):
        merge_contact(crm, ada.id, double.id)


def test_a_contact_that_changes_under_our_hands_is_not_merged(crm, ada, double):
    """The request is refused, and so is its job: nothing happens behind anybody's back."""
    merge = crm.contacts.merge

    def meanwhile(winner, before, loser, tombstone):
        crm.contacts.merge = merge
        change_contact(crm, double.id, ContactChanges(name="Newer"))
        merge(winner, before, loser, tombstone)

    crm.contacts.merge = meanwhile
    with pytest.raises(Conflict):
        merge_contact(crm, ada.id, double.id)
    work_off(crm)
    assert get_contact(crm, double.id).name == "Newer"
    assert list_jobs(crm, 1).items[0].error == "version_changed"


def test_the_job_may_be_faster_than_the_request(crm, ada, double):
    """Both do the same thing; the request finds it done."""
    merge = crm.contacts.merge

    def meanwhile(*arguments):
        crm.contacts.merge = merge
        work_off(crm)
        merge(*arguments)

    crm.contacts.merge = meanwhile
    assert merge_contact(crm, ada.id, double.id).ids == (ada.id, double.id)
    assert len(_notes(crm, ada.id)) == 60


def test_the_request_may_end_between_two_reads_of_the_job(crm, ada, double):
    """A job that has just read the one to go before it was merged moves the notes all the same."""
    merge, get = crm.contacts.merge, crm.contacts.get
    held = []

    def slowly(contact_id):
        found = get(contact_id)
        if contact_id == double.id and held:
            merge(*held.pop())
        return found

    def meanwhile(*arguments):
        held.append(arguments)
        crm.contacts.get = slowly
        work_off(crm)

    crm.contacts.merge = meanwhile
    merge_contact(crm, ada.id, double.id)
    assert list_jobs(crm, 1).items[0].error is None
    assert len(_notes(crm, ada.id)) == 60


@pytest.mark.parametrize("length", range(1, 40))
def test_whoever_merges_may_die_anywhere(crm, ada, double, length):
    """Either nothing has happened, or the job does all of it; a second try does the rest."""
    real = {name: getattr(crm, name) for name in ("contacts", "jobs", "work", "moves")}
    fuse = Fuse(length)
    for name, port in real.items():
        setattr(crm, name, Perilous(port, fuse))
    with suppress(Killed):
        merge_contact(crm, ada.id, double.id)
    for name, port in real.items():
        setattr(crm, name, port)
    work_off(crm)
    if get_contact(crm, double.id).id == double.id:
        assert (get_contact(crm, ada.id), len(_notes(crm, double.id))) == (ada, 60)
        merge_contact(crm, ada.id, double.id)
        work_off(crm)
    assert get_contact(crm, double.id).ids == (ada.id, double.id)
    assert len(_notes(crm, ada.id)) == 60


@pytest.mark.parametrize("length", range(1, 40))
def test_the_mover_may_die_anywhere(crm, ada, double, length):
    """Each row is moved once."""
    merge_contact(crm, ada.id, double.id)
    real = {name: getattr(crm, name) for name in ("contacts", "jobs", "moves")}
    fuse = Fuse(length)
    for name, port in real.items():
        setattr(crm, name, Perilous(port, fuse))
    work_off(crm)
    for name, port in real.items():
        setattr(crm, name, port)
    assert (len(_notes(crm, ada.id)), _notes(crm, double.id)) == (60, [])
    assert list_jobs(crm, 1).items[0].state == "done"


def test_what_is_written_under_the_old_id_at_the_last_moment_follows(crm, ada, double):
    """The job looks once more when everything seems to be moved."""
    move = crm.moves.move

    def late(from_id, to_id):
        moved = move(from_id, to_id)
        if not moved:
            crm.moves.move = move
            note = next(iter(crm.notes.by_key.values()))
            crm.notes.by_key[double.id, "note_late"] = note
        return moved

    crm.moves.move = late
    merge_contact(crm, ada.id, double.id)
    work_off(crm)
    assert len(_notes(crm, ada.id)) == 61

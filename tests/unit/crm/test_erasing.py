"""Erasing a person: the contact first, then every holding twice, whatever breaks on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import FakeCrm
from fakes.jobs import work_off
from fakes.samples import ADA, GRANT

from chalicelib.crm.domain.contacts import ContactChanges, NewContact, Parting, Tombstone
from chalicelib.crm.domain.jobs import JobState, ended
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.domain.personal import EVIDENCE_KEPT, SETTLED, Person, Trace
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, create_contact, delete_contact, get_contact
from chalicelib.crm.services.erasing import erase_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.personal import RecordsHolding, export_person
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164

_PORTS = ("contacts", "erasures", "jobs", "work", "collections", "indexes")


@dataclass
class Cupboard:
    """Keeps words about people, and gives one away at a time; implements `Holding`."""

    words: list[str] = field(default_factory=lambda: ["one", "two", "three"])
    asked: list[Person] = field(default_factory=list)
    live: bool = False
    busy: int = 0
    name: str = "cupboard"

    def check(self, person):
        """Refuse while live."""
        if self.live:
            raise Conflict("talking", code="contact_in_call")

    def export(self, person, page_size, start):
        """Give a word a page."""
        place = int(start or 0)
        more = str(place + 1) if place + 1 < len(self.words) else None
        return Page([Trace("word", {"text": word}) for word in self.words[place : place + 1]], more)

    def erase(self, person, start):
        """Lose a word, unless busy."""
        self.asked.append(person)
        if self.busy:
            self.busy -= 1
            raise Conflict("talking", code="contact_in_call")
        self.words = self.words[1:]
        return "more" if self.words else None


@pytest.fixture
def cupboard(crm):
    """Have another part of the system keep something."""
    crm.holdings = (RecordsHolding(crm), found := Cupboard())
    return found


@pytest.fixture
def ada(crm, cupboard):
    """Create a contact with notes and a consent."""
    return _furnished(crm)


def _furnished(crm, notes=30):
    contact = create_contact(crm, ADA)
    for number in range(notes):
        add_note(crm, NewNote(contact.id, NoteKind.GENERAL, str(number), "tests"))
    record_consent(crm, contact.id, GRANT, "tests")
    return contact


def _is_erased(crm, contact):
    left = [key for book in (crm.notes.by_key, crm.consents.by_key) for key in book if key[0] == contact.id]
    tombstone = crm.contacts.get(contact.id)
    return (
        not left
        and isinstance(tombstone, Tombstone)
        and tombstone.reason is Parting.ERASED
        and crm.erasures.get(contact.id) is None
        and crm.contacts.find_by_phone(contact.phone) is None
    )


def test_everything_goes(crm, ada, cupboard):
    """The contact at once, the rest by the job; the holdings know ids and numbers until the end."""
    job = erase_contact(crm, ada.id, "asked", ada.version)
    with pytest.raises(NotFound):
        get_contact(crm, ada.id)
    work_off(crm)
    assert _is_erased(crm, ada)
    assert cupboard.words == []
    assert set(cupboard.asked) == {Person((ada.id,), ada.phones)}
    done = crm.jobs.get(job.id)
    assert (done.state, done.succeeded) == (JobState.DONE, 1)
    assert ADA.phone not in repr(done)


def test_what_comes_late_is_found_by_the_second_round(crm, ada, cupboard, clock):
    """A minute after the contact went, everything is looked at once more."""
    begun = clock.now()
    erase_contact(crm, ada.id, "asked")
    erase, seen = cupboard.erase, []

    def late(person, start):
        seen.append(clock.now() - begun)
        more = erase(person, start)
        if len(seen) == 3:
            cupboard.words.append("late")
        return more

    cupboard.erase = late
    work_off(crm)
    assert cupboard.words == []
    assert seen[-1] >= SETTLED


def test_a_contact_in_a_call_is_not_erased(crm, ada, cupboard):
    """A holding that cannot erase now refuses before anything has happened."""
    cupboard.live = True
    with pytest.raises(Conflict) as refusal:
        erase_contact(crm, ada.id, "asked")
    assert refusal.value.code == "contact_in_call"
    assert get_contact(crm, ada.id) == ada
    assert crm.erasures.get(ada.id) is None


def test_the_job_waits_for_what_must_end(crm, ada, cupboard, clock):
    """A call that began just before holds the erasure up, and does not end it."""
    begun = clock.now()
    cupboard.busy = 5
    erase_contact(crm, ada.id, "asked")
    work_off(crm)
    assert _is_erased(crm, ada)
    assert clock.now() - begun >= timedelta(seconds=100)


def test_asked_again_it_is_the_same_job(crm, ada):
    """Before, during and after the work."""
    first = erase_contact(crm, ada.id, "asked", ada.version)
    assert erase_contact(crm, ada.id, "again", ada.version).id == first.id
    work_off(crm)
    assert erase_contact(crm, ada.id, "again", ada.version).id == first.id
    assert _is_erased(crm, ada)


def test_a_failed_erasure_is_begun_anew(crm, ada):
    """Asking again does what the failed job has left."""
    first = erase_contact(crm, ada.id, "asked")
    crm.jobs.save(ended(first, JobState.FAILED, crm.clock.now()))
    work_off(crm)
    assert not _is_erased(crm, ada)
    assert erase_contact(crm, ada.id, "again").id != first.id
    work_off(crm)
    assert _is_erased(crm, ada)


def test_a_contact_at_another_version_is_not_erased(crm, ada):
    """Whoever erases has seen what they erase."""
    change_contact(crm, ada.id, ContactChanges(name="Newer"))
    with pytest.raises(Conflict) as refusal:
        erase_contact(crm, ada.id, "asked", ada.version)
    assert refusal.value.code == "version_changed"


def test_nobody_is_not_erased(crm, ada):
    """An id that never was, or is nonsense."""
    for contact_id in (new_id("contact"), "nonsense"):
        with pytest.raises(NotFound):
            erase_contact(crm, contact_id, "asked")


def test_a_living_contact_is_not_erased_by_a_job(crm, ada):
    """A job that finds the contact there fails, and leaves it alone."""
    crm.contacts.remove, remove = (lambda *_: None), crm.contacts.remove
    job = erase_contact(crm, ada.id, "asked")
    crm.contacts.remove = remove
    work_off(crm)
    assert (crm.jobs.get(job.id).state, crm.jobs.get(job.id).error) == (JobState.FAILED, "contact_not_gone")
    assert len(crm.collections.rows(ada.id, 100, None).items) == 32


def test_the_person_goes_with_every_id(crm, ada, cupboard):
    """What lies under the ids of contacts that were merged into this one goes as well."""
    old = new_id("contact")
    both = replace(ada, merged_ids=(old,), version=2)
    crm.contacts.save(both, ada)
    crm.consents.by_key[old, "consent_old"] = crm.consents.all(ada.id)[0]
    erase_contact(crm, ada.id, "asked")
    work_off(crm)
    assert crm.consents.by_key == {}
    assert cupboard.asked[0].ids == (ada.id, old)


@pytest.mark.parametrize("deleted", [False, True], ids=["there", "deleted"])
def test_killed_anywhere_and_asked_again_it_ends_the_same(clock, deleted):
    """Whoever dies before or after any use of a port: the repetition erases everything."""
    for left in range(1, 300):
        crm = FakeCrm(FixedClock(clock.now()))
        crm.holdings = (RecordsHolding(crm), Cupboard())
        contact = _furnished(crm, notes=2)
        if deleted:
            delete_contact(crm, contact.id)
        fuse = Fuse(left)
        for name in _PORTS:
            setattr(crm, name, Perilous(getattr(crm, name), fuse))
        _erase(crm, contact)
        work_off(crm)
        outlived, fuse.length = fuse.burnt < left, None
        assert crm.notes.by_key == crm.consents.by_key == {}, left
        assert (crm.erasures.get(contact.id), crm.holdings[1].words) == (None, []), left
        if outlived:
            return
    pytest.fail("The fuse never outlived the work.")


def _erase(crm, contact):
    try:
        erase_contact(crm, contact.id, "asked", contact.version)
    except Killed:
        erase_contact(crm, contact.id, "asked", contact.version)


def test_a_sweep_that_is_too_much_at_once_is_a_job(crm, ada, clock):
    """Deletion takes the first 200 rows itself; consents are kept for as long as they are evidence."""
    for number in range(300):
        add_note(crm, NewNote(ada.id, NoteKind.GENERAL, str(number), "tests"))
    delete_contact(crm, ada.id)
    assert crm.notes.by_key
    work_off(crm)
    assert crm.notes.by_key == {}
    assert set(crm.collections.expiring.values()) == {clock.now() + EVIDENCE_KEPT}
    assert len(crm.consents.all(ada.id)) == 1


def test_what_lies_under_the_ids_of_merged_contacts_goes_too(crm, ada, clock):
    """Although the merge had not moved it yet, and however much it is."""
    double = create_contact(crm, NewContact("A.", E164("+14155550199")))
    for number in range(300):
        add_note(crm, NewNote(double.id, NoteKind.GENERAL, str(number), "tests"))
    merge_contact(crm, ada.id, double.id)
    delete_contact(crm, ada.id)
    assert len(crm.notes.by_key) >= 100
    work_off(crm)
    assert crm.notes.by_key == {}
    assert set(crm.collections.expiring.values()) == {clock.now() + EVIDENCE_KEPT}


def test_whoever_dies_over_a_deletion_can_delete_again(crm, ada):
    """The contact is not found any more, and what it left goes."""
    crm.collections = Perilous(crm.collections, Fuse(1))
    with pytest.raises(Killed):
        delete_contact(crm, ada.id)
    assert crm.notes.by_key
    with pytest.raises(NotFound):
        delete_contact(crm, ada.id)
    assert crm.notes.by_key == {}


def test_an_export_goes_through_every_holding(crm, ada):
    """Pages of any size join to everything, and the last one says that it is the last."""
    for size in (1, 7, 100):
        traces, start = [], None
        while True:
            page = export_person(crm, ada.id, size, start)
            traces += page.items
            start = page.next_start
            if start is None:
                break
        sections = [trace.section for trace in traces]
        assert (sections.count("note"), sections.count("word"), sections[0]) == (30, 3, "contact")


def test_an_erased_person_has_no_data(crm, ada):
    """There is nothing to export, and nobody to export it of."""
    erase_contact(crm, ada.id, "asked")
    with pytest.raises(NotFound):
        export_person(crm, ada.id, 10)

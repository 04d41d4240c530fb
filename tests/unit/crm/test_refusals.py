"""Wishes not to be called: they outlive the record, and hold for numbers that come later."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.jobs import work_off
from fakes.samples import ADA, GRANT, REVOCATION

from chalicelib.crm.domain.consents import ConsentKind
from chalicelib.crm.domain.contacts import Contact, ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import (
    change_contact,
    create_contact,
    delete_contact,
    find_contact,
    get_contact,
    recognise_caller,
    replace_contact,
)
from chalicelib.crm.services.erasing import erase_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.phones import E164

SECOND, THIRD = E164("+14155552672"), E164("+14155552673")
NEVER = ContactStatus.DO_NOT_CONTACT
_PORTS = ("contacts", "consents", "suppressions", "jobs", "work", "moves", "erasures", "collections")


def _erase(crm, contact_id):
    erase_contact(crm, contact_id, "asked")


def _replace(crm, contact_id, phones):
    replace_contact(crm, contact_id, replace(ADA, phone=phones[0], other_phones=phones[1:]))


def _change(crm, contact_id, phones):
    change_contact(crm, contact_id, ContactChanges(phone=phones[0], other_phones=phones[1:]))


PARTINGS = pytest.mark.parametrize("part", [delete_contact, _erase], ids=["deleted", "erased"])
ADDITIONS = pytest.mark.parametrize("add", [_change, _replace], ids=["changed", "replaced"])


@pytest.fixture
def ada(crm):
    """Create a contact with two numbers."""
    return create_contact(crm, replace(ADA, other_phones=(SECOND,)))


def _burning(crm, length, act):
    """Do something that dies at a step of its ports; tell whether it lived."""
    fuse, watched = Fuse(length), {name: getattr(crm, name) for name in _PORTS}
    for name, port in watched.items():
        setattr(crm, name, Perilous(port, fuse))
    lived = False
    with suppress(Killed):
        act()
        lived = True
    for name, port in watched.items():
        setattr(crm, name, port)
    return lived


@PARTINGS
def test_who_must_not_be_contacted_is_not_dialed_after_the_record_is_gone(crm, ada, part):
    """Whoever calls from the number becomes a new contact, whom nothing dials."""
    change_contact(crm, ada.id, ContactChanges(status=NEVER))
    part(crm, ada.id)
    assert crm.suppressions.sources == {ada.phone: "do_not_contact", SECOND: "do_not_contact"}
    assert recognise_caller(crm, ada.phone).status is ContactStatus.LEAD


@PARTINGS
def test_the_numbers_of_others_are_free(crm, ada, part):
    """Nobody asked for anything."""
    part(crm, ada.id)
    assert not crm.suppressions.reasons


@PARTINGS
@pytest.mark.parametrize("length", range(1, 30))
def test_whoever_dies_over_a_parting_has_suppressed(crm, ada, part, length):
    """Killed at each step: no record is gone whose numbers may be dialed."""
    change_contact(crm, ada.id, ContactChanges(status=NEVER))
    _burning(crm, length, lambda: part(crm, ada.id))
    is_gone = not isinstance(crm.contacts.get(ada.id), Contact)
    assert not is_gone or set(crm.suppressions.reasons) == {ada.phone, SECOND}


def test_put_without_a_status_lifts_no_refusal(crm, ada):
    """What nobody said takes the place of any status but this one."""
    new = replace(ADA, title="Countess")
    change_contact(crm, ada.id, ContactChanges(status=NEVER))
    kept = replace_contact(crm, ada.id, new, says_status=False)
    assert (kept.status, kept.title, kept.phones) == (NEVER, "Countess", (ADA.phone,))
    assert replace_contact(crm, ada.id, new, says_status=True).status is ContactStatus.LEAD
    change_contact(crm, ada.id, ContactChanges(status=ContactStatus.CUSTOMER))
    assert replace_contact(crm, ada.id, new, says_status=False).status is ContactStatus.LEAD


def test_put_is_still_refused_at_another_version(crm, ada):
    """As any change."""
    with pytest.raises(Conflict) as refusal:
        replace_contact(crm, ada.id, ADA, 7, says_status=False)
    assert refusal.value.code == "version_changed"


@ADDITIONS
def test_a_revocation_holds_for_numbers_that_come_later(crm, ada, add):
    """Those that are new are suppressed; an admin may have released the others."""
    record_consent(crm, ada.id, REVOCATION, "tests")
    crm.suppressions.reasons = {}
    add(crm, ada.id, (ada.phone, SECOND, THIRD))
    assert set(crm.suppressions.reasons) == {THIRD}


@ADDITIONS
@pytest.mark.parametrize(
    "answer", [None, replace(REVOCATION, kind=ConsentKind.MARKETING_CALLS), "taken back"], ids=str
)
def test_without_a_revocation_of_today_a_number_may_be_dialed(crm, ada, add, answer):
    """Neither another kind nor an answer that was taken back counts."""
    if answer == "taken back":
        record_consent(crm, ada.id, REVOCATION, "tests")
        crm.clock.advance(minutes=1)
        answer = GRANT
    if answer:
        record_consent(crm, ada.id, answer, "tests")
    crm.suppressions.reasons = {}
    add(crm, ada.id, (ada.phone, SECOND, THIRD))
    assert not crm.suppressions.reasons


def test_consents_are_read_only_for_new_numbers(crm, ada):
    """Any other change costs nothing more."""

    def fail(_contact_id):
        raise AssertionError

    crm.consents.all = fail
    change_contact(crm, ada.id, ContactChanges(name="Ada King", phone=SECOND, other_phones=(ada.phone,)))


@pytest.mark.parametrize("length", range(1, 14))
def test_whoever_dies_over_a_new_number_has_suppressed_it(crm, ada, length):
    """Killed at each step: the contact has no number that could be dialed, and a repetition is whole."""
    record_consent(crm, ada.id, REVOCATION, "tests")
    _burning(crm, length, lambda: _change(crm, ada.id, (ada.phone, SECOND, THIRD)))
    assert set(get_contact(crm, ada.id).phones) <= set(crm.suppressions.reasons)
    _change(crm, ada.id, (ada.phone, SECOND, THIRD))
    assert find_contact(crm, THIRD).id == ada.id
    assert THIRD in crm.suppressions.reasons


def test_the_number_of_somebody_else_is_not_suppressed(crm, ada):
    """It is refused as anybody's, and its owner may be dialed."""
    create_contact(crm, NewContact("Bob", THIRD))
    record_consent(crm, ada.id, REVOCATION, "tests")
    with pytest.raises(Conflict):
        _change(crm, ada.id, (ada.phone, THIRD))
    assert THIRD not in crm.suppressions.reasons


def test_a_number_that_is_given_up_meanwhile_is_suppressed(crm, ada, monkeypatch):
    """Its owner lets it go between the look and the change."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    record_consent(crm, ada.id, REVOCATION, "tests")
    owned = crm.contacts.owned

    def owned_and_deleted(phones):
        found = owned(phones)
        delete_contact(crm, bob.id)
        return found

    monkeypatch.setattr(crm.contacts, "owned", owned_and_deleted)
    _change(crm, ada.id, (ada.phone, SECOND, THIRD))
    assert THIRD in crm.suppressions.reasons


def test_a_number_that_comes_while_the_answer_is_recorded_is_suppressed(crm, ada, monkeypatch):
    """The contact is read once more when the answer is kept."""
    add = crm.consents.add

    def change_and_add(consent):
        _change(crm, ada.id, (ada.phone, SECOND, THIRD))
        return add(consent)

    monkeypatch.setattr(crm.consents, "add", change_and_add)
    record_consent(crm, ada.id, REVOCATION, "tests")
    assert set(crm.suppressions.reasons) == {ada.phone, SECOND, THIRD}


@pytest.mark.parametrize("who", ["winner", "loser"])
def test_merging_who_forbids_calls_suppresses_the_numbers_of_both(crm, ada, who):
    """Whichever of the two it was, and whatever the other has granted."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    refuses, grants = (ada, bob) if who == "winner" else (bob, ada)
    record_consent(crm, grants.id, GRANT, "tests")
    record_consent(crm, refuses.id, REVOCATION, "tests")
    merge_contact(crm, ada.id, bob.id)
    assert set(crm.suppressions.reasons) == {ada.phone, SECOND, THIRD}


def test_merging_others_suppresses_nothing(crm, ada):
    """Nobody asked for anything."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    record_consent(crm, bob.id, GRANT, "tests")
    merge_contact(crm, ada.id, bob.id)
    work_off(crm)
    assert not crm.suppressions.reasons


@pytest.mark.parametrize("length", range(1, 30))
def test_whoever_dies_over_a_merge_has_suppressed(crm, ada, length):
    """Killed at each step: no contact that forbids calls has a number that could be dialed."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    record_consent(crm, bob.id, REVOCATION, "tests")
    _burning(crm, length, lambda: merge_contact(crm, ada.id, bob.id))
    assert set(get_contact(crm, bob.id).phones) <= set(crm.suppressions.reasons)
    work_off(crm)
    assert set(get_contact(crm, bob.id).phones) <= set(crm.suppressions.reasons)


def test_an_answer_that_came_just_before_the_merge_is_found_by_its_job(crm, ada, monkeypatch):
    """It was recorded under the other contact after the look, and before the heads became one."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    merge = crm.contacts.merge

    def record_and_merge(*heads):
        record_consent(crm, bob.id, REVOCATION, "tests")
        merge(*heads)

    monkeypatch.setattr(crm.contacts, "merge", record_and_merge)
    merge_contact(crm, ada.id, bob.id)
    work_off(crm)
    assert set(crm.suppressions.reasons) == {ada.phone, SECOND, THIRD}


def test_a_merged_id_that_still_has_its_answer_counts(crm, ada):
    """The job that moves it may be slow; numbers come meanwhile."""
    bob = create_contact(crm, NewContact("Bob", THIRD))
    record_consent(crm, bob.id, REVOCATION, "tests")
    merge_contact(crm, ada.id, bob.id)
    fourth = E164("+14155552674")
    _change(crm, ada.id, (ada.phone, SECOND, THIRD, fourth))
    assert fourth in crm.suppressions.reasons

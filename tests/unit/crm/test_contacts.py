from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus, check_language, check_time_zone
from chalicelib.crm.services.contacts import (
    change_contact,
    create_contact,
    find_contact,
    get_contact,
    recognise_caller,
)
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.phones import E164

ADA = NewContact(name="Ada", phone=E164("+14155552671"))


def test_a_created_contact_is_found_by_id_and_by_number(crm):
    """Creation answers with what reading gives later."""
    ada = create_contact(crm, ADA)
    assert get_contact(crm, ada.id) == ada == find_contact(crm, ADA.phone)
    assert (ada.version, ada.status, ada.language, ada.source) == (1, ContactStatus.LEAD, "en-US", "api")


def test_a_number_belongs_to_one_contact(crm):
    """A second contact with the number is refused, and the first one named."""
    ada = create_contact(crm, ADA)
    with pytest.raises(Conflict) as refusal:
        create_contact(crm, NewContact(name="Bob", phone=ADA.phone))
    assert (refusal.value.code, refusal.value.details) == (
        "phone_taken",
        {"contact_id": ada.id, "phone": ADA.phone},
    )


@pytest.mark.parametrize(
    "contact_id", ["contact_" + "0" * 32, "contact_", "", "note_" + "0" * 32, "x" * 5000]
)
def test_an_unknown_contact_is_not_found(crm, contact_id):
    """Ids that name nothing, or cannot be ids, are not found."""
    with pytest.raises(NotFound):
        get_contact(crm, contact_id)


def test_a_known_caller_is_recognised(crm):
    """Calling from a contact's number gives that contact."""
    ada = create_contact(crm, ADA)
    assert recognise_caller(crm, ADA.phone) == ada


def test_a_new_caller_becomes_a_contact(crm):
    """An unknown number is kept as a contact that says where it came from."""
    caller = recognise_caller(crm, ADA.phone)
    assert (caller.name, caller.source) == ("Unknown caller", "inbound_call")
    assert recognise_caller(crm, ADA.phone) == caller


def test_calls_at_once_from_one_new_number_give_one_contact(crm):
    """Recognition that loses the race gives the winner's contact."""
    with ThreadPoolExecutor(16) as pool:
        callers = list(pool.map(lambda _: recognise_caller(crm, ADA.phone), range(64)))
    assert len({caller.id for caller in callers}) == 1


def test_recognition_survives_losing_between_look_and_creation(crm):
    """When the number is taken after it was looked up, the owner is recognised."""
    ada = create_contact(crm, ADA)
    looked = []

    class Late(type(crm.contacts)):
        def find_by_phone(self, phone):
            looked.append(phone)

    crm.contacts.__class__ = Late
    assert recognise_caller(crm, ADA.phone) == ada
    assert looked == [ADA.phone]


def test_changes_touch_only_what_is_given(crm, clock):
    """Given fields change, others stay, the version and the instant move on."""
    ada = create_contact(crm, ADA)
    clock.advance(minutes=1)
    changed = change_contact(crm, ada.id, ContactChanges(email="ada@example.com"))
    assert changed == get_contact(crm, ada.id)
    assert (changed.name, changed.email, changed.version) == ("Ada", "ada@example.com", 2)
    assert (changed.created_at, changed.updated_at) == (ada.created_at, clock.now())


def test_changing_nothing_makes_no_version(crm):
    """The same values again leave the contact as it is."""
    ada = create_contact(crm, ADA)
    assert change_contact(crm, ada.id, ContactChanges(name="Ada")) == ada


def test_a_stale_change_is_refused(crm):
    """A change for an older version than the stored one does not win."""
    ada = create_contact(crm, ADA)
    change_contact(crm, ada.id, ContactChanges(name="Ada L."), expected_version=1)
    with pytest.raises(Conflict) as refusal:
        change_contact(crm, ada.id, ContactChanges(name="Eve"), expected_version=1)
    assert refusal.value.code == "version_changed"
    assert get_contact(crm, ada.id).name == "Ada L."


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (ContactChanges(email="ada at example"), "bad_email"),
        (ContactChanges(email="a@b." + "c" * 251), "bad_email"),
        (ContactChanges(time_zone="Mars/Base"), "bad_time_zone"),
        (ContactChanges(language="English"), "bad_language"),
    ],
)
def test_changes_obey_the_rules_of_their_fields(crm, changes, code):
    """What creation refuses cannot come in by a change, whoever asks for it."""
    ada = create_contact(crm, ADA)
    with pytest.raises(Invalid) as refusal:
        change_contact(crm, ada.id, changes)
    assert refusal.value.code == code
    assert get_contact(crm, ada.id) == ada


@pytest.mark.parametrize(
    "name", ["America/New_York", "Europe/Zurich", "UTC", "America/Argentina/Buenos_Aires"]
)
def test_real_time_zones_pass(name):
    """Names of the IANA data base are accepted as they are."""
    assert check_time_zone(name) == name


@pytest.mark.parametrize(
    "name", ["", "America", "Mars/Base", "../../etc/passwd", "/etc/passwd", "UTC\n", "x" * 999]
)
def test_false_time_zones_are_refused(name):
    """What is no zone, such as a folder of them or a path, is refused."""
    with pytest.raises(Invalid):
        check_time_zone(name)


@given(st.text(max_size=40))
def test_no_text_breaks_the_zone_check(text):
    """Any text is either accepted or refused, never a crash."""
    with suppress(Invalid):
        assert check_time_zone(text) == text


@pytest.mark.parametrize(
    ("given", "usual"),
    [("en-us", "en-US"), ("DE", "de"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")],
)
def test_language_tags_get_their_usual_letters(given, usual):
    """Tags are kept in the form that speech services expect."""
    assert check_language(given) == usual


@pytest.mark.parametrize("tag", ["", "e", "english", "en_US", "en-", "en-US\n"])
def test_false_language_tags_are_refused(tag):
    """What is no tag is refused."""
    with pytest.raises(Invalid):
        check_language(tag)

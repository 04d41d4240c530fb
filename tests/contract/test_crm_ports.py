"""One suite for the CRM's ports: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from fakes.crm import stored_crm

from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.notes import NewNote, NoteFilter, NoteKind
from chalicelib.crm.services.contacts import change_contact, create_contact, find_contact, get_contact
from chalicelib.crm.services.notes import add_note, list_notes
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

PHONE = E164("+14155552671")
FULL = NewContact(
    name="Ada Lovelace",
    phone=PHONE,
    email="ada@example.com",
    company="Engines & Söhne",
    title="Countess",
    time_zone="Europe/London",
    language="en-GB",
    source="import",
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


@pytest.mark.parametrize("new", [FULL, NewContact(name="Bob", phone=PHONE)], ids=["full", "bare"])
def test_a_contact_is_read_as_it_was_written(ports, new):
    """Every field comes back, by id and by number, instants to the millisecond."""
    contact = create_contact(ports, new)
    assert get_contact(ports, contact.id) == contact
    assert find_contact(ports, new.phone) == contact


def test_what_was_never_written_is_not_there(ports):
    """Reads of absent contacts and notes are empty, not errors."""
    assert ports.contacts.get(new_id("contact")) is None
    assert ports.contacts.find_by_phone(PHONE) is None
    assert ports.notes.page(new_id("contact"), NoteFilter(), 10, None).items == []


def test_a_hundred_creations_of_one_number_have_one_winner(ports):
    """Whoever loses is told who won, and leaves nothing behind."""

    def attempt(number):
        try:
            return create_contact(ports, NewContact(name=f"rival {number}", phone=PHONE)).id, "won"
        except Conflict as conflict:
            return conflict.details["contact_id"], conflict.code

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(attempt, range(100)))
    assert len({owner for owner, _ in outcomes}) == 1
    assert [how for _, how in outcomes].count("won") == 1
    assert find_contact(ports, PHONE).id == outcomes[0][0]


def test_a_stale_write_is_refused(ports):
    """Saving from an older version conflicts, and the newer one stays."""
    contact = create_contact(ports, FULL)
    newer = change_contact(ports, contact.id, ContactChanges(name="Newer"))
    with pytest.raises(Conflict) as refusal:
        ports.contacts.save(replace(contact, name="Stale", version=2), contact)
    assert refusal.value.code == "version_changed"
    assert get_contact(ports, contact.id) == newer


def test_saving_cannot_create(ports):
    """A contact that does not exist cannot be changed into being."""
    contact = create_contact(ports, FULL)
    other = replace(contact, id=new_id("contact"))
    with pytest.raises(Conflict):
        ports.contacts.save(replace(other, version=2), other)


def test_notes_page_backwards_through_time(ports):
    """Pages give each note once, newest first, and leave other contacts' notes alone."""
    ada = create_contact(ports, FULL)
    bob = create_contact(ports, NewContact(name="Bob", phone=E164("+14155552672")))
    added = [
        add_note(
            ports, NewNote(ada.id, NoteKind.CALL_SUMMARY, f"call {number}", "AI", call_id=new_id("call"))
        )
        for number in range(5)
    ]
    add_note(ports, NewNote(bob.id, NoteKind.TASK, "call back", "tests"))
    first = list_notes(ports, ada.id, 3)
    second = list_notes(ports, ada.id, 3, first.next_start)
    assert [*first.items, *second.items] == added[::-1]
    assert second.next_start is None


def test_a_note_is_kept_once(ports, clock):
    """The same id again gives the note that was first."""
    ada = create_contact(ports, FULL)
    new = NewNote(ada.id, NoteKind.GENERAL, "first", "tests", id=new_id("note"))
    first = add_note(ports, new)
    clock.advance(hours=1)
    assert add_note(ports, replace(new, body="second")) == first
    assert list_notes(ports, ada.id, 10).items == [first]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "use",
    [
        lambda stored, contact: stored.contacts.get(contact.id),
        lambda stored, contact: stored.contacts.find_by_phone(contact.phone),
        lambda stored, contact: stored.contacts.add(contact),
        lambda stored, contact: stored.contacts.save(contact, contact),
        lambda stored, contact: stored.notes.page(contact.id, NoteFilter(), 1, None),
    ],
    ids=["get", "find", "add", "save", "notes"],
)
def test_a_table_that_is_not_there_is_unavailable(crm, use):
    """Whatever the table's service refuses becomes one retryable error."""
    contact = create_contact(crm, FULL)
    with pytest.raises(Unavailable) as refusal:
        use(stored_crm("absent", crm.clock), contact)
    assert refusal.value.retryable


def _fail_once(monkeypatch, *, after, reason):
    """Let the next transaction fail with this reason, before or after it was done."""
    call, waiting = BaseClient._make_api_call, [reason]

    def failing(client, operation, parameters):
        if operation != "TransactWriteItems" or not waiting:
            return call(client, operation, parameters)
        if after:
            call(client, operation, parameters)
        answer = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": waiting.pop()}, {"Code": "None"}],
        }
        raise ClientError(answer, operation)

    monkeypatch.setattr(BaseClient, "_make_api_call", failing)


@pytest.fixture
def table(make_table, clock):
    """Give the CRM's repository on a table of its own."""
    return stored_crm(make_table("crm", "CrmTable"), clock)


def test_creations_that_cancel_each_other_are_tried_again(table, crm, monkeypatch):
    """When DynamoDB cancels a creation for its rival's sake, and the rival fails too, it is repeated."""
    contact = create_contact(crm, FULL)
    _fail_once(monkeypatch, after=False, reason="TransactionConflict")
    table.contacts.add(contact)
    assert table.contacts.find_by_phone(PHONE) == contact


def test_a_creation_whose_answer_was_lost_is_done(table, crm, monkeypatch):
    """A contact that has its own number already was created; it is not in conflict with itself."""
    contact = create_contact(crm, FULL)
    _fail_once(monkeypatch, after=True, reason="ConditionalCheckFailed")
    table.contacts.add(contact)
    assert table.contacts.get(contact.id) == contact


def test_a_creation_that_is_not_repeatable_is_unavailable(table, crm, monkeypatch):
    """Any other failure is told at once, and leaves nothing behind."""
    contact = create_contact(crm, FULL)
    _fail_once(monkeypatch, after=False, reason="ThrottlingError")
    with pytest.raises(Unavailable):
        table.contacts.add(contact)
    assert table.contacts.find_by_phone(PHONE) is None

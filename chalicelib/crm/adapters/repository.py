"""Contacts and notes in DynamoDB; no scan, and uniqueness by condition, never by query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.tables import ContactItem, NoteItem, PhoneItem, bind
from chalicelib.crm.domain import Contact, ContactStatus, Note, NoteKind
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, FieldError, unavailable_on
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from pynamodb.connection import Connection

# Creations of one number at one instant can cancel each other, and then none of them has it.
_TRIES = 3


@unavailable_on(PynamoDBException)
class ContactRepository:
    """Contacts, on the connection of their table; implements `Contacts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact together with its claim on the number, both or neither; give what is kept.

        Raises `Conflict` with code `phone_taken` and details {"contact_id": who has the number}.
        """
        tries = _TRIES
        while (refusal := self._try_to_add(contact)) is not None:
            tries -= 1
            owner = self._owner(contact.phone)
            if owner == contact.id:  # an earlier try had succeeded, and its answer was lost
                return self.get(contact.id) or contact
            if owner:
                raise _taken(owner) from refusal
            if not (tries and _collided(refusal)):
                raise refusal
        return contact

    def get(self, contact_id: str) -> Contact | None:
        """Give the contact as last written."""
        try:
            item = ContactItem.get(f"CONTACT#{contact_id}", "CONTACT", consistent_read=True)
        except DoesNotExist:
            return None
        return _contact(item)

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the contact that has this number: two reads by key."""
        owner = self._owner(phone)
        return self.get(owner) if owner else None

    def save(self, contact: Contact) -> None:
        """Replace the stored contact whose version is one less; never changes its number.

        Raises `Conflict` with code `version_changed` when the stored one has another version.
        """
        try:
            _contact_item(contact).save(ContactItem.version == contact.version - 1)
        except PutError as error:
            if not _is_refused(error):
                raise
            raise Conflict("The contact was changed meanwhile.", code="version_changed") from error

    def _owner(self, phone: E164) -> str | None:
        try:
            return PhoneItem.get(f"PHONE#{phone}", "PHONE", consistent_read=True).contact_id
        except DoesNotExist:
            return None

    def _try_to_add(self, contact: Contact) -> TransactWriteError | None:
        claim = PhoneItem(f"PHONE#{contact.phone}", "PHONE", contact_id=contact.id)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(claim, condition=PhoneItem.pk.does_not_exist())
                transaction.save(_contact_item(contact), condition=ContactItem.pk.does_not_exist())
        except TransactWriteError as error:
            return error
        return None


@unavailable_on(PynamoDBException)
class NoteRepository:
    """Notes, in the same table; implements `Notes`."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""
        item = _note_item(note)
        try:
            item.save(NoteItem.pk.does_not_exist())
        except PutError as error:
            if not _is_refused(error):
                raise
            item.refresh(consistent_read=True)
        return _note(item)

    def latest(self, contact_id: str, limit: int, before: str | None) -> tuple[Note, ...]:
        """Give up to `limit` notes, newest first, older than the note with the id `before`."""
        pk = f"CONTACT#{contact_id}"
        start = {"pk": {"S": pk}, "sk": {"S": f"NOTE#{before}"}} if before else None
        found = NoteItem.query(
            pk,
            NoteItem.sk.startswith("NOTE#"),
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=start,
            consistent_read=True,
        )
        return tuple(map(_note, found))


class CrmRepository:
    """What is kept in the table of this name."""

    def __init__(self, table_name: str) -> None:
        self.contacts = ContactRepository(bind(table_name))
        self.notes = NoteRepository()


def _is_refused(error: PynamoDBException) -> bool:
    """Tell whether a condition failed, rather than the table."""
    return error.cause_response_code == "ConditionalCheckFailedException"


def _taken(owner: str) -> Conflict:
    message = "Another contact has this phone number."
    wrong = (FieldError("/phone", message),)
    return Conflict(message, code="phone_taken", errors=wrong, details={"contact_id": owner})


def _collided(error: TransactWriteError) -> bool:
    return any(reason and reason.code == "TransactionConflict" for reason in error.cancellation_reasons)


def _contact_item(contact: Contact) -> ContactItem:
    kept = {**vars(contact), "status": contact.status.value}
    instants = {name: iso(kept[name]) for name in ("created_at", "updated_at")}
    return ContactItem(f"CONTACT#{contact.id}", "CONTACT", **{**kept, **instants})


def _contact(item: ContactItem) -> Contact:
    return Contact(
        id=item.id,
        name=item.name,
        phone=E164(item.phone),
        email=item.email,
        company=item.company,
        title=item.title,
        time_zone=item.time_zone,
        language=item.language,
        source=item.source,
        status=ContactStatus(item.status),
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
    )


def _note_item(note: Note) -> NoteItem:
    kept = {**vars(note), "kind": note.kind.value, "created_at": iso(note.created_at)}
    return NoteItem(f"CONTACT#{note.contact_id}", f"NOTE#{note.id}", **kept)


def _note(item: NoteItem) -> Note:
    return Note(
        id=item.id,
        contact_id=item.contact_id,
        kind=NoteKind(item.kind),
        body=item.body,
        author=item.author,
        created_at=from_iso(item.created_at),
        call_id=item.call_id,
    )

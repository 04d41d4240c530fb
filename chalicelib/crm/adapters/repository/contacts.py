"""Contacts in DynamoDB: heads, claims on numbers and membership of tags move together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.contact_items import (
    contact_item,
    contact_of,
    contacted_key,
    created_key,
    gone_item,
    member_keys,
    read_item,
)
from chalicelib.crm.adapters.repository.lists import page_of
from chalicelib.crm.adapters.repository.refusals import COLLIDED, REFUSED, cancelled_for, is_refused
from chalicelib.crm.adapters.tables import ContactItem, CrmTable, MemberItem, PhoneItem
from chalicelib.crm.domain.contacts import Contact
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_millis, iso
from chalicelib.kernel.errors import Conflict, FieldError, unavailable_on
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection

    from chalicelib.crm.domain.contacts import Tombstone
    from chalicelib.crm.domain.listing import Listing
    from chalicelib.kernel.paging import Page

# Writers of one number at one instant can cancel each other, and then none of them has it.
_TRIES = 3
# What a change of details never writes: the calls' own mark, and what cannot change.
_UNCHANGED = frozenset({"pk", "sk", "row", "id", "created_at", "last_contacted_at", "contacted_key"})


@unavailable_on(PynamoDBException)
class ContactRepository:
    """Contacts, on the connection of their table; implements `Contacts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact together with its claims on its numbers, all or nothing; give what is kept.

        Raises `Conflict` with code `phone_taken` and details {"contact_id": who has it, "phone": the number}.
        """
        refusal = self._write(contact, lambda: self._add(contact))
        if refusal is None:
            return contact
        kept = self.get(contact.id)
        if isinstance(kept, Contact):  # an earlier try had succeeded, and its answer was lost
            return kept
        raise Conflict("This contact was deleted meanwhile.", code="contact_gone") from refusal

    def add_all(self, contacts: Sequence[Contact]) -> bool:
        """Keep new contacts with their claims, all or none; False when any of it is there already.

        Together they have 100 rows at most: one each, and one for each number and tag.
        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for contact in contacts:
                    transaction.save(contact_item(contact), condition=ContactItem.pk.does_not_exist())
                    self._move(transaction, contact, None)
        except TransactWriteError as error:
            if not cancelled_for(error, REFUSED, COLLIDED):
                raise
            return False
        return True

    def get(self, contact_id: str) -> Contact | Tombstone | None:
        """Give the contact as last written, or what is left of it."""
        try:
            item = CrmTable.get(f"CONTACT#{contact_id}", "CONTACT", consistent_read=True)
        except DoesNotExist:
            return None
        return read_item(item)  # type: ignore[arg-type]  # the discriminator has chosen the class

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the contact that has this number, as its first or another: two reads by key."""
        owner = self._owner(phone)
        found = self.get(owner) if owner else None
        return found if isinstance(found, Contact) else None

    def owned(self, phones: Collection[E164]) -> set[E164]:
        """Give those of the numbers that some contact has, consistently."""
        keys = [(f"PHONE#{phone}", "PHONE") for phone in sorted(set(phones))]
        found = PhoneItem.batch_get(keys, consistent_read=True) if keys else ()
        return {E164(item.pk.removeprefix("PHONE#")) for item in found}

    def save(self, contact: Contact, before: Contact) -> None:
        """Replace `before`, which has the version below, and move its numbers and tags, all or nothing.

        Never touches `last_contacted_at`. Raises `Conflict` with code `version_changed` when the stored
        contact has another version, and `phone_taken` as `add`.
        """
        refusal = self._write(contact, lambda: self._save(contact, before))
        if refusal is not None:
            raise _changed() from refusal

    def remove(self, contact: Contact, tombstone: Tombstone) -> None:
        """Put the tombstone in the contact's place and free its numbers and tags, all or nothing.

        Raises `Conflict` with code `version_changed` when the stored contact has another version.
        """
        refusal = self._write(contact, lambda: self._remove(contact, tombstone))
        if refusal is not None:
            raise _changed() from refusal

    def merge(self, winner: Contact, before: Contact, loser: Contact, tombstone: Tombstone) -> None:
        """Save the winner as `save` does and put the tombstone in the loser's place, all or nothing.

        The loser's numbers become the winner's, and so do its tags and the later `last_contacted_at`. Raises
        `Conflict` with code `version_changed` when one of them is stored at another version, and
        `phone_taken` as `add`.
        """
        refusal = self._write(before, lambda: self._merge(winner, before, loser, tombstone))
        fresh = self.get(before.id) if refusal is not None else None
        if isinstance(fresh, Contact) and fresh.version == before.version:
            # A call that the winner has answered meanwhile makes no new version.
            refusal = self._write(before, lambda: self._merge(winner, fresh, loser, tombstone))
        if refusal is not None:
            raise _changed() from refusal

    def touch(self, contact_id: str, at: datetime) -> None:
        """Note that a call with the contact was answered at `at`; an earlier instant changes nothing."""
        try:
            ContactItem(f"CONTACT#{contact_id}", "CONTACT").update(
                actions=_contacted(contact_id, at),
                condition=ContactItem.version.exists() & _was_before(at),
            )
        except UpdateError as error:
            if not is_refused(error):
                raise

    def many(self, contact_ids: Sequence[str]) -> list[Contact]:
        """Give those of up to 100 contacts that are there, in this order, as they were a moment ago."""
        keys = [(f"CONTACT#{contact_id}", "CONTACT") for contact_id in dict.fromkeys(contact_ids)]
        items = CrmTable.batch_get(keys) if keys else ()
        found = {item.id: contact_of(item) for item in items if isinstance(item, ContactItem)}
        return [found[contact_id] for contact_id in contact_ids if contact_id in found]

    def page(self, listing: Listing, page_size: int, start: str | None) -> Page[Contact]:
        """Give contacts of a list from after the position `start`.

        A page looks at a bounded number of contacts: with several filters it may be short, and more may
        follow.
        """
        return page_of(self._connection, listing, page_size, start, self.many)

    def _owner(self, phone: E164) -> str | None:
        try:
            return PhoneItem.get(f"PHONE#{phone}", "PHONE", consistent_read=True).contact_id
        except DoesNotExist:
            return None

    def _write(self, contact: Contact, write: Callable[[], None]) -> TransactWriteError | None:
        """Try a transaction; give why the head refused it, if it did; numbers of others are `phone_taken`."""
        tries = _TRIES
        while True:
            tries -= 1
            try:
                write()
            except TransactWriteError as error:
                self._refuse_taken(contact, error)
                if tries and cancelled_for(error, COLLIDED):
                    continue
                if not cancelled_for(error, REFUSED):
                    raise
                return error
            return None

    def _refuse_taken(self, contact: Contact, refusal: TransactWriteError) -> None:
        for place, phone in enumerate(contact.phones):
            owner = self._owner(phone)
            if owner not in (None, contact.id):
                pointer = f"/other_phones/{place - 1}" if place else "/phone"
                raise _taken(str(owner), phone, pointer) from refusal

    def _add(self, contact: Contact) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(contact_item(contact), condition=ContactItem.pk.does_not_exist())
            self._move(transaction, contact, None)

    def _save(self, contact: Contact, before: Contact) -> None:
        item = contact_item(contact)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(item, _set_all(item), condition=ContactItem.version == before.version)
            self._move(transaction, contact, before)

    def _remove(self, contact: Contact, tombstone: Tombstone) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(gone_item(tombstone), condition=ContactItem.version == contact.version)
            self._move(transaction, None, contact)

    def _merge(self, winner: Contact, before: Contact, loser: Contact, tombstone: Tombstone) -> None:
        item, tags = contact_item(winner), member_keys(winner)
        actions, unchanged = _set_all(item), ContactItem.version == before.version
        at = loser.last_contacted_at
        if at is not None and at > (before.last_contacted_at or from_millis(0)):
            actions, unchanged = [*actions, *_contacted(winner.id, at)], unchanged & _was_before(at)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(item, actions, condition=unchanged)
            transaction.save(gone_item(tombstone), condition=ContactItem.version == loser.version)
            for phone in loser.phones:
                claim = PhoneItem(f"PHONE#{phone}", "PHONE", contact_id=winner.id)
                transaction.save(claim, condition=PhoneItem.contact_id == loser.id)
            for tag in sorted(set(winner.tags) - set(before.tags)):
                transaction.save(MemberItem(tags[tag], created_key(winner)))
            for partition in member_keys(loser).values():
                transaction.delete(MemberItem(partition, created_key(loser)))

    def _move(self, transaction: Any, after: Contact | None, before: Contact | None) -> None:
        """Claim new numbers and free others; enter new tags and leave others."""
        mine, old = (set(contact.phones) if contact else set() for contact in (after, before))
        tags, left = (member_keys(contact) if contact else {} for contact in (after, before))
        for phone in sorted(mine - old):
            claim = PhoneItem(f"PHONE#{phone}", "PHONE", contact_id=after and after.id)
            transaction.save(claim, condition=PhoneItem.pk.does_not_exist())
        for phone in sorted(old - mine):
            transaction.delete(PhoneItem(f"PHONE#{phone}", "PHONE"))
        for tag in sorted(tags.keys() - left.keys()):
            transaction.save(MemberItem(tags[tag], created_key(after)))  # type: ignore[arg-type]
        for tag in sorted(left.keys() - tags.keys()):
            transaction.delete(MemberItem(left[tag], created_key(before)))  # type: ignore[arg-type]


def _set_all(item: ContactItem) -> list[Any]:
    """Give the actions that write every attribute of a changed contact; absent ones are removed."""
    attributes = ContactItem.get_attributes()
    values = {name: getattr(item, name) for name in attributes if name not in _UNCHANGED}
    values["changed_by"] = actor()
    return [
        attributes[name].remove() if value is None else attributes[name].set(value)
        for name, value in values.items()
    ]


def _contacted(contact_id: str, at: datetime) -> list[Any]:
    """Give the actions that note an answered call."""
    return [
        ContactItem.last_contacted_at.set(iso(at)),
        ContactItem.contacted_key.set(contacted_key(contact_id, iso(at))),
    ]


def _was_before(at: datetime) -> Any:
    return ContactItem.last_contacted_at.does_not_exist() | (ContactItem.last_contacted_at < iso(at))


def _changed() -> Conflict:
    return Conflict("The contact was changed meanwhile.", code="version_changed")


def _taken(owner: str, phone: str, pointer: str) -> Conflict:
    message = "Another contact has this phone number."
    wrong = (FieldError(pointer, message),)
    details = {"contact_id": owner, "phone": phone}
    return Conflict(message, code="phone_taken", errors=wrong, details=details)

"""Contacts are created, recognised, changed, listed and deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import (
    KEEP,
    UNKNOWN_CALLER,
    Contact,
    ContactChanges,
    NewContact,
    Parting,
    Tombstone,
    checked,
    next_version,
    replacing,
    same_details,
)
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.jobs import Outcome
from chalicelib.crm.services.fields import check_fields
from chalicelib.crm.services.refusals import forbids_calls, outlive, suppress_revoked
from chalicelib.crm.services.sweeping import sweep_contact
from chalicelib.crm.services.tags import check_tags
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import is_id, new_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.crm.domain.listing import Listing
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164

_TRIES = 5
_LONGEST_CHAIN = 20  # of merges; each merge makes it one longer at most


def create_contact(
    crm: CrmPorts, new: NewContact, contact_id: str | None = None, import_row: str | None = None
) -> Contact:
    """Create a contact; with the same `contact_id` again it gives the one that exists.

    Raises `Conflict` with code `phone_taken` and details {"contact_id": …} when a number is another's.
    """
    return crm.contacts.add(prepare_contact(crm, new, contact_id, import_row))


def prepare_contact(
    crm: CrmPorts, new: NewContact, contact_id: str | None = None, import_row: str | None = None
) -> Contact:
    """Give the contact that would be created, checked; `Invalid` when a value breaks its field's rule."""
    now = _now(crm)
    contact = Contact(
        id=contact_id or new_id("contact"),
        created_at=now,
        updated_at=now,
        version=1,
        import_row=import_row,
        **vars(new),
    )
    return _allowed(crm, contact)


def get_contact(crm: CrmPorts, contact_id: str) -> Contact:
    """Give a contact, or the one that it was merged into; or raise `NotFound`, code `contact_not_found`."""
    for _ in range(_LONGEST_CHAIN):
        found = crm.contacts.get(contact_id) if is_id(contact_id, "contact") else None
        if isinstance(found, Contact):
            return found
        if found is None or found.merged_into is None:
            break
        contact_id = found.merged_into
    raise NotFound("There is no such contact.", code="contact_not_found")


def find_contact(crm: CrmPorts, phone: E164) -> Contact | None:
    """Give the contact with this number, or None."""
    return crm.contacts.find_by_phone(phone)


def recognise_caller(
    crm: CrmPorts, phone: E164, source: str = "inbound_call", name: str = UNKNOWN_CALLER
) -> Contact:
    """Give the contact who calls or writes from this number, creating one when the number is new.

    Two calls at once from one new number get the same contact. `source` says how a new one came, `name` what
    it is called.
    """
    known = crm.contacts.find_by_phone(phone)
    if known is not None:
        return known
    try:
        return create_contact(crm, NewContact(name=name, phone=phone, source=source))
    except Conflict as conflict:
        return get_contact(crm, conflict.details["contact_id"])


def change_contact(
    crm: CrmPorts,
    contact_id: str,
    changes: ContactChanges,
    expected_version: int | None = None,
    import_row: str | None = None,
) -> Contact:
    """Change a contact's details; changing nothing makes no new version.

    Raises `Invalid` when a value breaks its field's rule, `NotFound`, `Conflict` with code `phone_taken` when
    a number is another's, or with code `version_changed` when the contact is not at `expected_version` or
    changed under our hands. Numbers that are new to a contact that forbids automated calls are suppressed
    before they are its own.
    """
    contact = get_contact(crm, contact_id)
    _expect(contact, expected_version)
    return change_found(crm, contact, changes, import_row)


def edit_contact(crm: CrmPorts, contact_id: str, changes: Callable[[Contact], ContactChanges]) -> Outcome:
    """Change a contact by what it is, whoever else changes it meanwhile; errors as `change_contact`.

    `changes` is asked again when the contact has changed under our hands; after five times that is the error.
    """
    tries = _TRIES
    while True:
        tries -= 1
        contact = get_contact(crm, contact_id)
        try:
            changed = change_contact(crm, contact.id, changes(contact), contact.version)
        except Conflict as conflict:
            if conflict.code != "version_changed" or not tries:
                raise
        else:
            return Outcome.UNCHANGED if changed.version == contact.version else Outcome.DONE


def replace_contact(
    crm: CrmPorts,
    contact_id: str,
    new: NewContact,
    expected_version: int | None = None,
    *,
    says_status: bool = True,
) -> Contact:
    """Put new details in place of all that were known; errors as `change_contact`.

    With `says_status` false the status of `new` is nobody's wish: it takes the place of any other one, but
    a contact that must not be contacted stays so.
    """
    contact = get_contact(crm, contact_id)
    _expect(contact, expected_version)
    changes = replacing(new)
    if not says_status and contact.status is ContactStatus.DO_NOT_CONTACT:
        changes = replace(changes, status=KEEP)
    return change_found(crm, contact, changes)


def delete_contact(crm: CrmPorts, contact_id: str, expected_version: int | None = None) -> None:
    """Delete a contact with its notes: its numbers are free, and calls that wait for it are not placed.

    The numbers of one that must not be contacted are suppressed before: the wish outlives the record.
    The evidence of consents is kept for five years. Raises `NotFound`, also for one that is deleted already,
    whose leavings then go as well if somebody died over them; or `Conflict` with code `version_changed`.
    """
    try:
        contact = get_contact(crm, contact_id)
    except NotFound:
        sweep_contact(crm, contact_id)
        raise
    _expect(contact, expected_version)
    delete_found(crm, contact)


def delete_found(crm: CrmPorts, contact: Contact) -> None:
    """Delete this very contact as it was read, never who took its place; errors as `delete_contact`."""
    tombstone = Tombstone(contact.id, Parting.DELETED, _now(crm), merged_ids=contact.merged_ids)
    outlive(crm, contact)
    crm.contacts.remove(contact, tombstone)
    sweep_contact(crm, contact.id)


def list_contacts(crm: CrmPorts, listing: Listing, page_size: int, start: str | None = None) -> Page[Contact]:
    """List contacts from after the position `start`; a page may be short although more follow."""
    return crm.contacts.page(listing, page_size, start)


def change_found(
    crm: CrmPorts, contact: Contact, changes: ContactChanges, import_row: str | None = None
) -> Contact:
    """Change this very contact as it was read, never who took its place; errors as `change_contact`."""
    wanted = changes.applied_to(contact)
    if same_details(wanted, contact):
        return contact
    changed = next_version(_allowed(crm, wanted, contact), _now(crm))
    changed = replace(changed, import_row=import_row or contact.import_row)
    _save(crm, changed, contact)
    return changed


def _save(crm: CrmPorts, changed: Contact, before: Contact) -> None:
    """Save a contact; nothing dials the numbers that come to one that forbids it, not even in between."""
    added = [phone for phone in changed.phones if phone not in before.phones]
    if not added or not forbids_calls(crm, before):
        crm.contacts.save(changed, before)
        return
    # The number of somebody else, which cannot be saved, is not ours to suppress.
    taken = crm.contacts.owned(added)
    suppress_revoked(crm, [phone for phone in added if phone not in taken])
    crm.contacts.save(changed, before)
    suppress_revoked(crm, [phone for phone in added if phone in taken])  # it was given up since


def _allowed(crm: CrmPorts, contact: Contact, before: Contact | None = None) -> Contact:
    """Check what is new about the contact against tags and definitions that exist."""
    right = checked(contact)
    check_tags(crm, set(right.tags) - set(before.tags if before else ()))
    known = before.custom_fields if before else {}
    return replace(right, custom_fields=check_fields(crm, right.custom_fields, known))


def _expect(contact: Contact, version: int | None) -> None:
    if version not in (None, contact.version):
        raise Conflict(f"The contact is at version {contact.version} now.", code="version_changed")


def _now(crm: CrmPorts) -> datetime:
    """Give the instant in the milliseconds that storage keeps."""
    return cut_to_millis(crm.clock.now())

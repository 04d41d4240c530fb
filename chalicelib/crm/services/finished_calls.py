"""A call that finished, a text message and a booking stand in the timeline of their contact, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.crm.domain.timeline import ToldEntry
    from chalicelib.crm.ports.crm import CrmPorts

_TRIES = 5
_LONGEST_CHAIN = 20


def keep_call(crm: CrmPorts, entry: ToldEntry, answered_at: datetime | None) -> None:
    """Put a finished call, a message or a booking into the timeline of whoever its contact is now.

    It is noted when it was answered, or written to us.

    Nothing is kept of a contact that is gone. Who is merged, deleted or erased in the same moment is looked
    at again after the entry was put, so that nothing stays behind.
    """
    for _ in range(_TRIES):
        contact = _owner(crm, entry)
        if contact is None:
            return
        mine = replace(entry, contact_id=contact.id)
        crm.call_entries.put(mine)
        if isinstance(crm.contacts.get(contact.id), Contact):
            if answered_at is not None:
                crm.contacts.touch(contact.id, answered_at)
            return
        crm.call_entries.remove(mine)
    raise Unavailable("The contact changes all the time.", retryable=True, code="contact_busy")


def _owner(crm: CrmPorts, entry: ToldEntry) -> Contact | None:
    """Give the contact, or who took its place; the entry goes from those who are gone."""
    contact_id: str | None = entry.contact_id
    for _ in range(_LONGEST_CHAIN):
        found = crm.contacts.get(contact_id) if contact_id else None
        if found is None or isinstance(found, Contact):
            return found
        crm.call_entries.remove(replace(entry, contact_id=found.id))
        contact_id = found.merged_into
    return None

"""A contact as an item of the table and back, and the keys of the lists that it stands in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from chalicelib.crm.adapters.tables import ContactItem, GoneItem
from chalicelib.crm.domain.contacts import Contact, Parting, Tombstone
from chalicelib.crm.domain.details import Address, Channel, ContactStatus, PreferredTime
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Iterator

# Lists of all contacts take every creation of an import: their keys are spread.
SHARDS = 4
_NAME_LENGTH = 100
_NEVER = "0"  # before every instant that is written as text


def contact_item(contact: Contact) -> ContactItem:
    """Give the item of a contact."""
    return ContactItem(f"CONTACT#{contact.id}", "CONTACT", **(_details(contact) | _marks(contact)))


def gone_item(tombstone: Tombstone) -> GoneItem:
    """Give the item of what is left."""
    kept = vars(tombstone) | {"reason": tombstone.reason.value, "gone_at": iso(tombstone.gone_at)}
    kept |= {"merged_ids": list(tombstone.merged_ids) or None}
    return GoneItem(f"CONTACT#{tombstone.id}", "CONTACT", **kept)


def read_item(item: ContactItem | GoneItem) -> Contact | Tombstone:
    """Give what an item at a contact's key holds."""
    return contact_of(item) if isinstance(item, ContactItem) else tombstone_of(item)


def contact_of(item: ContactItem) -> Contact:
    """Read a contact."""
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
        other_phones=tuple(map(E164, item.other_phones or ())),
        address=Address(**item.address) if item.address else None,
        preferred_times=tuple(map(_preferred_time, item.preferred_times or ())),
        preferred_channel=Channel(item.preferred_channel) if item.preferred_channel else None,
        owner=item.owner,
        tags=tuple(item.tags or ()),
        custom_fields=item.custom_fields or {},
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        last_contacted_at=from_iso(item.last_contacted_at) if item.last_contacted_at else None,
        merged_ids=tuple(item.merged_ids or ()),
        import_row=item.import_row,
        version=int(item.version),
    )


def tombstone_of(item: GoneItem) -> Tombstone:
    """Read what is left of a contact."""
    return Tombstone(
        item.id, Parting(item.reason), from_iso(item.gone_at), item.merged_into, tuple(item.merged_ids or ())
    )


def created_key(contact: Contact) -> str:
    """Give a contact's place in lists that are ordered by creation."""
    return f"{iso(contact.created_at)}#{contact.id}"


def contacted_key(contact_id: str, at: str | None) -> str:
    """Give a contact's place in the list by last contact; `at` is None for never."""
    return f"{at or _NEVER}#{contact_id}"


def shard_of(contact_id: str) -> int:
    """Give the shard of a contact's list keys: the last digits of its id are random."""
    return int(contact_id[-4:], 16) % SHARDS


def list_word(text: str) -> str:
    """Give an owner or a company as it stands in keys: folded, and cut, because a key has a limit."""
    return fold(text)[:_NAME_LENGTH]


def member_keys(contact: Contact) -> dict[str, str]:
    """Give the partition keys under which the contact is a member of its tags, by tag."""
    return {tag: f"TAG#{tag}#{shard_of(contact.id)}" for tag in contact.tags}


def _details(contact: Contact) -> dict[str, Any]:
    kept = asdict(contact) | {"status": contact.status.value}
    kept |= {name: iso(kept[name]) for name in ("created_at", "updated_at")}
    kept |= {name: list(kept[name]) or None for name in ("other_phones", "preferred_times", "tags")}
    return kept | {
        "last_contacted_at": iso(contact.last_contacted_at) if contact.last_contacted_at else None,
        "preferred_channel": contact.preferred_channel and contact.preferred_channel.value,
        "custom_fields": dict(contact.custom_fields) or None,
        "merged_ids": list(contact.merged_ids) or None,
    }


def _marks(contact: Contact) -> dict[str, str]:
    at = iso(contact.last_contacted_at) if contact.last_contacted_at else None
    return {
        "created_key": created_key(contact),
        "name_key": f"{fold(contact.name)[:_NAME_LENGTH]}#{contact.id}",
        "updated_key": f"{iso(contact.updated_at)}#{contact.id}",
        "contacted_key": contacted_key(contact.id, at),
        **dict(_shards(contact)),
    }


def _shards(contact: Contact) -> Iterator[tuple[str, str]]:
    shard = shard_of(contact.id)
    yield "list_shard", f"CONTACTS#{shard}"
    yield "status_shard", f"STATUS#{contact.status}#{shard}"
    yield "source_shard", f"SOURCE#{contact.source}#{shard}"
    if contact.owner:
        yield "owner_shard", f"OWNER#{list_word(contact.owner)}#{shard}"
    if contact.company:
        yield "company_shard", f"COMPANY#{list_word(contact.company)}#{shard}"


def _preferred_time(kept: dict[str, Any]) -> PreferredTime:
    return PreferredTime(tuple(kept["days"]), kept["start"], kept["end"])

"""Contacts as values, what may be changed of them, and what is left of those that are gone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.details import (
    DETAILS,
    MAX_TAGS,
    Address,
    Details,
    check_email,
    check_language,
    check_phones,
    check_preferred_time,
    check_time_zone,
)
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.crm.domain.details import Channel, ContactStatus, FieldValue, PreferredTime
    from chalicelib.kernel.phones import E164

UNKNOWN_CALLER = "Unknown caller"
_NUMBER = re.compile(r"\+\d{5,15}")


class Keep(Enum):
    """The sign that a field stays as it is; None clears it."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True)
class NewContact(Details):
    """What is known about somebody who is not yet a contact."""


@dataclass(frozen=True, kw_only=True)
class Contact(Details):
    """A person with phone numbers that no other contact has.

    `version` grows with each change of the details. `last_contacted_at` is when a call with the contact was
    last answered; it comes from the calls and makes no new version. `merged_ids` are the ids of contacts that
    were merged into this one. `import_row` names the row of an import that last wrote it.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    version: int
    last_contacted_at: datetime | None = None
    merged_ids: tuple[str, ...] = ()
    import_row: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id under which something may be kept of this person."""
        return (self.id, *self.merged_ids)


class Parting(StrEnum):
    """Why a contact is gone."""

    DELETED = "deleted"
    ERASED = "erased"
    MERGED = "merged"


@dataclass(frozen=True)
class Tombstone:
    """What is left of a contact that is gone: nothing personal; `merged_into` says who took its place.

    `merged_ids` are the ids of contacts that had been merged into it.
    """

    id: str
    reason: Parting
    gone_at: datetime
    merged_into: str | None = None
    merged_ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id under which something may still be kept of this person."""
        return (self.id, *self.merged_ids)


@dataclass(frozen=True)
class Patch:
    """New parts of an address, or values of custom fields: None clears one, others stay (RFC 7396)."""

    parts: Mapping[str, Any]

    def of(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Give what is known with the new parts in it."""
        return {name: part for name, part in {**known, **self.parts}.items() if part is not None}


@dataclass(frozen=True)
class ContactChanges:
    """New values for a contact's details; `KEEP` leaves one as it is, None clears one that may be absent."""

    name: str | Keep = KEEP
    phone: E164 | Keep = KEEP
    email: str | Keep | None = KEEP
    company: str | Keep | None = KEEP
    title: str | Keep | None = KEEP
    time_zone: str | Keep | None = KEEP
    language: str | Keep = KEEP
    source: str | Keep = KEEP
    status: ContactStatus | Keep = KEEP
    other_phones: tuple[E164, ...] | Keep = KEEP
    address: Address | Patch | Keep | None = KEEP
    preferred_times: tuple[PreferredTime, ...] | Keep = KEEP
    preferred_channel: Channel | Keep | None = KEEP
    owner: str | Keep | None = KEEP
    tags: tuple[str, ...] | Keep = KEEP
    custom_fields: Mapping[str, FieldValue] | Patch | Keep = KEEP

    def applied_to(self, contact: Contact) -> Contact:
        """Give the contact with these details, checked, at the same version; `Invalid` as `checked`."""
        new = self.given()
        if isinstance(self.address, Patch):
            new["address"] = Address(**self.address.of(vars(contact.address or Address())))
        if isinstance(self.custom_fields, Patch):
            new["custom_fields"] = self.custom_fields.of(contact.custom_fields)
        return checked(replace(contact, **new))

    def given(self) -> dict[str, Any]:
        """Give the fields that have new values."""
        return {name: value for name, value in vars(self).items() if value is not KEEP}


def replacing(details: Details) -> ContactChanges:
    """Give the changes that put all details in place of what was known."""
    return ContactChanges(**vars(details))


def same_details(one: Contact, other: Contact) -> bool:
    """Tell whether two states of a contact differ in nothing that people may change."""
    same = all(getattr(one, name) == getattr(other, name) for name in DETAILS)
    # To Python 1, 1.0 and True are equal.
    kinds = [[type(value) for _, value in sorted(each.custom_fields.items())] for each in (one, other)]
    return same and kinds[0] == kinds[1]


def next_version(contact: Contact, at: datetime) -> Contact:
    """Give the contact one version on."""
    return replace(contact, updated_at=at, version=contact.version + 1)


def checked(contact: Contact) -> Contact:
    """Give the contact with every detail in its usual form; `Invalid` when one breaks its field's rule."""
    if len(contact.tags) > MAX_TAGS:
        raise Invalid(f"A contact has {MAX_TAGS} tags at most.", code="too_many_tags")
    return replace(
        contact,
        email=contact.email and check_email(contact.email),
        time_zone=contact.time_zone and check_time_zone(contact.time_zone),
        language=check_language(contact.language),
        other_phones=check_phones(contact.phone, contact.other_phones),
        address=None if contact.address and contact.address.is_empty else contact.address,
        preferred_times=tuple(map(check_preferred_time, contact.preferred_times)),
        tags=tuple(sorted(set(contact.tags))),
    )


def known_name(contact: Contact) -> str:
    """Give a contact's name; empty while nobody knows it: who called so far, or is named by a number."""
    is_named = contact.name != UNKNOWN_CALLER and not _NUMBER.fullmatch(contact.name)
    return contact.name if is_named else ""

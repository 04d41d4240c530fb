"""Contacts and notes as values, and the rules about them that need no storage."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164

DEFAULT_LANGUAGE = "en-US"
UNKNOWN_CALLER = "Unknown caller"
MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


class ContactStatus(StrEnum):
    """Where a contact stands; `do_not_contact` is what people read, suppression is what stops a call."""

    LEAD = "lead"
    PROSPECT = "prospect"
    CUSTOMER = "customer"
    INACTIVE = "inactive"
    DO_NOT_CONTACT = "do_not_contact"


class NoteKind(StrEnum):
    """What a note reports."""

    CALL_SUMMARY = "call_summary"
    MEETING = "meeting"
    TASK = "task"
    GENERAL = "general"


@dataclass(frozen=True)
class NewContact:
    """What is known about somebody who is not yet a contact."""

    name: str
    phone: E164
    email: str | None = None
    company: str | None = None
    title: str | None = None
    time_zone: str | None = None
    language: str = DEFAULT_LANGUAGE
    source: str = "api"
    status: ContactStatus = ContactStatus.LEAD


@dataclass(frozen=True)
class Contact:
    """A person with a phone number that no other contact has; `version` grows with each change."""

    id: str
    name: str
    phone: E164
    email: str | None
    company: str | None
    title: str | None
    time_zone: str | None
    language: str
    source: str
    status: ContactStatus
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True)
class ContactChanges:
    """New values for a contact's fields; None leaves a field as it is."""

    name: str | None = None
    email: str | None = None
    company: str | None = None
    title: str | None = None
    time_zone: str | None = None
    language: str | None = None
    status: ContactStatus | None = None

    def checked(self) -> ContactChanges:
        """Give the changes in their usual form; `Invalid` when one breaks a rule of its field."""
        return replace(
            self,
            email=self.email and check_email(self.email),
            time_zone=self.time_zone and check_time_zone(self.time_zone),
            language=self.language and check_language(self.language),
        )

    def alter(self, contact: Contact) -> bool:
        """Tell whether any given value differs from the contact's."""
        return any(getattr(contact, name) != value for name, value in self._given().items())

    def apply_to(self, contact: Contact, at: datetime) -> Contact:
        """Give the changed contact, one version on."""
        return replace(contact, **self._given(), updated_at=at, version=contact.version + 1)

    def _given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class NewNote:
    """A note to add; with an `id` of its own (`note_…`) adding it again changes nothing."""

    contact_id: str
    kind: NoteKind
    body: str
    author: str
    call_id: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Note:
    """What somebody, or a call, left about a contact."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: datetime
    call_id: str | None


def check_email(address: str) -> str:
    """Give back what can be an e-mail address; else `Invalid` with code `bad_email`."""
    if len(address) > MAX_EMAIL or not _EMAIL.fullmatch(address):
        raise Invalid("An e-mail address looks like name@example.com.", code="bad_email")
    return address


def check_time_zone(name: str) -> str:
    """Give back the name of a time zone of the IANA data base; else `Invalid`, code `bad_time_zone`."""
    try:
        known = _ZONE.fullmatch(name) is not None and bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):  # unknown; not a zone file; a folder of zones
        known = False
    if not known:
        raise Invalid("A time zone is an IANA name like America/New_York.", code="bad_time_zone")
    return name


def check_language(tag: str) -> str:
    """Give a language tag in its usual letters, `en-us` as `en-US`; else `Invalid`, code `bad_language`."""
    if not _LANGUAGE.fullmatch(tag):
        raise Invalid("A language is a tag like en-US (BCP 47).", code="bad_language")
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *map(_usual_letters, rest)])


def _usual_letters(part: str) -> str:
    """Write a region in capitals and a script with one (RFC 5646, section 2.1.1)."""
    match len(part):
        case 2:
            return part.upper()
        case 4:
            return part.title()
        case _:
            return part.lower()

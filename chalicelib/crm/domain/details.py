"""A contact's details and the rule of each field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.kernel.phones import E164

DEFAULT_LANGUAGE = "en-US"
MAX_EMAIL = 254
MAX_OTHER_PHONES = 9
MAX_TAGS = 30
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ZONE = re.compile(r"[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")

FieldValue = str | int | float | bool


class ContactStatus(StrEnum):
    """Where a contact stands; `do_not_contact` is what people read, suppression is what stops a call."""

    LEAD = "lead"
    PROSPECT = "prospect"
    CUSTOMER = "customer"
    INACTIVE = "inactive"
    DO_NOT_CONTACT = "do_not_contact"


class Channel(StrEnum):
    """How somebody prefers to be reached."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True)
class Address:
    """Where somebody lives or works, as people write it; `country` is ISO 3166 alpha-2."""

    street: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing of it is known."""
        return not any(vars(self).values())


@dataclass(frozen=True)
class PreferredTime:
    """When somebody likes to be called, in their own time: on these weekdays from `start` to `end`.

    Times are `HH:MM`; `end` is after `start` and may be `24:00`.
    """

    days: tuple[str, ...]
    start: str
    end: str


@dataclass(frozen=True)
class Details:
    """What people know of a contact, and may change.

    `tags` are ids of tags; `custom_fields` hold values by the key of their definition.
    """

    name: str
    phone: E164
    email: str | None = None
    company: str | None = None
    title: str | None = None
    time_zone: str | None = None
    language: str = DEFAULT_LANGUAGE
    source: str = "api"
    status: ContactStatus = ContactStatus.LEAD
    other_phones: tuple[E164, ...] = ()
    address: Address | None = None
    preferred_times: tuple[PreferredTime, ...] = ()
    preferred_channel: Channel | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def phones(self) -> tuple[E164, ...]:
        """All numbers, the one to call first."""
        return (self.phone, *self.other_phones)


DETAILS = tuple(detail.name for detail in fields(Details))


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


def check_preferred_time(time: PreferredTime) -> PreferredTime:
    """Give the time with its days in the week's order; else `Invalid` with code `bad_preferred_time`."""
    right = _TIME.fullmatch(time.start) and _TIME.fullmatch(time.end) and time.start < time.end
    if not (right and time.days and set(time.days) <= set(WEEKDAYS)):
        raise Invalid(
            "A preferred time has days out of mon to sun, and a start before its end as HH:MM.",
            code="bad_preferred_time",
        )
    return PreferredTime(tuple(day for day in WEEKDAYS if day in time.days), time.start, time.end)


def check_phones(phone: E164, others: tuple[E164, ...]) -> tuple[E164, ...]:
    """Give the other numbers, each once and without the first; `Invalid` with code `too_many_phones`."""
    kept = tuple(dict.fromkeys(other for other in others if other != phone))
    if len(kept) > MAX_OTHER_PHONES:
        raise Invalid(
            f"A contact has {MAX_OTHER_PHONES} numbers besides the first at most.", code="too_many_phones"
        )
    return kept


def _usual_letters(part: str) -> str:
    """Write a region in capitals and a script with one (RFC 5646, section 2.1.1)."""
    match len(part):
        case 2:
            return part.upper()
        case 4:
            return part.title()
        case _:
            return part.lower()

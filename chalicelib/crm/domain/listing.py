"""Which contacts a list shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.details import ContactStatus


class SortBy(StrEnum):
    """What a list is ordered by."""

    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    LAST_CONTACTED_AT = "last_contacted_at"
    NAME = "name"


@dataclass(frozen=True)
class Span:
    """A stretch of time: from `since` on, before `until`; None leaves a side open."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether every instant, and none, is inside."""
        return self.since is None and self.until is None

    def holds(self, instant: datetime | None) -> bool:
        """Tell whether an instant is inside; None is inside of an open span only."""
        if instant is None or self.is_open:
            return self.is_open
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)


@dataclass(frozen=True)
class ContactFilter:
    """What contacts must have in common; None asks nothing. `tag` is an id; owner and company are whole."""

    status: ContactStatus | None = None
    tag: str | None = None
    owner: str | None = None
    company: str | None = None
    source: str | None = None
    created: Span = Span()
    updated: Span = Span()
    contacted: Span = Span()

    def matches(self, contact: Contact) -> bool:
        """Tell whether a contact has all of it."""
        return (
            self.status in (None, contact.status)
            and self.tag in (None, *contact.tags)
            and self.source in (None, contact.source)
            and _same(self.owner, contact.owner)
            and _same(self.company, contact.company)
            and self._in_time(contact)
        )

    def _in_time(self, contact: Contact) -> bool:
        return (
            self.created.holds(contact.created_at)
            and self.updated.holds(contact.updated_at)
            and self.contacted.holds(contact.last_contacted_at)
        )


@dataclass(frozen=True)
class Listing:
    """A list of contacts: which ones, ordered by what, and from which end."""

    where: ContactFilter = ContactFilter()
    by: SortBy = SortBy.CREATED_AT
    descending: bool = True


def place_by_creation(contact: Contact) -> str:
    """Give a contact's place in lists by creation: what a page starts after."""
    return f"{iso(contact.created_at)}#{contact.id}"


def _same(wanted: str | None, value: str | None) -> bool:
    return wanted is None or (value is not None and fold(wanted) == fold(value))

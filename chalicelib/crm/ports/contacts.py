"""Where contacts are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact, Tombstone
    from chalicelib.crm.domain.listing import Listing
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


class Contacts(Protocol):
    """Where contacts are kept, each phone number once."""

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact together with its claims on its numbers, all or nothing; give what is kept.

        Raises `Conflict` with code `phone_taken` and details {"contact_id": who has it, "phone": the number},
        or with code `contact_gone` when the contact of this id was deleted.
        """

    def add_all(self, contacts: Sequence[Contact]) -> bool:
        """Keep new contacts with their claims, all or none; False when any of it is there already.

        Together they have 100 rows at most: one each, and one for each number and tag.
        """

    def get(self, contact_id: str) -> Contact | Tombstone | None:
        """Give the contact as last written, or what is left of it."""

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the contact that has this number, as its first or another."""

    def owned(self, phones: Collection[E164]) -> set[E164]:
        """Give those of the numbers that some contact has, consistently."""

    def save(self, contact: Contact, before: Contact) -> None:
        """Replace `before`, which has the version below, and move its numbers and tags, all or nothing.

        Never touches `last_contacted_at`. Raises `Conflict` with code `version_changed` when the stored
        contact has another version, and `phone_taken` as `add`.
        """

    def remove(self, contact: Contact, tombstone: Tombstone) -> None:
        """Put the tombstone in the contact's place and free its numbers and tags, all or nothing.

        Raises `Conflict` with code `version_changed` when the stored contact has another version.
        """

    def merge(self, winner: Contact, before: Contact, loser: Contact, tombstone: Tombstone) -> None:
        """Save the winner as `save` does and put the tombstone in the loser's place, all or nothing.

        The loser's numbers become the winner's, and so do its tags and the later `last_contacted_at`. Raises
        `Conflict` with code `version_changed` when one of them is stored at another version, and
        `phone_taken` as `add`.
        """

    def touch(self, contact_id: str, at: datetime) -> None:
        """Note that a call with the contact was answered at `at`; an earlier instant changes nothing."""

    def many(self, contact_ids: Sequence[str]) -> list[Contact]:
        """Give those of up to 100 contacts that are there, in this order, as they were a moment ago."""

    def page(self, listing: Listing, page_size: int, start: str | None) -> Page[Contact]:
        """Give contacts of a list from after the position `start`.

        A page looks at a bounded number of contacts: with several filters it may be short, and more may
        follow.
        """

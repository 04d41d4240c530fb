"""Calls, messages and bookings of timelines in DynamoDB, in their contact's collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.repository.timeline import entry_item
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.crm.domain.timeline import ToldEntry


@unavailable_on(PynamoDBException)
class CallEntryRepository:
    """Calls, messages and bookings as timelines show them; implements `CallEntries`."""

    def put(self, entry: ToldEntry) -> None:
        """Keep what the timeline of the contact shows of it; again changes nothing."""
        entry_item(entry).save()

    def remove(self, entry: ToldEntry) -> None:
        """Take it out of the contact's timeline, if it is there."""
        entry_item(entry).delete()

"""Calls of timelines in DynamoDB, in their contact's collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.repository.timeline import call_entry_item
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.crm.domain.timeline import CallEntry


@unavailable_on(PynamoDBException)
class CallEntryRepository:
    """Calls as timelines show them; implements `CallEntries`."""

    def put(self, entry: CallEntry) -> None:
        """Keep what the timeline of the contact shows of a call; again changes nothing."""
        call_entry_item(entry).save()

    def remove(self, entry: CallEntry) -> None:
        """Take the call out of the contact's timeline, if it is there."""
        call_entry_item(entry).delete()

"""Where a contact's timeline is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.timeline import EntryKind, TimelineEntry
    from chalicelib.kernel.paging import Page


class Timeline(Protocol):
    """Notes, consents and calls of a contact in the order of time, in one request a page."""

    def page(
        self, contact_id: str, kind: EntryKind | None, page_size: int, start: str | None
    ) -> Page[TimelineEntry]:
        """Give entries of a kind (None: all), newest first, from after the position `start`.

        A page looks at a bounded number of entries: it may be short, and more may follow.
        """

"""What happened with a contact is read in the order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.services.contacts import get_contact

if TYPE_CHECKING:
    from chalicelib.crm.domain.timeline import EntryKind, TimelineEntry
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.kernel.paging import Page


def list_timeline(
    crm: CrmPorts, contact_id: str, kind: EntryKind | None, page_size: int, start: str | None = None
) -> Page[TimelineEntry]:
    """List what happened with a contact, newest first; a page may be short although more follow.

    Raises `NotFound` with code `contact_not_found`.
    """
    return crm.timeline.page(get_contact(crm, contact_id).id, kind, page_size, start)

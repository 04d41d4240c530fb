"""Walks over lists of contacts, a step of a job at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.jobs import CHUNK, Step
from chalicelib.crm.domain.listing import Listing, place_by_creation
from chalicelib.crm.services.jobs import each_of

if TYPE_CHECKING:
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.crm.services.jobs import Act


def walk(crm: CrmPorts, listing: Listing, start: str | None, act: Act) -> Step:
    """Act on the next contacts of a list in the order of creation, by their ids, from after `start`.

    The order is one that no act changes: what leaves the list leaves no gap in the walk.
    """
    page = crm.contacts.page(listing, CHUNK, start)
    results = each_of(crm, [contact.id for contact in page.items], act)
    if len(results) < len(page.items):
        return Step(results, place_by_creation(page.items[len(results) - 1]))
    return Step(results, page.next_start)

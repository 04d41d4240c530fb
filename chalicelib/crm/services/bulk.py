"""Something is done to many contacts: to named ones, or to all of a filter; a job does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.bulk import (
    MAX_COUNTED,
    BulkAction,
    BulkCount,
    BulkWish,
    filter_as_arguments,
    filter_of,
    known_by,
)
from chalicelib.crm.domain.contacts import ContactChanges, Parting, Tombstone
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.jobs import Job, Outcome, Step
from chalicelib.crm.domain.listing import Listing
from chalicelib.crm.services.contacts import delete_contact, edit_contact, get_contact
from chalicelib.crm.services.jobs import start_job, step_over_given
from chalicelib.crm.services.tagging import retag
from chalicelib.crm.services.walking import walk
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.paging import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from chalicelib.crm.ports.crm import CrmPorts

BULK = "bulk"
_TRIES = 5


def start_bulk(crm: CrmPorts, wish: BulkWish, job_id: str | None = None) -> Job:
    """Start what is wished; a filter concerns contacts that are there now and match when it is their turn."""
    arguments: dict[str, Any] = {"action": wish.action.value, "value": wish.value}
    if wish.where is not None:
        arguments["filter"] = filter_as_arguments(wish.where)
    return start_job(crm, BULK, arguments, tuple(dict.fromkeys(wish.ids)), job_id)


def count_concerned(crm: CrmPorts, wish: BulkWish) -> BulkCount:
    """Count whom it would concern, up to 10,000."""
    if wish.where is None:
        ids = list(dict.fromkeys(wish.ids))
        chunks = (ids[start : start + MAX_PAGE_SIZE] for start in range(0, len(ids), MAX_PAGE_SIZE))
        return BulkCount(sum(len(crm.contacts.many(chunk)) for chunk in chunks))
    listing, count, start = Listing(wish.where, descending=False), 0, None
    while count < MAX_COUNTED:
        page = crm.contacts.page(listing, MAX_PAGE_SIZE, start)
        count, start = count + len(page.items), page.next_start
        if start is None:
            return BulkCount(count)
    return BulkCount(count, is_more=True)


def bulk_step(crm: CrmPorts, job: Job) -> Step:
    """Do it to the next contacts."""

    def act(contact_id: str) -> Outcome:
        return _act(crm, contact_id, BulkAction(job.arguments["action"]), job.arguments["value"])

    if "filter" not in job.arguments:
        return step_over_given(crm, job, act)
    where = known_by(filter_of(job.arguments["filter"]), job.created_at)
    return walk(crm, Listing(where, descending=False), job.cursor, act)


def _act(crm: CrmPorts, contact_id: str, action: BulkAction, value: str | None) -> Outcome:
    match action:
        case BulkAction.TAG:
            return retag(crm, contact_id, add={str(value)})
        case BulkAction.UNTAG:
            return retag(crm, contact_id, drop={str(value)})
        case BulkAction.ASSIGN:
            return edit_contact(crm, contact_id, lambda _: ContactChanges(owner=value))
        case BulkAction.SET_STATUS:
            status = ContactStatus(str(value))
            return edit_contact(crm, contact_id, lambda _: ContactChanges(status=status))
        case BulkAction.DELETE:
            return _delete(crm, contact_id)


def _delete(crm: CrmPorts, contact_id: str) -> Outcome:
    """Delete a contact, whoever else changes it meanwhile; one that was deleted is as wished."""
    tries = _TRIES
    while True:
        tries -= 1
        found = crm.contacts.get(contact_id)
        if isinstance(found, Tombstone) and found.reason is Parting.DELETED:
            return Outcome.UNCHANGED
        try:
            delete_contact(crm, contact_id, get_contact(crm, contact_id).version)
        except Conflict:
            if not tries:
                raise
        else:
            return Outcome.DONE

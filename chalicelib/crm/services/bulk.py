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
from chalicelib.crm.domain.contacts import Contact, ContactChanges, Parting
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.jobs import Job, Outcome, Result, Step
from chalicelib.crm.domain.listing import Listing
from chalicelib.crm.services.contacts import change_found, delete_found
from chalicelib.crm.services.jobs import start_job, step_over_given
from chalicelib.crm.services.sweeping import sweep_contact
from chalicelib.crm.services.walking import walk
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.paging import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Tombstone
    from chalicelib.crm.domain.listing import ContactFilter
    from chalicelib.crm.ports.crm import CrmPorts

BULK = "bulk"
_TRIES = 5
_AT_ONCE = 1000  # contacts that one page of a count looks at


def start_bulk(crm: CrmPorts, wish: BulkWish, job_id: str | None = None) -> Job:
    """Start what is wished; a filter concerns contacts that are there now and match when it is their turn."""
    arguments: dict[str, Any] = {"action": wish.action.value, "value": wish.value}
    if wish.where is not None:
        arguments["filter"] = filter_as_arguments(wish.where)
    return start_job(crm, BULK, arguments, tuple(dict.fromkeys(wish.ids)), job_id)


def count_concerned(crm: CrmPorts, wish: BulkWish) -> BulkCount:
    """Count whom it would concern; of a filter, 10,000 contacts are looked at, whether they match or not."""
    if wish.where is None:
        ids = list(dict.fromkeys(wish.ids))
        chunks = (ids[start : start + MAX_PAGE_SIZE] for start in range(0, len(ids), MAX_PAGE_SIZE))
        return BulkCount(sum(len(crm.contacts.many(chunk)) for chunk in chunks))
    listing, count, start = Listing(wish.where, descending=False), 0, None
    for _ in range(MAX_COUNTED // _AT_ONCE):
        page = crm.contacts.page(listing, _AT_ONCE, start)
        count, start = count + len(page.items), page.next_start
        if start is None:
            return BulkCount(count)
    return BulkCount(count, is_more=True)


def bulk_step(crm: CrmPorts, job: Job) -> Step:
    """Do it to the next contacts."""
    kept = job.arguments.get("filter")
    where = None if kept is None else known_by(filter_of(kept), job.created_at)

    def act(contact_id: str) -> Outcome | Result:
        return _act(crm, contact_id, job, where)

    if where is None:
        return step_over_given(crm, job, act)
    return walk(crm, Listing(where, descending=False), job.cursor, act)


def _act(crm: CrmPorts, contact_id: str, job: Job, where: ContactFilter | None) -> Outcome | Result:
    """Do it to a contact if it matches as it is read, whoever else changes it meanwhile."""
    action, value = BulkAction(job.arguments["action"]), job.arguments["value"]
    tries = _TRIES
    while True:
        tries -= 1
        found = crm.contacts.get(contact_id)
        if not isinstance(found, Contact):
            return _act_on_gone(crm, contact_id, found, action)
        if where is not None and not where.matches(found):
            return Outcome.UNCHANGED
        try:
            return _act_on(crm, found, action, value)
        except Conflict as conflict:
            if conflict.code != "version_changed" or not tries:
                raise


def _act_on(crm: CrmPorts, contact: Contact, action: BulkAction, value: str | None) -> Outcome:
    if action is BulkAction.DELETE:
        delete_found(crm, contact)
        return Outcome.DONE
    changed = change_found(crm, contact, _changes(contact, action, value))
    return Outcome.UNCHANGED if changed.version == contact.version else Outcome.DONE


def _changes(contact: Contact, action: BulkAction, value: str | None) -> ContactChanges:
    match action:
        case BulkAction.TAG:
            return ContactChanges(tags=(*contact.tags, str(value)))
        case BulkAction.UNTAG:
            return ContactChanges(tags=tuple(tag for tag in contact.tags if tag != value))
        case BulkAction.ASSIGN:
            return ContactChanges(owner=value)
        case _:
            return ContactChanges(status=ContactStatus(str(value)))


def _act_on_gone(
    crm: CrmPorts, contact_id: str, left: Tombstone | None, action: BulkAction
) -> Outcome | Result:
    """Leave whoever took a merged contact's place alone: nobody has named them."""
    reason = left.reason if left else None
    if reason is Parting.MERGED:
        message = "It was merged into another contact; name that one."
        return Result(contact_id, Outcome.UNCHANGED, "contact_merged", message)
    if reason is Parting.DELETED and action is BulkAction.DELETE:
        sweep_contact(crm, contact_id)  # somebody may have died over it
        return Outcome.UNCHANGED
    raise NotFound("There is no such contact.", code="contact_not_found")

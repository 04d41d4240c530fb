"""Calling many contacts at once: a job asks for one call with each, by the rules of a single call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.deciding import may_dial
from chalicelib.calls.services.pacing import Terms
from chalicelib.calls.services.permission import Standing, frame_of, gather, standing_of_contact
from chalicelib.calls.services.requests import CallWish, due_at, request_call
from chalicelib.calls.services.spreading import spread
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.domain.bulk import filter_as_arguments, filter_of, known_by
from chalicelib.crm.domain.jobs import BULK_CALL, Job, Outcome, Result, Step
from chalicelib.crm.domain.listing import Listing
from chalicelib.crm.services.contacts import find_contact, get_contact, recognise_caller
from chalicelib.crm.services.jobs import start_job, step_over_given
from chalicelib.crm.services.walking import walk
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import AppError, NotFound, Unavailable, about_field
from chalicelib.kernel.ids import derived_id
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.permission import Frame
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.listing import ContactFilter
    from chalicelib.kernel.phones import E164

MAX_NUMBERS = 100  # each may make a contact, while somebody waits for the answer
_MAX_ASKED = 1000  # contacts that the rules are asked about for a count
_PATIENCE_S = 15.0  # after so long no more are; API Gateway gives up after 29
_SAMPLES = 5
_PAGE = 100


@dataclass(frozen=True)
class BulkCallWish:
    """Whom to call, how and when: these contacts (1,000 at most), these numbers, or those of a filter."""

    template_id: str
    contact_ids: tuple[str, ...] = ()
    numbers: tuple[E164, ...] = ()
    where: ContactFilter | None = None
    priority: int = 5
    not_before: datetime | None = None
    requested_by: str = ""


@dataclass
class Foreseen:
    """What the rules say now of contacts; `samples` are some of them, by verdict and reason.

    Not there are those of `missing`. `is_more` says that there are more than were looked at.
    """

    looked_at: int = 0
    is_more: bool = False
    missing: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, contact_id: str, decision: Decision) -> None:
        """Count what the rules say of a contact."""
        key = (decision.verdict.value, decision.reason)
        self.counts[key] += 1
        samples = self.samples.setdefault(key, [])
        if contact_id and len(samples) < _SAMPLES:
            samples.append(contact_id)


def start_bulk_call(calls: CallPorts, wish: BulkCallWish, job_id: str | None = None) -> Job:
    """Start a job that asks for a call with each; with the same `job_id` again it is the same job.

    Numbers that nobody has become contacts at once: jobs know people by the ids of their contacts. `NotFound`
    for a missing template, `Invalid` for a time in more than a year.
    """
    _check(calls, wish)
    arguments: dict[str, Any] = {
        "template_id": wish.template_id,
        "priority": wish.priority,
        "requested_by": wish.requested_by,
    }
    if wish.not_before:
        arguments["not_before"] = iso(wish.not_before)
    if wish.where is not None:
        arguments["filter"] = filter_as_arguments(wish.where)
    ids = [_place_of(recognise_caller(calls.crm, number, name=number), number) for number in wish.numbers]
    object_ids = tuple(dict.fromkeys((*wish.contact_ids, *ids)))
    return start_job(calls.crm, BULK_CALL, arguments, object_ids, job_id)


def foresee(calls: CallPorts, wish: BulkCallWish) -> Foreseen:
    """Count what the rules say of those whom a wish concerns, at the time it is for; nothing is stored.

    Up to 1,000 are looked at, and none that comes after 15 s.
    """
    template = _check(calls, wish)
    frame, foreseen, began = frame_of(calls, template), Foreseen(), calls.clock.elapsed()
    for contact_id, number in _concerned(calls, wish):
        if foreseen.looked_at >= _MAX_ASKED or calls.clock.elapsed() - began > _PATIENCE_S:
            return replace(foreseen, is_more=True)
        foreseen.looked_at += 1
        try:
            contact = get_contact(calls.crm, contact_id) if contact_id else None
        except NotFound:
            foreseen.missing += 1
            continue
        foreseen.add(contact_id, _decided(calls, frame, contact, number, wish.not_before))
    return foreseen


def bulk_call_step(calls: CallPorts, job: Job) -> Step:
    """Ask for the calls with the next contacts; what was asked for before is not asked for again."""
    get_template(calls, job.arguments["template_id"])
    kept = job.arguments.get("filter")
    where = None if kept is None else known_by(filter_of(kept), job.created_at)
    delays = spread(calls, Terms(current_settings(calls.system), None))
    act = partial(_ask, calls, job, where, delays)
    if where is None:
        return step_over_given(calls.crm, job, act)
    return walk(calls.crm, Listing(where, descending=False), job.cursor, act)


def _check(calls: CallPorts, wish: BulkCallWish) -> Any:
    with about_field("/not_before"):
        due_at(wish.not_before, calls.clock.now())
    with about_field("/template_id"):
        return get_template(calls, wish.template_id)


def _ask(
    calls: CallPorts, job: Job, where: ContactFilter | None, delays: Iterator[int], object_id: str
) -> Result:
    """Ask for the call with a contact, once for each job, if the contact still matches."""
    contact_id, _, mark = object_id.partition("#")
    contact = get_contact(calls.crm, contact_id)
    if where is not None and not where.matches(contact):
        return Result(object_id, Outcome.UNCHANGED)
    wish = _wish(job, contact, _number_of(contact, mark), next(delays))
    try:
        request_call(calls, wish)
    except Unavailable:
        raise
    except AppError:
        # What the rules say since of a call that was asked for, the call itself will tell.
        if not calls.book.get(wish.call_id or ""):
            raise
    return Result(object_id, Outcome.DONE)


def _wish(job: Job, contact: Contact, number: E164, wake_in_s: int) -> CallWish:
    arguments = job.arguments
    not_before = arguments.get("not_before")
    return CallWish(
        template_id=arguments["template_id"],
        contact_id=contact.id,
        number=number,
        not_before=from_iso(not_before) if not_before else None,
        priority=int(arguments["priority"]),
        requested_by=arguments["requested_by"],
        call_id=derived_id("call", f"{job.id}:{contact.id}"),
        wake_in_s=wake_in_s,
    )


def _place_of(contact: Contact, number: E164) -> str:
    """Name a contact, and which of its numbers unless it is the first; no number stands in a job."""
    return contact.id if number == contact.phone else f"{contact.id}#{_mark(number)}"


def _number_of(contact: Contact, mark: str) -> E164:
    found = next((number for number in contact.phones if not mark or _mark(number) == mark), None)
    if found is None:
        raise NotFound("The contact does not have this number any more.", code="number_gone")
    return found


def _mark(number: E164) -> str:
    return derived_id("number", number)


def _concerned(calls: CallPorts, wish: BulkCallWish) -> Iterator[tuple[str, E164 | None]]:
    """Give whom a wish concerns, as ids of contacts, as numbers, or both."""
    yield from ((contact_id, None) for contact_id in dict.fromkeys(wish.contact_ids))
    for number in dict.fromkeys(wish.numbers):
        known = find_contact(calls.crm, number)
        yield known.id if known else "", number
    if wish.where is None:
        return
    start, listing = None, Listing(wish.where, descending=False)
    while True:
        page = calls.crm.contacts.page(listing, _PAGE, start)
        yield from ((contact.id, None) for contact in page.items)
        start = page.next_start
        if start is None:
            return


def _decided(
    calls: CallPorts, frame: Frame, contact: Contact | None, number: E164 | None, at: datetime | None
) -> Decision:
    if contact is None:
        if number is None:
            raise ValueError("Nobody to ask about.")
        facts = gather(calls, frame, number, Standing(None))
    else:
        called = number or contact.phone
        facts = gather(calls, frame, called, standing_of_contact(calls, contact, called))
    return may_dial(replace(facts, now=max(at, facts.now)) if at else facts)

"""Any number of contacts become members: a job adds them portion by portion, once, whoever dies over it.

While the job goes on, its campaign does not complete: there are more to come.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.bulk import filter_as_arguments, filter_of, known_by
from chalicelib.crm.domain.importing import UNDER_WAY, Import, ImportState
from chalicelib.crm.domain.jobs import ADD_MEMBERS, Job, Outcome, Result, Step
from chalicelib.crm.domain.jobs import CHUNK as GIVEN
from chalicelib.crm.domain.listing import ContactFilter, Listing
from chalicelib.crm.services.imports import get_import
from chalicelib.crm.services.jobs import start_job
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, Conflict, NotFound
from chalicelib.scheduling.domain.members import CHUNK
from chalicelib.scheduling.ports.campaigns import Adding
from chalicelib.scheduling.services.campaigns import get_campaign
from chalicelib.scheduling.services.members import check_takes_members, find_contacts, make_members

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_AT_ONCE = 1000  # contacts that one step sees to; their results are one row
_LISTED = 2 * CHUNK  # contacts of a list that are read together
_STEP_SECONDS = 40.0  # the function has 120
_WAIT_S, _LOOK_S = 20.0, 1.0  # how long a step waits for an import that goes on, and between two looks
_BEGINS = timedelta(minutes=1)  # so long after it was announced a job is there
_FIRST_CHUNK = "0#0"


@dataclass(frozen=True)
class AddingWish:
    """Who is to be added: these contacts (1,000 at most), those of a filter, or those of an import."""

    contact_ids: tuple[str, ...] = ()
    where: ContactFilter | None = None
    import_id: str | None = None


@dataclass(frozen=True)
class _Portion:
    """The next contacts by their ids, those that were read already, and where it goes on after them."""

    ids: Sequence[str]
    cursor: str | None
    read: dict[str, Contact] = field(default_factory=dict)


def start_adding(scheduling: SchedulingPorts, campaign_id: str, wish: AddingWish, job_id: str) -> Job:
    """Start a job that makes contacts members of a campaign; with the same id again it is the same job.

    Raises `NotFound` with code `campaign_not_found` or `import_not_found`, `Conflict` with code
    `campaign_over` when the campaign is stopped, or ends in this moment, or `import_not_done` for an import
    that nothing comes of.
    """
    crm = scheduling.calls.crm
    if crm.jobs.get(job_id) is None:
        campaign = get_campaign(scheduling, campaign_id)
        check_takes_members(campaign)
        if wish.import_id:
            _check_import(get_import(crm, wish.import_id))
        announce(scheduling, campaign, job_id)
    ids = tuple(dict.fromkeys(wish.contact_ids))
    return start_job(crm, ADD_MEMBERS, _arguments(campaign_id, wish), ids, job_id)


def refuse_adding(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Raise `NotFound`, or `Conflict` with code `campaign_over`, unless members may be added by now."""
    check_takes_members(get_campaign(scheduling, campaign_id))


def add_step(scheduling: SchedulingPorts, job: Job) -> Step:
    """Add the next contacts of a job, up to 1,000."""
    campaign_id, crm = str(job.arguments["campaign_id"]), scheduling.calls.crm
    began, cursor, results = crm.clock.elapsed(), job.cursor, list[Result]()
    while True:
        campaign = _campaign(scheduling, campaign_id)
        portion = _next_portion(scheduling, job, cursor)
        results += _added(scheduling, campaign, portion, _name_of(job, cursor))
        stays, cursor = portion.cursor == cursor, portion.cursor
        is_enough = len(results) >= _AT_ONCE or crm.clock.elapsed() - began > _STEP_SECONDS
        if cursor is None or stays or is_enough:
            break
    if cursor is None:
        scheduling.campaigns.end_adding(campaign_id, job.id)
    return Step(tuple(results), cursor)


def is_being_filled(scheduling: SchedulingPorts, campaign_id: str) -> bool:
    """Tell whether members are still being added to a campaign."""
    return bool(_going_on(scheduling, campaign_id))


def _going_on(scheduling: SchedulingPorts, campaign_id: str) -> list[Adding]:
    """Give the jobs that go on, and forget the others: they failed, or were cancelled, or never began."""
    jobs, left = scheduling.calls.crm.jobs, []
    for adding in scheduling.campaigns.adding(campaign_id):
        job = jobs.get(adding.job_id)
        if (job is None and adding.at + _BEGINS < scheduling.clock.now()) or (job and job.is_over):
            scheduling.campaigns.end_adding(campaign_id, adding.job_id)
        else:
            left.append(adding)
    return left


def announce(scheduling: SchedulingPorts, campaign: Campaign, job_id: str) -> None:
    """Note the job: from now on the campaign does not complete without asking for it."""
    now = cut_to_millis(scheduling.clock.now())
    scheduling.campaigns.begin_adding(campaign.id, Adding(job_id, now))
    try:
        _refuse_ended(scheduling, campaign)
    except AppError:
        scheduling.campaigns.end_adding(campaign.id, job_id)
        raise


def _refuse_ended(scheduling: SchedulingPorts, seen: Campaign) -> None:
    """Refuse when the campaign has ended since it was seen: whoever asked believes that it calls them."""
    newest = get_campaign(scheduling, seen.id)
    if newest.is_over and not seen.is_over:
        message = f"The campaign was {newest.state} in this moment: look at it, and ask again."
        raise Conflict(message, code="campaign_over")


def _arguments(campaign_id: str, wish: AddingWish) -> dict[str, Any]:
    arguments: dict[str, Any] = {"campaign_id": campaign_id}
    if wish.where is not None:
        arguments["filter"] = filter_as_arguments(wish.where)
    if wish.import_id:
        arguments["import_id"] = wish.import_id
    return arguments


def _campaign(scheduling: SchedulingPorts, campaign_id: str) -> Campaign:
    try:
        return get_campaign(scheduling, campaign_id)
    except NotFound:
        # It was deleted: what was added while that was done is deleted as well.
        scheduling.ticks.clear(campaign_id)
        raise


def _name_of(job: Job, cursor: str | None) -> str:
    """Name the portion that begins at a cursor."""
    return f"{job.id}#{hashlib.sha256((cursor or '').encode()).hexdigest()[:8]}"


def _next_portion(scheduling: SchedulingPorts, job: Job, cursor: str | None) -> _Portion:
    if "import_id" in job.arguments:
        return _imported(scheduling, job, cursor or _FIRST_CHUNK)
    if "filter" in job.arguments:
        return _listed(scheduling, job, cursor)
    behind = int(cursor or 0)
    ids = scheduling.calls.crm.jobs.objects(job.id, behind // GIVEN)[behind % GIVEN :]
    behind += len(ids)
    return _Portion(ids, str(behind) if ids and behind < (job.total or 0) else None)


def _listed(scheduling: SchedulingPorts, job: Job, cursor: str | None) -> _Portion:
    """Give the next contacts of a filter that were there when the job began, in the order of creation."""
    where = known_by(filter_of(job.arguments["filter"]), job.created_at)
    page = scheduling.calls.crm.contacts.page(Listing(where, descending=False), _LISTED, cursor)
    read = {contact.id: contact for contact in page.items}
    return _Portion(list(read), page.next_start, read)


def _imported(scheduling: SchedulingPorts, job: Job, cursor: str) -> _Portion:
    """Give the contacts of the next chunk of an import; while that goes on, wait for it."""
    crm = scheduling.calls.crm
    found = _awaited(crm, str(job.arguments["import_id"]))
    if found.state in UNDER_WAY:
        return _Portion((), cursor)
    places = [(lane.number, n) for lane in crm.imports.lanes(found.id, found.run) for n in range(lane.chunks)]
    lane, _, chunk = cursor.partition("#")
    left = [place for place in sorted(places) if place >= (int(lane), int(chunk))]
    if not left:
        return _Portion((), None)
    ids = crm.import_files.contacts(found.id, found.run, left[0])
    return _Portion(ids, "{}#{}".format(*left[1]) if len(left) > 1 else None)


def _awaited(crm: CrmPorts, import_id: str) -> Import:
    """Give an import when it is over, or as it stands after 20 seconds."""
    began = crm.clock.elapsed()
    while True:
        found = get_import(crm, import_id)
        _check_import(found)
        if found.state not in UNDER_WAY or crm.clock.elapsed() - began >= _WAIT_S:
            return found
        crm.clock.pause(_LOOK_S)


def _check_import(found: Import) -> None:
    if found.wish.validate_only or found.state not in {*UNDER_WAY, ImportState.DONE}:
        message = "Its contacts are not all there: start the import, and add them when it is running or done."
        raise Conflict(message, code="import_not_done")


def _added(scheduling: SchedulingPorts, campaign: Campaign, portion: _Portion, name: str) -> Iterator[Result]:
    seen: set[str] = set()
    for start in range(0, len(portion.ids), CHUNK):
        ids = portion.ids[start : start + CHUNK]
        unread = [each for each in ids if each not in portion.read]
        found = portion.read | find_contacts(scheduling.calls.crm, unread)
        there = {one.id: one for each in ids if (one := found[each]) and one.id not in seen}
        seen |= there.keys()
        new = make_members(scheduling, campaign, list(there.values()), name) if there else set[str]()
        for each in ids:
            yield _result(each, found[each], new)


def _result(contact_id: str, contact: Contact | None, new: set[str]) -> Result:
    """Give what came of an id; the first that stands for a new member takes it."""
    if contact is None:
        return Result(contact_id, Outcome.FAILED, "contact_not_found", "There is no such contact.")
    if contact.id not in new:
        return Result(contact_id, Outcome.UNCHANGED)
    new.remove(contact.id)
    return Result(contact_id, Outcome.DONE)

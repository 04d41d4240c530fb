"""A person is erased: first the contact, so that nothing new begins, then every trace of it, twice.

Numbers stay suppressed if they were, and those of one that must not be contacted become so. What was under
way when the contact went can leave something behind; a minute later that has ended, and the second round
finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Contact, Parting, Tombstone
from chalicelib.crm.domain.jobs import Outcome, Result, Step
from chalicelib.crm.domain.personal import ERASE, ROUNDS, SETTLED, Erasure, Place
from chalicelib.crm.services.jobs import start_job
from chalicelib.crm.services.personal import find_person, person_of
from chalicelib.crm.services.refusals import outlive
from chalicelib.kernel.clock import cut_to_millis, to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id, new_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.ports.crm import CrmPorts

_PAUSE = 20.0  # seconds that one step waits at most


def erase_contact(crm: CrmPorts, contact_id: str, reason: str, expected_version: int | None = None) -> Job:
    """Erase a person: the contact is gone when this returns, a job erases the rest.

    A deleted contact can be erased too. Asked again it gives the job of the first time; whatever killed the
    first try, the second goes on. Raises `NotFound`, `Conflict` with code `version_changed`, or with code
    `contact_in_call` while a call with the person goes on.
    """
    found = find_person(crm, contact_id)
    if isinstance(found, Contact):
        return _job(crm, _bury(crm, found, expected_version), reason)
    if found.reason is Parting.DELETED and crm.jobs.get(_job_id(found)) is None:
        _remember(crm, found)
    return _job(crm, found, reason)


def erase_step(crm: CrmPorts, job: Job) -> Step:
    """Erase the next part of a person's traces."""
    contact_id = str(job.arguments["contact_id"])
    erasure = crm.erasures.get(contact_id)
    if erasure is None:
        return Step((Result(contact_id, Outcome.DONE),))
    if isinstance(crm.contacts.get(contact_id), Contact):
        raise Conflict("The contact is there; nothing was erased.", code="contact_not_gone")
    place = Place.read(job.cursor)
    if place.stage < len(crm.holdings):
        return Step(cursor=_erase(crm, erasure, place).text)
    return _next_round(crm, erasure, place)


def _bury(crm: CrmPorts, contact: Contact, expected_version: int | None) -> Tombstone:
    """Put the tombstone in the contact's place, once it is written down whose traces are left."""
    if expected_version not in (None, contact.version):
        raise Conflict(f"The contact is at version {contact.version} now.", code="version_changed")
    for holding in crm.holdings:
        holding.check(person_of(contact))
    now = cut_to_millis(crm.clock.now())
    tombstone = Tombstone(contact.id, Parting.ERASED, now, merged_ids=contact.merged_ids)
    _remember(crm, contact)
    outlive(crm, contact)
    crm.contacts.remove(contact, tombstone)
    return tombstone


def _remember(crm: CrmPorts, found: Contact | Tombstone) -> None:
    crm.erasures.put(Erasure(found.id, person_of(found), cut_to_millis(crm.clock.now())))


def _job(crm: CrmPorts, tombstone: Tombstone, reason: str) -> Job:
    """Start the job, or give the one that does it; a cancelled one is begun anew."""
    known = crm.jobs.get(_job_id(tombstone))
    is_left = crm.erasures.get(tombstone.id) is not None
    if known is None and not is_left:
        raise NotFound("There is no such contact.", code="contact_not_found")
    if known is not None and not is_left:
        return known
    job_id = new_id("job") if known is not None and known.is_over else _job_id(tombstone)
    return start_job(crm, ERASE, {"contact_id": tombstone.id, "reason": reason}, job_id=job_id)


def _job_id(tombstone: Tombstone) -> str:
    return derived_id("job", f"{ERASE}:{tombstone.id}", to_millis(tombstone.gone_at))


def _erase(crm: CrmPorts, erasure: Erasure, place: Place) -> Place:
    """Do one part of one holding, or wait for what must end first."""
    try:
        return place.after(crm.holdings[place.stage].erase(erasure.person, place.start))
    except Conflict as conflict:
        log("erasure.waits", contact_id=erasure.contact_id, code=conflict.code)
        crm.clock.pause(_PAUSE)
        return place


def _next_round(crm: CrmPorts, erasure: Erasure, place: Place) -> Step:
    """Begin the second round when nothing of before can be under way; after it, forget the person."""
    if place.round + 1 < ROUNDS:
        left = (erasure.begun_at + SETTLED - crm.clock.now()).total_seconds()
        crm.clock.pause(max(0.0, min(left, _PAUSE)))
        return Step(cursor=(place if left > _PAUSE else Place(place.round + 1)).text)
    crm.erasures.remove(erasure.contact_id)
    log("contact.erased", contact_id=erasure.contact_id)
    return Step((Result(erasure.contact_id, Outcome.DONE),))

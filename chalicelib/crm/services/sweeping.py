"""What lies under the id of a deleted contact goes as well; the evidence of consents goes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.contacts import Parting, Tombstone
from chalicelib.crm.domain.jobs import Outcome, Result, Step
from chalicelib.crm.domain.personal import EVIDENCE_KEPT, SWEEP
from chalicelib.crm.services.jobs import start_job
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job
    from chalicelib.crm.ports.crm import CrmPorts

_AT_ONCE = 8  # chunks of 25 rows


def sweep_contact(crm: CrmPorts, contact_id: str) -> None:
    """Delete what a deleted contact has left; a job does what is too much to do at once.

    Nothing happens to the rows of a contact that is there, was merged, or is being erased. Consents expire
    five years after the contact was deleted. Doing it again does what is left.
    """
    tombstone = crm.contacts.get(contact_id)
    if not isinstance(tombstone, Tombstone) or tombstone.reason is not Parting.DELETED:
        return
    if _sweep(crm, tombstone):
        job_id = derived_id("job", f"{SWEEP}:{contact_id}", to_millis(tombstone.gone_at))
        start_job(crm, SWEEP, {"contact_id": contact_id}, job_id=job_id)


def sweep_step(crm: CrmPorts, job: Job) -> Step:
    """Go on with the sweep of one contact."""
    contact_id = str(job.arguments["contact_id"])
    tombstone = crm.contacts.get(contact_id)
    if isinstance(tombstone, Tombstone) and _sweep(crm, tombstone):
        return Step(cursor="more")
    return Step((Result(contact_id, Outcome.DONE),))


def _sweep(crm: CrmPorts, tombstone: Tombstone) -> bool:
    """Delete rows under every id that the contact had, a bounded number; tell whether more are left."""
    left = _AT_ONCE
    for contact_id in tombstone.ids:
        crm.collections.expire_consents(contact_id, tombstone.gone_at + EVIDENCE_KEPT)
        while crm.collections.clear(contact_id, spare_consents=True):
            left -= 1
            if not left:
                return True
    return False

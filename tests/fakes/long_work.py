"""The functions that work behind the CRM's API, in process: jobs, imports, and the fold of what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakes.imports import work_imports_off

from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import run_step

if TYPE_CHECKING:
    from fakes.crm import FakeCrm


def work_off(crm: FakeCrm) -> None:
    """Do all that is on the jobs queue."""
    while crm.work.sent:
        message = crm.work.sent.pop(0)
        match message:
            case ("job_step", job_id, step):
                run_step(crm, job_id, step, KINDS)
            case ("refold", contact_id):
                fold_contact(crm, contact_id)
            case _:
                work_imports_off(crm, [message])


def fold_all(crm: FakeCrm) -> None:
    """Bring search and counters up to date."""
    for contact_id in list(crm.contacts._by_id):
        fold_contact(crm, contact_id)

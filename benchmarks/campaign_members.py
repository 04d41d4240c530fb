"""What making contacts members of a campaign takes: writes for each, and how many a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from moto import mock_aws

from benchmarks.contact_imports import contacts_file
from benchmarks.deployed import deployed
from benchmarks.empty_account import create_resources
from benchmarks.figures import Figure, Report
from benchmarks.ledger import Entry, Ledger
from benchmarks.product import container
from chalicelib.calls.domain.templates import CallTemplate
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.jobs import ADD_MEMBERS, JobState
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.services.jobs import get_job, run_step
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.campaigns import Campaign
from chalicelib.scheduling.services.adding import AddingWish, add_step, start_adding
from chalicelib.scheduling.services.campaigns import create_campaign

if TYPE_CHECKING:
    from benchmarks.deployed import Deployed
    from chalicelib.bootstrap import Container
    from chalicelib.crm.domain.jobs import Job

_COUNTED = 500  # moto copies whole tables for each transaction
_DEPLOYED = 5_000
_BATCH = 30  # contacts that one transaction creates
_PATIENCE_S, _POLL_S = 300.0, 0.25
_CAMPAIGNS = "/v1/scheduling/campaigns"


def measure() -> Report:
    """Count what the job's own steps ask of AWS; then add members through a local stack of its own."""
    entry = _counted()
    by_file, by_filter = _deployed_rates()
    return Report(
        "members of a campaign",
        f"{_COUNTED:,} contacts added by a filter, by the real use cases and repositories on moto, and "
        f"{_DEPLOYED:,} through the deployed local stack: of a file of new contacts, and by a filter, from "
        "the "
        "request until the job is done",
        [
            Figure("write units for each member, indexes included", entry.write_units / _COUNTED, "WU"),
            Figure("read units for each member", entry.read_units / _COUNTED, "RU"),
            Figure("requests for each 1,000 members", _requests(entry) * 1000 / _COUNTED, ""),
            Figure("members added a second by a file, deployed", by_file, "/s"),
            Figure("members added a second by a filter, deployed", by_filter, "/s"),
        ],
    )


def _requests(entry: Entry) -> int:
    return sum(entry.requests.values())


def _counted() -> Entry:
    """Create contacts and have a job make them members; give what the job asked of AWS."""
    ledger = Ledger()
    with mock_aws(), ledger.installed():
        root = container(queue_url=create_resources())
        _create_contacts(root, _COUNTED)
        campaign_id = _campaign(root)
        with ledger.phase("adding"):
            job = _run(root, campaign_id)
        if (job.state, job.succeeded) != (JobState.DONE, _COUNTED):
            raise RuntimeError(f"{job.state}: {job.succeeded} of {_COUNTED} added")
    return ledger.closed()["adding"]


def _deployed_rates() -> tuple[float, float]:
    with deployed() as stack:
        csv = {"content": contacts_file(_DEPLOYED).decode()}
        return _rate(stack, {"csv": csv}), _rate(stack, {"filter": {"source": "import"}})


def _rate(stack: Deployed, body: dict[str, Any]) -> float:
    """Add members to a new campaign; give how many a second."""
    template_id = next(iter(stack.data.templates.values()))
    campaign = stack.api.post(_CAMPAIGNS, {"name": "Members", "template_id": template_id})
    begun = time.monotonic()
    job = stack.api.post(f"{_CAMPAIGNS}/{campaign['id']}/members", body)
    while job["state"] in {"queued", "running"}:
        if time.monotonic() > begun + _PATIENCE_S:
            raise TimeoutError(job["id"])
        time.sleep(_POLL_S)
        job = stack.api.get(f"/v1/crm/jobs/{job['id']}")
    return float(job["succeeded"] / (time.monotonic() - begun))


def _run(root: Container, campaign_id: str) -> Job:
    """Do every step of the job, as the queue's messages would have it done."""
    wish = AddingWish(where=ContactFilter())
    kinds = {ADD_MEMBERS: lambda _, newest: add_step(root.scheduling, newest)}
    job = start_adding(root.scheduling, campaign_id, wish, new_id("job"))
    while not job.is_over:
        run_step(root.crm, job.id, job.step, kinds)
        job = get_job(root.crm, job.id)
    return job


def _create_contacts(root: Container, count: int) -> None:
    now = cut_to_millis(root.clock.now())
    for first in range(0, count, _BATCH):
        root.crm.contacts.add_all(
            [
                Contact(
                    name=f"Person {number}",
                    phone=E164(f"+1212{2_000_000 + number}"),
                    id=new_id("contact"),
                    created_at=now,
                    updated_at=now,
                    version=1,
                )
                for number in range(first, min(first + _BATCH, count))
            ]
        )


def _campaign(root: Container) -> str:
    now = cut_to_millis(root.clock.now())
    template = CallTemplate(new_id("template"), "Sales call", "Hello.", new_id("prompt"), now)
    root.calls.templates.create(template)
    return create_campaign(root.scheduling, Campaign(new_id("campaign"), "All", template.id, now, "bench")).id

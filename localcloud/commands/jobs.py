"""Jobs: work on many contacts that goes on by itself; followed, read and cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.following import Standing, follow
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

JOBS = "/v1/crm/jobs"
no_follow_option = click.option("--no-follow", is_flag=True, help="Start it, and do not wait for its end.")
_OVER = frozenset({"done", "failed", "cancelled"})
_COLUMNS = (
    Column("id"),
    Column("kind"),
    Column("state"),
    Column("done"),
    Column("total"),
    Column("failed"),
    Column("created_by", least=12),
    Column("created_at"),
)
_ESSENTIAL = ("id", "kind", "state", "done")
_RESULTS = (Column("object_id"), Column("outcome"), Column("code"), Column("message", least=20))
_ESSENTIAL_OF_RESULTS = ("object_id", "outcome", "code")


@click.group()
def jobs() -> None:
    """Look at work on many contacts: how far it is, what came of each; cancel it.

    Bulk actions, merges, deleted tags, erasures and recounts are jobs. They are listed for 90 days.
    """


@jobs.command("list")
@limit_option
@json_option
@uses_api
def list_jobs(api: Remote, *, limit: int, as_json: bool) -> None:
    """List jobs, newest first."""
    print_items(api.items(JOBS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@jobs.command()
@click.argument("job_id")
@click.option("--follow", "is_followed", is_flag=True, help="Wait until it is over, with a progress bar.")
@json_option
@uses_api
def show(api: Remote, *, job_id: str, is_followed: bool, as_json: bool) -> None:
    """Show one job; with --follow the exit code is 1 unless everything went well."""
    if is_followed:
        end_with(follow_job(api, job_id), as_json=as_json)
    print_object(api.ask("GET", f"{JOBS}/{job_id}").body, as_json=as_json)


@jobs.command()
@click.argument("job_id")
@limit_option
@json_option
@uses_api
def results(api: Remote, *, job_id: str, limit: int, as_json: bool) -> None:
    """List what came of each object, in the order of the work."""
    found = api.items(f"{JOBS}/{job_id}/results", limit)
    print_items(found, _RESULTS, _ESSENTIAL_OF_RESULTS, as_json=as_json)


@jobs.command()
@click.argument("job_id")
@json_option
@uses_api
def cancel(api: Remote, *, job_id: str, as_json: bool) -> None:
    """Cancel one job: what is done stays done, and nothing more is begun."""
    print_object(api.ask("POST", f"{JOBS}/{job_id}/cancel").body, as_json=as_json)


def follow_job(api: Remote, job_id: str, *, finds: str = "") -> dict[str, Any]:
    """Wait until a job is over, showing how far it is, or how many of what it `finds`; give it."""
    hint = (
        f"the job goes on; follow it with `jobs show {job_id} --follow`, stop it with `jobs cancel {job_id}`"
    )
    if finds:
        return follow(lambda: _read(api, job_id), _findings, noun=finds, hint=hint, has_end=False)
    return follow(lambda: _read(api, job_id), _standing, noun="done", hint=hint)


def settle(api: Remote, job: dict[str, Any], *, waits: bool, as_json: bool) -> None:
    """Print a job that was started: at once, or, if somebody `waits`, when it is over, and end."""
    if waits:
        end_with(follow_job(api, job["id"]), as_json=as_json)
    print_object(job, as_json=as_json)


def end_with(job: dict[str, Any], *, as_json: bool) -> None:
    """Print a job that is over and end the command: with 0 when everything went well, else with 1."""
    print_object(job, as_json=as_json)
    if job["failed"]:
        click.echo(f"{job['failed']} failed; why: jobs results {job['id']}", err=True)
    raise SystemExit(0 if job["state"] == "done" and not job["failed"] else 1)


def _read(api: Remote, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.ask("GET", f"{JOBS}/{job_id}").body
    return found


def _findings(job: dict[str, Any]) -> Standing:
    """Count what was found; what could not be compared for now is none."""
    return Standing(job["state"], job["succeeded"] + job["failed"], None, job["state"] in _OVER)


def _standing(job: dict[str, Any]) -> Standing:
    return Standing(job["state"], job["done"], job["total"], job["state"] in _OVER)

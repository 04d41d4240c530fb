"""Failed work: messages that nobody could work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_COLUMNS = (
    Column("id"),
    Column("queue"),
    Column("kind"),
    Column("subject"),
    Column("cause", least=16),
    Column("attempts"),
    Column("failed_at"),
    Column("state"),
)
_ESSENTIAL = ("id", "queue", "cause", "failed_at")
_WORK = "/v1/failed-work"
_STATES = click.Choice(["open", "replayed", "discarded"])
_REPLAYABLE = ("dial", "urgent", "post_call", "news", "jobs")
_QUEUES = (*_REPLAYABLE, "changes")


@click.group("failed-work")
def failed_work() -> None:
    """List messages that failed at every try; send them again, or give them up.

    Mend the cause first; every message is safe to repeat.
    """


@failed_work.command("list")
@click.option("--state", type=_STATES, default="open", show_default=True, help="Only work in this state.")
@click.option("--queue", type=click.Choice(_QUEUES), help="Only work of this queue.")
@limit_option
@json_option
@uses_api
def list_work(api: Remote, *, state: str, queue: str | None, limit: int, as_json: bool) -> None:
    """List failed work, the latest first."""
    print_items(api.items(_WORK, limit, state=state, queue=queue), _COLUMNS, _ESSENTIAL, as_json=as_json)


@failed_work.command()
@click.argument("work_id")
@json_option
@uses_api
def show(api: Remote, *, work_id: str, as_json: bool) -> None:
    """Show one message: what it asks for, why it failed, and what became of it."""
    print_object(api.ask("GET", f"{_WORK}/{work_id}").body, as_json=as_json)


@failed_work.command()
@click.argument("work_id", required=False)
@click.option("--all", "everything", is_flag=True, help="All open work instead of one message.")
@click.option("--queue", type=click.Choice(_REPLAYABLE), help="With --all: only work of this queue.")
@json_option
@uses_api
def replay(api: Remote, *, work_id: str | None, everything: bool, queue: str | None, as_json: bool) -> None:
    """Send one message, or with --all every open one, to its queue again."""
    if (work_id is None) != everything:
        raise click.UsageError("Give either a WORK_ID or --all.")
    if work_id is not None:
        print_object(api.ask("POST", f"{_WORK}/{work_id}/replay").body, as_json=as_json)
        return
    print_object({"replayed": _replay_all(api, queue)}, as_json=as_json)


@failed_work.command()
@click.argument("work_id")
@click.option("--reason", required=True, help="Why it is given up; kept with it.")
@json_option
@uses_api
def discard(api: Remote, *, work_id: str, reason: str, as_json: bool) -> None:
    """Give up one message."""
    answer = api.ask("POST", f"{_WORK}/{work_id}/discard", {"reason": reason})
    print_object(answer.body, as_json=as_json)


def _replay_all(api: Remote, queue: str | None) -> int:
    """Ask until nothing is left; the API sends a bounded number at a time."""
    replayed, more = 0, True
    while more:
        done = api.ask("POST", f"{_WORK}/replay", {"queue": queue} if queue else {}).body
        replayed += done["replayed"]
        more = done["more"] and done["replayed"] > 0
    return replayed

"""Recordings of calls, messages that callers left, and how long both are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, yes_option
from localcloud.commands.following import Standing, follow
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_CALLS = "/v1/calls"
_VOICEMAILS = f"{_CALLS}/voicemails"
_RETENTION = f"{_CALLS}/retention"
_RECORDINGS = (
    Column("sid"),
    Column("kind"),
    Column("state"),
    Column("seconds"),
    Column("channels"),
    Column("recorded_at"),
)
_ESSENTIAL = ("sid", "state", "seconds", "kind")
_MESSAGES = (
    Column("call_id"),
    Column("state"),
    Column("number"),
    Column("seconds"),
    Column("transcription", least=20),
    Column("received_at"),
)
_ESSENTIAL_OF_MESSAGES = ("call_id", "number", "transcription", "state")
_save_option = click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the sound into this file."
)


@click.group()
def recordings() -> None:
    """List, play and delete recordings of calls."""


@recordings.command("list")
@click.argument("call_id")
@json_option
@uses_api
def list_recordings(api: Remote, *, call_id: str, as_json: bool) -> None:
    """List the recordings of a call."""
    found = api.ask("GET", f"{_CALLS}/{call_id}/recordings").body["items"]
    print_items(found, _RECORDINGS, _ESSENTIAL, as_json=as_json)


@recordings.command()
@click.argument("call_id")
@click.argument("sid")
@_save_option
@json_option
@uses_api
def listen(api: Remote, *, call_id: str, sid: str, save: Path | None, as_json: bool) -> None:
    """Print an address at which a recording plays for five minutes; whoever has it can listen."""
    _play(api, call_id, sid, save, as_json=as_json)


@recordings.command()
@click.argument("call_id")
@click.argument("sid")
@yes_option
@json_option
@uses_api
def delete(api: Remote, *, call_id: str, sid: str, yes: bool, as_json: bool) -> None:
    """Delete a recording everywhere; needs an admin's token."""
    confirm(f"Delete the recording {sid} for good?", yes=yes)
    api.ask("DELETE", f"{_CALLS}/{call_id}/recordings/{sid}")
    print_object({"sid": sid, "deleted": True}, as_json=as_json)


@click.group()
def voicemails() -> None:
    """Read and hear the messages that callers left."""


@voicemails.command("list")
@click.option("--state", type=click.Choice(["new", "heard"]), help="Only new ones, or only heard ones.")
@limit_option
@json_option
@uses_api
def list_voicemails(api: Remote, *, state: str | None, limit: int, as_json: bool) -> None:
    """List messages, newest first."""
    found = api.items(_VOICEMAILS, limit, state=state)
    print_items(found, _MESSAGES, _ESSENTIAL_OF_MESSAGES, as_json=as_json)


@voicemails.command()
@click.argument("call_id")
@json_option
@uses_api
def show(api: Remote, *, call_id: str, as_json: bool) -> None:
    """Show the message that was left in a call."""
    print_object(api.ask("GET", f"{_VOICEMAILS}/{call_id}").body, as_json=as_json)


@voicemails.command("listen")
@click.argument("call_id")
@_save_option
@json_option
@uses_api
def listen_to(api: Remote, *, call_id: str, save: Path | None, as_json: bool) -> None:
    """Print an address at which a message plays for five minutes; it stays a new one."""
    sid = api.ask("GET", f"{_VOICEMAILS}/{call_id}").body["sid"]
    _play(api, call_id, sid, save, as_json=as_json)


@voicemails.command()
@click.argument("call_id")
@json_option
@uses_api
def heard(api: Remote, *, call_id: str, as_json: bool) -> None:
    """Take a message off the new ones."""
    print_object(api.ask("POST", f"{_VOICEMAILS}/{call_id}/heard").body, as_json=as_json)


@click.group()
def retention() -> None:
    """Delete what is kept no longer, or see what would be deleted."""


@retention.command()
@click.option("--delete", "deletes", is_flag=True, help="Delete; without it, only count.")
@click.option("--no-follow", is_flag=True, help="Start it, and do not wait for its end.")
@yes_option
@json_option
@uses_api
def run(api: Remote, *, deletes: bool, no_follow: bool, yes: bool, as_json: bool) -> None:
    """Count what is kept no longer by the settings, or with --delete delete it; needs an admin's token.

    It is deleted every day by itself.
    """
    if deletes:
        confirm("Delete everything that is kept no longer, for good?", yes=yes)
    started = api.ask("POST", _RETENTION, {"dry_run": not deletes}).body
    _print_run(started if no_follow else _followed(api, started["id"]), as_json=as_json)


@retention.command("show")
@click.argument("retention_id")
@json_option
@uses_api
def show_run(api: Remote, *, retention_id: str, as_json: bool) -> None:
    """Show the report of a run."""
    _print_run(api.ask("GET", f"{_RETENTION}/{retention_id}").body, as_json=as_json)


def _followed(api: Remote, run_id: str) -> dict[str, Any]:
    hint = f"the run goes on; look at it with `retention show {run_id}`"
    return follow(
        lambda: api.ask("GET", f"{_RETENTION}/{run_id}").body, _standing, noun="due", hint=hint, has_end=False
    )


def _standing(found: dict[str, Any]) -> Standing:
    due = sum(tally["due"] for tally in found["report"].values())
    return Standing(found["state"], due, None, found["state"] == "done")


def _print_run(found: dict[str, Any], *, as_json: bool) -> None:
    """Print a run; for people with a line for each kind of data."""
    if not as_json:
        kept, report = found["kept_since"], found["report"]
        found = {name: value for name, value in found.items() if name not in {"kept_since", "report"}}
        found |= {f"{kind} before {kept[kind][:10]}": _counted(tally) for kind, tally in report.items()}
    print_object(found, as_json=as_json)


def _counted(tally: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in tally.items())


def _play(api: Remote, call_id: str, sid: str, save: Path | None, *, as_json: bool) -> None:
    media = api.ask("GET", f"{_CALLS}/{call_id}/recordings/{sid}/media").body
    if save is None:
        print_object(media, as_json=as_json)
        return
    size = api.save_file(media["url"], save)
    print_object({"file": str(save), "bytes": size}, as_json=as_json)

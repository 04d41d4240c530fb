"""Conferences: calling people together, muting, holding and removing them, supervising, ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import confirm, given, yes_option
from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_ROOMS = "/v1/calls/conferences"
_COLUMNS = (
    Column("id"),
    Column("label", least=10),
    Column("call_id"),
    Column("state"),
    Column("line"),
    Column("created_at"),
    Column("requested_by"),
)
_ESSENTIAL = ("id", "label", "created_at", "call_id")
_PEOPLE = (
    Column("id"),
    Column("role"),
    Column("state"),
    Column("number"),
    Column("label", least=8),
    Column("mode"),
    Column("muted"),
    Column("held"),
    Column("reason", least=8),
)
_ESSENTIAL_OF_PEOPLE = ("id", "state", "number", "role", "muted", "held")
_MODE = click.Choice(["listen", "whisper", "barge"])


@click.group()
def conferences() -> None:
    """List, create and change conferences, and supervise them."""


@conferences.command("list")
@limit_option
@json_option
@uses_api
def list_conferences(api: Remote, *, limit: int, as_json: bool) -> None:
    """List the conferences that go on, newest first."""
    print_items(api.items(_ROOMS, limit), _COLUMNS, _ESSENTIAL, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@json_option
@uses_api
def show(api: Remote, *, conference_id: str, as_json: bool) -> None:
    """Show a conference and who takes part."""
    _print_room(api.ask("GET", f"{_ROOMS}/{conference_id}").body, as_json=as_json)


@conferences.command()
@click.argument("people", nargs=-1, required=True)
@click.option("--label", help="A name for lists.")
@click.option("--line", help="Which of our numbers calls. Default: the first.")
@json_option
@uses_api
def create(api: Remote, *, people: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Call people together: numbers as +14155550132, or ids of contacts."""
    body = {"participants": [_guest(each) for each in people], **given(options)}
    _print_room(api.ask("POST", _ROOMS, body).body, as_json=as_json)


def _print_room(room: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_object(room, as_json=True)
        return
    people = room.pop("participants")
    print_object(room, as_json=False)
    click.echo()
    print_items(people, _PEOPLE, _ESSENTIAL_OF_PEOPLE, as_json=False)


def _guest(name: str) -> dict[str, str]:
    return {"contact_id" if name.startswith("contact_") else "number": name}


@conferences.command()
@click.argument("conference_id")
@click.argument("person")
@click.option("--label", help="A name for lists.")
@json_option
@uses_api
def add(api: Remote, *, conference_id: str, person: str, as_json: bool, **options: Any) -> None:
    """Call one more person in: a number, or the id of a contact."""
    body = _guest(person) | given(options)
    print_object(api.ask("POST", f"{_ROOMS}/{conference_id}/participants", body).body, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@click.argument("participant_id")
@click.option("--mute/--unmute", "muted", default=None, help="Whether nobody hears them.")
@click.option("--hold/--resume", "held", default=None, help="Whether they hear music.")
@json_option
@uses_api
def change(api: Remote, *, conference_id: str, participant_id: str, as_json: bool, **options: Any) -> None:
    """Mute or hold a participant, or release them."""
    path = f"{_ROOMS}/{conference_id}/participants/{participant_id}"
    print_object(api.ask("PATCH", path, given(options)).body, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@click.argument("participant_id")
@yes_option
@json_option
@uses_api
def remove(api: Remote, *, conference_id: str, participant_id: str, yes: bool, as_json: bool) -> None:
    """End a participant's leg."""
    confirm(f"Remove {participant_id} from the conference?", yes=yes)
    api.ask("DELETE", f"{_ROOMS}/{conference_id}/participants/{participant_id}")
    print_object({"id": participant_id, "removed": True}, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@click.argument("number")
@click.option("--mode", type=_MODE, default="listen", show_default=True, help="How they take part.")
@json_option
@uses_api
def supervise(api: Remote, *, conference_id: str, number: str, mode: str, as_json: bool) -> None:
    """Call a supervisor in: a conference's id, or a call's that is in its room; then the number."""
    body = {"number": number, "mode": mode}
    print_object(api.ask("POST", f"{_ROOMS}/{conference_id}/supervisors", body).body, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@click.argument("participant_id")
@click.argument("mode", type=_MODE)
@json_option
@uses_api
def mode(api: Remote, *, conference_id: str, participant_id: str, mode: str, as_json: bool) -> None:
    """Let a supervisor listen, whisper to the colleague, or be heard by everybody."""
    path = f"{_ROOMS}/{conference_id}/supervisors/{participant_id}"
    print_object(api.ask("PATCH", path, {"mode": mode}).body, as_json=as_json)


@conferences.command()
@click.argument("conference_id")
@yes_option
@json_option
@uses_api
def end(api: Remote, *, conference_id: str, yes: bool, as_json: bool) -> None:
    """End a conference for everybody in it."""
    confirm(f"End {conference_id} for everybody?", yes=yes)
    _print_room(api.ask("POST", f"{_ROOMS}/{conference_id}/end").body, as_json=as_json)

"""Settings of the whole system, and the switch that stops all dialing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.printing import json_option, limit_option, print_items, print_object
from localcloud.commands.remote import uses_api

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_SETTINGS = "/v1/settings"
_COLUMNS = ("version", "at", "by", "reason", "before", "after")
_reason_option = click.option("--reason", default="", help="Why; kept in the history.")


@click.group()
def settings() -> None:
    """Show and change the system's settings; each change is kept with who made it and why.

    `enforced` names the sections that the system acts upon; the others are kept and not obeyed yet.
    """


@settings.command()
@json_option
@uses_api
def show(api: Remote, *, as_json: bool) -> None:
    """Show the settings that hold now."""
    print_object(api.ask("GET", _SETTINGS).body, as_json=as_json)


@settings.command("set")
@click.argument("changes", nargs=-1, required=True, metavar="SECTION=JSON...")
@_reason_option
@json_option
@uses_api
def set_sections(api: Remote, *, changes: tuple[str, ...], reason: str, as_json: bool) -> None:
    """Set whole sections; null sets one back to its default. Refused when somebody else was faster.

    Example: settings set 'allowed_countries=["US", "CA"]' 'pace=null' --reason "Canada opens"
    """
    body = dict(map(_section, changes))
    print_object(_change(api, body, reason), as_json=as_json)


@settings.command()
@limit_option
@json_option
@uses_api
def history(api: Remote, *, limit: int, as_json: bool) -> None:
    """List the changes, newest first."""
    print_items(api.items(f"{_SETTINGS}/history", limit), _COLUMNS, as_json=as_json)


@click.group("kill-switch")
def kill_switch() -> None:
    """Stop all dialing, or let it go on.

    While the switch is on nothing is dialed; calls that are asked for wait. Calls that go on are not ended.
    """


@kill_switch.command()
@click.option("--reason", required=True, help="Why; shown with every call that waits, and in the history.")
@json_option
@uses_api
def on(api: Remote, *, reason: str, as_json: bool) -> None:
    """Stop all dialing now, whatever the settings' version."""
    _throw(api, as_json=as_json, on=True, reason=reason)


@kill_switch.command()
@click.option("--reason", default="", help="Why; kept in the history.")
@json_option
@uses_api
def off(api: Remote, *, reason: str, as_json: bool) -> None:
    """Let dialing go on: what waits is dialed within two minutes."""
    _throw(api, as_json=as_json, on=False, reason=reason)


def _throw(api: Remote, *, as_json: bool, on: bool, reason: str) -> None:
    section = {"on": on, "reason": reason if on else ""}
    body = {"kill_switch": section, "reason": reason}
    after = api.ask("PATCH", _SETTINGS, body, headers={"If-Match": "*"}).body
    if as_json:
        print_object(after, as_json=True)
        return
    click.echo(f"the kill switch is {'on' if on else 'off'} (settings version {after['version']})")
    if not on and not after["dialing_enabled"]:
        click.echo("nothing is dialed all the same: the deployment's DialingEnabled is false")


def _change(api: Remote, sections: dict[str, Any], reason: str) -> Any:
    seen = api.ask("GET", _SETTINGS).etag
    return api.ask("PATCH", _SETTINGS, {**sections, "reason": reason}, headers={"If-Match": seen}).body


def _section(change: str) -> tuple[str, Any]:
    name, separator, text = change.partition("=")
    if not separator:
        raise click.UsageError(f"{change!r} is not SECTION=JSON, such as pace=null.")
    try:
        return name, json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"What follows {name}= is not JSON: {error}.") from error

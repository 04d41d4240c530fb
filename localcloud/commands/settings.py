"""Settings of the whole system, and the switch that stops all dialing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.cells import readable
from localcloud.commands.printing import json_option, limit_option, print_changes, print_object
from localcloud.commands.remote import ANY_VERSION, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from localcloud.commands.remote import Remote

_SETTINGS = "/v1/settings"
_COLUMNS = tuple(map(Column, ("version", "at", "by", "reason", "before", "after")))
_NO_SECTIONS = ("version", "dialing_enabled", "enforced", "changed_at", "changed_by")
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
    """Show the settings that hold now, and say which of them are not acted upon yet."""
    current = api.ask("GET", _SETTINGS).body
    print_object(current, as_json=as_json, remarks=_marks(current))


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
    after = _change(api, body, reason)
    marks = _marks(after)
    for name in body.keys() & marks.keys():
        click.echo(f"{name} is kept {marks[name]}", err=True)
    print_object(after, as_json=as_json, remarks=marks)


@settings.command()
@limit_option
@json_option
@uses_api
def history(api: Remote, *, limit: int, as_json: bool) -> None:
    """List the changes, newest first."""
    print_changes(api.items(f"{_SETTINGS}/history", limit), _COLUMNS, _heading, as_json=as_json)


@click.group("kill-switch")
def kill_switch() -> None:
    """Stop all dialing, or let it go on.

    While the switch is on nothing is dialed; calls that are asked for wait. Calls that go on are not ended.
    """


@kill_switch.command()
@click.option("--reason", default="", help="Why; shown with every call that waits, and in the history.")
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
    """Let dialing go on: each minute up to 200 waiting calls are woken and dialed, the longest due first."""
    _throw(api, as_json=as_json, on=False, reason=reason)


@kill_switch.command()
@json_option
@uses_api
def status(api: Remote, *, as_json: bool) -> None:
    """Say whether dialing is stopped, and why."""
    current = api.ask("GET", _SETTINGS).body
    if as_json:
        print_object({**current["kill_switch"], "dialing_enabled": current["dialing_enabled"]}, as_json=True)
        return
    _tell_switch(current)


def _throw(api: Remote, *, as_json: bool, on: bool, reason: str) -> None:
    section = {"on": on, "reason": reason if on else ""}
    body = {"kill_switch": section, "reason": reason}
    after = api.ask("PATCH", _SETTINGS, body, headers=ANY_VERSION).body
    if as_json:
        print_object(after, as_json=True)
        return
    _tell_switch(after)


def _tell_switch(current: dict[str, Any]) -> None:
    on, reason = current["kill_switch"]["on"], current["kill_switch"]["reason"]
    because = f": {reason}" if reason else ""
    click.echo(f"the kill switch is {'on' if on else 'off'}{because} (settings version {current['version']})")
    if not on and not current["dialing_enabled"]:
        click.echo("nothing is dialed all the same: the deployment's DialingEnabled is false")


def _marks(current: dict[str, Any]) -> dict[str, str]:
    """Say of each section that the system does not act upon that it does not."""
    unused = current.keys() - {*_NO_SECTIONS, *current["enforced"]}
    return dict.fromkeys(unused, "(not acted upon yet)")


def _heading(change: dict[str, Any]) -> str:
    reason = f"\n  {change['reason']}" if change["reason"] else ""
    return f"{readable(change['at'])}  version {change['version']}  by {change['by']}{reason}"


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

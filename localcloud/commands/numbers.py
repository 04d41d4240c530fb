"""Our own numbers: who answers calls to them, when, and what callers meet at other times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from localcloud.commands.changing import given
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import RefusedError, uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.commands.remote import Remote

_NUMBERS = "/v1/calls/numbers"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d:\d\d)-(\d\d:\d\d)")
_COLUMNS = (
    Column("number"),
    Column("template_id"),
    Column("hours", of=lambda route: "by the hours" if route["hours"] else "always"),
    Column("after_hours", of=lambda route: route["after_hours"] if route["hours"] else ""),
    Column("region"),
    Column("version"),
)
_ESSENTIAL = ("number", "template_id", "hours")


@click.group()
def numbers() -> None:
    """See and set who answers our numbers, and when."""


@numbers.command("list")
@json_option
@uses_api
def list_numbers(api: Remote, *, as_json: bool) -> None:
    """List our numbers that something answers."""
    print_items(api.ask("GET", _NUMBERS).body["items"], _COLUMNS, _ESSENTIAL, as_json=as_json)


@numbers.command()
@click.argument("number")
@json_option
@uses_api
def show(api: Remote, *, number: str, as_json: bool) -> None:
    """Show how calls to a number are taken."""
    print_object(api.ask("GET", f"{_NUMBERS}/{number}").body, as_json=as_json)


@numbers.command()
@click.argument("number")
@click.argument("template_id")
@click.option("--open", "spans", multiple=True, help="When it is open, as 'mon-fri 09:00-17:30'; repeatable.")
@click.option("--time-zone", help="Whose hours these are, such as America/New_York.")
@click.option("--closed-on", multiple=True, help="A day on which it is closed, as 2026-12-25; repeatable.")
@click.option(
    "--after-hours",
    type=click.Choice(["message", "voicemail", "template"]),
    help="What callers meet at other times.",
)
@click.option("--text", "after_hours_text", help="What they hear then.")
@click.option("--template", "after_hours_template_id", help="The template that answers then.")
@click.option("--region", help="Where we take part in its calls, such as US-TX.")
@json_option
@uses_api
def route(api: Remote, *, number: str, template_id: str, as_json: bool, **options: Any) -> None:
    """Say how calls to a number are taken, in place of what was said; without --open it is always open.

    Example: numbers route +14155550100 template_0197… --open 'mon-fri 09:00-17:00'
    --time-zone America/New_York --after-hours voicemail
    """
    body = {"template_id": template_id, **given(options, *_PLAIN)}
    if options["spans"]:
        if not options["time_zone"]:
            raise click.UsageError("Say whose hours these are: --time-zone America/New_York.")
        body["hours"] = _hours(options)
    path = f"{_NUMBERS}/{number}"
    print_object(api.ask("PUT", path, body, headers=_seen(api, path)).body, as_json=as_json)


_PLAIN = ("after_hours", "after_hours_text", "after_hours_template_id", "region")


def _seen(api: Remote, path: str) -> dict[str, str]:
    """Name the version that is to be replaced; none when the number has no route."""
    try:
        return {"If-Match": api.ask("GET", path).etag}
    except RefusedError as refusal:
        if refusal.code != "line_not_found":
            raise
        return {}


def _hours(options: dict[str, Any]) -> dict[str, Any]:
    hours: dict[str, Any] = {"time_zone": options["time_zone"], "closed_on": list(options["closed_on"])}
    for text in options["spans"]:
        found = _SPAN.fullmatch(text.strip().lower())
        if found is None:
            raise click.UsageError(f"Write {text!r} as 'mon-fri 09:00-17:30' or 'sat 10:00-14:00'.")
        for day in _days(found[1], found[2] or found[1]):
            hours.setdefault(day, []).append({"start": found[3], "end": found[4]})
    return hours


def _days(first: str, last: str) -> Iterator[str]:
    short = [day[:3] for day in _DAYS]
    if first not in short or last not in short:
        raise click.UsageError("Days are mon, tue, wed, thu, fri, sat and sun.")
    start, end = short.index(first), short.index(last)
    for place in range(start, end + 1 if end >= start else end + 8):
        yield _DAYS[place % 7]

"""The numbers of finished calls, as tables with bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from localcloud.commands.dashboard import bar_table
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from localcloud.commands.remote import Remote

_NUMBERS = tuple(map(Column, ("section", "name", "count")))
_DAY = click.DateTime(["%Y-%m-%d"])
_VOLUME = ("inbound", "outbound", "dialed", "answered", "answered_inbound", "answered_outbound")
_OF_ALL = frozenset({"volume", "outcome", "template"})  # the others are drawn in proportion to their largest


@click.command("dashboard")
@click.option("--from", "first", type=_DAY, help="First day (UTC); 29 days before the last unless given.")
@click.option("--to", "last", type=_DAY, help="Last day (UTC), today unless given.")
@click.option("--template", "template_id", help="Only calls that this call template holds.")
@click.option("--by-template", is_flag=True, help="Show the busiest call templates, of 92 days at most.")
@json_option
@uses_api
def calls_dashboard(  # noqa: PLR0913  a parameter for each option
    api: Remote,
    *,
    first: datetime | None,
    last: datetime | None,
    template_id: str | None,
    by_template: bool,
    as_json: bool,
) -> None:
    """Show the numbers of finished calls: volume, outcomes, lengths, cost, by day and hour, or template."""
    days = {name: day.date().isoformat() for name, day in (("from", first), ("to", last)) if day}
    query = days | ({"template_id": template_id} if template_id else {})
    query |= {"by_template": "true"} if by_template else {}
    found = api.ask("GET", "/v1/calls/analytics/dashboard", query=query).body
    if as_json:
        print_object(found, as_json=True)
        return
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        _draw(console, found)
        return
    numbers = [{"section": section, "name": name, "count": count} for section, name, count in _numbers(found)]
    print_items(numbers, _NUMBERS, as_json=False)


def _numbers(found: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Give every number with its section and name."""
    yield "volume", "calls", found["volume"]["calls"]
    yield from (("volume", name, found["volume"][name]) for name in _VOLUME)
    yield "cost", "micro-dollars", found["volume"]["cost_microdollars"]
    yield from (("outcome", name, count) for name, count in found["outcomes"].items())
    yield from (
        ("seconds", _bound(part["up_to_s"]), part["calls"]) for part in found["durations"]["histogram"]
    )
    yield from (("day", day["day"], day["calls"]) for day in found["by_day"])
    yield from (("hour", f"{hour['hour']:02d}", hour["calls"]) for hour in found["by_hour"])
    yield from (
        ("template", each["name"] or each["template_id"], each["calls"]) for each in found["by_template"]
    )


def _bound(up_to_s: int | None) -> str:
    return "longer" if up_to_s is None else f"up to {up_to_s}"


def _draw(console: Console, found: dict[str, Any]) -> None:
    """Say the shares and lengths in a line, and draw a table for each section."""
    volume, lengths = found["volume"], found["durations"]
    console.print(f"{found['first_day']} to {found['last_day']} (UTC)")
    if volume["answer_rate"] is not None:
        console.print(f"answered {volume['answer_rate']:.1%} of {volume['dialed']:,} dialed calls")
    if lengths["calls"]:
        console.print(f"lasted {lengths['average_s']} s, half of them up to {lengths['p50_s']} s")
    console.print(f"cost ${volume['cost_microdollars'] / 1_000_000:,.2f}")
    sections: dict[str, list[tuple[str, int]]] = {}
    for section, name, count in _numbers(found):
        if section != "cost":
            sections.setdefault(section, []).append((name, count))
    for section, numbers in sections.items():
        whole = volume["calls"] if section in _OF_ALL else max(count for _, count in numbers)
        console.print()
        console.print(bar_table(section, numbers, whole))

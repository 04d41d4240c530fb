"""The numbers of all contacts, as tables with bars; and whether they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table

from localcloud.commands.cells import readable
from localcloud.commands.jobs import JOBS, follow_job
from localcloud.commands.printing import json_option, print_items, print_object
from localcloud.commands.remote import uses_api
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.commands.remote import Remote

_ANALYTICS = "/v1/crm/analytics"
_MAX_DAYS = 90
_BAR = 30
_MAX_RESULTS = 1000
_WRONG = frozenset({"index_differs", "count_differs"})
_NUMBERS = tuple(map(Column, ("section", "name", "count")))
_DIFFERENCES = (Column("object_id"), Column("outcome"), Column("code"), Column("message", least=30))
_ESSENTIAL = ("object_id", "message", "outcome")


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, _MAX_DAYS),
    default=30,
    show_default=True,
    help="How many days of new contacts.",
)
@json_option
@uses_api
def dashboard(api: Remote, *, days: int, as_json: bool) -> None:
    """Show the numbers of all contacts: by status, source, tag and day, consents, who can be called now.

    They follow the contacts within a second or so; `recount` compares them with the contacts.
    """
    found = api.ask("GET", f"{_ANALYTICS}/dashboard", query={"days": days}).body
    if as_json:
        print_object(found, as_json=True)
        return
    console = Console(highlight=False, markup=False)
    if console.is_terminal:
        _draw(console, found)
        return
    numbers = [{"section": section, "name": name, "count": count} for section, name, count in _numbers(found)]
    print_items(numbers, _NUMBERS, as_json=False)


@click.command()
@click.option("--repair", is_flag=True, help="Put right what differs.")
@json_option
@uses_api
def recount(api: Remote, *, repair: bool, as_json: bool) -> None:
    """Count all contacts again, and compare with the counters and the search index; needs an admin's token.

    What is on its way to the counters is no difference. Exit code 1 when a difference is found, also with
    --repair, which puts it right.
    """
    begun = api.ask("POST", f"{_ANALYTICS}/recount", {"repair": repair}).body
    job = follow_job(api, begun["id"], finds="differences")
    found = api.items(f"{JOBS}/{job['id']}/results", _MAX_RESULTS)
    wrong = [result for result in found if result["code"] in _WRONG]
    if as_json:
        print_object({"job": job, "differences": found}, as_json=True)
    elif found:
        print_items(found, _DIFFERENCES, _ESSENTIAL, as_json=False)
    else:
        click.echo("everything is counted as it should be" if job["state"] == "done" else job["state"])
    raise SystemExit(1 if wrong or job["state"] != "done" else 0)


def _numbers(found: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Give every number with its section and name."""
    for name in ("total", "reachable_now", "suppressed"):
        yield "contacts", name, found[name]
    yield from (("status", name, count) for name, count in found["by_status"].items())
    yield from (("source", name, count) for name, count in found["by_source"].items())
    yield from (("tag", tag["name"], tag["count"]) for tag in found["by_tag"])
    yield from (("new", day["day"], day["count"]) for day in found["new_by_day"])
    for kind, coverage in found["consents"].items():
        yield from (("consent", f"{kind} {answer}", count) for answer, count in coverage.items())


def _draw(console: Console, found: dict[str, Any]) -> None:
    """Draw a table for each section, bars in proportion to all contacts, or to the busiest day."""
    sections: dict[str, list[tuple[str, int]]] = {}
    for section, name, count in _numbers(found):
        sections.setdefault(section, []).append((name, count))
    console.print(f"as of {readable(found['as_of'])} UTC")
    for section, numbers in sections.items():
        busiest = max(count for _, count in numbers)
        console.print()
        console.print(bar_table(section, numbers, busiest if section == "new" else found["total"]))


def bar_table(section: str, numbers: list[tuple[str, int]], whole: int) -> Table:
    """Give a section as a table, with bars in proportion to `whole`."""
    table = Table(box=None, pad_edge=False)
    table.add_column(section, min_width=24, overflow="fold")
    table.add_column(justify="right")
    table.add_column()
    for name, count in numbers:
        table.add_row(name, f"{count:,}", "█" * round(_BAR * count / max(whole, 1)))
    return table

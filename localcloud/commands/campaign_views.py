"""How campaigns are shown: what would come of one, how far one is, and live while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from localcloud.commands.cells import readable
from localcloud.commands.printing import print_items, section
from localcloud.commands.tables import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

_BAR = 40
_HERE = frozenset({"completed", "stopped", "paused", "draft"})
_STANDINGS = (Column("verdict"), Column("reason"), Column("members"), Column("contact_ids", least=20))
_SHARES = (Column("name"), Column("count"))


def is_still(campaign: dict[str, Any]) -> bool:
    """Tell whether nothing of a campaign moves by itself any more."""
    return campaign["state"] in _HERE and not (campaign["members"] or {}).get("calling")


def finished(campaign: dict[str, Any]) -> tuple[int, int]:
    """Give how many members are through, and how many there are."""
    members = campaign["members"] or {"total": 0, "done": 0, "skipped": 0}
    return members["done"] + members["skipped"], members["total"]


def line_of(campaign: dict[str, Any]) -> str:
    """Write how far a campaign is in one line."""
    through, total = finished(campaign)
    return f"{campaign['state']}: {through} of {total} members, {_pace(campaign)}{_why(campaign)}"


def status_of(campaign: dict[str, Any]) -> dict[str, Any]:
    """Give what `campaign status` tells of a campaign, without how it is set up."""
    progress = campaign.get("progress") or {}
    names = ("id", "name", "state", "reason", "schedule", "members")
    told = ("calls", "goals", "cost", "attempts", "dials_per_minute", "forecast", "why")
    return {name: campaign.get(name) for name in names} | {name: progress.get(name) for name in told}


def drawn(campaign: dict[str, Any]) -> RenderableType:
    """Draw a campaign for a terminal: a bar, where its members stand, what is expected."""
    through, total = finished(campaign)
    heading = Text(f"{campaign['name']}  ", style="bold").append(campaign["state"], style="cyan")
    bar = Table.grid(padding=(0, 1))
    bar.add_row(ProgressBar(total or 1, through, width=_BAR), f"{through:,}/{total:,} members")
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in _rows(campaign):
        table.add_row(name, value)
    return Group(heading, bar, table)


def print_preview(preview: dict[str, Any]) -> None:
    """Print what would come of a campaign: who is called, when, at which cost, and what that rests on."""
    members = f"{preview['members']:,} members, {preview['sampled']:,} of them followed"
    click.echo(f"{members}: {preview['calls']:,} calls, {preview['answered']:,} answered, {_goals(preview)}")
    spans = {name: preview[name] for name in ("first_dial_at", "last_dial_at", "finish_at")}
    click.echo("  ".join(f"{name} {readable(at) or '(none)'}" for name, at in spans.items()) + "  (UTC)")
    if preview["stopped"]:
        click.echo(f"now nothing would be dialed: {preview['stopped']['explanation']}")
    section("what the rules say of the members")
    print_items(preview["standings"], _STANDINGS, ("verdict", "reason", "members"), as_json=False)
    for title, counts in (
        ("outcomes", preview["outcomes"]),
        ("nobody calls (again)", preview["not_reached"]),
    ):
        if counts:
            section(title)
            print_items(
                [{"name": name, "count": count} for name, count in counts.items()], _SHARES, as_json=False
            )
    section(f"assumed, from {preview['assumptions']['basis']}")
    for note in preview["assumptions"]["notes"]:
        click.echo(note)


def _rows(campaign: dict[str, Any]) -> Iterator[tuple[str, str]]:
    members, progress = campaign["members"] or {}, campaign.get("progress") or {}
    yield "members", "  ".join(f"{name} {count:,}" for name, count in members.items() if name != "total")
    if progress:
        yield "calls", f"{progress['calls']:,}, {progress['goals']:,} goals, ${progress['cost']}"
        yield "pace", _pace(campaign)
    for each in progress.get("attempts") or ():
        yield f"attempt {each['attempt']}", f"{each['calls']:,} calls, {each['answered']['count']:,} answered"
    if forecast := progress.get("forecast"):
        at = readable(forecast["finish_at"]) or "not known"
        yield "expected end", f"{at} UTC, {forecast['calls']:,} calls more, ${forecast['cost']}"
    if why := _why(campaign).removeprefix("; "):
        yield "", why
    if campaign["schedule"]:
        yield "schedule", campaign["schedule"]


def _pace(campaign: dict[str, Any]) -> str:
    progress = campaign.get("progress") or {}
    return f"{progress.get('dials_per_minute', 0):g} dials a minute"


def _why(campaign: dict[str, Any]) -> str:
    reason = (campaign.get("progress") or {}).get("why") or campaign.get("reason")
    return f"; {reason['explanation']} ({reason['code']})" if reason else ""


def _goals(preview: dict[str, Any]) -> str:
    return f"{preview['goals']:,} goals, ${preview['cost']}"

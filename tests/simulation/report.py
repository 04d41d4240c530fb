"""What came of a run, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from simulation.events import Kind
from simulation.promises import PROMISES

if TYPE_CHECKING:
    from rich.console import Console
    from simulation.run import Outcome

_SHOWN = 20


def view(outcome: Outcome) -> dict[str, Any]:
    """Give everything as JSON takes it; `ok` tells whether every promise was kept."""
    product, verdict = outcome.product, outcome.verdict
    return {
        "ok": outcome.is_ok,
        "contacts": outcome.plan.contacts,
        "seed": outcome.plan.seed,
        "faults": outcome.plan.faults,
        "finished": outcome.is_done,
        "virtual_seconds": round(outcome.lasted.total_seconds()),
        "events": verdict.events,
        "wishes": outcome.counts[Kind.REQUESTED],
        "carrier_calls": outcome.counts[Kind.DIALED],
        "outcomes": dict(sorted(outcome.outcomes.items())),
        "trouble": dict(sorted(outcome.trouble.items())),
        "workers_killed": product.deaths,
        "promises": {name: verdict.count(name) for name in PROMISES},
        "violations": [vars(each) for each in verdict.violations[:_SHOWN]],
    }


def show(console: Console, outcome: Outcome) -> None:
    """Print what happened, and which promises were kept."""
    told = view(outcome)
    console.print(
        f"{told['contacts']:,} contacts, seed {told['seed']}, {told['faults']:.0%} faults: "
        f"{told['carrier_calls']:,} calls in {outcome.lasted}, {told['events']:,} events judged"
    )
    console.print(counts_table("outcome", told["outcomes"]))
    console.print(counts_table("what went wrong", told["trouble"]))
    console.print(promises_table(told["promises"]))
    for each in outcome.verdict.violations[:_SHOWN]:
        console.print(f"[red]{each.rule}[/red] {each.explanation}, events {', '.join(map(str, each.events))}")
    if not outcome.is_done:
        console.print("[red]It did not come to an end.[/red]")


def counts_table(title: str, numbers: dict[str, int]) -> Table:
    """Give numbers by name as a table."""
    table = Table(title, "times", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, number in numbers.items():
        table.add_row(name, f"{number:,}")
    return table


def promises_table(broken: dict[str, int]) -> Table:
    """Give how often each promise was broken as a table."""
    table = Table("promise", "broken by", "times", box=None, pad_edge=False)
    table.columns[2].justify = "right"
    for name, times in broken.items():
        table.add_row(name, PROMISES[name], f"[red]{times:,}[/red]" if times else "0")
    return table

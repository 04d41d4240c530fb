"""What came of a run on the deployed stack, for people and for programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simulation.promises import PROMISES
from simulation.report import counts_table, promises_table

if TYPE_CHECKING:
    from deployed.run import Outcome
    from rich.console import Console

_SHOWN = 20


def view(outcome: Outcome) -> dict[str, Any]:
    """Give everything as JSON takes it; `ok` tells whether every promise was kept."""
    evidence, verdict = outcome.evidence, outcome.verdict
    placed = [event for event in evidence.network if event["kind"] == "call.created"]
    return {
        "ok": outcome.is_ok,
        "members": outcome.plan.members,
        "seed": outcome.plan.seed,
        "faults": outcome.plan.faults,
        "finished": outcome.is_done,
        "seconds": round(outcome.seconds, 1),
        "calls_per_second": round(len(placed) / outcome.seconds, 2),
        "events": verdict.events,
        "member_states": evidence.campaign["members"],
        "attempts": {str(name): number for name, number in sorted(_attempts(outcome).items())},
        "carrier_calls": len(placed),
        "undecided": len(evidence.caught),
        "outcomes": dict(sorted(Counter(str(call["outcome"]) for call in evidence.calls).items())),
        "trouble": dict(sorted(outcome.faults.items())),
        "workers_killed": dict(sorted(outcome.killed.items())),
        "promises": {name: verdict.count(name) for name in PROMISES},
        "violations": [vars(each) for each in verdict.violations[:_SHOWN]],
    }


def show(console: Console, outcome: Outcome) -> None:
    """Print what happened, and which promises were kept."""
    told = view(outcome)
    console.print(
        f"{told['members']:,} members, seed {told['seed']}, {told['faults']:.0%} faults: "
        f"{told['carrier_calls']:,} calls in {told['seconds']:,.0f} s ({told['calls_per_second']} a second), "
        f"{told['events']:,} events judged"
    )
    for title in ("member_states", "attempts", "outcomes", "trouble", "workers_killed"):
        console.print(counts_table(title.replace("_", " "), told[title]))
    console.print(promises_table(told["promises"]))
    for each in outcome.verdict.violations[:_SHOWN]:
        console.print(f"[red]{each.rule}[/red] {each.explanation}, events {', '.join(map(str, each.events))}")
    if not outcome.is_done:
        console.print("[red]It did not come to an end.[/red]")


def _attempts(outcome: Outcome) -> Counter[int]:
    """Count the calls of each attempt."""
    return Counter(call["attempt"] for call in outcome.evidence.calls if call["dialed_at"])

"""Reads, writes and their units of a turn, of an answered call and of an unanswered attempt."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.conversation import EXCHANGES
from benchmarks.figures import Figure, Report
from benchmarks.whole_call import whole_calls

if TYPE_CHECKING:
    from benchmarks.ledger import Entry
    from benchmarks.whole_call import WholeCall
    from chalicelib.calls.domain.templates import Transport

READS, WRITES = 2, 2
UNANSWERED_UNITS, ANSWERED_UNITS = 10, 30


def measure() -> Report:
    """Hold one call of each kind."""
    calls = whole_calls()
    figures = [figure for transport, call in calls.answered.items() for figure in _turn(transport, call)]
    for transport, call in calls.answered.items():
        figures += _whole(f"answered six-turn call, {transport}", call, ANSWERED_UNITS)
    figures += _whole("unanswered attempt", calls.unanswered, UNANSWERED_UNITS)
    return Report(
        "reads and writes",
        "the real use cases and repositories on moto, counted where botocore sends them; units by DynamoDB's "
        "rules from the items before and after each write, indexes and transactions included",
        figures,
    )


def turn_of(call: WholeCall) -> list[Entry]:
    """Return what each turn of a call asked for."""
    return [call.phases[f"turn {number}"] for number in range(1, len(EXCHANGES) + 1)]


def _turn(transport: Transport, call: WholeCall) -> list[Figure]:
    entries = turn_of(call)
    return [
        Figure(f"turn, {transport}: reads", max(entry.reads for entry in entries), "", READS),
        Figure(f"turn, {transport}: interrupt checks", mean(entry.checks for entry in entries), ""),
        Figure(f"turn, {transport}: writes", max(entry.writes for entry in entries), "", WRITES),
        Figure(f"turn, {transport}: read units", mean(entry.read_units for entry in entries), "RU"),
        Figure(f"turn, {transport}: write units", mean(entry.write_units for entry in entries), "WU"),
    ]


def _whole(name: str, call: WholeCall, budget: int) -> list[Figure]:
    phases = [
        Figure(f"  {phase} ({name.rpartition(' ')[2]})", entry.write_units, "WU")
        for phase, entry in _grouped(call).items()
        if entry.writes
    ]
    reads = Figure(f"{name}: read units", call.total.read_units, "RU")
    return [Figure(f"{name}: write units", call.total.write_units, "WU", budget), *phases, reads]


def _grouped(call: WholeCall) -> dict[str, Entry]:
    """Give the phases, the turns as one."""
    grouped: dict[str, Entry] = {}
    for phase, entry in call.phases.items():
        name = "six turns" if phase.startswith("turn ") else phase
        grouped[name] = grouped[name] + entry if name in grouped else entry
    return grouped

"""The command: `python -m simulation [--contacts N] [--seed N] [--faults SHARE] [--json]`."""

from __future__ import annotations

import json
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from simulation.report import show, view
from simulation.run import Outcome, Plan, Simulation, simulate

_PIPED_WIDTH = 120


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--contacts", default=10_000, show_default=True, type=click.IntRange(1, 150_000))
@click.option("--seed", default=1, show_default=True, help="The same seed is the same run.")
@click.option("--faults", default=0.05, show_default=True, type=click.FloatRange(0, 0.5))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def main(contacts: int, seed: int, faults: float, *, as_json: bool) -> None:
    """Run campaigns on a virtual clock with faults, and judge the promises from the log.

    The exit status is 1 when a promise was broken, or when the run did not come to an end.
    """
    outcome = _run(Plan(contacts, seed, faults))
    if as_json:
        click.echo(json.dumps(view(outcome)))
    else:
        show(Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH), outcome)
    if not outcome.is_ok:
        raise SystemExit(1)


def _run(plan: Plan) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("dialing", total=None)

        def watch(run: Simulation) -> None:
            done, total = run.progress
            progress.update(bar, completed=done, total=total, description=f"{run.loop.now():%a %H:%M} UTC")

        return simulate(plan, watch)


if __name__ == "__main__":
    main()

"""The command: `python -m deployed [--members N] [--seed N] [--faults SHARE] [--kills N] [--json]`."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from deployed.plan import Plan
from deployed.report import show, view
from deployed.run import Outcome, run
from e2e.own_stack import running_in, workspace_in
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_PIPED_WIDTH = 120
_MINUTE_S = 60  # to a file or a pipe a line is written so often


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--members", default=500, show_default=True, type=click.IntRange(20, 5000))
@click.option("--seed", default=1, show_default=True, help="Decides who is called, and what goes wrong.")
@click.option("--faults", default=0.05, show_default=True, type=click.FloatRange(0, 0.3))
@click.option("--kills", default=20, show_default=True, type=click.IntRange(0, 500), help="Workers to kill.")
@click.option("--quick", is_flag=True, help="Leave out the faults that take ten minutes to be certain of.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def main(*, quick: bool, as_json: bool, **wanted: Any) -> None:
    """Dial a campaign on a stack of its own while its workers are killed, and judge the carrier's log.

    The exit status is 1 when a promise was broken, or when the run did not come to an end.
    """
    outcome = _run(Plan(patient=not quick, **wanted))
    if as_json:
        click.echo(json.dumps(view(outcome)))
    else:
        show(Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH), outcome)
    if not outcome.is_ok:
        raise SystemExit(1)


def _run(plan: Plan) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory(prefix="stack-", ignore_cleanup_errors=True) as root,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        bar = progress.add_task("starting", total=None)
        told: set[int] = set()

        def watch(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total, description="dialing")
            minute = int((progress.tasks[bar].elapsed or 0) // _MINUTE_S)
            if not sys.stderr.isatty() and minute not in told:
                told.add(minute)
                click.echo(f"{done} of {total} are done with after {minute} minutes", err=True)

        workspace = workspace_in(Path(root))
        with running_in(workspace, lambda step: progress.update(bar, description=step)) as stack:
            return run(stack, plan, watch)


if __name__ == "__main__":
    main()

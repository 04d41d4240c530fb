"""The command: `python -m benchmarks [--json] [NAME…]`; each benchmark is a module of its own."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from benchmarks import (
    call_cost,
    campaign_attempts,
    campaign_members,
    cold_imports,
    contact_imports,
    crm_reads,
    stack_latency,
    stored_work,
    turn_overhead,
)
from benchmarks.rendering import show
from infra.failures import PackagingError
from localcloud.failures import LocalCloudError

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Report

BENCHMARKS: dict[str, Callable[[], Report]] = {
    "imports": cold_imports.measure,
    "turn": turn_overhead.measure,
    "storage": stored_work.measure,
    "campaign": campaign_attempts.measure,
    "members": campaign_members.measure,
    "crm": crm_reads.measure,
    "contacts-import": contact_imports.measure,
    "stack": stack_latency.measure,
    "cost": call_cost.measure,
}

_PIPED_WIDTH = 120


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice([*BENCHMARKS]), metavar="[NAME]…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def main(names: tuple[str, ...], *, as_json: bool) -> None:
    """Measure the product against its budgets: all of them, or those that are named.

    Figures depend on the machine and on what else it does; ratios to a base line measured beside them do
    not. A budget that is not kept is shown, and is no failure of the command.
    """
    reports: dict[str, Any] = {}
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    try:
        for name in names or BENCHMARKS:
            report = BENCHMARKS[name]()
            reports[name] = report.view()
            if not as_json:
                show(console, report)
    except (LocalCloudError, PackagingError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps({"machine": _machine(), "benchmarks": reports}))


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    main()

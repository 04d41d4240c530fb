"""Scenarios on the deployed stack: queue, functions, roles, tables and the scripted model.

`make eval` plays all of them, and the suite `tests/evals` in process; here a few of each way are enough.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from localcloud.cli import main

if TYPE_CHECKING:
    from e2e.world import Stack

EVALS = Path(__file__).parents[2] / "evals"
# Actions on records, rehearsed ones, a caller played by a model.
_TAGS = ("--tag", "booking", "--tag", "callback", "--tag", "persona")


def test_scenarios_pass_on_the_stack(stack: Stack) -> None:
    """Over REST, judged; and no contact is left."""
    words = ("evaluate", "run", str(EVALS), *_TAGS, "--judge", "--json")
    typed = ["--root", str(stack.workspace.root), *words]
    result = CliRunner().invoke(main, typed, env={"AICS_API_URL": "", "AICS_TOKEN": ""})
    reports = json.loads(result.stdout)
    failures = [failure for each in reports for line in each["report"] for failure in line["failures"]]
    assert failures == []
    assert result.exit_code == 0
    assert sum(each["total"] for each in reports) == 23
    found = CliRunner().invoke(
        main,
        ["--root", str(stack.workspace.root), "contacts", "list", "--source", "evaluation", "--json"],
        env={"AICS_API_URL": "", "AICS_TOKEN": ""},
    )
    assert json.loads(found.stdout) == []

"""The page about contacts is true: its examples run as they stand, one after the other."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from infra.contract import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.world import Stack

EXAMPLE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENOUGH = 15  # examples; a page that has lost its fences would pass otherwise


def test_the_examples_of_the_page_run(stack: Stack, tmp_path: Path) -> None:
    """No request is refused, every job and import is done, and the files have what the page says."""
    examples = EXAMPLE.findall((ROOT / "docs" / "crm.md").read_text(encoding="utf-8"))
    assert len(examples) > ENOUGH
    known = f"set -euo pipefail\nAPI={stack.url('api')} TOKEN={stack.endpoints['admin_token']}\n"
    ran = subprocess.run(
        ["bash", "-c", known + "\n".join(examples)],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not re.findall(r'"state":"(failed|cancelled)"', ran.stdout)
    assert 'etag: "1"' in ran.stdout.lower()
    assert "Nobody;12;;4;" in ran.stdout
    exported = (tmp_path / "contacts.csv").read_text(encoding="utf-8")
    assert all(name in exported for name in ("Grace Hopper", "Ada King", "Mary Lamb"))
    assert "Prefers mornings." in (tmp_path / "grace-hopper.json").read_text(encoding="utf-8")

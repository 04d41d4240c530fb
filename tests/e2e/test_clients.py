"""The page about clients is true: its example runs, with a client made from the kept description."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.contract import CURRENT, ROOT

if TYPE_CHECKING:
    from e2e.world import Stack

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page_runs(stack: Stack, tmp_path: Path) -> None:
    """A contact and its note are made and read through the generated client."""
    target = tmp_path / "ai_call_system_client"
    subprocess.run(
        [GENERATOR, "generate", "--path", CURRENT, "--meta", "none", "--output-path", target],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (example,) = EXAMPLE.findall((ROOT / "docs" / "clients.md").read_text(encoding="utf-8"))
    known = f"API_URL, TOKEN = {stack.url('api')!r}, {stack.endpoints['admin_token']!r}\n"
    ran = subprocess.run(
        [sys.executable, "-c", known + example],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(r"contact_[0-9a-f]{32} \['Asked for a call next week.'\]\n", ran.stdout)

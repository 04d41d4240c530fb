"""A typed client can be made from the kept description, whole, without a warning."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.contract import CURRENT

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
IMPORT_ALL = """
import importlib, pkgutil, client
names = [m.name for m in pkgutil.walk_packages(client.__path__, "client.")]
print(len([importlib.import_module(name) for name in names]))
"""


def test_the_client_has_every_operation(tmp_path: Path) -> None:
    """The generator understands all of the document, and what it writes can be imported."""
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    made = subprocess.run(
        [GENERATOR, "generate", "--path", CURRENT, "--meta", "none", "--output-path", tmp_path / "client"],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Warning" not in made.stdout
    document = json.loads(CURRENT.read_text(encoding="utf-8"))
    operations = sum(len(item) for item in document["paths"].values())
    written = [path for path in (tmp_path / "client" / "api").glob("*/*.py") if path.stem != "__init__"]
    assert len(written) == operations
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > operations

"""What the code imports only when it is needed is in the package too."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "chalicelib"
PROGRAM = """
import importlib, json, sys
task, opt, wanted = sys.argv[1:]
sys.path[:0] = [task, f"{opt}/python"]
missing = {}
for module, name in json.loads(wanted):
    try:
        found = importlib.import_module(module)
        if name and not hasattr(found, name):
            importlib.import_module(f"{module}.{name}")
    except ImportError as error:
        missing[f"{module}.{name}"] = str(error)
print(json.dumps(missing))
"""


def lazy_imports() -> set[tuple[str, str]]:
    """Give the modules, and the names of them, that functions import when they run."""
    found: set[tuple[str, str]] = set()
    for path in SOURCES.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                found |= {each for node in ast.walk(function) for each in _imported(node)}
    return found


def _imported(node: ast.AST) -> set[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and node.module:
        return {(node.module, alias.name) for alias in node.names}
    return {(alias.name, "") for alias in node.names} if isinstance(node, ast.Import) else set()


def test_what_is_imported_late_is_packaged(built):
    """Every import inside a function works where only the package and the standard library are."""
    wanted = sorted(lazy_imports())
    assert ("aws_lambda_powertools.utilities.idempotency", "base") in wanted
    command = [sys.executable, "-I", "-S", "-c", PROGRAM, str(built.task), str(built.opt), json.dumps(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {}

"""The pages as tests read them: text, code spans, tables, headings; what must hold is in the tests."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
_TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "UPGRADING.md")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")


def pages() -> dict[str, str]:
    """Give every page by its path in the checkout."""
    paths = [*(ROOT / name for name in _TOP), *sorted((ROOT / "docs").rglob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def spans(text: str) -> list[str]:
    """Give the inline code of a page."""
    return _SPAN.findall(_FENCED.sub("", text))


def code(text: str) -> list[str]:
    """Give all code of a page, inline or in blocks."""
    return [*spans(text), *_FENCED.findall(text)]


def rows(text: str) -> list[list[str]]:
    """Give the cells of every table row of a page, without the lines under headings."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("|")]
    cells = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines
    ]
    return [row for row in cells if not set(row[0]) <= set("-: ")]


def section(text: str, heading: str) -> str:
    """Give what stands under a heading of the second level."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def anchors(text: str) -> set[str]:
    """Give the addresses of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def defines(path: Path, name: str) -> bool:
    """Tell whether a Python file defines a function, class, constant, or method (`Class.method`)."""
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    for part in name.split("."):
        found = next((node for node in body if part in _names(node)), None)
        if found is None:
            return False
        body = getattr(found, "body", [])
    return True


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]

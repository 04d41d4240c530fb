"""The page of access patterns and the repositories are the same."""

from __future__ import annotations

import ast
import re

from unit.docs.pages import ROOT, pages, rows, spans

from infra.stack.tables import CALLS_INDEXES, TABLES

PAGE = pages()["docs/access-patterns.md"]


def _methods() -> set[str]:
    """Give `Class.method` for every public method of a repository."""
    return {
        f"{node.name}.{member.name}"
        for folder in (ROOT / "chalicelib").glob("*/adapters")
        for path in [*folder.glob("repository.py"), *folder.glob("repository/*.py")]
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Repository")
        for member in node.body
        if isinstance(member, ast.FunctionDef) and not member.name.startswith("_")
    }


def test_every_question_has_its_method() -> None:
    """Each public method of a repository answers exactly one question of the page, and none is invented."""
    named = [row[2].strip("`") for row in rows(PAGE) if len(row) == 3 and "." in row[2]]
    assert sorted(named) == sorted(_methods())


def test_repositories_are_found() -> None:
    """Folders of repositories are searched as single files are."""
    assert {"CallRepository.commit_dial", "CrmRepository.nothing", "PromptRepository.get"} - _methods() == {
        "CrmRepository.nothing"
    }


def test_every_table_and_index_is_described() -> None:
    """Each table has its section, and each index of the calls table is named with its keys."""
    headings = re.findall(r"^## (\w+)", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(TABLES)
    for name, keys in CALLS_INDEXES.items():
        assert {name, *keys} <= set(spans(PAGE))


def test_every_key_is_described() -> None:
    """Each kind of key that a repository writes stands in the page."""
    sources = [
        path.read_text(encoding="utf-8")
        for folder in (ROOT / "chalicelib").glob("*/adapters")
        for path in [*folder.glob("repository.py"), *folder.glob("repository/*.py")]
    ]
    keys = {key for source in sources for key in re.findall(r'f"([A-Z]+#)\{', source)} - {"DUE#"}
    assert keys
    assert all(f"`{key}" in PAGE for key in keys)

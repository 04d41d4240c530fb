"""The contract's gate: it sees every difference, and wants every break announced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from infra import contract

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"paths": {"/a": {"get": {"operationId": "a"}}, "/b": {"get": {"operationId": "b"}}}}
NEW = {"paths": {"/a": {"get": {"operationId": "a"}}}}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the contract is the code's, and the release had one operation more."""
    for name, text in (("CURRENT", NEW), ("RELEASED", OLD), ("UPGRADING", None)):
        path = tmp_path / name
        path.write_text(json.dumps(text) if text else "nothing yet", encoding="utf-8")
        monkeypatch.setattr(contract, name, path)
    monkeypatch.setattr(contract, "ROOT", tmp_path)
    monkeypatch.setattr(contract, "document_of_code", lambda: NEW)
    return tmp_path


def run(*arguments: str) -> Any:
    """Run the command."""
    return CliRunner().invoke(contract.main, arguments)


def test_differences_have_a_place() -> None:
    """What was and what is stand on lines of their own, under the place's JSON pointer."""
    old, new = {"a": [1, {"b/c": 2}], "gone": 1}, {"a": [1, {"b/c": 3}], "more": [1]}
    assert list(contract.differences(old, new)) == [
        "- /a/1/b~1c: 2",
        "+ /a/1/b~1c: 3",
        "- /gone: 1",
        "+ /more: [1]",
    ]
    assert list(contract.differences(old, old)) == []


def test_an_unannounced_break_fails(kept: Path) -> None:
    """A break since the release fails the check, with the line to announce."""
    found = run("check")
    assert found.exit_code == 1
    assert "- `GET /b: removed`" in found.output


def test_an_announced_break_passes(kept: Path) -> None:
    """The page about upgrading names the break, word for word."""
    (kept / "UPGRADING").write_text("- `GET /b: removed`: use `GET /a`.", encoding="utf-8")
    assert run("check").exit_code == 0


def test_an_old_file_fails(kept: Path) -> None:
    """The kept document has to be the code's; the difference is shown."""
    (kept / "CURRENT").write_text(json.dumps(OLD), encoding="utf-8")
    found = run("check")
    assert found.exit_code == 1
    assert "- /paths/~1b" in found.output


def test_writing_and_releasing_keep_the_code(kept: Path) -> None:
    """What is written is the code's document, and a release keeps it."""
    (kept / "CURRENT").write_text("{}", encoding="utf-8")
    assert run("write").exit_code == run("release").exit_code == 0
    assert json.loads((kept / "RELEASED").read_text(encoding="utf-8")) == NEW
    assert run("check").exit_code == 0


def test_two_files_are_compared(kept: Path) -> None:
    """Breaks are named one a line and fail; without any, nothing fails."""
    old, new = str(kept / "RELEASED"), str(kept / "CURRENT")
    assert run("breaking", old, new).output == "GET /b: removed\n"
    assert run("breaking", old, new).exit_code == 1
    assert run("breaking", new, old).exit_code == 0

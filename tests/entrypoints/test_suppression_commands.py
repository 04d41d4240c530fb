"""The commands of the suppression list against the real routes."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from fakes.calls import NUMBER, FakeCalls

from chalicelib.entrypoints import http_suppressions


@pytest.fixture(autouse=True)
def calls(container, clock, crm):
    """Give the ports of calls to the API."""
    container.calls = FakeCalls(clock, crm)
    return container.calls


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_numbers_are_added_listed_and_removed(run):
    """In any spelling; the reason for removing is asked for."""
    words = ("add", "(415) 555-2671", "--country", "US", "--reason", "a letter", "--json")
    assert _read(run("suppressions", *words))["number"] == NUMBER
    (found,) = _read(run("suppressions", "list", "--source", "operator", "--json"))
    assert found["reason"] == "a letter"
    assert run("suppressions", "remove", NUMBER).exit_code == 2
    assert run("suppressions", "remove", NUMBER, "--reason", "asked").exit_code == 0
    assert _read(run("suppressions", "list", "--json")) == []
    assert "suppression_not_found" in run("suppressions", "remove", NUMBER, "--reason", "x").output
    assert run("suppressions", "remove", "nobody/../x", "--reason", "x").exit_code == 1


@pytest.mark.parametrize("heading", ["", "\nName;Mobile\n", "Name|Mobile\n"])
def test_a_long_file_is_sent_in_pieces(run, tmp_path, monkeypatch, calls, heading):
    """Whatever its delimiter; places of wrong rows are those of the file, and make the command fail."""
    monkeypatch.setattr(import_module("localcloud.commands.suppressions"), "_AT_ONCE", 4)
    mark = heading.strip()[4:5]
    rows = [f"+1415555{place:04}" for place in range(10)]
    rows[4] = "nobody"
    file = tmp_path / "numbers.csv"
    lines = [f"Ada{mark}{row}" if mark else row for row in rows]
    file.write_text("\ufeff" + heading + "\r\n".join(lines), encoding="utf-8")
    result = run("suppressions", "import", str(file), "--json")
    assert result.exit_code == 1
    done = json.loads(result.stdout)
    assert (done["added"], done["already"], done["failed"]) == (9, 0, 1)
    assert done["errors"][0]["row"] == 5 + heading.count("\n")
    assert len(calls.shelf.numbers) == 9
    shown = run("suppressions", "import", str(file), terminal=80)
    assert "already" in shown.output
    assert "nobody" in shown.output


def test_validating_a_file_writes_nothing(run, tmp_path, calls):
    """It counts."""
    file = tmp_path / "numbers.txt"
    file.write_text(f"{NUMBER}\n", encoding="utf-8")
    done = _read(run("suppressions", "import", str(file), "--validate-only", "--json"))
    assert (done["added"], calls.shelf.numbers) == (1, {})


def test_an_export_can_be_imported(run, tmp_path, monkeypatch, calls):
    """In as many parts as it takes, to a file or to the output."""
    monkeypatch.setattr(http_suppressions, "MAX_EXPORT", 2)
    for place in range(5):
        run("suppressions", "add", f"+1415555267{place}", "--reason", "=1+1")
    before = dict(calls.shelf.numbers)
    file = tmp_path / "list.csv"
    assert run("suppressions", "export", str(file)).exit_code == 0
    shown = run("suppressions", "export")
    assert (shown.exit_code, shown.stdout.splitlines()) == (0, file.read_text().splitlines()), (
        shown.output,
        shown.exception,
    )
    calls.shelf.numbers.clear()
    done = _read(run("suppressions", "import", str(file), "--json"))
    assert (done["added"], calls.shelf.numbers) == (5, before)


def test_files_that_are_no_lists_are_refused(run, tmp_path):
    """With what to do; nothing is sent."""
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    result = run("suppressions", "import", str(file))
    assert (result.exit_code, "UTF-8" in result.output) == (1, True)

"""Contacts on the deployed stack: files in and out, races, jobs, counters, and people who are erased."""

from __future__ import annotations

import csv
import json
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
from click.testing import CliRunner
from e2e.world import eventually

from localcloud.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.world import Stack

CONTACTS = "/v1/crm/contacts"
RACED, FIRST, SECOND, ERASED = (f"+1415555017{digit}" for digit in (1, 2, 3, 4))
ROWS = 60
PATIENCE_S = 60
_NOTHING_SET = {"AICS_API_URL": "", "AICS_TOKEN": ""}


def _type(stack: Stack, *words: str) -> Any:
    """Type a command beside the stack; give its result. Whoever follows work presses Ctrl-C in the end."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(PATIENCE_S)
    try:
        return CliRunner().invoke(main, ["--root", str(stack.workspace.root), *words], env=_NOTHING_SET)
    finally:
        signal.alarm(0)


def _run(stack: Stack, *words: str, code: int = 0) -> Any:
    """Type a command; give what it prints as JSON."""
    result = _type(stack, *words, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def _send(stack: Stack, method: str, path: str, body: Any = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {stack.endpoints['admin_token']}"}
    return requests.request(method, stack.url("api") + path, json=body, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as a German Excel writes it: Windows-1252, semicolons, national numbers, a row that is wrong."""
    file: Path = tmp_path_factory.mktemp("files") / "Kontakte März.csv"
    rows = [f"Jörg Müller {n};089 55501{n:03};Bäckerei {n % 7};=1+{n}" for n in range(ROWS)]
    lines = ["Name;Telefon;Firma;Bemerkung", *rows, "Niemand;12;;"]
    file.write_bytes("\r\n".join(lines).encode("windows-1252"))
    return file


@pytest.fixture(scope="module")
def imported(running: Stack, leads: Path) -> dict[str, Any]:
    """The file, imported by the command; one row is rejected."""
    words = ("--country", "DE", "--tag", "Messe", "--source", "messe", "--map", "Bemerkung=")
    done: dict[str, Any] = _run(running, "import-contacts", str(leads), *words, code=1)
    return done


def test_a_file_is_imported(stack: Stack, imported: dict[str, Any]) -> None:
    """Every row that is right becomes a contact; list and search have them."""
    assert (imported["state"], imported["encoding"], imported["delimiter"]) == ("done", "windows-1252", ";")
    assert (imported["counts"]["created"], imported["counts"]["failed"]) == (ROWS, 1)
    listed = _run(stack, "contacts", "list", "--tag", "messe", "--limit", "100")
    assert {contact["name"] for contact in listed} == {f"Jörg Müller {n}" for n in range(ROWS)}
    found = eventually(lambda: _run(stack, "contacts", "search", "muller", "17"))
    assert [contact["phone"] for contact in found] == ["+498955501017"]
    assert eventually(lambda: _run(stack, "contacts", "search", "089", "55501042"))


def test_rejected_rows_come_back(stack: Stack, imported: dict[str, Any]) -> None:
    """As they stood, in the file's own form, with their number and the remedy."""
    printed = _type(stack, "imports", "rejected", imported["id"])
    [heading, row] = csv.reader(printed.stdout.splitlines(), delimiter=";")
    assert heading[-2:] == ["import_row", "import_error"]
    assert (row[:2], row[-2]) == (["Niemand", "12"], str(ROWS + 2))


def test_the_same_file_changes_nothing(stack: Stack, imported: dict[str, Any], leads: Path) -> None:
    """Validating it says so before."""
    words = ("--country", "DE", "--on-duplicate", "update", "--map", "Bemerkung=", "--tag", "Messe")
    for more in (("--validate-only",), ()):
        again = _run(stack, "import-contacts", str(leads), *words, *more, code=1)
        assert (again["counts"]["unchanged"], again["counts"]["created"]) == (ROWS, 0)


def test_an_export_is_whole(stack: Stack, imported: dict[str, Any], tmp_path: Path) -> None:
    """It has what was imported, safe to open, and importing it again changes nothing."""
    file = tmp_path / "contacts.csv"
    assert _run(stack, "export-contacts", str(file), "--tag", "Messe")["contacts"] == ROWS
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["company"] for row in rows} == {f"Bäckerei {n}" for n in range(7)}
    assert all(row["phone"].startswith("'+49") for row in rows)
    again = _run(stack, "import-contacts", str(file), "--on-duplicate", "update")
    assert (again["recognised"], again["counts"]["unchanged"]) == ("export", ROWS)


def test_a_number_is_given_away_once(stack: Stack) -> None:
    """Of a hundred who want it, eight at a time, one gets it; the others learn whose it is."""

    def create(number: int) -> requests.Response:
        return _send(stack, "POST", CONTACTS, {"name": f"Racer {number}", "phone": RACED})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(100)))
    [winner] = [answer.json() for answer in answers if answer.status_code == 201]
    losers = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(losers) == 99
    assert {(each["code"], each["details"]["contact_id"]) for each in losers} == {
        ("phone_taken", winner["id"])
    }
    assert [each["id"] for each in stack.api.get(CONTACTS, phone=RACED)["items"]] == [winner["id"]]


def test_many_are_changed_by_one_command(stack: Stack, imported: dict[str, Any]) -> None:
    """The job does it to each, and says what came of it."""
    words = ("--tag", "Messe", "--company", "Bäckerei 3")
    counted = _run(stack, "bulk", "set-status", "prospect", *words, "--validate-only")
    job = _run(stack, "bulk", "set-status", "prospect", *words)
    assert (job["state"], job["succeeded"]) == ("done", counted["concerned"])
    listed = _run(stack, "contacts", "list", "--status", "prospect", "--tag", "Messe")
    assert {contact["company"] for contact in listed} == {"Bäckerei 3"}
    assert len(listed) == job["succeeded"] == len(_run(stack, "jobs", "results", job["id"]))


def test_two_contacts_become_one(stack: Stack) -> None:
    """What was written on either stays, under the one that stays."""
    kept, gone = (_run(stack, "contacts", "create", "Mia", number)["id"] for number in (FIRST, SECOND))
    for contact_id in (kept, gone):
        _run(stack, "notes", "add", contact_id, f"About {contact_id}")
    merged = _run(stack, "contacts", "merge", kept, gone, "--yes")
    assert merged["other_phones"] == [SECOND]
    assert _run(stack, "contacts", "show", gone)["contact"]["id"] == kept

    def both() -> bool:
        notes = {note["body"] for note in _run(stack, "notes", "list", kept)}
        return notes == {f"About {kept}", f"About {gone}"}

    eventually(both)
    assert _run(stack, "contacts", "list", "--phone", SECOND)[0]["id"] == kept


def test_counters_are_right(stack: Stack, imported: dict[str, Any]) -> None:
    """Soon after the last change the dashboard has every contact, and a recount finds no difference."""

    def counted() -> bool:
        return int(_run(stack, "dashboard")["by_source"].get("messe", 0)) == ROWS

    eventually(counted)
    recounted = _run(stack, "recount")
    wrong = {"index_differs", "count_differs"}
    assert not [each for each in recounted["differences"] if each["code"] in wrong]


def test_a_person_is_erased(stack: Stack) -> None:
    """Gone with the answer, the number is free, and nothing is found of what was written."""
    words = ("Erna Eraseme", ERASED, "--email", "erna@example.com", "--company", "Erasable")
    erna = _run(stack, "contacts", "create", *words)["id"]
    _run(stack, "notes", "add", erna, "Erna likes mornings.")
    eventually(lambda: _run(stack, "contacts", "search", "eraseme"))
    job = _run(stack, "contacts", "erase", erna, "--reason", "asked", "--yes", "--no-follow")
    assert job["kind"] == "erase"
    assert _type(stack, "contacts", "show", erna).exit_code == 1

    def nothing_is_left() -> bool:
        answer = _send(stack, "GET", f"{CONTACTS}/{erna}/personal-data")
        return "mornings" not in answer.text and "erna@" not in answer.text

    eventually(nothing_is_left)
    eventually(lambda: not _run(stack, "contacts", "search", "eraseme"))
    assert _run(stack, "contacts", "create", "Somebody else", ERASED)["id"] != erna

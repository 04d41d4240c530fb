"""What somebody new to the commands types and reads: days, numbers in place of ids, what is told and when."""

from __future__ import annotations

import json
import re
import time

import pytest
from fakes.calls import FakeCalls
from fakes.long_work import fold_all, work_off

from localcloud.commands import following
from localcloud.commands.cells import piped
from localcloud.commands.following import Standing, follow
from localcloud.commands.moments import MOMENT

ADA, BOB = "+14155552671", "+14155552672"


def _read(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def _plain(result):
    assert result.exit_code == 0, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)


@pytest.fixture(autouse=True)
def _worked_off(line, crm, container, monkeypatch):
    """Let work be done between requests, and files arrive."""
    monkeypatch.setattr(following, "_EVERY_S", 0)
    container.calls = FakeCalls(container.clock, container.crm)

    def work(_method):
        work_off(crm)
        fold_all(crm)

    def keep(url, content):
        crm.import_files.kept[url.rpartition("/")[2]] = content
        return 200

    line.before, line.store = work, keep


@pytest.fixture
def ada(run):
    """Create a contact; give it."""
    words = ("contacts", "create", "Ada Lovelace", ADA, "--other-phone", BOB, "--email", "ada@example.com")
    return _read(run(*words, "--json"))


@pytest.fixture
def _in_new_york(monkeypatch):
    """Have this machine in New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_numbers_that_are_not_dialed_are_shown(run, ada):
    """Each with since when, by whom and why; none of them is none."""
    assert "not dialed" not in run("contacts", "show", ada["id"]).stdout
    run("suppressions", "add", BOB, "--reason", "Asked in a letter.")
    told = f"not dialed: {BOB}, since 2026-03-03 12:00:00 UTC, operator, Asked in a letter."
    assert told in run("contacts", "show", ada["id"]).stdout.splitlines()
    [found] = _read(run("contacts", "show", ada["id"], "--json"))["suppressions"]
    assert found["number"] == BOB


@pytest.mark.parametrize(
    "words",
    [
        ("--clear", "email", "--email", "a@example.com"),
        ("--clear", "address", "--city", "Ockham"),
        ("--clear", "other_phones", "--other-phone", ADA),
    ],
)
def test_nothing_is_cleared_and_given_at_once(run, line, words):
    """Exit code 2 before anything is asked."""
    refused = run("contacts", "change", "contact_1", *words)
    assert (refused.exit_code, "not both" in refused.output, line.sent) == (2, True, [])


def test_tags_that_are_added_to_none_are_the_only_ones(run, ada):
    """Clearing them and adding one is no contradiction."""
    for name in ("VIP", "Fair"):
        run("tags", "create", name)
    run("contacts", "change", ada["id"], "--add-tag", "VIP")
    changed = _read(run("contacts", "change", ada["id"], "--clear", "tags", "--add-tag", "Fair", "--json"))
    assert changed["tags"] == ["Fair"]


def test_a_number_stands_for_its_contact(run, ada):
    """In every place of an id; one that nobody has is told."""
    assert _read(run("contacts", "show", BOB, "--json"))["contact"]["id"] == ada["id"]
    run("notes", "add", ADA, "Likes mornings.")
    assert len(_read(run("notes", "list", ADA, "--json"))) == 1
    other = _read(run("contacts", "create", "A. Lovelace", "+14155552673", "--json"))
    merged = _read(run("contacts", "merge", ADA, "+14155552673", "--yes", "--json"))
    assert (merged["id"], other["phone"] in merged["other_phones"]) == (ada["id"], True)
    absent = run("consents", "list", "+14155552699")
    assert (absent.exit_code, "no contact has the number +14155552699" in absent.output) == (1, True)


@pytest.mark.usefixtures("_in_new_york")
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("2026-07-01", "2026-07-01T04:00:00.000Z"),
        ("2026-03-03 08:00", "2026-03-03T13:00:00.000Z"),
        ("2026-03-03T08:00:00Z", "2026-03-03T08:00:00Z"),
        ("2026-03-03T08:00:00+01:00", "2026-03-03T08:00:00+01:00"),
        ("tomorrow", "tomorrow"),
        ("9999-12-31T23:00", "9999-12-31T23:00"),
    ],
)
def test_days_and_hours_are_of_this_machine(typed, sent):
    """What has an offset stays as it is, and so does what is no time."""
    assert MOMENT.convert(typed, None, None) == sent


@pytest.mark.usefixtures("_in_new_york")
def test_a_task_is_due_and_contacts_are_filtered_by_the_day(run, ada):
    """A day begins where this machine is."""
    task = _read(run("notes", "add", ada["id"], "Send it.", "--due", "2026-03-04", "--json"))
    assert task["due_at"] == "2026-03-04T05:00:00.000Z"
    assert len(_read(run("contacts", "list", "--created-from", "2026-03-03", "--json"))) == 1
    assert _read(run("contacts", "list", "--created-from", "2026-03-04", "--json")) == []
    assert _read(run("suppressions", "list", "--from", "2026-03-03", "--json")) == []
    assert run("audit", "--from", "2026-03-03").exit_code == 0
    consent = ("consents", "record", ada["id"], "sms", "revoked", "--source", "paper", "--at", "2026-03-02")
    assert _read(run(*consent, "--json"))["at"] == "2026-03-02T05:00:00.000Z"
    assert "this machine's time zone" in " ".join(run("notes", "add", "--help").output.split())


def test_erasing_says_how_long_it_takes_before_it_waits(run, ada):
    """Not when nobody waits."""
    told = "after a minute it looks once more"
    assert told in run("contacts", "erase", ada["id"], "--reason", "asked", "--yes").stderr
    bob = _read(run("contacts", "create", "Bob", ADA, "--json"))
    assert told not in run("contacts", "erase", bob["id"], "--reason", "x", "--yes", "--no-follow").stderr


def test_findings_are_told_at_the_start_and_at_the_end(capsys):
    """In a pipe; what comes between is not."""
    numbers = iter([(0, False), (1, False), (2, False), (3, True)])

    def standing(found):
        return Standing("done" if found["over"] else "running", found["n"], None, found["over"])

    def read():
        count, over = next(numbers)
        return {"n": count, "over": over}

    follow(read, standing, noun="differences", hint="", has_end=False)
    told = capsys.readouterr().err.splitlines()
    assert told == ["running, differences so far: 0", "done, differences: 3"]


def test_a_recount_tells_what_it_finds(run, crm, line, clock):
    """Differences, on the error stream, in a pipe and on a terminal."""
    run("dashboard")
    clock.advance(seconds=3600)
    assert run("recount").stderr.splitlines()[-1] == "done, differences: 0"
    line.before = lambda _method: work_off(crm)
    crm.counters.adjust({"status#lead": 1})
    assert run("recount").stderr.splitlines()[-1] == "done, differences: 1"
    crm.counters.adjust({"status#lead": -1})
    assert run("recount", terminal=80).exit_code == 0


def test_an_import_that_there_is_not_does_not_go_on(run):
    """Only the error is printed."""
    refused = run("import-contacts", "--follow", f"import_{'0' * 32}")
    assert (refused.exit_code, "goes on" in refused.output, "not_found" in refused.output) == (1, False, True)


def test_how_a_file_was_read_is_told(run, tmp_path):
    """Encoding, delimiter and whose export it is; a file without rows is told to have none."""
    file = tmp_path / "leads.csv"
    file.write_text("Name\tPhone\nAda\t+14155552671\n", encoding="utf-8")
    assert "  encoding utf-8, delimiter tab\n" in run("import-contacts", str(file)).stdout
    file.write_text("Name,Phone\n", encoding="utf-8")
    done = run("import-contacts", str(file))
    assert (done.exit_code, "  the file has no rows\n" in done.stdout) == (0, True)
    run("contacts", "create", "Bob", BOB)
    run("export-contacts", str(file))
    assert "delimiter ',', recognised as export" in run("import-contacts", str(file)).stdout


def test_tasks_and_notes_fit_a_narrow_terminal(run, ada):
    """With both ids to change a task by; a long text is shortened. When notes are due comes before pins."""
    text = "Send the contract to the new office, and ask about the old one. " * 3
    note = _read(run("notes", "add", ada["id"], text, "--due", "2026-03-09T16:00:00Z", "--json"))
    shown = _plain(run("tasks", terminal=80))
    assert max(map(len, shown.splitlines())) <= 80
    assert (ada["id"] in shown, note["id"] in shown, "…" in shown) == (True, True, True)
    assert all(word in shown for word in ("2026-03-09", "Ada", "Send"))
    heading = _plain(run("notes", "list", ada["id"], terminal=80)).splitlines()[0]
    assert (heading.split()[-2:], "pinned" in heading) == (["due_at", "done"], False)


def test_refused_personal_data_print_nothing(run, ada):
    """The standard output stays empty; of a person with data it is one array."""
    refused = run("contacts", "personal-data", f"contact_{'0' * 32}", token="aics_nonsense")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert _read(run("contacts", "personal-data", ada["id"]))


def test_a_sentence_is_told_once(run, line):
    """With its field; another field's stays on a line of its own."""
    problem = {"status": 400, "code": "invalid", "request_id": "r", "detail": "No number."}
    problem["errors"] = [
        {"pointer": "/phone", "detail": "No number."},
        {"pointer": "/phone", "detail": "No number."},
        {"pointer": "/email", "detail": "No address."},
    ]
    line.instead = (400, json.dumps(problem).encode())
    lines = run("tokens", "list").stderr.splitlines()
    assert lines == ["Error: /phone: No number.", "  /email: No address.", "(400 invalid, request r)"]


def test_lists_are_readable_in_a_pipe(run, ada):
    """Values between semicolons; what has parts is JSON."""
    assert piped(["a", "b"]) == "a; b"
    assert piped([{"a": 1}]) == '[{"a": 1}]'
    run("tags", "create", "VIP")
    run("tags", "create", "Fair")
    run("contacts", "change", ada["id"], "--add-tag", "VIP", "--add-tag", "Fair")
    assert "\tFair; VIP\t" in run("contacts", "list").stdout
    shown = run("contacts", "show", ada["id"]).stdout.splitlines()
    assert ["tags", "Fair,", "VIP"] in [line.split() for line in shown]
    assert ["other_phones", BOB] in [line.split() for line in shown]


def test_numbers_that_were_there_already_are_shown(run, tmp_path, ada):
    """Under the counts of an import: the row, its number, whose it is, and the row that had it before."""
    file = tmp_path / "leads.csv"
    file.write_text(f"Name,Phone\nBob,+14155552673\nAda,{ADA}\nAgain,+14155552673\n", encoding="utf-8")
    shown = run("import-contacts", str(file), "--validate-only").stdout
    _, _, table = shown.partition("\nduplicates, the first:\n")
    rows = [line.split("\t") for line in table.splitlines()]
    assert [row[:2] for row in rows[1:]] == [["3", ADA], ["4", "+14155552673"]]
    assert (rows[1][3], rows[2][4]) == (ada["id"], "2")
    file.write_text("Name,Phone\nEve,+14155552674\n", encoding="utf-8")
    assert "duplicates, the first" not in run("import-contacts", str(file)).stdout

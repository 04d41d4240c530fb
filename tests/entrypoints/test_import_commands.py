"""Importing and exporting contacts by command: what people type, what they read, what is sent where."""

from __future__ import annotations

import json

import pytest
from fakes.long_work import work_off

from localcloud.commands import following

LEADS = "Name,Tel.\nAda Lovelace,+14155552671\nGrace Hopper,(415) 555-2672\n"
WRONG = LEADS + "Nobody,12\nTwice,+14155552671\n"


def _read(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def _interrupt(_seconds):
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _worked_off(line, crm, monkeypatch):
    """Let the queue be worked off between requests, and files arrive."""
    monkeypatch.setattr(following, "_EVERY_S", 0)
    line.before = lambda _method: work_off(crm)

    def keep(url, content):
        crm.import_files.kept[url.rpartition("/")[2]] = content
        return 200

    line.store = keep


@pytest.fixture
def leads(tmp_path):
    """Give a file with what was written into it."""

    def leads(text=LEADS):
        file = tmp_path / "leads.csv"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return leads


def test_a_file_is_uploaded_started_and_followed(run, line, leads):
    """It goes to the address that the API gives, without the token; all rows in is exit code 0."""
    done = _read(run("import-contacts", leads(), "--country", "US", "--json"))
    assert (done["state"], done["counts"]["created"], done["rows_total"]) == ("done", 2, 2)
    assert done["mapping"] == {"Name": "name", "Tel.": "phone"}
    assert [url for method, url, _ in line.sent if method == "PUT"] == [f"https://files.example/{done['id']}"]
    listed = _read(run("contacts", "list", "--json"))
    assert sorted(contact["phone"] for contact in listed) == ["+14155552671", "+14155552672"]


def test_rejected_rows_are_told_and_written(run, leads, tmp_path):
    """Exit code 1; each error has its row and its remedy, and the file can be mended and imported."""
    mended = tmp_path / "to-mend.csv"
    words = ("import-contacts", leads(WRONG), "--country", "US", "--on-duplicate", "fail")
    result = run(*words, "--rejected", str(mended))
    assert result.exit_code == 1
    assert "row 4, Tel. '12'" in result.stdout
    assert "rejected: 2" in result.stdout
    rows = mended.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "Name,Tel.,import_row,import_error"
    assert [row.partition(",")[0] for row in rows[1:]] == ["Nobody", "Twice"]
    assert f"rejected rows in {mended}: 2" in result.stderr


def test_validating_writes_nothing(run, leads):
    """The counts are what would be."""
    shown = run("import-contacts", leads(), "--country", "US", "--validate-only")
    assert shown.exit_code == 0, shown.output
    assert "would be created" in shown.stdout
    assert _read(run("contacts", "list", "--json")) == []


def test_every_option_arrives(run, leads):
    """Mapping, delimiter and defaults are sent with the start as well: its options are those that hold."""
    text = "Wer;Wo\nAda;+4930123456\n"
    words = ("--map", "Wer=name", "--map", "Wo=phone", "--delimiter", ";", "--owner", "Olga")
    words += ("--status", "prospect", "--source", "fair", "--tag", "Messe", "--time-zone", "Europe/Berlin")
    words += ("--language", "de-DE", "--encoding", "utf-8", "--date-order", "dmy")
    done = _read(run("import-contacts", leads(text), *words, "--json"))
    assert (done["delimiter"], done["mapping"]) == (";", {"Wer": "name", "Wo": "phone"})
    [ada] = _read(run("contacts", "list", "--json"))
    assert (ada["owner"], ada["status"], ada["source"], ada["tags"]) == (
        "Olga",
        "prospect",
        "fair",
        ["Messe"],
    )
    assert (ada["time_zone"], ada["language"]) == ("Europe/Berlin", "de-DE")


def test_ctrl_c_leaves_the_import_running(run, line, leads, monkeypatch):
    """It says how to go on; following it later ends with what came of the rows."""
    line.before = lambda _method: None
    monkeypatch.setattr(following.time, "sleep", _interrupt)
    left = run("import-contacts", leads(), "--country", "US")
    [running] = _read(run("imports", "list", "--json"))
    assert left.exit_code == 130
    assert f"import-contacts --follow {running['id']}" in left.stderr
    assert f"imports cancel {running['id']}" in left.stderr
    assert _read(run("imports", "show", running["id"], "--json"))["state"] == "queued"


def test_an_import_is_followed_again(run, line, leads, crm, monkeypatch):
    """By its id, from another terminal."""
    line.before = lambda _method: None
    monkeypatch.setattr(following.time, "sleep", lambda _seconds: work_off(crm))
    begun = run("import-contacts", leads(), "--country", "US")
    assert begun.exit_code == 0
    [done] = _read(run("imports", "list", "--json"))
    assert _read(run("import-contacts", "--follow", done["id"], "--json"))["counts"]["created"] == 2


def test_a_failure_while_following_says_how_to_go_on(run, line, leads):
    """The import goes on although nobody can be asked how far it is."""

    def cut(_method):
        line.is_cut = any(url.endswith("/start") for _, url, _ in line.sent)

    line.before = cut
    broken = run("import-contacts", leads(), "--country", "US")
    assert (broken.exit_code, "import-contacts --follow import_" in broken.stderr) == (3, True)


def test_a_file_that_is_not_taken_starts_nothing(run, line, leads):
    """What the store says is told."""
    line.store = lambda _url, _content: 403
    refused = run("import-contacts", leads())
    assert (refused.exit_code, "the file was not taken: 403" in refused.output) == (1, True)
    assert not [url for _, url, _ in line.sent if url.endswith("/start")]


def test_an_import_as_a_whole_may_fail(run, leads):
    """A file without numbers: the message says what to do; exit code 1."""
    failed = run("import-contacts", leads("Colour,Shape\nred,round\n"))
    assert failed.exit_code == 1
    assert "failed" in failed.stdout
    assert "phone" in failed.stdout


def test_rejected_rows_can_be_fetched_later(run, leads, tmp_path):
    """Into a file, or to the output."""
    _read(run("import-contacts", leads(WRONG), "--country", "US", "--json"), code=1)
    [done] = _read(run("imports", "list", "--json"))
    printed = run("imports", "rejected", done["id"])
    assert printed.stdout_bytes.startswith(b"Name,Tel.,import_row,import_error\r\nNobody,12,4,")
    file = tmp_path / "rejected.csv"
    assert _read(run("imports", "rejected", done["id"], str(file), "--json")) == {
        "file": str(file),
        "rows": 1,
    }


def test_an_import_is_cancelled(run, line, leads, monkeypatch):
    """While it runs; what is over cannot be cancelled."""
    line.before = lambda _method: None
    monkeypatch.setattr(following.time, "sleep", _interrupt)
    run("import-contacts", leads())
    [running] = _read(run("imports", "list", "--json"))
    assert _read(run("imports", "cancel", running["id"], "--json"))["state"] == "cancelled"


@pytest.mark.parametrize(
    "words",
    [
        ("import-contacts",),
        ("import-contacts", "--follow", "import_1", "leads.csv"),
        ("import-contacts", "absent.csv"),
        ("import-contacts", "leads.csv", "--map", "Tel."),
        ("import-contacts", "leads.csv", "--on-duplicate", "ask"),
        ("imports", "rejected", "import_1", "--json"),
        ("export-contacts", "--json"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_asked(run, line, leads, words):
    """Exit code 2, and no request."""
    file = leads()
    assert run(*(file if word == "leads.csv" else word for word in words)).exit_code == 2
    assert line.sent == []


def test_an_empty_file_is_no_import(run, line, leads):
    """Told before anything is begun."""
    assert run("import-contacts", leads("")).exit_code == 2
    assert line.sent == []


def test_contacts_are_exported_and_imported_again(run, leads, tmp_path, clock):
    """Part after part under one heading; importing the file changes nothing."""
    rows = "".join(f"Person {n},+1415555{n:04}\n" for n in range(1500))
    _read(run("import-contacts", leads("Name,Tel.\n" + rows), "--json"))
    file = tmp_path / "contacts.csv"
    assert _read(run("export-contacts", str(file), "--json"))["contacts"] == 1500
    text = file.read_bytes().decode()
    assert text.count("other_phones") == 1
    clock.advance(seconds=1)
    again = _read(run("import-contacts", str(file), "--on-duplicate", "update", "--json"))
    assert again["recognised"] == "export"
    counts = {"created": 0, "updated": 0, "unchanged": 1500, "skipped": 0, "failed": 0, "duplicates": 1500}
    assert (again["counts"], again["first_errors"]) == (counts, [])


def test_an_export_is_filtered_and_printed(run, leads):
    """To the standard output, with a mark for Excel if wanted."""
    _read(run("import-contacts", leads(), "--country", "US", "--json"))
    ada = _read(run("contacts", "list", "--phone", "+14155552671", "--json"))[0]
    run("contacts", "change", ada["id"], "--status", "customer")
    printed = run("export-contacts", "--status", "customer", "--bom")
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("\ufeffid,name,phone")
    assert printed.stdout_bytes.count(b"\r\n") == 2


def test_a_refused_export_leaves_no_file(run, tmp_path):
    """A tag that is not there."""
    file = tmp_path / "contacts.csv"
    assert run("export-contacts", str(file), "--tag", "nonsense").exit_code == 1
    assert list(tmp_path.glob("contacts*")) == []

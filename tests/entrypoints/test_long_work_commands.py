"""The commands of bulk actions, jobs, the dashboard and the recount against the real routes."""

from __future__ import annotations

import json
import re

import pytest
from fakes.line import URL
from fakes.long_work import fold_all, work_off

from chalicelib.system.domain.tokens import Scope
from localcloud.api import Api
from localcloud.commands import following
from localcloud.sample_crm import CONTACTS, load_sample_crm

ADA, BOB, EVE = (f"+1415555267{n}" for n in (1, 2, 3))


def _read(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _worked_off(line, crm, monkeypatch):
    """Let jobs be worked off and changes be folded between requests."""
    monkeypatch.setattr(following, "_EVERY_S", 0)

    def work(_method):
        work_off(crm)
        fold_all(crm)

    line.before = work


@pytest.fixture
def people(run, clock):
    """Create three contacts, one of them a customer, a second ago; give their ids."""
    words = (("Ada", ADA, "--status", "customer"), ("Bob", BOB), ("Eve", EVE))
    ids = [_read(run("contacts", "create", *each, "--json"))["id"] for each in words]
    clock.advance(seconds=1)
    return ids


def _all(run):
    return {contact["name"]: contact for contact in _read(run("contacts", "list", "--json"))}


def test_contacts_are_tagged_by_a_filter(run, people):
    """And untagged by their ids; the job is followed to its end."""
    run("tags", "create", "Offer")
    job = _read(run("bulk", "tag", "Offer", "--status", "lead", "--json"))
    assert (job["state"], job["succeeded"]) == ("done", 2)
    assert {name for name, each in _all(run).items() if each["tags"]} == {"Bob", "Eve"}
    _read(run("bulk", "untag", "Offer", "--id", people[1], "--id", people[2], "--json"))
    assert not any(each["tags"] for each in _all(run).values())


def test_contacts_are_assigned_and_given_a_status(run, people):
    """All of them if it is said so; '' is nobody."""
    assert _read(run("bulk", "assign", "Olga", "--all", "--json"))["succeeded"] == 3
    _read(run("bulk", "assign", "", "--id", people[0], "--json"))
    _read(run("bulk", "set-status", "inactive", "--owner", "olga", "--json"))
    found = _all(run)
    assert {name: (each["owner"], each["status"]) for name, each in found.items()} == {
        "Ada": (None, "customer"),
        "Bob": ("Olga", "inactive"),
        "Eve": ("Olga", "inactive"),
    }


def test_many_are_deleted_after_they_were_counted(run, people):
    """The question says how many; without a yes nothing happens."""
    asked = run("bulk", "delete", "--status", "lead")
    assert (asked.exit_code, "Delete 2 contacts?" in asked.stderr) == (1, True)
    assert len(_all(run)) == 3
    assert _read(run("bulk", "delete", "--status", "lead", "--yes", "--json"))["succeeded"] == 2
    assert set(_all(run)) == {"Ada"}


def test_what_would_be_concerned_is_counted(run, people):
    """Nothing is changed, and no job is started."""
    words = ("bulk", "set-status", "inactive", "--status", "lead", "--validate-only", "--json")
    assert _read(run(*words)) == {"concerned": 2, "is_more": False}
    assert _read(run("jobs", "list", "--json")) == []


def test_what_failed_makes_the_exit_code_one(run, people):
    """And says where to read why."""
    run("contacts", "delete", people[1], "--yes")
    failed = run("bulk", "assign", "Olga", "--id", people[0], "--id", people[1])
    [job] = [each for each in _read(run("jobs", "list", "--json")) if each["kind"].startswith("bulk")]
    assert (failed.exit_code, f"jobs results {job['id']}" in failed.stderr) == (1, True)
    results = {
        each["object_id"]: each["outcome"] for each in _read(run("jobs", "results", job["id"], "--json"))
    }
    assert results == {people[0]: "done", people[1]: "failed"}


def test_a_job_is_left_running_shown_and_cancelled(run, line, people):
    """Without following; Ctrl-C while following says how to go on."""
    line.before = lambda _method: None
    job = _read(run("bulk", "assign", "Olga", "--all", "--no-follow", "--json"))
    assert job["state"] == "queued"
    assert _read(run("jobs", "cancel", job["id"], "--json"))["state"] == "cancelled"
    assert run("jobs", "show", job["id"], "--follow").exit_code == 1
    assert _read(run("jobs", "show", job["id"], "--json"))["state"] == "cancelled"


def test_ctrl_c_leaves_the_job_running(run, line, people, monkeypatch):
    """It says how to go on."""

    def interrupt(_seconds):
        raise KeyboardInterrupt

    line.before = lambda _method: None
    monkeypatch.setattr(following.time, "sleep", interrupt)
    left = run("bulk", "assign", "Olga", "--all")
    assert (left.exit_code, "jobs show job_" in left.stderr, "jobs cancel job_" in left.stderr) == (
        130,
        True,
        True,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("bulk", "tag", "Offer"),
        ("bulk", "tag", "Offer", "--all", "--status", "lead"),
        ("bulk", "tag", "Offer", "--id", "contact_1", "--owner", "Olga"),
        ("bulk", "set-status", "friend", "--all"),
        ("bulk", "delete", "--all"),
    ],
)
def test_whom_a_bulk_action_concerns_must_be_said_once(run, line, words):
    """Exit code 2, and no request."""
    assert run(*words).exit_code == 2
    assert line.sent == []


def test_the_dashboard_has_tables_with_bars(run, people):
    """On a terminal; in a pipe it is a line for each number, and JSON is the API's answer."""
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", run("dashboard", terminal=100).stdout)
    assert re.search(r"lead +2 +█{20}\s", drawn)
    assert re.search(r"customer +1 +█{10}\s", drawn)
    assert "status\tlead\t2" in run("dashboard", "--days", "7").stdout.splitlines()
    found = _read(run("dashboard", "--days", "7", "--json"))
    assert (found["total"], len(found["new_by_day"])) == (3, 7)


def test_a_recount_finds_and_repairs_what_differs(run, crm, clock, line, people):
    """Exit code 1 when a difference was found, also when it was put right; 0 afterwards."""
    assert run("dashboard").exit_code == 0
    clock.advance(seconds=3600)
    line.before = lambda _method: work_off(crm)
    assert run("recount").exit_code == 0
    crm.counters.adjust({"status#lead": 1})
    found = _read(run("recount", "--json"), code=1)
    assert [(each["object_id"], each["message"]) for each in found["differences"]] == [
        ("status#lead", "counted 3, true 2")
    ]
    assert "status#lead" in run("recount", "--repair").stdout
    right = run("recount")
    assert (right.exit_code, right.stdout) == (0, "everything is counted as it should be\n")


def test_sample_contacts_are_complete_and_loaded_once(run, line, api, token_of):
    """Every detail is filled; a second time adds nothing."""
    client = Api(URL, token_of(Scope.ADMIN))
    assert load_sample_crm(client) == load_sample_crm(client)
    people = _all(run)
    assert set(people) == {contact["name"] for contact in CONTACTS}
    for contact in people.values():
        assert [name for name, value in contact.items() if value in (None, [], {}, "")] == [
            "last_contacted_at"
        ]
        assert len(contact["custom_fields"]) == 5
    notes = {kind: [] for kind in ("general", "call_summary", "meeting", "task")}
    for contact in people.values():
        for note in _read(run("notes", "list", contact["id"], "--json")):
            notes[note["kind"]].append(note)
    assert {kind: len(found) for kind, found in notes.items()} == {
        "general": 1,
        "call_summary": 1,
        "meeting": 1,
        "task": 2,
    }
    assert notes["general"][0]["pinned"]
    assert len(_read(run("tags", "list", "--json"))) == 4

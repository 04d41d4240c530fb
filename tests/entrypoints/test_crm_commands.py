"""The commands of contacts, tags, fields, notes and consents against the real routes."""

from __future__ import annotations

import json

import pytest
from fakes.calls import FakeCalls
from fakes.long_work import fold_all, work_off

from localcloud.commands import following

ADA, BOB, EVE = (f"+1415555267{n}" for n in (1, 2, 3))
PROFILE = (
    *("--country", "US", "--other-phone", "(415) 555-2679", "--email", "ada@example.com"),
    *("--company", "Analytical Engines", "--title", "Countess", "--street", "12 St James's Square"),
    *("--city", "London", "--postal-code", "SW1Y 4JH", "--address-country", "GB"),
    *("--time-zone", "Europe/London", "--language", "en-GB", "--preferred-channel", "call"),
    *("--preferred-time", "mon-wed,fri 09:00-12:00", "--source", "web_form", "--status", "customer"),
    *("--owner", "Olga", "--field", "budget=500", "--field", "badge=007", "--field", "vegan=true"),
    *("--tag", "VIP"),
)


def _read(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _worked_off(line, crm, container, monkeypatch):
    """Let jobs be worked off and changes be folded between requests."""
    monkeypatch.setattr(following, "_EVERY_S", 0)
    container.calls = FakeCalls(container.clock, container.crm)

    def work(_method):
        work_off(crm)
        fold_all(crm)

    line.before = work


@pytest.fixture
def made(run):
    """Create a contact; give it."""

    def made(name="Ada Lovelace", phone=ADA, *words):
        return _read(run("contacts", "create", name, phone, *words, "--json"))

    return made


@pytest.fixture
def _fields(run):
    for key, kind in (("budget", "number"), ("badge", "text"), ("vegan", "boolean")):
        _read(run("custom-fields", "create", key, key.title(), "--kind", kind, "--json"))


@pytest.mark.usefixtures("_fields")
def test_a_contact_has_all_its_details(run, made):
    """Custom fields are of their kind, days are spans or single ones, tags are names."""
    _read(run("tags", "create", "VIP", "--json"))
    ada = made("Ada Lovelace", "(415) 555-2671", *PROFILE)
    assert (ada["phone"], ada["other_phones"]) == (ADA, ["+14155552679"])
    assert ada["custom_fields"] == {"budget": 500, "badge": "007", "vegan": True}
    [time] = ada["preferred_times"]
    assert time == {"days": ["mon", "tue", "wed", "fri"], "start": "09:00", "end": "12:00"}
    assert (ada["address"]["city"], ada["address"]["country"]) == ("London", "GB")
    assert (ada["tags"], ada["owner"], ada["status"]) == (["VIP"], "Olga", "customer")
    assert _read(run("contacts", "list", "--tag", "vip", "--status", "customer", "--json")) == [ada]


def test_a_number_that_is_taken_names_its_owner(run, made):
    """Exit code 1; the refusal has the other contact's id."""
    ada = made()
    again = run("contacts", "create", "Somebody", ADA)
    assert (again.exit_code, ada["id"] in again.output, "phone_taken" in again.output) == (1, True, True)


@pytest.mark.usefixtures("_fields")
def test_a_change_leaves_the_rest(run, made):
    """Parts of the address and custom fields are added; what is cleared is gone; tags come and go."""
    for name in ("VIP", "Fair"):
        run("tags", "create", name)
    ada = made("Ada Lovelace", ADA, *PROFILE)
    words = ("--city", "Ockham", "--field", "budget=", "--field", "badge=8", "--clear", "title")
    words += ("--clear", "other_phones", "--add-tag", "Fair", "--remove-tag", "VIP")
    after = _read(run("contacts", "change", ada["id"], *words, "--json"))
    assert after["address"] == ada["address"] | {"city": "Ockham"}
    assert after["custom_fields"] == {"badge": "8", "vegan": True}
    assert (after["title"], after["other_phones"], after["tags"]) == (None, [], ["Fair"])
    assert (after["email"], after["version"]) == (ada["email"], ada["version"] + 1)


def test_who_was_overtaken_is_told_to_look_again(run, made, line, api):
    """Somebody else was faster between reading and writing: exit code 1, and theirs stands."""
    ada = made()

    def overtake(method):
        if method == "PATCH":
            line.before = lambda _method: None
            path = f"/v1/crm/contacts/{ada['id']}"
            assert api.ask("PATCH", path, body={"title": "Countess"}, headers={"If-Match": "*"}).status == 200

    line.before = overtake
    late = run("contacts", "change", ada["id"], "--company", "Engines")
    assert (late.exit_code, f"look at it with `contacts show {ada['id']}`" in late.output) == (1, True)
    now = _read(run("contacts", "show", ada["id"], "--json"))["contact"]
    assert (now["title"], now["company"]) == ("Countess", None)


def test_a_change_may_name_the_version_that_was_seen(run, made):
    """It is refused when that is not the one that stands."""
    ada = made()
    change = ("contacts", "change", ada["id"], "--title", "Countess", "--version", "1", "--json")
    assert _read(run(*change))["version"] == 2
    late = run(*change)
    assert (late.exit_code, "version_changed" in late.output) == (1, True)


def test_contacts_are_searched(run, made):
    """By the beginnings of words, with filters."""
    ada, _ = made(), made("Bob Babbage", BOB)
    assert _read(run("contacts", "search", "love", "ad", "--json")) == [ada]
    assert _read(run("contacts", "search", "ada", "--status", "customer", "--json")) == []
    assert run("contacts", "search").exit_code == 2


@pytest.mark.parametrize(
    "words", [("contacts", "delete", "{}"), ("contacts", "erase", "{}", "--reason", "asked")]
)
def test_nothing_is_lost_without_a_yes(run, made, words):
    """Without an answer, and without --yes, the contact stays."""
    ada = made()
    refused = run(*(word.format(ada["id"]) for word in words))
    assert (refused.exit_code, "Ada Lovelace" in refused.stderr) == (1, True)
    assert run("contacts", "show", ada["id"]).exit_code == 0


def test_a_contact_is_deleted(run, made):
    """Its number is free."""
    ada = made()
    assert _read(run("contacts", "delete", ada["id"], "--yes", "--json")) == {
        "id": ada["id"],
        "deleted": True,
    }
    assert run("contacts", "show", ada["id"]).exit_code == 1
    assert made("Another", ADA)["id"] != ada["id"]


def test_two_contacts_become_one(run, made):
    """The other's id leads to the first, which has both numbers and notes."""
    ada, bob = made(), made("A. Lovelace", BOB)
    run("notes", "add", bob["id"], "Likes mornings.")
    merged = _read(run("contacts", "merge", ada["id"], bob["id"], "--yes", "--json"))
    assert (merged["id"], merged["other_phones"]) == (ada["id"], [BOB])
    [note] = _read(run("notes", "list", bob["id"], "--json"))
    assert (note["body"], note["contact_id"]) == ("Likes mornings.", ada["id"])


def test_everything_of_a_contact_is_shown(run, made):
    """Details, what it allows, open tasks and the latest of its timeline; as JSON for programs."""
    ada = made()
    run("consents", "record", ada["id"], "sms", "granted", "--source", "paper", "--wording", "Yes.")
    run("notes", "add", ada["id"], "Send the contract.", "--due", "2026-03-09T16:00:00Z")
    done = _read(run("notes", "add", ada["id"], "Call back.", "--kind", "task", "--json"))
    assert _read(run("notes", "change", ada["id"], done["id"], "--done", "--json"))["done"]
    found = _read(run("contacts", "show", ada["id"], "--json"))
    assert (found["contact"]["id"], found["consents"]["sms"]["answer"]) == (ada["id"], "granted")
    assert [task["body"] for task in found["tasks"]] == ["Send the contract."]
    assert {entry["kind"] for entry in found["timeline"]} == {"note", "consent"}
    shown = run("contacts", "show", ada["id"], terminal=100).stdout
    words = ("--preferred-time", "mon,tue 09:00-12:00", "--city", "London", "--address-country", "GB")
    run("contacts", "change", ada["id"], *words)
    with_parts = run("contacts", "show", ada["id"], terminal=100).stdout
    assert "mon/tue 09:00-12:00\n" in with_parts
    assert "London, GB\n" in with_parts
    for text in ("Ada Lovelace", "consents", "sms", "open tasks", "Send the contract.", "latest"):
        assert text in shown


def test_a_timeline_says_what_happened_in_a_line(run, made):
    """A note by its first line, a consent by its answer."""
    ada = made()
    run("notes", "add", ada["id"], "First line.\nSecond line.")
    run("consents", "record", ada["id"], "email", "revoked", "--source", "email")
    shown = run("contacts", "timeline", ada["id"]).stdout
    assert "general: First line.\t" in shown
    assert "email revoked\t" in shown
    assert _read(run("contacts", "timeline", ada["id"], "--kind", "call", "--json")) == []


def test_calls_of_a_contact_are_listed(run, made):
    """Nobody was called yet."""
    ada = made()
    listed = run("contacts", "calls", ada["id"])
    assert (listed.exit_code, listed.stdout.split("\t")[:2]) == (0, ["id", "direction"])


def test_a_persons_data_is_given_and_erased(run, made, tmp_path):
    """All entries as one JSON array, into a file or printed; after the job nothing is left to show."""
    ada = made()
    run("notes", "add", ada["id"], "Likes mornings.")
    file = tmp_path / "ada.json"
    written = _read(run("contacts", "personal-data", ada["id"], str(file), "--json"))
    entries = json.loads(file.read_text(encoding="utf-8"))
    assert len(entries) == written["entries"] > 1
    assert _read(run("contacts", "personal-data", ada["id"])) == entries
    erased = _read(run("contacts", "erase", ada["id"], "--reason", "asked", "--yes", "--json"))
    assert (erased["kind"], erased["state"]) == ("erase", "done")
    assert run("contacts", "show", ada["id"]).exit_code == 1


def test_what_a_deleted_contact_left_is_erased(run, made):
    """There is no version to name any more."""
    ada = made()
    run("contacts", "delete", ada["id"], "--yes")
    erased = run("contacts", "erase", ada["id"], "--reason", "asked", "--yes")
    assert erased.exit_code == 0, erased.output


def test_tags_live_and_end(run, made):
    """Named by name or id; renamed, merged and deleted with what their contacts have."""
    vip = _read(run("tags", "create", "VIP", "--colour", "#b45309", "--description", "First", "--json"))
    gold = _read(run("tags", "create", "Gold", "--json"))
    ada = made("Ada", ADA, "--tag", "VIP")
    assert _read(run("tags", "change", "vip", "--name", "Very important", "--json"))["id"] == vip["id"]
    listed = {tag["name"]: tag["count"] for tag in _read(run("tags", "list", "--json"))}
    assert listed == {"Gold": 0, "Very important": 1}
    assert _read(run("tags", "merge", vip["id"], "Gold", "--yes", "--json"))["state"] == "done"
    assert _read(run("contacts", "show", ada["id"], "--json"))["contact"]["tags"] == ["Gold"]
    assert run("tags", "delete", "Gold").exit_code == 1
    assert _read(run("tags", "delete", gold["id"], "--yes", "--json"))["state"] == "done"
    assert _read(run("contacts", "show", ada["id"], "--json"))["contact"]["tags"] == []
    assert run("tags", "change", "Nonsense", "--name", "x").exit_code == 1


def test_custom_fields_live_and_end(run):
    """Defined, relabelled, deleted."""
    words = ("plan", "Plan", "--kind", "choice", "--choice", "basic", "--choice", "plus")
    assert _read(run("custom-fields", "create", *words, "--json"))["choices"] == ["basic", "plus"]
    changed = _read(run("custom-fields", "change", "plan", "--label", "Their plan", "--json"))
    assert (changed["label"], changed["choices"]) == ("Their plan", ["basic", "plus"])
    assert "Their plan" in run("custom-fields", "list").stdout
    assert _read(run("custom-fields", "delete", "plan", "--yes", "--json")) == {
        "key": "plan",
        "deleted": True,
    }
    assert _read(run("custom-fields", "list", "--json")) == []


def test_notes_and_tasks_live_and_end(run, made, clock):
    """Tasks are listed over all contacts by when they are due, until they are done."""
    ada = made()
    task = _read(run("notes", "add", ada["id"], "Send it.", "--due", "2026-03-03T13:00:00Z", "--json"))
    pinned = _read(run("notes", "add", ada["id"], "Hates phones.", "--pinned", "--json"))
    assert (task["kind"], pinned["kind"]) == ("task", "general")
    assert [note["id"] for note in _read(run("notes", "list", ada["id"], "--pinned", "--json"))] == [
        pinned["id"]
    ]
    assert _read(run("tasks", "--due", "overdue", "--json")) == []
    clock.advance(seconds=7200)
    [late] = _read(run("tasks", "--due", "overdue", "--json"))
    assert (late["contact"]["name"], late["note"]["id"]) == ("Ada Lovelace", task["id"])
    assert (
        "Ada Lovelace\tSend it." in run("tasks", "--due", "today", "--time-zone", "America/New_York").stdout
    )
    _read(run("notes", "change", ada["id"], task["id"], "--done", "--json"))
    assert _read(run("tasks", "--json")) == []
    assert run("notes", "delete", ada["id"], pinned["id"]).exit_code == 1
    assert _read(run("notes", "delete", ada["id"], pinned["id"], "--yes", "--json"))["deleted"]


def test_a_revocation_says_who_is_not_dialed(run, made):
    """On the error stream; the list has every answer."""
    ada = made()
    words = ("automated_calls", "granted", "--source", "web_form", "--wording", "Yes, call me.")
    _read(run("consents", "record", ada["id"], *words, "--at", "2026-03-01T08:00:00Z", "--json"))
    revoked = run("consents", "record", ada["id"], "automated_calls", "revoked", "--source", "call")
    assert f"not dialed: {ADA}" in revoked.stderr
    answers = [each["answer"] for each in _read(run("consents", "list", ada["id"], "--json"))]
    assert answers == ["revoked", "granted"]


@pytest.mark.parametrize(
    "words",
    [
        ("contacts", "create", "Ada", ADA, "--preferred-time", "mon 9"),
        ("contacts", "create", "Ada", ADA, "--preferred-time", "someday 09:00-10:00"),
        ("contacts", "create", "Ada", ADA, "--status", "friend"),
        ("contacts", "list", "--sort", "age"),
        ("custom-fields", "change", "plan"),
        ("notes", "change", "contact_1", "note_1"),
        ("consents", "record", "contact_1", "fax", "granted", "--source", "paper"),
        ("consents", "record", "contact_1", "sms", "granted"),
        ("tasks", "--due", "never"),
        ("dashboard", "--days", "91"),
    ],
)
def test_wrong_usage_is_told(run, line, words):
    """Exit code 2 before anything is changed."""
    assert run(*words).exit_code == 2
    assert {method for method, _, _ in line.sent} <= {"GET"}

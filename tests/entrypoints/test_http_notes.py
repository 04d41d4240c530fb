"""Notes and tasks over HTTP."""

from __future__ import annotations

import pytest

from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
TASKS = "/v1/crm/tasks"


@pytest.fixture
def ada(api):
    """Create a contact; give its address."""
    body = api.post(CONTACTS, {"name": "Ada", "phone": "+14155552671"}).body
    return f"{CONTACTS}/{body['id']}"


def _note(api, contact, **fields):
    return api.post(f"{contact}/notes", {"body": "Call back.", **fields})


def _task(api, contact, due_at):
    return _note(api, contact, kind="task", due_at=due_at)


def test_a_note_is_shown_whole(api, ada):
    """Creation answers 201 with the note and its version as ETag; reading gives the same."""
    created = _task(api, ada, "2026-03-09T17:00:00+01:00")
    assert (created.status, created.headers["ETag"]) == (201, '"1"')
    assert created.body == {
        "id": created.body["id"],
        "contact_id": ada.rpartition("/")[2],
        "kind": "task",
        "body": "Call back.",
        "author": "test operator",
        "call_id": None,
        "due_at": "2026-03-09T16:00:00.000Z",
        "done": False,
        "done_at": None,
        "pinned": False,
        "created_at": "2026-03-03T12:00:00.000Z",
        "updated_at": "2026-03-03T12:00:00.000Z",
        "version": 1,
    }
    read = api.get(f"{ada}/notes/{created.body['id']}", scope=Scope.VIEWER)
    assert (read.status, read.body) == (200, created.body)


def test_a_task_is_done_and_not_done_again(api, ada):
    """Each change makes a version; the instant of doing is kept and taken back."""
    note = f"{ada}/notes/{_task(api, ada, '2026-03-09T16:00:00Z').body['id']}"
    done = api.ask("PATCH", note, body={"done": True}, headers={"If-Match": '"1"'})
    assert (done.status, done.body["done"], done.body["version"]) == (200, True, 2)
    assert done.body["done_at"] == "2026-03-03T12:00:00.000Z"
    again = api.ask("PATCH", note, body={"done": True}, headers={"If-Match": '"2"'})
    assert again.body["version"] == 2
    back = api.ask("PATCH", note, body={"done": False, "due_at": None}, headers={"If-Match": '"2"'})
    assert (back.body["done_at"], back.body["due_at"]) == (None, None)


def test_changing_needs_the_version_that_was_read(api, ada):
    """428 without If-Match, 412 with an old one, for a change as for a deletion."""
    note = f"{ada}/notes/{_note(api, ada).body['id']}"
    for method, body in (("PATCH", {"pinned": True}), ("DELETE", None)):
        assert api.ask(method, note, body=body).status == 428
        assert api.ask(method, note, body=body, headers={"If-Match": '"7"'}).status == 412
    assert api.ask("DELETE", note, headers={"If-Match": '"1"'}).status == 204
    gone = api.get(note)
    assert (gone.status, gone.body["code"]) == (404, "note_not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_at": "2026-03-09T16:00:00Z"},
        {"kind": "task", "due_at": "2026-03-09T16:00:00"},
        {"kind": "task", "due_at": "9999-12-31T23:59:59-12:00"},
        {"kind": "task", "due_at": "tomorrow"},
    ],
)
def test_a_due_date_that_cannot_be_is_refused(api, ada, wrong):
    """Of what is no task, without an offset, beyond the calendar, in words."""
    answer = _note(api, ada, **wrong)
    assert answer.status == 400
    assert [error["pointer"] for error in answer.body["errors"]] == ["/due_at"]


def test_a_note_that_is_no_task_cannot_be_done(api, ada):
    """The error names the field."""
    note = f"{ada}/notes/{_note(api, ada).body['id']}"
    answer = api.ask("PATCH", note, body={"done": True}, headers={"If-Match": "*"})
    assert (answer.status, answer.body["code"]) == (400, "not_a_task")
    assert answer.body["errors"][0]["pointer"] == "/done"


def test_notes_are_filtered_by_kind_and_pin(api, ada):
    """Both filters hold together; a page token belongs to its filters."""
    ids = [_note(api, ada, kind=kind, pinned=pinned).body["id"] for kind, pinned in _MIXED]
    found = api.get(f"{ada}/notes?kind=meeting&pinned=true&page_size=1")
    assert [item["id"] for item in found.body["items"]] == [ids[3]]
    token = found.body["next_page_token"]
    more = api.get(f"{ada}/notes?kind=meeting&pinned=true&page_size=1&page_token={token}")
    assert ([item["id"] for item in more.body["items"]], more.body["next_page_token"]) == ([ids[0]], None)
    assert api.get(f"{ada}/notes?kind=meeting&page_token={token}").status == 400


_MIXED = [("meeting", True), ("meeting", False), ("general", True), ("meeting", True)]


def test_tasks_are_overdue_due_today_or_open(api, ada):
    """It is Tuesday noon in UTC; the list names whom each task is about, the soonest first."""
    dues = ("2026-03-02T23:00:00Z", "2026-03-03T11:00:00Z", "2026-03-03T20:00:00Z", "2026-03-04T02:00:00Z")
    ids = [_task(api, ada, due).body["id"] for due in dues]

    def shown(query):
        return [item["note"]["id"] for item in api.get(f"{TASKS}{query}", scope=Scope.VIEWER).body["items"]]

    assert shown("?due=overdue") == ids[:2]
    assert shown("?due=today") == ids[1:3]
    assert shown("?due=today&time_zone=America/Los_Angeles") == ids[1:]
    assert shown("") == ids
    contact = api.get(TASKS).body["items"][0]["contact"]
    assert contact == {"id": ada.rpartition("/")[2], "name": "Ada"}


def test_a_task_of_a_deleted_contact_is_not_listed(api, ada):
    """It goes with its contact."""
    _task(api, ada, "2026-03-09T16:00:00Z")
    api.ask("DELETE", ada, headers={"If-Match": "*"})
    assert api.get(TASKS).body["items"] == []


def test_notes_of_nobody_are_not_found(api, ada):
    """Neither an unknown contact's nor an unknown note."""
    nobody = f"{CONTACTS}/{new_id('contact')}"
    assert api.get(f"{nobody}/notes/{new_id('note')}").body["code"] == "contact_not_found"
    for note_id in (new_id("note"), "nonsense"):
        assert api.get(f"{ada}/notes/{note_id}").body["code"] == "note_not_found"

"""Consents, the timeline, and one person's data over HTTP."""

from __future__ import annotations

import pytest
from fakes.jobs import work_off

from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
GRANT = {
    "kind": "automated_calls",
    "answer": "granted",
    "source": "web_form",
    "wording": "Yes, call me.",
    "at": "2026-03-01T10:00:00+01:00",
}
REVOCATION = {"kind": "automated_calls", "answer": "revoked", "source": "operator"}


@pytest.fixture
def ada(api):
    """Create a contact; give its address."""
    body = api.post(CONTACTS, {"name": "Ada", "phone": "+14155552671"}).body
    return f"{CONTACTS}/{body['id']}"


def test_a_consent_is_shown_whole(api, ada):
    """Recording answers 201 with who recorded it and which numbers are not dialed; reading gives the same."""
    created = api.post(f"{ada}/consents", GRANT | {"number": "+1 415 555 2671"})
    assert created.status == 201
    assert created.body == {
        "id": created.body["id"],
        "contact_id": ada.rpartition("/")[2],
        "kind": "automated_calls",
        "answer": "granted",
        "source": "web_form",
        "wording": "Yes, call me.",
        "reference": None,
        "number": "+14155552671",
        "at": "2026-03-01T09:00:00.000Z",
        "recorded_at": "2026-03-03T12:00:00.000Z",
        "recorded_by": "test operator",
        "suppressed_numbers": [],
    }
    read = api.get(f"{ada}/consents/{created.body['id']}", scope=Scope.VIEWER).body
    assert read | {"suppressed_numbers": []} == created.body


def test_a_repeated_request_records_once(api, ada):
    """The same key gives the same consent."""
    first, second = (
        api.post(f"{ada}/consents", GRANT, headers={"Idempotency-Key": "one"}).body for _ in range(2)
    )
    assert first == second
    assert len(api.get(f"{ada}/consents").body["items"]) == 1


def test_the_list_says_what_holds_now(api, ada):
    """By kind, whatever page is asked for; a revocation suppresses, and a later grant does not lift it."""
    api.post(f"{ada}/consents", GRANT)
    revoked = api.post(f"{ada}/consents", REVOCATION).body
    assert revoked["suppressed_numbers"] == ["+14155552671"]
    page = api.get(f"{ada}/consents?page_size=1").body
    assert page["current"] == {
        "automated_calls": {"answer": "revoked", "at": "2026-03-03T12:00:00.000Z", "id": revoked["id"]}
    }
    more = api.get(f"{ada}/consents?page_size=1&page_token={page['next_page_token']}").body
    assert (more["current"], more["next_page_token"]) == (page["current"], None)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"wording": None}, "evidence_missing", "/wording"),
        ({"at": "2026-03-03T12:00:01Z"}, "consent_in_future", "/at"),
        ({"wording": "x" * 2001}, "invalid_fields", "/wording"),
        ({"kind": "tea"}, "invalid_fields", "/kind"),
    ],
)
def test_what_proves_nothing_is_refused(api, ada, changes, code, pointer):
    """Each refusal names its field."""
    answer = api.post(f"{ada}/consents", GRANT | changes)
    assert (answer.status, answer.body["code"]) == (400, code)
    assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


def test_nothing_changes_a_consent(api, ada):
    """There is no such route."""
    consent = f"{ada}/consents/{api.post(f'{ada}/consents', GRANT).body['id']}"
    for method in ("PUT", "PATCH", "DELETE"):
        assert api.ask(method, consent, body={}).status in (404, 405)
    assert api.get(f"{ada}/consents/{new_id('consent')}").body["code"] == "consent_not_found"


def test_the_timeline_has_everything_typed(api, ada, clock):
    """Newest first; each entry has the object of its kind and no other."""
    note = api.post(f"{ada}/notes", {"body": "Hello."}).body
    clock.advance(minutes=1)
    consent = api.post(f"{ada}/consents", REVOCATION).body
    page = api.get(f"{ada}/timeline?page_size=1", scope=Scope.VIEWER).body
    assert [(item["kind"], item["id"], item["note"]) for item in page["items"]] == [
        ("consent", consent["id"], None)
    ]
    more = api.get(f"{ada}/timeline?page_size=1&page_token={page['next_page_token']}").body
    (entry,) = more["items"]
    assert (entry["kind"], entry["at"], entry["note"]) == ("note", note["created_at"], note)
    assert [item["id"] for item in api.get(f"{ada}/timeline?kind=note").body["items"]] == [note["id"]]
    assert api.get(f"{ada}/timeline?kind=tea").status == 400


def test_personal_data_is_for_administrators(api, ada):
    """Neither export nor erasure is an operator's."""
    assert api.get(f"{ada}/personal-data", scope=Scope.OPERATOR).status == 403
    erase = {"body": {"reason": "asked"}, "headers": {"If-Match": "*"}, "scope": Scope.OPERATOR}
    assert api.ask("POST", f"{ada}/erase", **erase).status == 403


def test_a_person_is_exported_page_by_page(api, ada):
    """Contact, note and consent, each in its section."""
    api.post(f"{ada}/notes", {"body": "Hello."})
    api.post(f"{ada}/consents", GRANT)
    sections, token = [], ""
    while token is not None:
        page = api.get(f"{ada}/personal-data?page_size=1{token}", scope=Scope.ADMIN).body
        sections += [item["section"] for item in page["items"]]
        token = page["next_page_token"] and f"&page_token={page['next_page_token']}"
    assert sorted(sections) == ["consent", "contact", "note"]


def test_a_person_is_erased(api, ada, crm):
    """202 with the job; the contact is gone at once, the rest when the job is done."""
    note = api.post(f"{ada}/notes", {"body": "Hello."})
    erase = {"body": {"reason": "Asked by letter."}, "scope": Scope.ADMIN}
    assert api.ask("POST", f"{ada}/erase", **erase).status == 428
    assert api.ask("POST", f"{ada}/erase", headers={"If-Match": '"9"'}, **erase).status == 412
    answer = api.ask("POST", f"{ada}/erase", headers={"If-Match": '"1"'}, **erase)
    assert (answer.status, answer.body["kind"]) == (202, "erase")
    assert api.get(ada).status == 404
    work_off(crm)
    assert api.get(f"/v1/crm/jobs/{answer.body['id']}").body["state"] == "done"
    assert note.body["contact_id"] not in {owner for owner, _ in crm.notes.by_key}
    again = api.ask("POST", f"{ada}/erase", headers={"If-Match": '"1"'}, **erase)
    assert (again.status, again.body["id"]) == (202, answer.body["id"])

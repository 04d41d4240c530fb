"""Tags, custom fields, jobs, bulk actions, merges and the export over HTTP."""

from __future__ import annotations

import csv
import io

import pytest
from fakes.jobs import work_off

from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope

CONTACTS, TAGS, FIELDS, JOBS = (f"/v1/crm/{name}" for name in ("contacts", "tags", "custom-fields", "jobs"))
ADA = {"name": "Ada", "phone": "+14155552671"}
BOB = {"name": "Bob", "phone": "+14155552672"}
ANY = {"If-Match": "*"}


@pytest.fixture
def vip(api):
    """Create a tag."""
    return api.post(TAGS, {"name": "VIP", "colour": "#AABBCC"}).body


@pytest.fixture
def ada(api, vip):
    """Create a contact with the tag."""
    return api.post(CONTACTS, ADA | {"tags": ["vip"]}).body


def test_a_tag_over_http(api, container, vip, ada):
    """Created, listed with its count, renamed everywhere, merged, deleted."""
    container.crm.counters.adjust({f"tag#{vip['id']}": 1})
    assert (vip["name"], vip["colour"], vip["count"], vip["version"]) == ("VIP", "#aabbcc", 0, 1)
    assert [tag["count"] for tag in api.get(TAGS, scope=Scope.VIEWER).body["items"]] == [1]
    path = f"{TAGS}/{vip['id']}"
    renamed = api.ask("PATCH", path, body={"name": "Gold"}, headers={"If-Match": '"1"'})
    assert (renamed.status, renamed.headers["ETag"], renamed.body["name"]) == (200, '"2"', "Gold")
    assert api.get(f"{CONTACTS}/{ada['id']}").body["tags"] == ["Gold"]
    other = api.post(TAGS, {"name": "Other"}).body
    job = api.post(f"{path}/merge", {"into": "other"})
    assert (job.status, job.body["kind"], job.body["state"]) == (202, "merge_tag", "queued")
    work_off(container.crm)
    assert api.get(f"{CONTACTS}/{ada['id']}").body["tags"] == ["Other"]
    assert api.get(path).status == 404
    gone = api.ask("DELETE", f"{TAGS}/{other['id']}", headers={"If-Match": '"1"'})
    assert (gone.status, gone.body["kind"]) == (202, "delete_tag")
    assert api.get(f"{CONTACTS}/{ada['id']}").body["tags"] == []


def test_tags_refuse_what_is_wrong(api, vip):
    """With a code, and the field where there is one."""
    taken = api.post(TAGS, {"name": "víp"})
    assert (taken.status, taken.body["code"]) == (409, "tag_exists")
    assert taken.body["errors"][0]["pointer"] == "/name"
    for body in ({"name": "a;b"}, {"name": "x", "colour": "red"}, {"name": ""}):
        assert api.post(TAGS, body).body["code"] == "invalid_fields"
    path = f"{TAGS}/{vip['id']}"
    assert api.ask("PATCH", path, body={"name": "x"}, headers={"If-Match": '"7"'}).status == 412
    assert api.ask("DELETE", path).status == 428
    assert api.post(f"{path}/merge", {"into": "VIP"}).body["code"] == "same_tag"
    assert api.post(f"{path}/merge", {"into": "nobody"}).body["code"] == "unknown_tag"


def test_custom_fields_over_http(api, ada):
    """Defined, used by contacts, changed, deleted."""
    tier = {"key": "tier", "label": "Tier", "kind": "choice", "choices": ["Gold", "Silver"]}
    made = api.post(FIELDS, tier, scope=Scope.ADMIN)
    assert (made.status, made.body["choices"]) == (201, ["Gold", "Silver"])
    path = f"{CONTACTS}/{ada['id']}"
    changed = api.ask("PATCH", path, body={"custom_fields": {"tier": "Gold"}}, headers=ANY)
    assert changed.body["custom_fields"] == {"tier": "Gold"}
    wrong = api.ask("PATCH", path, body={"custom_fields": {"tier": "gold"}}, headers=ANY)
    assert (wrong.status, wrong.body["code"]) == (400, "bad_custom_field")
    assert wrong.body["errors"] == [
        {"pointer": "/custom_fields/tier", "detail": "Write one of: Gold, Silver."}
    ]
    field = f"{FIELDS}/tier"
    bronze = api.ask(
        "PATCH", field, body={"choices": ["Bronze"]}, headers={"If-Match": '"1"'}, scope=Scope.ADMIN
    )
    assert (bronze.body["choices"], bronze.body["label"], bronze.body["version"]) == (["Bronze"], "Tier", 2)
    assert api.post(FIELDS, tier, scope=Scope.ADMIN).body["code"] == "field_exists"
    assert api.get(FIELDS, scope=Scope.VIEWER).body["items"] == [bronze.body]
    assert api.get(path).body["custom_fields"] == {"tier": "Gold"}
    assert api.ask("DELETE", field, headers=ANY, scope=Scope.ADMIN).status == 204
    assert api.get(path).body["custom_fields"] == {}
    assert api.get(field).body["code"] == "field_not_found"


def test_a_bulk_action_over_http(api, container, ada, clock):
    """A job that can be read while it runs, with what came of each contact."""
    bob = api.post(CONTACTS, BOB).body
    clock.advance(seconds=1)
    body = {"action": "tag", "value": "vip", "filter": {"status": "lead"}}
    counted = api.post(f"{CONTACTS}/bulk", body | {"validate_only": True})
    assert (counted.status, counted.body) == (200, {"job": None, "concerned": 2, "is_more": False})
    started = api.post(f"{CONTACTS}/bulk", body)
    job = started.body["job"]
    assert (started.status, job["state"], job["arguments"]["filter"]) == (202, "queued", {"status": "lead"})
    work_off(container.crm)
    done = api.get(f"{JOBS}/{job['id']}", scope=Scope.VIEWER).body
    assert (done["state"], done["succeeded"], done["unchanged"]) == ("done", 1, 1)
    first = api.get(f"{JOBS}/{job['id']}/results?page_size=1").body
    second = api.get(f"{JOBS}/{job['id']}/results?page_size=1&page_token={first['next_page_token']}").body
    found = {each["object_id"]: each["outcome"] for page in (first, second) for each in page["items"]}
    assert found == {ada["id"]: "unchanged", bob["id"]: "done"}
    assert [each["id"] for each in api.get(JOBS).body["items"]] == [job["id"]]
    assert api.post(f"{JOBS}/{job['id']}/cancel").body["code"] == "job_over"


def test_a_repeated_bulk_request_starts_one_job(api, ada):
    """The key names the job."""
    body = {"action": "assign", "ids": [ada["id"]]}
    first, second = (
        api.post(f"{CONTACTS}/bulk", body, headers={"Idempotency-Key": "once-only-1"}) for _ in range(2)
    )
    assert first.body["job"]["id"] == second.body["job"]["id"]
    cancelled = api.post(f"{JOBS}/{first.body['job']['id']}/cancel")
    assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")


@pytest.mark.parametrize(
    "body",
    [
        {"action": "tag", "filter": {}},
        {"action": "set_status", "value": "friend", "filter": {}},
        {"action": "set_status", "filter": {}},
        {"action": "delete", "filter": {}},
        {"action": "delete", "value": "x", "filter": {"status": "lead"}},
        {"action": "assign"},
        {"action": "assign", "ids": []},
        {"action": "assign", "ids": ["contact_1"]},
        {"action": "assign", "ids": [f"contact_{0:032x}"], "filter": {}},
        {"action": "assign", "ids": [f"contact_{number:032x}" for number in range(1001)]},
        {"action": "assign", "filter": {"q": "x"}},
        {"action": "dance", "filter": {}},
    ],
)
def test_bulk_refuses_what_is_unclear(api, container, body):
    """Nothing is started."""
    answer = api.post(f"{CONTACTS}/bulk", body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_fields")
    assert container.crm.work.sent == []


def test_a_merge_over_http(api, container, ada):
    """The winner with its new version; the other's id leads to it."""
    bob = api.post(CONTACTS, BOB | {"email": "bob@example.com"}).body
    path = f"{CONTACTS}/{ada['id']}/merge"
    assert api.post(path, {"from": bob["id"]}).status == 428
    assert api.post(path, {"from": bob["id"]}, headers={"If-Match": '"3"'}).status == 412
    merged = api.post(path, {"from": bob["id"]}, headers={"If-Match": '"1"'})
    assert (merged.status, merged.headers["ETag"]) == (200, '"2"')
    assert (merged.body["other_phones"], merged.body["tags"]) == ([BOB["phone"]], ["VIP"])
    work_off(container.crm)
    assert api.get(f"{CONTACTS}/{bob['id']}").body == merged.body
    again = api.post(path, {"from": bob["id"]}, headers={"If-Match": '"1"'})
    assert (again.status, again.body) == (200, merged.body)
    for loser, status, code in (
        (ada["id"], 400, "same_contact"),
        (new_id("contact"), 404, "contact_not_found"),
        ("contact_1", 400, "invalid_fields"),
    ):
        refused = api.post(path, {"from": loser}, headers=ANY)
        assert (refused.status, refused.body["code"]) == (status, code)


def _rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_an_export_over_http(api, ada):
    """CSV with a heading, the oldest first; tags by name, cells safe, only what the filter lists."""
    api.post(FIELDS, {"key": "note", "label": "Note", "kind": "text"}, scope=Scope.ADMIN)
    evil = BOB | {"title": "=cmd()", "custom_fields": {"note": "@x"}, "status": "customer"}
    api.post(CONTACTS, evil)
    answer = api.get(f"{CONTACTS}/export")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert "Link" not in answer.headers
    head, first, second = (dict(zip(_rows(answer.body)[0], row, strict=True)) for row in _rows(answer.body))
    assert "custom.note" in head
    assert (first["name"], first["tags"], first["phone"]) == ("Ada", "VIP", "'" + ADA["phone"])
    assert (second["title"], second["custom.note"]) == ("'=cmd()", "'@x")
    assert len(_rows(api.get(f"{CONTACTS}/export?status=customer").body)) == 2
    assert api.get(f"{CONTACTS}/export?bom=true").body.startswith("\ufeff")
    assert api.get(f"{CONTACTS}/export", scope=Scope.VIEWER).status == 403
    assert api.get(f"{CONTACTS}/export?tag=nobody").body["code"] == "unknown_tag"


def test_a_filter_with_an_unknown_tag_says_where_tags_are_listed(api):
    """Wherever contacts are filtered; nobody creates a tag in order to find nothing."""
    bulk = {"action": "set_status", "value": "lead", "filter": {"tag": "nobody"}}
    refusals = [
        api.get(f"{CONTACTS}?tag=nobody"),
        api.get(f"{CONTACTS}/export?tag=nobody"),
        api.post(f"{CONTACTS}/bulk", bulk),
    ]
    for refused in refusals:
        assert (refused.status, refused.body["code"]) == (400, "unknown_tag")
        (error,) = refused.body["errors"]
        assert error == {"pointer": "/tag", "detail": "'nobody' is no tag; GET /v1/crm/tags lists them."}


def test_an_export_goes_on_where_the_link_leads(api, ada, monkeypatch):
    """Every contact once, however small the answers, with the filters of the first."""
    monkeypatch.setattr("chalicelib.entrypoints.http_export.MAX_EXPORT", 2)
    monkeypatch.setattr("chalicelib.crm.schemas.export._MAX_BYTES", 1)
    for number in range(4):
        api.post(CONTACTS, {"name": f"P{number}", "phone": f"+1415555268{number}"})
    names, link = [], f"{CONTACTS}/export?status=lead&bom=true"
    while link:
        answer = api.get(link)
        names += [row[1] for row in _rows(answer.body)[1:]]
        found = answer.headers.get("Link", "")
        link = found and CONTACTS + "/export" + found.removeprefix("<").partition(">")[0]
        assert not found or "status=lead" in found
    assert names == ["Ada", "P0", "P1", "P2", "P3"]

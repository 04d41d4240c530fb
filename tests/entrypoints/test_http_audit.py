"""The audit log over HTTP: for admins, filtered, by page, and as CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from chalicelib.entrypoints import http_audit
from chalicelib.kernel.changes import Action
from chalicelib.kernel.ids import derived_id
from chalicelib.system.domain.audit import AuditEntry
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.schemas import audit as schemas

START = datetime(2026, 3, 3, 12, tzinfo=UTC)
NUMBER = "+14155552671"
PERSON = "token:cognito:5f2c1a9e-0b7d-4c3e-9a51-2d6f8e7b4c10"


@pytest.fixture
def entries(system):
    """Keep twelve acts on four contacts, and one on a number."""
    made = [
        AuditEntry(
            id=derived_id("audit", str(number)),
            at=START + timedelta(seconds=number),
            actor=f"token:token_{number % 2}",
            action=Action.UPDATED,
            object_kind="contact",
            object_id=f"contact_{number % 4}",
            before={"status": "lead"},
            after={"status": "=1+1"},
        )
        for number in range(12)
    ]
    made.append(
        AuditEntry(
            id=derived_id("audit", "number"),
            at=START + timedelta(seconds=99),
            actor=PERSON,
            action=Action.CREATED,
            object_kind="number",
            object_id=derived_id("number", NUMBER),
            before={},
            after={"number": "+14…71"},
        )
    )
    for entry in made:
        system.audit.add(entry)
    return list(reversed(made))


def _ids(answer):
    assert answer.status == 200, answer.body
    return [item["id"] for item in answer.body["items"]]


def test_entries_are_listed_newest_first(api, entries):
    """Each with who, what, before and after."""
    answer = api.get("/v1/audit", scope=Scope.ADMIN)
    assert _ids(answer) == [entry.id for entry in entries]
    assert answer.body["items"][-1] == {
        "id": entries[-1].id,
        "at": "2026-03-03T12:00:00.000Z",
        "actor": "token:token_0",
        "action": "updated",
        "object_kind": "contact",
        "object_id": "contact_0",
        "before": {"status": "lead"},
        "after": {"status": "=1+1"},
    }


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/export"])
@pytest.mark.parametrize(("scope", "status"), [(None, 401), (Scope.VIEWER, 403), (Scope.OPERATOR, 403)])
def test_only_admins_read_it(api, path, scope, status):
    """It says what everybody does."""
    assert api.get(path, scope=scope).status == status


def test_pages_follow_each_other(api, entries):
    """All entries once, through signed tokens that fit their filters only."""
    found, token = [], None
    while True:
        more = f"&page_token={quote(token)}" if token else ""
        answer = api.get(f"/v1/audit?page_size=5{more}", scope=Scope.ADMIN)
        found += _ids(answer)
        token = answer.body["next_page_token"]
        if token is None:
            break
        assert api.get(f"/v1/audit?actor=system&page_token={quote(token)}", scope=Scope.ADMIN).status == 400
    assert found == [entry.id for entry in entries]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("actor=token:token_1", 6),
        (f"actor={PERSON}", 1),
        ("actor=call:call_1", 0),
        ("actor=system", 0),
        ("object=contact:contact_3", 3),
        ("actor=token:token_1&object=contact:contact_2", 0),
        (f"object=number:{quote(NUMBER)}", 1),
        ("from=2026-03-03T12:00:10Z", 3),
        ("to=2026-03-03T12:00:02Z", 2),
        ("from=2026-03-03T13:00:01%2B01:00&to=2026-03-03T12:00:03Z", 2),
    ],
)
def test_filters_choose(api, entries, query, count):
    """By actor, by object, a number by itself, and by time in any zone; in both forms."""
    assert len(_ids(api.get(f"/v1/audit?{query}", scope=Scope.ADMIN))) == count
    exported = api.get(f"/v1/audit/export?{query}", scope=Scope.ADMIN).body
    assert len(_rows(exported)) == count


@pytest.mark.parametrize(
    "query",
    [
        "actor=nobody",
        "actor=token:a'b",
        "actor=token:cognito:",
        "actor=call:cognito:5f2c1a9e",
        "object=contact",
        "object=contact:a%00",
        "from=yesterday",
        "from=2026-03-03T12:00:00",
        "from=2026-03-03T12:00:00Z&to=2026-03-03T12:00:00Z",
        "colour=red",
        "before=x",
    ],
)
def test_nonsense_is_refused(api, query):
    """With the field that is wrong, in both forms."""
    for path in ("/v1/audit", "/v1/audit/export"):
        answer = api.get(f"{path}?{query}", scope=Scope.ADMIN)
        assert (answer.status, answer.body["code"]) == (400, "invalid_fields")


def _rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_export_is_csv(api, entries):
    """With a heading, of its own media type, and without anything that a spreadsheet would run."""
    answer = api.get("/v1/audit/export", scope=Scope.ADMIN)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "Link" not in answer.headers
    rows = _rows(answer.body)
    assert [row["id"] for row in rows] == [entry.id for entry in entries]
    assert rows[-1]["after"] == '{"status": "=1+1"}'
    assert not [cell for row in rows for cell in row.values() if cell[:1] in {"=", "+", "-", "@"}]


@pytest.mark.parametrize("limit", ["rows", "size"])
def test_a_long_export_links_to_its_next_rows(api, entries, monkeypatch, limit):
    """With the same filters, until the last row; whatever made the answer end."""
    if limit == "rows":
        monkeypatch.setattr(http_audit, "MAX_EXPORT", 5)
    else:
        monkeypatch.setattr(schemas, "_MAX_CSV_CHARACTERS", 500)
    found, query = [], "?from=2026-03-03T12:00:00Z&to=2026-03-03T12:00:12Z"
    while query:
        answer = api.get(f"/v1/audit/export{query}", scope=Scope.ADMIN)
        found.append([row["id"] for row in _rows(answer.body)])
        link = re.fullmatch(r'<(\?[^>]+)>; rel="next"', answer.headers.get("Link", ""))
        query = link and link[1]
    assert len(found) > 2
    assert [entry_id for page in found for entry_id in page] == [entry.id for entry in entries[1:]]

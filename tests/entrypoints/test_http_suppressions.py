"""The suppression list and a contact's calls over HTTP."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_call, furnished

from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.crm.services.contacts import delete_contact
from chalicelib.entrypoints import http_suppressions
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

LIST = "/v1/calls/suppressions"
ONE = f"{LIST}/{NUMBER}"
SHOWN = {
    "number": NUMBER,
    "suppressed_at": "2026-03-03T12:00:00.000Z",
    "source": "operator",
    "reason": "a letter",
}


@pytest.fixture
def calls(container, clock, crm):
    """Give the ports of calls to the API."""
    container.calls = FakeCalls(clock, crm)
    return container.calls


@pytest.fixture
def contact(calls):
    """Give a contact that can be called."""
    return furnished(calls)


def _fill(calls, count):
    numbers = [E164(f"+1415555{place:04}") for place in range(count)]
    for place, number in enumerate(numbers):
        calls.numbers.suppress(number, "operator", NOW + timedelta(seconds=place))
    return list(reversed(numbers))


def test_a_suppressed_number_is_not_dialed_from_the_answer_on(api, calls, contact):
    """Given in any spelling; a call that is asked for is refused at once."""
    made = api.post(LIST, {"number": "(415) 555-2671", "country": "US", "reason": " a letter "})
    assert (made.status, made.body) == (201, SHOWN)
    with pytest.raises(Forbidden) as refused:
        request_call(calls, CallWish("template_1", contact_id=contact.id))
    assert refused.value.code == "suppressed"
    assert api.get(ONE, scope=Scope.VIEWER).body == SHOWN


def test_suppressing_again_gives_the_first(api, calls):
    """With the same status, so that nobody needs to ask before."""
    calls.numbers.suppress(NUMBER, "call:call_1", NOW - timedelta(days=1))
    again = api.post(LIST, {"number": NUMBER, "reason": "a letter"})
    assert (again.status, again.body["source"], again.body["reason"]) == (201, "call:call_1", "")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"number": "+4155552671"}, "/number"),
        ({"number": "(415) 555-2671"}, "/number"),
        ({"number": NUMBER, "country": "UK"}, "/country"),
        ({"number": NUMBER, "reason": "x" * 201}, "/reason"),
        ({"number": NUMBER, "reason": "a\nb"}, "/reason"),
        ({}, "/number"),
    ],
)
def test_what_cannot_be_suppressed_is_refused(api, calls, body, pointer):
    """With the field; a mistyped number must not pass for a suppressed one."""
    answer = api.post(LIST, body)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (400, pointer)
    assert calls.shelf.numbers == {}


def test_releasing_needs_an_admin_and_a_reason(api, calls):
    """Afterwards it is not there, and can be dialed again."""
    api.post(LIST, {"number": NUMBER})
    assert api.ask("DELETE", f"{ONE}?reason=x").status == 403
    assert api.ask("DELETE", ONE, scope=Scope.ADMIN).body["errors"][0]["pointer"] == "/reason"
    assert api.ask("DELETE", f"{ONE}?reason=%20", scope=Scope.ADMIN).status == 400
    assert calls.numbers.status(NUMBER).suppressed_at
    assert api.ask("DELETE", f"{ONE}?reason=asked+to", scope=Scope.ADMIN).status == 204
    assert calls.shelf.releases[NUMBER] == (NOW, "asked to")
    for answer in (api.get(ONE), api.ask("DELETE", f"{ONE}?reason=x", scope=Scope.ADMIN)):
        assert (answer.status, answer.body["code"]) == (404, "suppression_not_found")
    assert api.get(f"{LIST}/4155552671").body["code"] == "bad_phone_number"


def test_the_list_is_given_by_page(api, calls):
    """Newest first, each once, through tokens that fit their filters only."""
    numbers = _fill(calls, 7)
    found, more = [], ""
    while True:
        answer = api.get(f"{LIST}?page_size=3{more}", scope=Scope.VIEWER)
        found += [item["number"] for item in answer.body["items"]]
        token = answer.body["next_page_token"]
        if token is None:
            break
        more = f"&page_token={quote(token)}"
        assert api.get(f"{LIST}?source=import{more}").status == 400
    assert found == numbers


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("source=operator", 7),
        ("source=call", 0),
        ("from=2026-03-03T12:00:05Z", 2),
        ("to=2026-03-03T12:00:01Z", 1),
        ("from=2026-03-03T12:00:01Z&to=2026-03-03T12:00:03Z&source=operator", 2),
    ],
)
def test_filters_choose(api, calls, query, count):
    """By source and time, in both forms."""
    _fill(calls, 7)
    assert len(api.get(f"{LIST}?{query}").body["items"]) == count
    assert len(_rows(api.get(f"{LIST}/export?{query}").body)) == count


@pytest.mark.parametrize(
    "query", ["source=A", "from=now", "from=2026-03-03T12:00:00Z&to=2026-03-03T12:00:00Z", "before=x", "x=1"]
)
def test_nonsense_is_refused(api, calls, query):
    """With its field, in both forms."""
    for path in (LIST, f"{LIST}/export"):
        answer = api.get(f"{path}?{query}")
        assert (answer.status, answer.body["code"]) == (400, "invalid_fields")


def _rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_import_tells_what_it_did(api, calls):
    """Counts, and each row that was refused with its value and remedy."""
    content = f"number,reason\n{NUMBER},a letter\n(415) 555-2672,\nnobody,\n"
    body = {"content": content, "default_country": "US"}
    assert api.post(f"{LIST}/import", {**body, "validate_only": True}).body["added"] == 2
    assert calls.shelf.numbers == {}
    answer = api.post(f"{LIST}/import", body)
    assert answer.status == 200
    error = answer.body["errors"][0]
    assert (error["row"], error["value"]) == (4, "nobody")
    assert "country code" in error["remedy"]
    assert {name: answer.body[name] for name in ("added", "already", "failed")} == {
        "added": 2,
        "already": 0,
        "failed": 1,
    }
    assert api.post(f"{LIST}/import", body).body["already"] == 2


def test_a_large_import_is_taken_and_a_larger_one_refused(api, calls):
    """A million characters fit in; five thousand numbers do, and no more."""
    lines = [f"+1415555{place:04},{'x' * 150}\n" for place in range(5000)]
    assert api.post(f"{LIST}/import", {"content": "".join(lines)}).body["added"] == 5000
    answer = api.post(f"{LIST}/import", {"content": "".join([*lines, f"{NUMBER}\n"])})
    assert (answer.status, answer.body["code"]) == (400, "too_many_numbers")
    assert api.post(f"{LIST}/import", {"content": "x" * 1_000_001}).status == 400
    assert api.post(f"{LIST}/import", {"content": "x" * 2_000_001}).status == 413


def test_a_long_export_links_to_its_next_rows(api, calls, monkeypatch):
    """With the same filters, until the last row; nothing in it is run by a spreadsheet."""
    monkeypatch.setattr(http_suppressions, "MAX_EXPORT", 3)
    numbers = _fill(calls, 8)
    found, query = [], "?from=2026-03-03T12:00:00Z&source=operator"
    while query:
        answer = api.get(f"{LIST}/export{query}", scope=Scope.VIEWER)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        found += [row["number"] for row in _rows(answer.body)]
        link = re.fullmatch(r'<(\?[^>]+)>; rel="next"', answer.headers.get("Link", ""))
        query = link and link[1]
    assert found == [f"'{number}" for number in numbers]


def test_a_contacts_calls_are_listed_by_page(api, calls, contact):
    """Newest first, with those of contacts that were merged into it; not those of others."""
    calls.crm.contacts._by_id[contact.id] = replace(contact, merged_ids=("contact_old",))
    owners = (contact.id, "contact_old", "contact_other")
    for place in range(9):
        at = NOW + timedelta(seconds=place)
        calls.book.create(a_call(id=f"call_{place}", contact_id=owners[place % 3], created_at=at))
    found, more = [], ""
    while True:
        path = f"/v1/crm/contacts/{contact.id}/calls?page_size=4{more}"
        answer = api.get(path, scope=Scope.VIEWER)
        found += [item["id"] for item in answer.body["items"]]
        token = answer.body["next_page_token"]
        if token is None:
            break
        more = f"&page_token={quote(token)}"
    assert found == [f"call_{place}" for place in (7, 6, 4, 3, 1, 0)]


def test_the_calls_of_a_contact_that_is_gone_are_not_listed(api, calls, contact):
    """As nothing else of it is."""
    delete_contact(calls.crm, contact.id)
    answer = api.get(f"/v1/crm/contacts/{contact.id}/calls")
    assert (answer.status, answer.body["code"]) == (404, "contact_not_found")

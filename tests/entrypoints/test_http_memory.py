"""What is remembered of contacts over HTTP."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap import container
from chalicelib.crm.domain.memory import Fact
from chalicelib.crm.services.memory import remember
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
DAY = {"key": "Preferred day", "value": "Thursdays"}


@pytest.fixture
def ada(api):
    """Create a contact; give its address."""
    body = api.post(CONTACTS, {"name": "Ada", "phone": "+14155552671"}).body
    return f"{CONTACTS}/{body['id']}"


def test_a_fact_is_shown_whole(api, ada):
    """Writing answers 201 with the tidy key and who wrote it; reading and the list give the same."""
    created = api.post(f"{ada}/memory", DAY)
    assert created.status == 201
    assert created.body == {
        "id": created.body["id"],
        "contact_id": ada.rpartition("/")[2],
        "key": "preferred_day",
        "value": "Thursdays",
        "said": "",
        "turn": None,
        "call_id": None,
        "learned_at": "2026-03-03T12:00:00.000Z",
        "corrected_by": "test operator",
        "version": 1,
    }
    assert api.get(f"{ada}/memory/{created.body['id']}", scope=Scope.VIEWER).body == created.body
    assert api.get(f"{ada}/memory", scope=Scope.VIEWER).body["items"] == [created.body]


def test_a_repeated_request_writes_once(api, ada):
    """The same key gives the same fact."""
    first, second = (
        api.post(f"{ada}/memory", DAY, headers={"Idempotency-Key": "one"}).body for _ in range(2)
    )
    assert first == second


def test_a_key_that_is_there_is_named(api, ada):
    """Writing a key again answers 409 and says which fact to correct."""
    first = api.post(f"{ada}/memory", DAY).body
    second = api.post(f"{ada}/memory", DAY | {"key": "preferred-DAY"})
    assert (second.status, second.body["code"]) == (409, "fact_exists")
    assert second.body["details"] == {"fact_id": first["id"]}


def test_a_call_s_fact_is_corrected_and_deleted(api, ada):
    """A correction keeps the call as the source; versions guard it; after the deletion it is gone."""
    contact_id, call_id = ada.rpartition("/")[2], new_id("call")
    learned = remember(container().crm, contact_id, call_id, [Fact("pet", "a dog", "my dog", 3)])[0]
    one = f"{ada}/memory/{learned.id}"
    cat = {"value": "a cat"}
    assert api.ask("PUT", one, body=cat, headers={"If-Match": '"7"'}).status == 412
    changed = api.ask("PUT", one, body=cat, headers={"If-Match": '"1"'}).body
    assert (changed["value"], changed["corrected_by"], changed["version"]) == ("a cat", "test operator", 2)
    assert (changed["call_id"], changed["said"], changed["turn"]) == (call_id, "my dog", 3)
    assert api.ask("DELETE", one, headers={"If-Match": '"2"'}).status == 204
    assert api.get(one).body["code"] == "fact_not_found"
    assert api.get(f"{ada}/memory").body["items"] == []


def test_the_list_has_pages(api, ada):
    """Every fact is on one page."""
    for key in ("a", "b", "c"):
        api.post(f"{ada}/memory", {"key": key, "value": "x"})
    first = api.get(f"{ada}/memory?page_size=2").body
    rest = api.get(f"{ada}/memory?page_size=2&page_token={first['next_page_token']}").body
    assert sorted(each["key"] for each in first["items"] + rest["items"]) == ["a", "b", "c"]
    assert rest["next_page_token"] is None


def test_what_has_no_words_is_refused(api, ada):
    """A key of signs only answers 400; so does an unknown contact with 404."""
    assert api.post(f"{ada}/memory", {"key": "?!", "value": "x"}).body["code"] == "bad_fact"
    nobody = f"{CONTACTS}/{new_id('contact')}/memory"
    assert api.post(nobody, DAY).body["code"] == api.get(nobody).body["code"] == "contact_not_found"

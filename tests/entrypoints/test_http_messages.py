"""Text messages and their templates over HTTP."""

from __future__ import annotations

import pytest
from fakes.calls import LINE, NUMBER, FakeCalls, furnished

from chalicelib.calls.services.receiving import Incoming, receive_text
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

SEND = "/v1/calls/messages"
TEMPLATES = "/v1/calls/message-templates"


@pytest.fixture
def calls(container, clock, crm):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, crm)
    furnished(container.calls)
    return container.calls


@pytest.fixture
def thread(calls):
    """Give the address of Ada's thread."""
    return f"/v1/crm/contacts/{find_contact(calls.crm, NUMBER).id}/messages"


def test_a_message_is_accepted_shown_and_listed(api, calls, thread):
    """With its segments and the character that makes it costly."""
    sent = api.post(thread, {"body": "Hello {{ first_name }}, all good “today”?"})
    assert (sent.status, sent.body["state"], sent.body["body"]) == (
        202,
        "queued",
        "Hello Ada, all good “today”?",
    )
    assert (sent.body["encoding"], sent.body["segments"], sent.body["forced_by"]) == ("ucs2", 1, "“")
    assert api.get(f"{SEND}/{sent.body['id']}", scope=Scope.VIEWER).body == sent.body
    calls.clock.advance(seconds=1)
    receive_text(calls, Incoming("SM1", NUMBER, LINE, "Yes, thanks"))
    first = api.get(f"{thread}?page_size=1", scope=Scope.VIEWER).body
    rest = api.get(f"{thread}?page_size=1&page_token={first['next_page_token']}").body
    found = [*first["items"], *rest["items"]]
    assert [each["direction"] for each in found] == ["inbound", "outbound"]
    assert (found[0]["state"], rest["next_page_token"]) == ("received", None)


def test_a_number_that_nobody_has_becomes_a_contact(api, calls):
    """As it does when it is called."""
    sent = api.post(SEND, {"number": "+14155552699", "body": "Hello {{ first_name }}"})
    assert (sent.status, sent.body["body"]) == (202, "Hello there")
    assert find_contact(calls.crm, E164("+14155552699")).id == sent.body["contact_id"]


def test_a_repeated_request_sends_once(api, calls, thread):
    """The same key gives the same message."""
    key = {"Idempotency-Key": "once"}
    first, again = (api.post(thread, {"body": "Hello"}, headers=key) for _ in range(2))
    assert first.body["id"] == again.body["id"]
    assert len(calls.messages.by_place) == 1


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"body": "x" * 1601}, (400, "body_too_long", "/body")),
        ({"body": "{{ missing }}"}, (400, "bad_template", "/body")),
        ({"body": " \n"}, (400, "body_missing", "/body")),
        ({"body": "Hi", "line": "+14155550199"}, (404, "line_not_found", "/line")),
        ({"template_id": new_id("template")}, (404, "template_not_found", "/template_id")),
        ({"body": "Hi", "template_id": new_id("template")}, (400, "invalid_fields", "")),
        ({}, (400, "invalid_fields", "")),
        (
            {"body": "Hi", "variables": {"Bad-Name": "x"}},
            (400, "invalid_fields", "/variables/Bad-Name/[key]"),
        ),
    ],
)
def test_what_cannot_be_sent_names_its_field(api, calls, thread, body, refusal):
    """And nothing is stored."""
    refused = api.post(thread, body)
    assert (refused.status, refused.body["code"]) == refusal[:2]
    assert refusal[2] in {error["pointer"] for error in refused.body["errors"]}
    assert not calls.messages.by_place


def test_a_suppressed_number_gets_none(api, calls, thread):
    """The rule is the code."""
    stop_calling(calls, NUMBER, "operator")
    refused = api.post(thread, {"body": "Hello"})
    assert (refused.status, refused.body["code"]) == (403, "suppressed")


def test_nobody_and_nothing_are_not_found(api, calls):
    """Whether they are asked for or written to."""
    nobody = f"/v1/crm/contacts/{new_id('contact')}/messages"
    for answer, code in (
        (api.get(nobody), "contact_not_found"),
        (api.post(nobody, {"body": "Hi"}), "contact_not_found"),
        (api.get(f"{SEND}/{new_id('message')}"), "message_not_found"),
        (api.get(f"{SEND}/x"), "message_not_found"),
    ):
        assert (answer.status, answer.body["code"]) == (404, code)


def test_templates_are_made_read_changed_and_deleted(api, calls, thread):
    """By their versions; a message made of one stays."""
    made = api.post(TEMPLATES, {"name": "Reminder", "text": "Hello {{ first_name }}, at {{ time }}."})
    place = f"{TEMPLATES}/{made.body['id']}"
    assert (made.status, made.body["version"]) == (201, 1)
    sent = api.post(thread, {"template_id": made.body["id"], "variables": {"time": "ten"}})
    assert (sent.body["body"], sent.body["template_id"]) == ("Hello Ada, at ten.", made.body["id"])
    new = {"name": "Reminder", "text": "Hi"}
    assert api.ask("PUT", place, body=new, headers={"If-Match": '"2"'}).status == 412
    changed = api.ask("PUT", place, body=new, headers={"If-Match": '"1"'})
    assert (changed.status, changed.body["text"], changed.body["version"]) == (200, "Hi", 2)
    assert api.get(TEMPLATES).body["items"] == [api.get(place, scope=Scope.VIEWER).body]
    assert api.ask("DELETE", place, headers={"If-Match": '"2"'}).status == 204
    assert api.get(place).status == 404
    assert api.get(f"{SEND}/{sent.body['id']}").status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x", "text": "{{ broken"}, "bad_template"),
        ({"name": "x", "text": "   "}, "body_missing"),
        ({"name": " ", "text": "Hi"}, "invalid_fields"),
    ],
)
def test_a_template_with_a_mistake_is_refused(api, calls, body, code):
    """When it is made, not when it is sent."""
    refused = api.post(TEMPLATES, body)
    assert (refused.status, refused.body["code"]) == (400, code)

"""The REST routes of webhooks: who may do what, what is shown once, and every refusal with its field."""

from __future__ import annotations

import json

import pytest

from chalicelib.bootstrap.news import event_types
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.deliveries import deliver

WEBHOOKS = "/v1/webhooks"
HOOK = {"url": "https://example.com/hook", "event_types": ["call.*"], "description": "CRM"}
KEY = {"Idempotency-Key": "c1f2a1c0-6a2e-4c57-9d53-7b1f2f6f7a11"}


@pytest.fixture
def hook(api):
    """Create a webhook through the API."""
    return api.post(WEBHOOKS, HOOK, scope=Scope.ADMIN).body


def _work(container):
    for webhook_id, delivery_id, _ in container.system.news.deliveries:
        deliver(container.system, webhook_id, delivery_id)


def _errors(answer):
    return {each["pointer"]: each["detail"] for each in answer.body["errors"]}


def test_a_created_webhook_is_shown_with_its_secret_once(api):
    """Creation shows it; reading, listing and changing do not."""
    created = api.post(WEBHOOKS, HOOK, scope=Scope.ADMIN)
    assert (created.status, created.headers["ETag"]) == (201, '"1"')
    secret = created.body.pop("secret")
    assert secret.startswith("whsec_")
    assert created.body == {
        "id": created.body["id"],
        **HOOK,
        "enabled": True,
        "disabled_reason": None,
        "disabled_at": None,
        "old_secret_until": None,
        "created_at": "2026-03-03T12:00:00.000Z",
        "updated_at": "2026-03-03T12:00:00.000Z",
        "version": 1,
    }
    read = api.get(f"{WEBHOOKS}/{created.body['id']}", scope=Scope.VIEWER)
    listed = api.get(WEBHOOKS, scope=Scope.VIEWER)
    assert (read.body, listed.body["items"]) == (created.body, [created.body])
    assert secret not in json.dumps([read.body, listed.body])


def test_a_repeated_creation_makes_one_and_hides_the_secret(api):
    """The answer to the second is the first one's, without what is shown once."""
    first, second = (api.post(WEBHOOKS, HOOK, scope=Scope.ADMIN, headers=KEY) for _ in range(2))
    assert first.body["secret"].startswith("whsec_")
    assert second.body == {**first.body, "secret": None}
    assert len(api.get(WEBHOOKS).body["items"]) == 1


def test_a_repeated_rotation_rotates_once(api, hook, container):
    """The receiver's secret stays one of the two that sign."""
    path = f"{WEBHOOKS}/{hook['id']}/rotate-secret"
    first, second = (api.post(path, scope=Scope.ADMIN, headers=KEY) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.body["secret"] not in (hook["secret"], None)
    assert second.body["secret"] is None
    assert first.body["old_secret_until"] == "2026-03-04T12:00:00.000Z"
    assert container.system.webhooks.secrets(hook["id"]).previous == hook["secret"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://inside.example.com/hook",
        "https://user@example.com/hook",
        "ftp://example.com",
        "x",
    ],
)
def test_an_address_that_may_not_be_reached_is_a_field_error(api, hook, container, url):
    """At creation and at change, with the field and the remedy."""
    container.system.resolve.known["inside.example.com"] = ("8.8.8.8", "10.0.0.1")
    created = api.post(WEBHOOKS, {**HOOK, "url": url}, scope=Scope.ADMIN)
    changed = api.ask(
        "PATCH", f"{WEBHOOKS}/{hook['id']}", body={"url": url}, scope=Scope.ADMIN, headers={"If-Match": "*"}
    )
    for answer in (created, changed):
        assert (answer.status, answer.body["code"], set(_errors(answer))) == (
            400,
            "address_refused",
            {"/url"},
        )


def test_networks_that_the_deployment_allows_may_be_reached(api, container):
    """By http too: that is how the local stack reaches its own receivers."""
    from chalicelib.system.domain.destinations import parse_networks  # noqa: PLC0415

    container.system.allowed_networks = parse_networks({"10.0.0.0/8"})
    container.system.resolve.known["inside.example.com"] = ("10.0.0.1",)
    body = {"url": "http://inside.example.com:8080/hook"}
    assert api.post(WEBHOOKS, body, scope=Scope.ADMIN).status == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": 5}, "/url"),
        ({"url": ""}, "/url"),
        ({"url": "https://example.com/" + "x" * 2000}, "/url"),
        ({"event_types": []}, "/event_types"),
        ({"event_types": ["call.*"] * 51}, "/event_types"),
        ({"event_types": ["call.*", "Call"]}, "/event_types/1"),
        ({"event_types": ["call.*", "cal.*"]}, "/event_types/1"),
        ({"event_types": ["call.exploded"]}, "/event_types/0"),
        ({"description": "x" * 201}, "/description"),
        ({"description": "a\nb"}, "/description"),
        ({"enabled": "yes"}, "/enabled"),
        ({"secret": "whsec_mine"}, "/secret"),
    ],
)
def test_every_field_is_checked(api, hook, body, pointer):
    """Also that the events exist: a misspelt type would never be told."""
    created = api.post(WEBHOOKS, HOOK | body, scope=Scope.ADMIN)
    changed = api.ask(
        "PATCH", f"{WEBHOOKS}/{hook['id']}", body=body, scope=Scope.ADMIN, headers={"If-Match": "*"}
    )
    for answer in (created, changed):
        assert (answer.status, set(_errors(answer))) == (400, {pointer})


def test_all_events_are_wanted_when_nothing_is_said(api):
    """A webhook of an address alone is told everything."""
    created = api.post(WEBHOOKS, {"url": HOOK["url"]}, scope=Scope.ADMIN)
    assert created.body["event_types"] == ["*"]


def test_a_change_names_what_it_has_read(api, hook):
    """Without If-Match 428, with an old version 412; with the present one it is done."""
    path = f"{WEBHOOKS}/{hook['id']}"

    def ask(method, body=None, **headers):
        return api.ask(method, path, body=body, scope=Scope.ADMIN, headers=headers)

    assert ask("PATCH", {"enabled": False}).status == 428
    off = ask("PATCH", {"enabled": False}, **{"If-Match": '"1"'})
    assert (off.body["enabled"], off.body["disabled_reason"], off.headers["ETag"]) == (
        False,
        "requested",
        '"2"',
    )
    assert ask("PATCH", {"enabled": True}, **{"If-Match": '"1"'}).status == 412
    assert ask("DELETE").status == 428
    assert ask("DELETE", **{"If-Match": '"1"'}).status == 412
    assert ask("DELETE", **{"If-Match": '"2"'}).status == 204
    assert api.get(path).status == 404
    assert api.get(WEBHOOKS).body["items"] == []


def test_a_ping_is_seen_in_the_deliveries(api, hook, container):
    """It is accepted at once; the delivery tells what came of it, with the message."""
    sent = api.post(f"{WEBHOOKS}/{hook['id']}/ping")
    assert (sent.status, sent.body["event_type"], sent.body["state"]) == (202, "webhook.ping", "pending")
    container.system.sender.answers = [Answer(503, ms=7, excerpt="not now")]
    _work(container)
    read = api.get(f"{WEBHOOKS}/{hook['id']}/deliveries/{sent.body['id']}", scope=Scope.VIEWER).body
    assert read["attempts"] == [
        {"at": "2026-03-03T12:00:00.000Z", "status": 503, "error": "", "ms": 7, "excerpt": "not now"}
    ]
    assert read["event"]["data"] == {"webhook_id": hook["id"], "url": HOOK["url"]}
    assert (read["event"]["id"], read["tries"]) == (read["event_id"], 1)


def test_deliveries_are_listed_by_state_in_pages(api, hook, container, clock):
    """A token belongs to one state."""
    path = f"{WEBHOOKS}/{hook['id']}/deliveries"
    for _ in range(3):
        api.post(f"{WEBHOOKS}/{hook['id']}/ping")
        clock.advance(seconds=1)
    _work(container)
    first = api.get(f"{path}?state=delivered&page_size=2").body
    assert [len(first["items"]), first["items"][0]["state"]] == [2, "delivered"]
    token = first["next_page_token"]
    second = api.get(f"{path}?state=delivered&page_size=2&page_token={token}").body
    assert (len(second["items"]), second["next_page_token"]) == (1, None)
    assert api.get(f"{path}?state=failed&page_token={token}").status == 400
    assert api.get(f"{path}?state=failed").body["items"] == []
    assert api.get(f"{path}?state=lost").status == 400


def test_webhooks_come_in_pages(api):
    """The token of a page leads to the next one."""
    for _ in range(3):
        api.post(WEBHOOKS, HOOK, scope=Scope.ADMIN)
    first = api.get(f"{WEBHOOKS}?page_size=2").body
    second = api.get(f"{WEBHOOKS}?page_size=2&page_token={first['next_page_token']}").body
    assert (len(first["items"]), len(second["items"]), second["next_page_token"]) == (2, 1, None)


def test_a_delivery_is_replayed(api, hook, container):
    """The same message is sent again."""
    sent = api.post(f"{WEBHOOKS}/{hook['id']}/ping").body
    _work(container)
    again = api.post(f"{WEBHOOKS}/{hook['id']}/deliveries/{sent['id']}/replay")
    assert (again.status, again.body["state"], len(again.body["attempts"])) == (202, "pending", 1)
    _work(container)
    assert [letter.id for letter in container.system.sender.received] == [sent["event_id"]] * 2


def test_a_disabled_webhook_is_sent_nothing(api, hook):
    """Ping and replay say so."""
    sent = api.post(f"{WEBHOOKS}/{hook['id']}/ping").body
    api.ask(
        "PATCH",
        f"{WEBHOOKS}/{hook['id']}",
        body={"enabled": False},
        scope=Scope.ADMIN,
        headers={"If-Match": "*"},
    )
    for path in ("ping", f"deliveries/{sent['id']}/replay"):
        answer = api.post(f"{WEBHOOKS}/{hook['id']}/{path}")
        assert (answer.status, answer.body["code"]) == (409, "webhook_disabled")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/rotate-secret"),
        ("POST", "/ping"),
        ("GET", "/deliveries"),
        ("GET", "/deliveries/delivery_1"),
        ("POST", "/deliveries/delivery_1/replay"),
    ],
)
def test_what_is_not_there_is_404(api, method, path):
    """Every path below a webhook that does not exist says so."""
    body = {"enabled": True} if method == "PATCH" else None
    answer = api.ask(
        method,
        f"{WEBHOOKS}/webhook_{'0' * 32}{path}",
        body=body,
        scope=Scope.ADMIN,
        headers={"If-Match": "*"},
    )
    assert (answer.status, answer.body["code"]) == (404, "webhook_not_found")


def test_a_delivery_of_another_webhook_is_not_there(api, hook):
    """An id opens only what is below its own webhook."""
    other = api.post(WEBHOOKS, HOOK, scope=Scope.ADMIN).body
    sent = api.post(f"{WEBHOOKS}/{hook['id']}/ping").body
    answer = api.get(f"{WEBHOOKS}/{other['id']}/deliveries/{sent['id']}")
    assert (answer.status, answer.body["code"]) == (404, "delivery_not_found")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "", Scope.OPERATOR),
        ("PATCH", "/x", Scope.OPERATOR),
        ("DELETE", "/x", Scope.OPERATOR),
        ("POST", "/x/rotate-secret", Scope.OPERATOR),
        ("POST", "/x/ping", Scope.VIEWER),
        ("POST", "/x/deliveries/y/replay", Scope.VIEWER),
    ],
)
def test_scopes_hold(api, method, path, scope):
    """Only administrators decide where data goes; operators test and repeat; viewers read."""
    body = HOOK if method in ("POST", "PATCH") and path in ("", "/x") else None
    answer = api.ask(method, WEBHOOKS + path, body=body, scope=scope, headers={"If-Match": "*"})
    assert (answer.status, answer.body["code"]) == (403, "scope_missing")


def test_the_catalogue_lists_every_event(api):
    """Each with the schema of its data."""
    items = api.get("/v1/events/types", scope=Scope.VIEWER).body["items"]
    assert [item["type"] for item in items] == sorted(event_types())
    ended = next(item for item in items if item["type"] == "call.ended")
    assert ended["data_schema"]["type"] == "object"
    assert (ended["version"], bool(ended["description"])) == (1, True)

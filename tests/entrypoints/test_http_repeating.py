"""Requests that come again: done once, answered alike."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest
from fakes.requests import FakeRequestStore
from pydantic import BaseModel

from chalicelib.entrypoints.middleware import ROUTES, NoQuery, Request, answering, route
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.kernel.schemas import Input
from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
ADA = {"name": "Ada", "phone": "+14155552671"}
KEY = {"Idempotency-Key": "c1f2a1c0-6a2e-4c57-9d53-7b1f2f6f7a11"}


class Crash(BaseException):
    """The process is gone: nothing after it runs, not even the handling of errors."""


class ThingIn(Input):
    """What a test's route takes."""

    name: str


class ThingView(BaseModel):
    """What a test's route answers."""

    secret_fields: ClassVar = ("secret",)
    id: str
    secret: str | None = None


@pytest.fixture
def made():
    """List the ids of what the test's route has made."""
    return []


@pytest.fixture
def things(serve, made):
    """Serve a route that makes a thing, and fails as the test says: `things.fault`."""

    def declare(bp):
        @route(bp, "POST", "/things", scope=Scope.VIEWER, body=ThingIn, returns=ThingView, status=201)
        def make(request: Request[ThingIn, NoQuery]) -> ThingView:
            """Make a thing."""
            made.append(request.new_id("thing"))
            if api.fault:
                raise api.fault
            return ThingView(id=made[-1], secret="shown once")

    api = serve(declare)
    api.fault = None
    return api


def test_the_first_answer_is_given_again(api):
    """Status, body and tag are the first one's; a header says that it is a repetition."""
    first, second = (api.post(CONTACTS, ADA, headers=KEY) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert second.body == first.body
    assert second.headers["ETag"] == first.headers["ETag"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"


def test_without_a_key_every_request_acts(api):
    """The second creation of one number is refused, as it always was."""
    assert [api.post(CONTACTS, ADA).status for _ in range(2)] == [201, 409]


def test_the_same_in_another_spelling_is_the_same_request(api):
    """White space and the order of fields do not matter."""
    first = api.post(CONTACTS, ADA, headers=KEY)
    raw = json.dumps(dict(reversed(ADA.items())), indent=2).encode()
    again = api.ask("POST", CONTACTS, raw=raw, headers={**KEY, "Content-Type": "application/json"})
    assert (again.status, again.body) == (201, first.body)


@pytest.mark.parametrize("path", [CONTACTS, "/v1/ai/templates"])
def test_a_key_stands_for_one_request(api, path):
    """Another body, or another route, is refused and done by nobody."""
    api.post(CONTACTS, ADA, headers=KEY)
    other = {CONTACTS: {**ADA, "name": "Bob"}, "/v1/ai/templates": {"name": "x", "text": "y"}}[path]
    answer = api.post(path, other, headers=KEY)
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")


def test_keys_of_two_tokens_are_apart(things, made):
    """Nobody gets another token's answer."""
    for scope in (Scope.VIEWER, Scope.OPERATOR):
        assert things.post("/things", {"name": "x"}, headers=KEY, scope=scope).status == 201
    assert len(set(made)) == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ü"])
def test_a_bad_key_is_refused(api, key):
    """Nothing is done under a key that could be misread."""
    answer = api.post(CONTACTS, ADA, headers={"Idempotency-Key": key})
    assert (answer.status, answer.body["code"]) == (400, "bad_idempotency_key")
    assert api.get(f"{CONTACTS}?phone=%2B14155552671").body["items"] == []


def test_secrets_are_shown_once(things):
    """What is kept of an answer, and given again, has no secret in it."""
    first = things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER)
    again = things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER)
    assert first.body == {"id": first.body["id"], "secret": "shown once"}
    assert again.body == {"id": first.body["id"], "secret": None}


@pytest.mark.parametrize("fault", [Conflict("no", code="conflict"), RuntimeError("broken")])
def test_a_refusal_is_not_kept(things, made, fault, declared, monkeypatch):
    """After a failure the same request is tried again, and makes the thing with the id it had."""
    monkeypatch.setitem(vars(ROUTES[-1]), "errors", {"conflict": 409})
    things.fault = fault
    assert things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER).status >= 409
    things.fault = None
    assert things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER).status == 201
    assert made[0] == made[1]


def test_a_crash_before_the_answer_is_kept_makes_nothing_twice(api, container, monkeypatch):
    """The contact was created and the process died: the repetition gets that contact."""
    save = FakeRequestStore._update_record

    def die(*_, **__):
        raise Crash

    monkeypatch.setattr(FakeRequestStore, "_update_record", die)
    with pytest.raises(Crash):
        api.post(CONTACTS, ADA, headers=KEY)
    created = api.get(f"{CONTACTS}?phone=%2B14155552671").body["items"]
    monkeypatch.setattr(FakeRequestStore, "_update_record", save)
    assert api.post(CONTACTS, ADA, headers=KEY).status == 409  # the invocation may still be running
    for row in container.system.requests.rows.values():
        row["in_progress_expiry_timestamp"] = 0  # now it cannot
    container.clock.advance(seconds=31)
    again = api.post(CONTACTS, ADA, headers=KEY)
    assert (again.status, [again.body]) == (201, created)


def test_a_request_in_flight_is_told_to_wait(things, made, monkeypatch):
    """While the first is served, the second gets 409 and when to come again."""
    seen = []
    perform = answering._perform

    def slowly(*args):
        if not seen:
            seen.append(None)
            seen[0] = things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER)
        return perform(*args)

    monkeypatch.setattr(answering, "_perform", slowly)
    assert things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER).status == 201
    assert (seen[0].status, seen[0].body["code"]) == (409, "idempotency_in_flight")
    assert seen[0].headers["Retry-After"] == "1"
    assert len(made) == 1


def test_a_silent_storage_is_unavailable(things, container, made):
    """When it cannot be known whether the request was served, nothing is done."""

    class Silent:
        first_at_millis = 0

        def configure(self, **_):
            """Take the configuration."""

        def save_inprogress(self, **_):
            raise Unavailable("silent", retryable=True)

    container.system.new_request_store = Silent
    answer = things.post("/things", {"name": "x"}, headers=KEY, scope=Scope.VIEWER)
    assert (answer.status, answer.body["code"]) == (503, "storage_unavailable")
    assert made == []


def test_every_post_honours_the_key():
    """A POST that creates or dials can be repeated safely; the exceptions create nothing."""
    import app  # noqa: F401, PLC0415

    again_does_nothing = {
        "/v1/calls/voicemails/{call_id}/heard",
        "/v1/calls/conferences/{conference_id}/end",
        "/v1/calls/{call_id}/hangup",
        "/v1/calls/templates/{template_id}/render",  # shows, and stores nothing
        "/v1/ai/templates/{template_id}/render",
        "/v1/calls/{call_id}/analysis",  # what it finds is kept under ids of the call
        "/v1/calls/analyses",
        "/v1/calls/{call_id}/proposals/{field}",  # decided once
        "/v1/crm/imports/{import_id}/cancel",
        "/v1/crm/jobs/{job_id}/cancel",
        "/v1/crm/contacts/{contact_id}/merge",  # guarded by the winner's version
        "/v1/calls/queue/process",  # wakes what is due, as each minute does
        "/v1/calls/queue/{call_id}/cancel",
        *(f"/v1/scheduling/campaigns/{{campaign_id}}/{act}" for act in ("start", "pause", "resume", "stop")),
        "/v1/scheduling/campaigns/{campaign_id}/members/{contact_id}/skip",
        *(
            f"/v1/scheduling/bookings/{{booking_id}}/{act}"
            for act in ("move", "cancel", "confirm", "attendance")
        ),
        "/v1/scheduling/calendars/{calendar_id}/busy",  # takes the place of what the source told before
    }
    assert {r.path for r in ROUTES if r.method == "POST" and not r.idempotent} == again_does_nothing

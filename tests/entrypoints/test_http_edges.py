"""Limits, conditional requests, other origins, deprecation, and the headers that every answer has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from pydantic import BaseModel

from chalicelib.entrypoints.middleware import Deprecation, NoQuery, Request, route
from chalicelib.kernel.schemas import Input
from chalicelib.system.domain.tokens import Scope

CONTACTS = "/v1/crm/contacts"
ADA = {"name": "Ada", "phone": "+14155552671"}
PAGE_OF_ANOTHER = {"Origin": "https://evil.example.com"}
OUR_PAGE = {"Origin": "https://crm.example.com"}


class ThingIn(Input):
    """What a test's route takes."""

    name: str


class ThingView(BaseModel):
    """What a test's route answers."""

    name: str
    version: int


@dataclass(frozen=True)
class Thing:
    """What a test's route changes."""

    name: str
    version: int


@pytest.fixture
def things(serve):
    """Serve a route that changes a thing at the version that is asked for: `things.expected`."""

    def declare(bp):
        @route(bp, "PUT", "/things", scope=Scope.VIEWER, body=ThingIn, returns=ThingView, guarded=True)
        def change(request: Request[ThingIn, NoQuery]) -> Thing:
            """Change a thing."""
            api.expected.append(request.expected_version)
            return Thing(request.body.name, 8)

    api = serve(declare)
    api.expected = []
    return api


@pytest.fixture
def ada(api):
    """Create a contact."""
    return api.post(CONTACTS, ADA).body


def test_a_token_s_requests_are_limited(api, container):
    """The request that is one too many is refused until the minute is over; another token is served."""
    container.settings.token_requests_per_minute = 2
    answers = [api.get(f"{CONTACTS}?phone=%2B14155552671") for _ in range(3)]
    assert [each.status for each in answers] == [200, 200, 429]
    refused = answers[2]
    assert refused.body["code"] == "rate_limited"
    assert refused.headers["Retry-After"] == "60"
    assert refused.headers["RateLimit-Policy"] == '"token";q=2;w=60, "address";q=100000;w=60'
    assert refused.headers["RateLimit"].startswith('"token";r=0;t=60, "address";r=9999')
    assert answers[0].headers["RateLimit"].startswith('"token";r=1;t=60')
    assert api.get(f"{CONTACTS}?phone=%2B14155552671", scope=Scope.VIEWER).status == 200


def test_the_next_minute_is_a_new_one(api, container, clock):
    """Who waits as long as told is served."""
    container.settings.token_requests_per_minute = 1
    api.get(CONTACTS)
    wait = int(api.get(CONTACTS).headers["Retry-After"])
    clock.advance(seconds=wait)
    assert api.get(f"{CONTACTS}?phone=%2B14155552671").status == 200


def test_an_address_is_limited_whatever_its_tokens(api, container):
    """Many tokens of one caller share the address's limit."""
    container.settings.address_requests_per_minute = 2
    path = f"{CONTACTS}?phone=%2B14155552671"
    assert [api.get(path, scope=scope).status for scope in Scope] == [200, 200, 429]


@pytest.mark.parametrize(("method", "status"), [("GET", 400), ("POST", 403)])
def test_what_is_refused_counts_as_well(api, container, method, status):
    """Guessing is limited like asking, also for who has not the scope."""
    container.settings.token_requests_per_minute = 1
    path = CONTACTS + ("?phone=four" if method == "GET" else "")
    assert [api.ask(method, path, scope=Scope.VIEWER).status for _ in range(2)] == [status, 429]


def test_health_is_never_refused(api, container):
    """Whoever watches the system is answered, and nothing is counted or asked for it."""
    container.settings.address_requests_per_minute = 0
    answer = api.get("/health", scope=None)
    assert answer.status == 200
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize(("tag", "expected"), [('"7"', 7), ("*", None), (' "7" ', 7)])
def test_the_version_that_was_seen_reaches_the_handler(things, tag, expected):
    """`If-Match` names it, or takes any."""
    answer = things.ask("PUT", "/things", body={"name": "x"}, headers={"If-Match": tag})
    assert (answer.status, things.expected) == (200, [expected])
    assert answer.headers["ETag"] == '"8"'


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "if_match_required"),
        ({"If-Match": "7"}, 412, "version_changed"),
        ({"If-Match": 'W/"7"'}, 412, "version_changed"),
        ({"If-Match": '"7", "8"'}, 412, "version_changed"),
        ({"If-Match": '"0"'}, 412, "version_changed"),
        ({"If-Match": ""}, 412, "version_changed"),
    ],
)
def test_without_a_version_of_ours_nothing_is_changed(things, headers, status, code):
    """An absent tag is asked for, and one that can be no version of ours does not match."""
    answer = things.ask("PUT", "/things", body={"name": "x"}, headers=headers)
    assert (answer.status, answer.body["code"], things.expected) == (status, code, [])


def _lasting(answer):
    """Give an answer's headers without those that count requests."""
    return {name: text for name, text in answer.headers.items() if name not in {"X-Request-Id", "RateLimit"}}


def test_what_is_known_is_not_sent_again(api, ada):
    """A GET with the present tag gets 304 and no content; with an older one, everything."""
    path = f"{CONTACTS}/{ada['id']}"
    assert api.get(path).headers["ETag"] == '"1"'
    known = api.get(path, headers={"If-None-Match": '"1"'})
    assert (known.status, known.body, known.headers["ETag"]) == (304, None, '"1"')
    assert _lasting(known) == _lasting(api.get(path))
    assert api.get(path, headers={"If-None-Match": '"9", W/"1"'}).status == 304
    assert api.get(path, headers={"If-None-Match": "*"}).status == 304
    assert api.get(path, headers={"If-None-Match": '"2"'}).body == ada


def test_what_has_no_version_is_compared_by_content(api, ada):
    """A list has a weak tag, which changes when the list does."""
    path = f"{CONTACTS}/{ada['id']}/notes"
    tag = api.get(path).headers["ETag"]
    assert tag.startswith('W/"')
    assert api.get(path, headers={"If-None-Match": tag}).status == 304
    api.post(path, {"body": "Called."})
    assert api.get(path, headers={"If-None-Match": tag}).status == 200


def test_a_condition_does_not_stop_a_creation(api):
    """Only reads are left out for who knows the content."""
    assert api.post(CONTACTS, ADA, headers={"If-None-Match": "*"}).status == 201


def test_a_listed_origin_may_read(api):
    """Its pages get the answer with all the headers that our clients need."""
    answer = api.get("/health", scope=None, headers=OUR_PAGE)
    assert answer.headers["Access-Control-Allow-Origin"] == OUR_PAGE["Origin"]
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Vary"] == "Origin"


def test_other_origins_may_not(api):
    """No header admits them, and caches keep the answers apart."""
    answer = api.get("/health", scope=None, headers=PAGE_OF_ANOTHER)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert answer.headers["Vary"] == "Origin"


def test_without_a_list_answers_do_not_depend_on_the_origin(api, container):
    """Nothing is said to caches that would keep answers apart."""
    container.settings.cors_origins = frozenset()
    assert "Vary" not in api.get("/health", scope=None, headers=OUR_PAGE).headers


def test_caches_are_told_even_when_no_page_asked(api):
    """What a program fetched must not be given to a page, when the list says who may read."""
    assert api.get("/health", scope=None).headers["Vary"] == "Origin"


def test_a_preflight_names_the_path_s_methods(api):
    """The browser learns what it may send, without a token, and for how long to remember it."""
    answer = api.ask("OPTIONS", CONTACTS, scope=None, headers=OUR_PAGE)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "POST, GET"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "600"


def test_a_preflight_of_another_origin_admits_nothing(api):
    """The browser then does not send the request."""
    answer = api.ask("OPTIONS", CONTACTS, scope=None, headers=PAGE_OF_ANOTHER)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_deprecated_route_says_so(serve):
    """When it was deprecated, when it will stop and where to read of it."""
    gone = Deprecation(date(2026, 3, 1), date(2026, 9, 1), "https://example.com/upgrading")

    def declare(bp):
        @route(bp, "GET", "/old", scope=Scope.VIEWER, returns=ThingView, deprecated=gone)
        def old(_request: Request[None, NoQuery]) -> Thing:
            """Read a thing."""
            return Thing("x", 1)

    headers = serve(declare).get("/old").headers
    assert headers["Deprecation"] == "@1772323200"
    assert headers["Sunset"] == "Tue, 01 Sep 2026 00:00:00 GMT"
    assert headers["Link"] == '<https://example.com/upgrading>; rel="deprecation"'


@pytest.mark.parametrize(
    ("path", "scope"), [("/health", None), (CONTACTS, Scope.VIEWER), (f"{CONTACTS}/x", Scope.VIEWER)]
)
def test_every_answer_has_the_protective_headers(api, path, scope):
    """Successes and refusals alike."""
    headers = api.get(path, scope=scope).headers
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-Id"]


def test_page_tokens_fit_their_list_only(api, ada):
    """A token of another contact's notes, another size of page excepted, is refused."""
    bob = api.post(CONTACTS, {"name": "Bob", "phone": "+14155552672"}).body
    for contact in (ada, bob):
        for text in ("one", "two"):
            api.post(f"{CONTACTS}/{contact['id']}/notes", {"body": text})
    mine, others = (f"{CONTACTS}/{contact['id']}/notes" for contact in (ada, bob))
    token = api.get(f"{mine}?page_size=1").body["next_page_token"]
    assert [note["body"] for note in api.get(f"{mine}?page_size=9&page_token={token}").body["items"]] == [
        "one"
    ]
    refused = api.get(f"{others}?page_size=1&page_token={token}")
    assert refused.status == 400
    assert refused.body["errors"][0]["pointer"] == "/page_token"

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import issue_token

TOKENS = "/v1/tokens"


def _bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def _create(api, **changes):
    body = {"name": "ci", "scope": "viewer", **changes}
    return api.post(TOKENS, body, scope=Scope.ADMIN)


def _die_once(tokens, method):
    """Let the next write of a token called `ci` be kept, and its answer be lost."""
    write = getattr(tokens, method)

    def die(*written):
        done = write(*written)
        if written[-1].name != "ci":
            return done
        setattr(tokens, method, write)
        raise RuntimeError("the answer is lost")

    setattr(tokens, method, die)


def test_a_token_is_created_with_its_secret(api, clock):
    """The secret is in the answer, works at once, and who made it is written down."""
    answer = _create(api, name=" Night shift ", scope="operator", expires_in_days=7)
    assert answer.status == 201
    token = answer.body
    assert (token["name"], token["scope"], token["created_at"]) == (
        "Night shift",
        "operator",
        iso(clock.now()),
    )
    assert token["expires_at"] == iso(clock.now() + timedelta(days=7))
    assert token["created_by"].startswith("token:token_")
    mine = api.get(f"{TOKENS}/current", scope=None, headers=_bearer(token["secret"]))
    assert (mine.status, mine.body["id"]) == (200, token["id"])


def test_the_secret_is_shown_once(api):
    """No reading shows a secret or a digest."""
    token = _create(api).body
    for path in (f"{TOKENS}/{token['id']}", TOKENS):
        text = json.dumps(api.get(path).body)
        assert token["secret"] not in text
        assert "digest" not in text
        assert "secret" not in text


def test_the_secret_reaches_no_log(api, caplog, monkeypatch):
    """Issue, use, rotation and revocation leave the id in the log and nothing of the secret."""
    monkeypatch.setattr(logging.getLogger("calls"), "propagate", True)
    caplog.set_level(logging.DEBUG)
    token = _create(api).body
    api.get(f"{TOKENS}/current", scope=None, headers=_bearer(token["secret"]))
    new = api.post(f"{TOKENS}/{token['id']}/rotate", {}, scope=Scope.ADMIN).body
    api.ask("DELETE", f"{TOKENS}/{new['id']}", scope=Scope.ADMIN)
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert token["id"] in logged
    assert token["secret"] not in logged
    assert new["secret"] not in logged


def test_a_repeated_request_makes_one_token_and_keeps_no_secret(api):
    """The kept answer has null where the secret was."""
    headers = {"Idempotency-Key": "one"}
    first = api.post(TOKENS, {"name": "ci", "scope": "viewer"}, headers=headers)
    again = api.post(TOKENS, {"name": "ci", "scope": "viewer"}, headers=headers)
    assert (again.status, again.body) == (201, {**first.body, "secret": None})
    assert first.body["secret"]
    assert len([each for each in api.get(TOKENS).body["items"] if each["name"] == "ci"]) == 1


def test_a_crash_before_the_answer_makes_one_token(api, container):
    """The request comes again after the process died: the same token, with a secret that works."""
    _die_once(container.system.tokens, "add")
    body, headers = {"name": "ci", "scope": "viewer"}, {"Idempotency-Key": "crash"}
    assert api.post(TOKENS, body, headers=headers).status == 500
    again = api.post(TOKENS, body, headers=headers)
    assert again.status == 201
    assert [each["id"] for each in api.get(TOKENS).body["items"] if each["name"] == "ci"] == [
        again.body["id"]
    ]
    mine = api.get(f"{TOKENS}/current", scope=None, headers=_bearer(again.body["secret"]))
    assert mine.body["id"] == again.body["id"]


def test_a_crash_in_a_rotation_makes_one_token(api, container):
    """Both tokens were written and the answer was lost: the repetition gives that new token a secret."""
    old = _create(api).body
    headers, path = {"Idempotency-Key": "crash"}, f"{TOKENS}/{old['id']}/rotate"
    _die_once(container.system.tokens, "rotate")
    assert api.post(path, {}, headers=headers, scope=Scope.ADMIN).status == 500
    again = api.post(path, {}, headers=headers, scope=Scope.ADMIN)
    assert again.status == 201
    assert api.get(f"{TOKENS}/{old['id']}").body["rotated_to"] == again.body["id"]
    assert [each["name"] for each in api.get(TOKENS).body["items"]].count("ci") == 2
    mine = api.get(f"{TOKENS}/current", scope=None, headers=_bearer(again.body["secret"]))
    assert mine.body["id"] == again.body["id"]


def test_a_token_ends_at_the_given_instant(api, clock):
    """`expires_at` takes an instant with its offset."""
    until = clock.now() + timedelta(hours=1)
    assert _create(api, expires_at=until.isoformat()).body["expires_at"] == iso(until)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "x" * 101}, ["/name"]),
        ({"name": "two\nlines"}, ["/name"]),
        ({"scope": "root"}, ["/scope"]),
        ({"expires_in_days": 0}, ["/expires_in_days"]),
        ({"expires_in_days": 3651}, ["/expires_in_days"]),
        ({"expires_at": "2026-03-04T00:00:00"}, ["/expires_at"]),
        ({"expires_in_days": 1, "expires_at": "2027-01-01T00:00:00Z"}, [""]),
        ({"secret": "mine"}, ["/secret"]),
        ({"name": 1, "scope": 2}, ["/name", "/scope"]),
    ],
)
def test_what_cannot_be_a_token_is_refused(api, changes, pointers):
    """Every wrong field is named by its pointer."""
    answer = _create(api, **changes)
    assert (answer.status, answer.body["code"]) == (400, "invalid_fields")
    assert [each["pointer"] for each in answer.body["errors"]] == pointers


def test_a_token_cannot_be_born_expired(api, clock):
    """An expiry in the past has a code of its own."""
    answer = _create(api, expires_at=iso(clock.now()))
    assert (answer.status, answer.body["code"]) == (400, "bad_expiry")


def test_an_operator_cannot_mint_an_admin(api):
    """Nor rotate or revoke one; operators and viewers are theirs to manage."""
    admin = _create(api, scope="admin").body
    answers = [
        api.post(TOKENS, {"name": "boss", "scope": "admin"}),
        api.post(f"{TOKENS}/{admin['id']}/rotate", {}),
        api.ask("DELETE", f"{TOKENS}/{admin['id']}"),
    ]
    assert [(each.status, each.body["code"]) for each in answers] == [(403, "scope_too_high")] * 3
    mine = api.post(TOKENS, {"name": "colleague", "scope": "operator"})
    assert mine.status == 201
    assert api.ask("DELETE", f"{TOKENS}/{mine.body['id']}").status == 200


def test_a_viewer_reads_their_own_token_only(api):
    """Who am I, and nothing of the others."""
    assert api.get(f"{TOKENS}/current", scope=Scope.VIEWER).body["name"] == "test viewer"
    other = _create(api).body["id"]
    for method, path in (("GET", TOKENS), ("GET", f"{TOKENS}/{other}"), ("DELETE", f"{TOKENS}/{other}")):
        assert api.ask(method, path, scope=Scope.VIEWER).status == 403


def test_tokens_are_listed_in_pages(api):
    """Newest first, each once; the page token leads on."""
    made = [_create(api, name=f"number {number}").body["id"] for number in range(5)]
    seen, path = [], f"{TOKENS}?page_size=2"
    for _ in range(5):
        page = api.get(path).body
        seen += [token["id"] for token in page["items"]]
        if page["next_page_token"] is None:
            break
        path = f"{TOKENS}?page_size=2&page_token={page['next_page_token']}"
    assert len(seen) == len(set(seen)) == 7
    assert [token for token in seen if token in made] == made[::-1]


def test_rotation_answers_with_the_new_secret(api):
    """The old secret ends, the new one works, and each token names the other."""
    old = _create(api).body
    answer = api.post(f"{TOKENS}/{old['id']}/rotate", {}, scope=Scope.ADMIN)
    assert answer.status == 201
    new = answer.body
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(old["secret"])).status == 401
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(new["secret"])).body["id"] == new["id"]
    assert api.get(f"{TOKENS}/{old['id']}").body["rotated_to"] == new["id"]


def test_rotation_can_overlap(api, clock):
    """Both secrets work until the overlap is over."""
    old = _create(api).body
    body = {"overlap_seconds": 3600}
    api.post(f"{TOKENS}/{old['id']}/rotate", body, scope=Scope.ADMIN)
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(old["secret"])).status == 200
    clock.advance(seconds=3600)
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(old["secret"])).status == 401


def test_a_token_is_rotated_once(api):
    """A second rotation is a conflict, and so is that of a revoked token."""
    old = _create(api).body
    new = api.post(f"{TOKENS}/{old['id']}/rotate", {"overlap_seconds": 60}, scope=Scope.ADMIN).body
    again = api.post(f"{TOKENS}/{old['id']}/rotate", {}, scope=Scope.ADMIN)
    assert (again.status, again.body["code"]) == (409, "token_rotated")
    api.ask("DELETE", f"{TOKENS}/{new['id']}", scope=Scope.ADMIN)
    late = api.post(f"{TOKENS}/{new['id']}/rotate", {}, scope=Scope.ADMIN)
    assert (late.status, late.body["code"]) == (409, "token_not_valid")


@pytest.mark.parametrize("seconds", [-1, 86_401, "60", 1.5])
def test_an_overlap_is_a_day_at_most(api, seconds):
    """Anything else is a field error."""
    old = _create(api).body
    answer = api.post(f"{TOKENS}/{old['id']}/rotate", {"overlap_seconds": seconds}, scope=Scope.ADMIN)
    assert (answer.status, answer.body["errors"][0]["pointer"]) == (400, "/overlap_seconds")


def test_revoking_is_final_and_harmless_to_repeat(api, clock):
    """The first instant stands."""
    token = _create(api).body
    first = api.ask("DELETE", f"{TOKENS}/{token['id']}", scope=Scope.ADMIN)
    clock.advance(hours=1)
    again = api.ask("DELETE", f"{TOKENS}/{token['id']}", scope=Scope.ADMIN)
    assert (first.status, again.body) == (200, first.body)
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(token["secret"])).status == 401


def test_the_token_in_use_can_be_revoked(api):
    """An administrator may end the very token that asks."""
    mine = api.get(f"{TOKENS}/current", scope=Scope.ADMIN).body["id"]
    assert api.ask("DELETE", f"{TOKENS}/{mine}", scope=Scope.ADMIN).status == 200
    assert api.get(f"{TOKENS}/current", scope=Scope.ADMIN).status == 401


@pytest.mark.parametrize("token_id", ["token_" + "0" * 32, "nonsense", "token_x"])
@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("DELETE", ""), ("POST", "/rotate")])
def test_a_token_that_is_not_there_is_404(api, method, suffix, token_id):
    """Whatever is asked of it."""
    body = {} if method == "POST" else None
    answer = api.ask(method, f"{TOKENS}/{token_id}{suffix}", body=body, scope=Scope.ADMIN)
    assert (answer.status, answer.body["code"]) == (404, "token_not_found")


def test_use_is_shown(api, container, clock):
    """The hour of the last use is in the token's view."""
    secret, token = issue_token(container.system, "ci", Scope.VIEWER)
    api.get(f"{TOKENS}/current", scope=None, headers=_bearer(secret))
    assert api.get(f"{TOKENS}/{token.id}").body["last_used_at"] == iso(clock.now())


def test_a_use_that_cannot_be_noted_is_admitted(api, container):
    """The authorizer lets the bearer in although the table takes no writes."""
    secret, _ = issue_token(container.system, "ci", Scope.VIEWER)

    def silent(*_):
        raise Unavailable("silent", retryable=True)

    container.system.tokens.note_use = silent
    assert api.get(f"{TOKENS}/current", scope=None, headers=_bearer(secret)).status == 200

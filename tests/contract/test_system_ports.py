"""One suite for the system's ports: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.system import FakeSystem

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository import tokens as repository
from chalicelib.system.adapters.repository.tokens import TokenRepository
from chalicelib.system.domain.tokens import Scope, retired, successor
from chalicelib.system.services.tokens import authenticate, issue_token, revoke_token


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, system, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return system
    return FakeSystem(clock, TokenRepository(tables.bind(request.getfixturevalue("make_table")("system"))))


@pytest.mark.parametrize("days", [None, 7])
def test_a_token_is_read_as_it_was_written(ports, clock, days):
    """Every field comes back, with an expiry and without."""
    expiry = days and clock.now() + timedelta(days=days)
    _, token = issue_token(ports, "console", Scope.ADMIN, expiry)
    assert ports.tokens.find(token.digest) == token


def test_tokens_authenticate_until_revoked(ports, clock):
    """A token works, is revoked once, and then does not."""
    secret, token = issue_token(ports, "console", Scope.ADMIN)
    assert authenticate(ports, secret).token_id == token.id
    first = revoke_token(ports, token.id)
    clock.advance(hours=1)
    assert authenticate(ports, secret) is None
    assert revoke_token(ports, token.id) == first


def test_what_was_never_issued_is_not_there(ports, clock):
    """Unknown digests and ids give nothing."""
    assert ports.tokens.find("0" * 64) is None
    assert ports.tokens.get("token_" + "0" * 32) is None
    assert ports.tokens.revoke("token_" + "0" * 32, clock.now()) is None


def test_an_id_is_taken_once(ports):
    """A second token with the same id is not kept, and the first stays as it was."""
    _, token = issue_token(ports, "console", Scope.ADMIN)
    assert ports.tokens.add(replace(token, name="other", digest="f" * 64)) is False
    assert ports.tokens.get(token.id) == token
    assert ports.tokens.find("f" * 64) is None


def test_tokens_are_listed_newest_first_in_pages(ports):
    """Each once, and the last page says that it is the last."""
    ids = [issue_token(ports, f"number {number}", Scope.VIEWER)[1].id for number in range(5)]
    seen, start = [], None
    for _ in range(4):
        page = ports.tokens.latest(2, start)
        seen += [token.id for token in page.items]
        start = page.next_start
        if start is None:
            break
    assert start is None
    assert seen == ids[::-1]


def test_nothing_is_listed_where_nothing_is(ports):
    """An empty list has no next page."""
    assert list(ports.tokens.latest(10).items) == []


def test_a_token_gets_another_digest(ports):
    """It is found by the new digest and by its id, and not by the old digest."""
    _, token = issue_token(ports, "console", Scope.ADMIN)
    sealed = ports.tokens.reseal(token, "e" * 64)
    assert sealed == replace(token, digest="e" * 64)
    assert ports.tokens.find("e" * 64) == ports.tokens.get(token.id) == sealed
    assert ports.tokens.find(token.digest) is None


def test_a_token_that_was_changed_meanwhile_keeps_its_digest(ports, clock):
    """Neither a revocation nor another digest is undone by a slower hand."""
    _, token = issue_token(ports, "console", Scope.ADMIN)
    revoked = ports.tokens.revoke(token.id, clock.now())
    assert ports.tokens.reseal(token, "e" * 64) is None
    sealed = ports.tokens.reseal(revoked, "d" * 64)
    assert ports.tokens.reseal(revoked, "c" * 64) is None
    assert ports.tokens.get(token.id) == sealed


@pytest.mark.parametrize("overlap", [timedelta(), timedelta(hours=1)])
def test_a_rotation_is_not_undone_by_a_slower_hand(ports, clock, overlap):
    """A token that was rotated since it was read keeps its digest, its end and its successor."""
    _, old = issue_token(ports, "ci", Scope.VIEWER)
    new = successor(old, new_id("token"), "a" * 64, clock.now(), "system")
    ended = retired(old, new.id, clock.now(), overlap)
    assert ports.tokens.rotate(ended, new)
    assert ports.tokens.reseal(old, "e" * 64) is None
    assert ports.tokens.reseal(replace(old, expires_at=ended.expires_at), "e" * 64) is None
    assert ports.tokens.get(old.id) == ended
    assert ports.tokens.reseal(ended, "e" * 64) == replace(ended, digest="e" * 64)


@pytest.mark.parametrize("overlap", [timedelta(), timedelta(hours=1)])
def test_a_rotation_keeps_both_tokens(ports, clock, overlap):
    """The new one is there, and the old one is as it was given, whenever it was used."""
    _, old = issue_token(ports, "ci", Scope.VIEWER, clock.now() + timedelta(days=1))
    ports.tokens.note_use(old.digest, clock.now(), clock.now())
    new = successor(old, new_id("token"), "a" * 64, clock.now(), "token:boss")
    ended = retired(old, new.id, clock.now(), overlap)
    assert ports.tokens.rotate(ended, new)
    assert ports.tokens.get(new.id) == new
    assert ports.tokens.get(old.id) == replace(ended, last_used_at=clock.now())


@pytest.mark.parametrize("spoil", ["revoked", "rotated", "taken"])
def test_a_rotation_that_comes_too_late_keeps_neither(ports, clock, spoil):
    """A token that was revoked or rotated meanwhile, or a new id that is taken: nothing changes."""
    _, old = issue_token(ports, "ci", Scope.VIEWER)
    new = successor(old, new_id("token"), "a" * 64, clock.now(), "system")
    other = replace(new, id=new_id("token"), digest="b" * 64)
    if spoil == "revoked":
        ports.tokens.revoke(old.id, clock.now())
    elif spoil == "rotated":
        assert ports.tokens.rotate(retired(old, other.id, clock.now(), timedelta(hours=1)), other)
    else:
        ports.tokens.add(replace(new, digest="b" * 64))
    before = ports.tokens.get(old.id), ports.tokens.get(new.id)
    assert not ports.tokens.rotate(retired(old, new.id, clock.now(), timedelta(hours=1)), new)
    assert (ports.tokens.get(old.id), ports.tokens.get(new.id)) == before
    assert ports.tokens.find("a" * 64) is None


def test_use_is_noted_unless_it_is_known(ports, clock):
    """A note that is recent enough stands; a token that is not there gets none."""
    _, token = issue_token(ports, "ci", Scope.VIEWER)
    first = clock.now()
    ports.tokens.note_use(token.digest, first, first - timedelta(hours=1))
    ports.tokens.note_use(token.digest, first + timedelta(minutes=5), first)
    assert ports.tokens.get(token.id).last_used_at == first
    ports.tokens.note_use(token.digest, first + timedelta(hours=2), first + timedelta(hours=1))
    assert ports.tokens.get(token.id).last_used_at == first + timedelta(hours=2)
    ports.tokens.note_use("0" * 64, first, first)
    assert ports.tokens.find("0" * 64) is None


def _moving(monkeypatch, tokens, *digests):
    """Let the token move to these digests, to one each time right after its digest was looked up."""
    look_up = repository._digest_of
    rest = iter(digests)

    def meanwhile(token_id):
        found = look_up(token_id)
        if digest := next(rest, None):
            assert tokens.reseal(tokens.find(found), digest)
        return found

    monkeypatch.setattr(repository, "_digest_of", meanwhile)


def test_a_token_that_moves_is_found_and_revoked(make_table, monkeypatch, clock):
    """Wherever a repeated request has moved it between looking it up and changing it."""
    tokens = TokenRepository(tables.bind(make_table("system")))
    _, token = issue_token(FakeSystem(clock, tokens), "ci", Scope.VIEWER)
    with monkeypatch.context() as patches:
        _moving(patches, tokens, "a" * 64)
        assert tokens.get(token.id) == replace(token, digest="a" * 64)
    _moving(monkeypatch, tokens, "b" * 64, "c" * 64)
    revoked = tokens.revoke(token.id, clock.now())
    assert (revoked.digest, revoked.revoked_at) == ("c" * 64, clock.now())
    assert tokens.find(revoked.digest) == revoked


def test_a_token_that_never_holds_still_is_not_called_missing(make_table, monkeypatch, clock):
    """Whoever wants it revoked is told to ask again, not that it is gone."""
    tokens = TokenRepository(tables.bind(make_table("system")))
    _, token = issue_token(FakeSystem(clock, tokens), "ci", Scope.VIEWER)
    _moving(monkeypatch, tokens, *(f"{number:064x}" for number in range(99)))
    for act in (lambda: tokens.get(token.id), lambda: tokens.revoke(token.id, clock.now())):
        with pytest.raises(Unavailable):
            act()


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(clock):
    """Whatever the table's service refuses becomes one retryable error."""
    ports = FakeSystem(clock, TokenRepository(tables.bind("absent")))
    with pytest.raises(Unavailable):
        issue_token(ports, "console", Scope.ADMIN)
    with pytest.raises(Unavailable):
        ports.tokens.find("0" * 64)
    with pytest.raises(Unavailable):
        ports.tokens.revoke("token_" + "0" * 32, clock.now())

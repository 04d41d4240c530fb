from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope, TokenWish
from chalicelib.system.services.tokens import (
    authenticate,
    get_token,
    issue_token,
    mint_token,
    revoke_token,
    rotate_token,
    withdraw_token,
)


def test_the_bearer_of_a_secret_is_recognised(system):
    """A secret gives the identity and scope it was issued with."""
    secret, token = issue_token(system, " Night shift ", Scope.OPERATOR)
    principal = authenticate(system, secret)
    assert (principal.token_id, principal.name, principal.scope) == (token.id, "Night shift", Scope.OPERATOR)


def test_the_secret_is_not_kept(system):
    """Neither the stored token nor its text form contains the secret or the digest."""
    secret, token = issue_token(system, "console", Scope.ADMIN)
    assert secret.startswith("aics_")
    assert secret not in repr(vars(token))
    assert token.digest not in repr(token)


@pytest.mark.parametrize("secret", ["", "aics_", "aics_" + "x" * 43, "x" * 100_000, "aics_" + "ü" * 43])
def test_an_unknown_secret_is_nobody(system, secret):
    """Whatever was never issued gives no identity, and no error."""
    issue_token(system, "console", Scope.ADMIN)
    assert authenticate(system, secret) is None


def test_a_malformed_secret_costs_no_read(system):
    """Text that cannot be a secret does not reach the table."""

    class Untouchable:
        def find(self, digest):
            raise AssertionError

    assert authenticate(type(system)(Untouchable(), system.clock), "Bearer of bad news") is None


def test_a_token_expires_at_its_instant(system, clock):
    """A token is good until just before its expiry and not at it."""
    secret, _ = issue_token(system, "guest", Scope.VIEWER, clock.now() + timedelta(minutes=5))
    clock.advance(minutes=5, milliseconds=-1)
    assert authenticate(system, secret) is not None
    clock.advance(milliseconds=1)
    assert authenticate(system, secret) is None


def test_a_revoked_token_is_useless_at_once(system, clock):
    """Revoking works without waiting, and a second time keeps the first instant."""
    secret, token = issue_token(system, "guest", Scope.VIEWER)
    first = revoke_token(system, token.id)
    clock.advance(hours=1)
    assert authenticate(system, secret) is None
    assert revoke_token(system, token.id).revoked_at == first.revoked_at


@pytest.mark.parametrize("token_id", ["token_" + "0" * 32, "nonsense", ""])
def test_revoking_what_does_not_exist_is_refused(system, token_id):
    """An unknown id says so."""
    with pytest.raises(NotFound) as refusal:
        revoke_token(system, token_id)
    assert refusal.value.code == "token_not_found"


def test_a_token_cannot_be_born_expired(system, clock):
    """An expiry that is not in the future is refused."""
    with pytest.raises(Invalid, match="future"):
        issue_token(system, "late", Scope.VIEWER, clock.now())


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_token_needs_a_name_that_fits(system, name):
    """Names have 1 to 100 characters."""
    with pytest.raises(Invalid, match="1 to 100"):
        issue_token(system, name, Scope.VIEWER)


@pytest.fixture
def admin(system):
    """Give the identity of an administrator."""
    return issue_token(system, "admin", Scope.ADMIN)[1].principal()


@pytest.fixture
def operator(system):
    """Give the identity of an operator."""
    return issue_token(system, "operator", Scope.OPERATOR)[1].principal()


def test_nobody_mints_more_than_they_may(system, operator):
    """An operator makes operators and viewers, and no administrator; nothing is kept of the attempt."""
    for scope in (Scope.VIEWER, Scope.OPERATOR):
        wish = TokenWish("guest", scope)
        assert mint_token(system, operator, wish, new_id("token")).token.scope is scope
    with pytest.raises(Forbidden) as refusal:
        mint_token(system, operator, TokenWish("boss", Scope.ADMIN), "token_" + "1" * 32)
    assert refusal.value.code == "scope_too_high"
    assert system.tokens.get("token_" + "1" * 32) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda *who_and_what: rotate_token(*who_and_what, timedelta(), new_id("token")),
        withdraw_token,
    ],
)
def test_nobody_ends_a_token_that_may_more(system, operator, act):
    """An operator neither rotates nor revokes an administrator's token, which stays valid."""
    secret, token = issue_token(system, "boss", Scope.ADMIN)
    with pytest.raises(Forbidden) as refusal:
        act(system, operator, token.id)
    assert refusal.value.code == "scope_too_high"
    assert authenticate(system, secret) is not None


def test_a_request_repeated_after_a_crash_makes_one_token(system, admin):
    """The same id again gives the same token another secret; the lost one is useless."""
    wish, token_id = TokenWish("ci", Scope.VIEWER), new_id("token")
    lost = mint_token(system, admin, wish, token_id)
    again = mint_token(system, admin, wish, token_id)
    assert again.token.id == lost.token.id
    assert authenticate(system, lost.secret) is None
    assert authenticate(system, again.secret).token_id == token_id


def test_a_repeated_id_takes_nothing_over(system, admin):
    """An id that belongs to a token of another name or scope gives no secret for it, and ends none."""
    first = mint_token(system, admin, TokenWish("ci", Scope.VIEWER), new_id("token"))
    for wish in (TokenWish("other", Scope.VIEWER), TokenWish("ci", Scope.ADMIN)):
        with pytest.raises(Conflict) as refusal:
            mint_token(system, admin, wish, first.token.id)
        assert refusal.value.code == "token_changed"
    assert authenticate(system, first.secret) is not None


def test_a_revoked_token_is_not_revived_by_repeating(system, admin):
    """A new secret of a token that was revoked meanwhile is as useless as the old one."""
    wish, token_id = TokenWish("ci", Scope.VIEWER), new_id("token")
    mint_token(system, admin, wish, token_id)
    revoke_token(system, token_id)
    assert authenticate(system, mint_token(system, admin, wish, token_id).secret) is None


def test_an_administrator_may_revoke_the_token_in_use(system, admin):
    """Nobody is locked in: one's own token can be ended."""
    assert withdraw_token(system, admin, admin.token_id).revoked_at == system.clock.now()


def test_use_is_noted_once_an_hour(system, clock):
    """The first use is noted at once, the next when the note is older than an hour."""
    secret, token = issue_token(system, "ci", Scope.VIEWER)
    assert get_token(system, token.id).last_used_at is None
    authenticate(system, secret)
    first = clock.now()
    clock.advance(minutes=60)
    authenticate(system, secret)
    assert get_token(system, token.id).last_used_at == first
    clock.advance(milliseconds=1)
    authenticate(system, secret)
    assert get_token(system, token.id).last_used_at == clock.now()


def test_a_note_that_fails_refuses_nobody(system):
    """A table that takes no writes still admits the bearer."""
    secret, token = issue_token(system, "ci", Scope.VIEWER)

    def silent(*_):
        raise Unavailable("silent", retryable=True)

    system.tokens.note_use = silent
    assert authenticate(system, secret).token_id == token.id


def test_refused_secrets_leave_no_trace_of_use(system):
    """A revoked token that somebody still tries is not used."""
    secret, token = issue_token(system, "ci", Scope.VIEWER)
    revoke_token(system, token.id)
    authenticate(system, secret)
    assert get_token(system, token.id).last_used_at is None


def test_who_made_a_token_is_kept(system, admin):
    """Issue and rotation carry the name of whoever acted."""
    with acting_as("token:boss"):
        old = mint_token(system, admin, TokenWish("ci", Scope.VIEWER), new_id("token")).token
    with acting_as("token:other"):
        new = rotate_token(system, admin, old.id, timedelta(), new_id("token")).token
    assert (old.created_by, new.created_by) == ("token:boss", "token:other")


def test_scopes_include_the_lesser_ones():
    """Viewer < operator < admin."""
    covered = {(held, needed) for held in Scope for needed in Scope if held.covers(needed)}
    assert covered == {
        (Scope.VIEWER, Scope.VIEWER),
        (Scope.OPERATOR, Scope.VIEWER),
        (Scope.OPERATOR, Scope.OPERATOR),
        (Scope.ADMIN, Scope.VIEWER),
        (Scope.ADMIN, Scope.OPERATOR),
        (Scope.ADMIN, Scope.ADMIN),
    }

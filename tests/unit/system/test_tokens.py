from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import authenticate, issue_token, revoke_token


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

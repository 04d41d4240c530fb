from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.tokens import (
    authenticate,
    get_token,
    issue_token,
    revoke_token,
    rotate_token,
)


@pytest.fixture
def admin(system):
    """Give the identity of an administrator."""
    return issue_token(system, "admin", Scope.ADMIN)[1].principal()


def test_rotation_replaces_the_secret_at_once(system, admin):
    """Without an overlap the old secret ends with the answer; name and scope stay, the ids are linked."""
    secret, old = issue_token(system, "ci", Scope.OPERATOR)
    new = rotate_token(system, admin, old.id, timedelta(), new_id("token"))
    assert authenticate(system, secret) is None
    assert authenticate(system, new.secret).token_id == new.token.id
    assert (new.token.name, new.token.scope, new.token.expires_at) == ("ci", Scope.OPERATOR, None)
    kept = get_token(system, old.id)
    assert (kept.rotated_to, kept.revoked_at) == (new.token.id, system.clock.now())


def test_rotation_may_overlap(system, admin, clock):
    """Both secrets are valid for the overlap, then only the new one."""
    secret, old = issue_token(system, "ci", Scope.OPERATOR)
    new = rotate_token(system, admin, old.id, timedelta(hours=1), new_id("token"))
    clock.advance(minutes=59)
    assert authenticate(system, secret) is not None
    clock.advance(minutes=1)
    assert authenticate(system, secret) is None
    assert authenticate(system, new.secret) is not None


def test_an_overlap_never_prolongs_the_old_token(system, admin, clock):
    """A token that ends sooner than the overlap ends as it was to; the new one has a full life."""
    secret, old = issue_token(system, "ci", Scope.VIEWER, clock.now() + timedelta(days=7))
    clock.advance(days=6, hours=23)
    new = rotate_token(system, admin, old.id, timedelta(days=1), new_id("token"))
    assert get_token(system, old.id).expires_at == old.expires_at
    assert new.token.expires_at == clock.now() + timedelta(days=7)
    clock.advance(hours=1)
    assert authenticate(system, secret) is None


def test_a_rotation_repeated_after_a_crash_makes_one_token(system, admin):
    """The same new id again gives the same new token another secret, and the old one is as it was."""
    _, old = issue_token(system, "ci", Scope.VIEWER)
    new_token_id = new_id("token")
    lost = rotate_token(system, admin, old.id, timedelta(), new_token_id)
    after = get_token(system, old.id)
    again = rotate_token(system, admin, old.id, timedelta(), new_token_id)
    assert again.token.id == lost.token.id == new_token_id
    assert authenticate(system, lost.secret) is None
    assert authenticate(system, again.secret) is not None
    assert get_token(system, old.id) == after


def test_a_token_is_rotated_once(system, admin):
    """Another rotation of the same token is refused and names the token that took its place."""
    _, old = issue_token(system, "ci", Scope.VIEWER)
    new = rotate_token(system, admin, old.id, timedelta(hours=1), new_id("token"))
    with pytest.raises(Conflict, match=new.token.id) as refusal:
        rotate_token(system, admin, old.id, timedelta(), new_id("token"))
    assert refusal.value.code == "token_rotated"


def test_a_token_that_has_ended_is_not_rotated(system, admin, clock):
    """Rotation is no way around a revocation or an expiry."""
    _, expired = issue_token(system, "late", Scope.VIEWER, clock.now() + timedelta(minutes=1))
    _, revoked = issue_token(system, "gone", Scope.VIEWER)
    revoke_token(system, revoked.id)
    clock.advance(minutes=1)
    for token in (expired, revoked):
        with pytest.raises(Conflict) as refusal:
            rotate_token(system, admin, token.id, timedelta(), new_id("token"))
        assert refusal.value.code == "token_not_valid"


def test_a_revocation_during_a_rotation_wins(system, admin):
    """A token that is revoked between reading and writing is not rotated, and no new one appears."""
    _, old = issue_token(system, "ci", Scope.VIEWER)
    rotate, new_token_id = system.tokens.rotate, new_id("token")

    def overtaken(retired, successor):
        revoke_token(system, old.id)
        return rotate(retired, successor)

    system.tokens.rotate = overtaken
    with pytest.raises(Conflict) as refusal:
        rotate_token(system, admin, old.id, timedelta(hours=1), new_token_id)
    assert refusal.value.code == "token_changed"
    assert system.tokens.get(new_token_id) is None


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=1, seconds=1)])
def test_an_overlap_lasts_a_day_at_most(system, admin, overlap):
    """Neither the past nor more than a day."""
    _, old = issue_token(system, "ci", Scope.VIEWER)
    with pytest.raises(Invalid) as refusal:
        rotate_token(system, admin, old.id, overlap, new_id("token"))
    assert refusal.value.code == "bad_overlap"

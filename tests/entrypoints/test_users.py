"""People of a user pool through the authorizer: scopes as of tokens, and nobody when it cannot be told."""

from __future__ import annotations

import pytest

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.domain.users import UserPool

POOL = UserPool("eu-central-1_Ab1", "client1")


@pytest.fixture
def ask(api, system):
    """Give a way to ask with the access token of somebody in a group; returns the status."""
    system.user_pool = POOL

    def ask(path, group="viewer", **claims):
        ours = {"iss": POOL.issuer, "client_id": POOL.client_id, "token_use": "access", "sub": "5e1f"}
        token = system.directory.issue(**{**ours, "cognito:groups": [group], **claims})
        return api.get(path, scope=None, headers={"Authorization": f"Bearer {token}"}).status

    return ask


def test_a_group_is_a_scope(ask):
    """Whoever signed in may do what a token of that scope may."""
    assert (ask("/v1/failed-work"), ask("/v1/tokens"), ask("/v1/tokens", "operator")) == (200, 403, 200)


def test_what_cognito_does_not_confirm_is_unauthenticated(ask, system):
    """No group, a foreign pool, and a token that is no longer valid are answered as any bad token."""
    assert ask("/v1/failed-work", "sales") == 401
    assert ask("/v1/failed-work", iss="https://cognito-idp.eu-central-1.amazonaws.com/x") == 401
    system.directory.subject_of = lambda _: None
    assert ask("/v1/failed-work") == 401


def test_nobody_passes_while_cognito_is_down(ask, system):
    """The authorizer fails, for API Gateway to answer 500; it does not admit."""

    def down(_):
        raise Unavailable("down", retryable=True)

    system.directory.subject_of = down
    with pytest.raises(Unavailable):
        ask("/v1/failed-work")


def test_tokens_of_ours_need_no_cognito(api, ask, system):
    """API tokens work as before, and nobody is asked about them."""
    assert ask("/v1/failed-work") == 200
    asked = system.directory.asked
    assert api.get("/v1/failed-work", scope=Scope.VIEWER).status == 200
    assert system.directory.asked == asked

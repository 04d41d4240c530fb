"""People are admitted by an access token of the configured user pool."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from chalicelib.system.domain.users import claimed, principal_of

if TYPE_CHECKING:
    from chalicelib.system.domain.tokens import Principal
    from chalicelib.system.ports.users import UserPorts


def authenticate_user(system: UserPorts, token: str) -> Principal | None:
    """Give who bears an access token of our pool and client, or None; `Unavailable` when nobody can tell.

    No library to verify signatures is packaged; Cognito itself is asked by `GetUser`, which verifies the
    token's signature, expiry and revocation. This is sound because what Cognito confirms is the very text
    whose claims are read here: it has signed them. Tokens of other pools, which Cognito would confirm as
    well, say so in `iss`, which no owner of a pool can choose; so do those of other clients in
    `client_id`, and identity tokens in `token_use`. These are refused before anybody is asked.
    """
    pool, claims = system.user_pool, claimed(token)
    if pool is None or claims is None or not pool.issued(claims):
        return None
    subject = system.directory.subject_of(token)
    if subject is None or not hmac.compare_digest(subject.encode(), str(claims.get("sub")).encode()):
        return None
    return principal_of(claims)

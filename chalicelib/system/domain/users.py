"""People who signed in to a user pool: what their access tokens claim, and what that is worth; no I/O.

A claim is not believed here. `services.users` believes the claims of a token that the pool has confirmed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.system.domain.tokens import Principal, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = 3  # header, payload, signature (RFC 7515)
_MAX_TOKEN = 8192


@dataclass(frozen=True)
class UserPool:
    """The one pool, and the one client of it, whose access tokens are taken."""

    id: str
    client_id: str

    @property
    def issuer(self) -> str:
        """Give the `iss` of the pool's tokens; a pool's id begins with its region.

        https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
        """
        return f"https://cognito-idp.{self.id.partition('_')[0]}.amazonaws.com/{self.id}"

    def issued(self, claims: Mapping[str, Any]) -> bool:
        """Tell whether a token with these claims is an access token of this pool and client."""
        ours = {"iss": self.issuer, "client_id": self.client_id, "token_use": "access"}
        return all(claims.get(name) == value for name, value in ours.items())


def claimed(token: str) -> Mapping[str, Any] | None:
    """Read what a token claims, unverified; None for what is not a token of this kind."""
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > _MAX_TOKEN or not token.isascii():
        return None
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def principal_of(claims: Mapping[str, Any]) -> Principal | None:
    """Give who a confirmed token's bearer is: the highest scope that a group is named after, else None."""
    groups = claims.get("cognito:groups")
    names = groups if isinstance(groups, list) else []
    scopes = [scope for scope in Scope if scope.value in names]
    if not scopes:
        return None
    subject = str(claims["sub"])
    return Principal(f"cognito:{subject}", str(claims.get("username") or subject), scopes[-1])

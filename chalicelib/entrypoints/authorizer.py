"""Who may use the REST API: the Lambda authorizer; what a scope allows is decided by each route.

API Gateway answers 401 only when the authorizer fails with exactly the message "Unauthorized"
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html);
a policy that denies gives 403, any other failure 503 (see infra/stack/gateway.py). The result is kept
for `CACHE_SECONDS` per token and serves every route, so the policy allows all of them, and a revoked or
expired token may still pass for that long. Refusals are not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import AuthResponse, Blueprint

from chalicelib.bootstrap import container
from chalicelib.system.services.tokens import authenticate
from chalicelib.system.services.users import authenticate_user

if TYPE_CHECKING:
    from chalice.app import AuthRequest

    from chalicelib.system.domain.tokens import Principal

CACHE_SECONDS = 60

bp = Blueprint(__name__)


@bp.authorizer(ttl_seconds=CACHE_SECONDS, name="authorize")  # type: ignore[untyped-decorator]  # Chalice
def authorize(request: AuthRequest) -> AuthResponse:
    """Admit the bearer of a valid token, with its scope for the routes to judge."""
    kind, _, secret = request.token.partition(" ")
    principal = _bearer(secret.strip()) if kind.lower() == "bearer" else None
    if principal is None:
        raise PermissionError("Unauthorized")
    return AuthResponse(
        routes=["*"],
        principal_id=principal.token_id,
        context={"name": principal.name, "scope": principal.scope.value},
    )


def _bearer(secret: str) -> Principal | None:
    """Give whose secret it is: a token's of ours, or that of somebody who signed in to the user pool."""
    system = container().system
    return authenticate(system, secret) or authenticate_user(system, secret)

"""REST route of the model providers: which there are, never their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.ai.schemas.providers import ProviderList
from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.ai.domain.providers import ProviderFacts

bp = Blueprint(__name__)


@route(bp, "GET", "/v1/ai/providers", scope=Scope.VIEWER, returns=ProviderList)
def list_providers(_request: Request[None, NoQuery]) -> dict[str, tuple[ProviderFacts, ...]]:
    """List the model providers in the order in which they are asked; their keys are not shown."""
    return {"items": container().ai.providers}

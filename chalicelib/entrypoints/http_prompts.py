"""REST routes of the conversation: prompt templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.ai.schemas.prompts import PromptIn, PromptList, PromptView
from chalicelib.ai.services import prompts as services
from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.ai.domain.prompts import PromptTemplate

bp = Blueprint(__name__)
_PROMPTS = "/v1/ai/templates"


@route(
    bp,
    "POST",
    _PROMPTS,
    scope=Scope.OPERATOR,
    body=PromptIn,
    returns=PromptView,
    status=201,
    errors={"bad_template": 400},
    example={"name": "Follow-up", "text": "You call {{ contact.name }} about the offer. Be brief."},
)
def create_prompt(request: Request[PromptIn, NoQuery]) -> PromptTemplate:
    """Create a prompt template.

    It is refused when its syntax is wrong.
    """
    return services.create_prompt(
        container().ai, request.body.name, request.body.text, request.new_id("prompt")
    )


@route(bp, "GET", _PROMPTS, scope=Scope.VIEWER, returns=PromptList)
def list_prompts(_request: Request[None, NoQuery]) -> dict[str, list[PromptTemplate]]:
    """List the prompt templates by name."""
    return {"items": container().ai.prompts.all()}


@route(
    bp,
    "GET",
    _PROMPTS + "/{template_id}",
    scope=Scope.VIEWER,
    returns=PromptView,
    errors={"prompt_not_found": 404},
)
def get_prompt(request: Request[None, NoQuery]) -> PromptTemplate:
    """Read a prompt template."""
    return services.get_prompt(container().ai, request.path["template_id"])

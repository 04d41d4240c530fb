"""REST routes of the conversation: prompt templates and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.ai.schemas.prompts import (
    PromptIn,
    PromptList,
    PromptPreviewView,
    PromptQuery,
    PromptVersionList,
    PromptView,
    PublishIn,
)
from chalicelib.ai.services import prompts as services
from chalicelib.bootstrap import container
from chalicelib.calls.schemas.rendering import PreviewIn
from chalicelib.calls.services import prompting
from chalicelib.calls.services.template_editing import occasion_with
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.calls.services.prompting import PromptPreview
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_PROMPTS = "/v1/ai/templates"
_PROMPT = _PROMPTS + "/{template_id}"
_VERSIONS = _PROMPT + "/versions"
_MISSING = {"prompt_not_found": 404}
_REFUSED = {"bad_template": 400, "undeclared_variable": 400}
_EXAMPLE = {
    "name": "Follow-up",
    "text": "You call about {{ offer }}. Be brief.\n\nYou speak with {{ contact.name }}.",
    "variables": [{"name": "offer", "type": "text", "sample": "our spring offer"}],
}


@route(
    bp,
    "POST",
    _PROMPTS,
    scope=Scope.OPERATOR,
    body=PromptIn,
    returns=PromptView,
    status=201,
    errors={**_REFUSED, "template_gone": 409, "too_many_prompts": 409},
    example=_EXAMPLE,
)
def create_prompt(request: Request[PromptIn, NoQuery]) -> PromptTemplate:
    """Create a prompt template.

    It is refused when its syntax is wrong, when it names a variable that it does not declare, or when it
    cannot be filled in with its samples.
    """
    return prompting.create_prompt(container().calls, request.body.prompt_text(), request.new_id("prompt"))


@route(bp, "GET", _PROMPTS, scope=Scope.VIEWER, query=PromptQuery, returns=PromptList)
def list_prompts(request: Request[None, PromptQuery]) -> Page[PromptTemplate]:
    """List the prompt templates by name, or those in which words stand.

    A page may be short although `next_page_token` says that more follow: its texts are long.
    """
    query = request.query
    return services.find_prompts(container().ai, query.q, query.page_size, request.start)


@route(bp, "GET", _PROMPT, scope=Scope.VIEWER, returns=PromptView, errors=_MISSING)
def get_prompt(request: Request[None, NoQuery]) -> PromptTemplate:
    """Read the newest version of a prompt template, which may be a draft."""
    return services.get_prompt(container().ai, request.path["template_id"])


@route(
    bp,
    "PUT",
    _PROMPT,
    scope=Scope.OPERATOR,
    body=PromptIn,
    returns=PromptView,
    errors={**_MISSING, **_REFUSED, "template_lacks_variable": 409},
    example=_EXAMPLE,
    guarded=True,
)
def replace_prompt(request: Request[PromptIn, NoQuery]) -> PromptTemplate:
    """Make a new version of a prompt template; calls use it from now on unless `publish` is false.

    Calls that have been answered keep the version that they are held by. When nothing is different no
    version is made. 409 `template_lacks_variable` when a call template does not give what it requires.
    """
    return prompting.replace_prompt(
        container().calls,
        request.path["template_id"],
        request.body.prompt_text(),
        request.expected_version,
    )


@route(
    bp,
    "DELETE",
    _PROMPT,
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={**_MISSING, "prompt_in_use": 409},
    guarded=True,
)
def delete_prompt(request: Request[None, NoQuery]) -> None:
    """Delete a prompt template that no call template uses; its versions stay readable."""
    prompting.delete_prompt(container().calls, request.path["template_id"], request.expected_version)


@route(
    bp,
    "GET",
    _VERSIONS,
    scope=Scope.VIEWER,
    query=PageQuery,
    returns=PromptVersionList,
    errors=_MISSING,
)
def list_prompt_versions(request: Request[None, PageQuery]) -> Page[PromptTemplate]:
    """List the versions of a prompt template, newest first, also of one that was deleted."""
    template_id, size = request.path["template_id"], request.query.page_size
    return services.list_versions(container().ai, template_id, size, request.start)


@route(bp, "GET", _VERSIONS + "/{number}", scope=Scope.VIEWER, returns=PromptView, errors=_MISSING)
def get_prompt_version(request: Request[None, NoQuery]) -> PromptTemplate:
    """Read one version of a prompt template, as `prompt_version` of a call names it."""
    return services.get_version(container().ai, request.path["template_id"], request.path["number"])


@route(
    bp,
    "POST",
    _PROMPT + "/publish",
    scope=Scope.OPERATOR,
    body=PublishIn,
    returns=PromptView,
    errors={**_MISSING, "template_lacks_variable": 409},
    example={"version": 2},
)
def publish_prompt(request: Request[PublishIn, NoQuery]) -> PromptTemplate:
    """Have calls use a version of a prompt template from now on: the newest, or an earlier one.

    The answer is the newest version, and `published_version` the one that is used.
    """
    return prompting.publish_prompt(container().calls, request.path["template_id"], request.body.version)


@route(
    bp,
    "POST",
    _PROMPT + "/rollback",
    scope=Scope.OPERATOR,
    returns=PromptView,
    errors={**_MISSING, "nothing_to_roll_back": 409, "template_lacks_variable": 409},
)
def roll_back_prompt(request: Request[None, NoQuery]) -> PromptTemplate:
    """Have calls use the version of a prompt template that they used before the present one."""
    return prompting.roll_back_prompt(container().calls, request.path["template_id"])


@route(
    bp,
    "POST",
    _PROMPT + "/render",
    scope=Scope.VIEWER,
    body=PreviewIn,
    returns=PromptPreviewView,
    errors={**_MISSING, **_REFUSED, "contact_not_found": 404, "bad_variable": 400},
    example={"sample": {"name": "Maria Garcia"}, "variables": {"offer": "our spring offer"}},
    idempotent=False,
)
def render_prompt(request: Request[PreviewIn, NoQuery]) -> PromptPreview:
    """Show a prompt template filled in, for a contact or somebody made up; nobody is called."""
    calls, body = container().calls, request.body
    occasion = occasion_with(calls, body.contact_id, body.details(), body.direction)
    return prompting.preview_prompt(
        calls, request.path["template_id"], occasion, body.variables, body.version
    )

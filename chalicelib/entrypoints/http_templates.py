"""REST routes of call templates and their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.rendering import RenderIn, RenderingView
from chalicelib.calls.schemas.templates import (
    CallTemplateIn,
    CallTemplateList,
    CallTemplateVersionList,
    CallTemplateView,
)
from chalicelib.calls.services import template_editing as editing
from chalicelib.calls.services.templates import get_template as find_template
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.services.template_editing import Rendering
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_TEMPLATES = "/v1/calls/templates"
_TEMPLATE = _TEMPLATES + "/{template_id}"
_VERSIONS = _TEMPLATE + "/versions"
_MISSING = {"template_not_found": 404}
_REFUSED = {
    "prompt_not_found": 404,
    "bad_template": 400,
    **dict.fromkeys(("missing_variable", "undeclared_variable", "bad_variable"), 400),
    "prompt_not_published": 400,
    "unknown_tool": 400,
    "unknown_provider": 400,
    "unknown_field": 400,
    "other_kind": 400,
    "country_not_allowed": 403,
    "number_kind_refused": 403,
}
_EXAMPLE = {
    "name": "Check-up",
    "prompt_id": "prompt_00000000000000000000000000000001",
    "greeting": "Hello {{ first_name }}, this is a quick check-up call.",
    "disclosure": "I am an AI assistant; press 9 and we never call again.",
    "on_machine": "leave_message",
    "voicemail_message": "Your check-up is due. Please call us at {{ call.line }}.",
    "menu": [{"key": "1", "action": "say", "text": "We are open from nine to five."}],
    "extract": [
        {
            "key": "preferred_day",
            "type": "date",
            "description": "The day they would like to come.",
            "choices": [],
        }
    ],
}


@route(
    bp,
    "POST",
    _TEMPLATES,
    scope=Scope.OPERATOR,
    body=CallTemplateIn,
    returns=CallTemplateView,
    status=201,
    errors={**_REFUSED, "template_gone": 409, "too_many_templates": 409},
    example=_EXAMPLE,
)
def create_template(request: Request[CallTemplateIn, NoQuery]) -> CallTemplate:
    """Create a call template.

    It is refused when one of its texts or its prompt cannot be filled in with sample values.
    """
    calls = container().calls
    new = request.body.template(request.new_id("template"), calls.clock.now())
    return editing.create_template(calls, new)


@route(bp, "GET", _TEMPLATES, scope=Scope.VIEWER, returns=CallTemplateList)
def list_templates(_request: Request[None, NoQuery]) -> dict[str, list[CallTemplate]]:
    """List the call templates by name."""
    return {"items": container().calls.templates.all()}


@route(bp, "GET", _TEMPLATE, scope=Scope.VIEWER, returns=CallTemplateView, errors=_MISSING)
def get_template(request: Request[None, NoQuery]) -> CallTemplate:
    """Read the current version of a call template."""
    return find_template(container().calls, request.path["template_id"])


@route(
    bp,
    "PUT",
    _TEMPLATE,
    scope=Scope.OPERATOR,
    body=CallTemplateIn,
    returns=CallTemplateView,
    errors={**_MISSING, **_REFUSED},
    example=_EXAMPLE,
    guarded=True,
)
def replace_template(request: Request[CallTemplateIn, NoQuery]) -> CallTemplate:
    """Make a new version of a call template; what is left out gets its default.

    Calls that have been answered keep the version that they are held by; it stays readable. When nothing
    is different no version is made.
    """
    calls = container().calls
    wanted = request.body.template(request.path["template_id"], calls.clock.now())
    return editing.replace_template(calls, wanted, request.expected_version)


@route(
    bp,
    "DELETE",
    _TEMPLATE,
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={**_MISSING, "template_in_use": 409},
    guarded=True,
)
def delete_template(request: Request[None, NoQuery]) -> None:
    """Delete a call template; its versions stay readable.

    409 `template_in_use` when it answers one of our numbers, or one of the next 1,000 calls that wait would
    be held by it. Should a call wait with it all the same, it is held by the last version.
    """
    editing.delete_template(container().calls, request.path["template_id"], request.expected_version)


@route(
    bp,
    "GET",
    _VERSIONS,
    scope=Scope.VIEWER,
    query=PageQuery,
    returns=CallTemplateVersionList,
    errors=_MISSING,
)
def list_template_versions(request: Request[None, PageQuery]) -> Page[CallTemplate]:
    """List the versions of a call template, newest first, also of one that was deleted."""
    template_id, size = request.path["template_id"], request.query.page_size
    return editing.list_versions(container().calls, template_id, size, request.start)


@route(
    bp,
    "GET",
    _VERSIONS + "/{number}",
    scope=Scope.VIEWER,
    returns=CallTemplateView,
    errors=_MISSING,
)
def get_template_version(request: Request[None, NoQuery]) -> CallTemplate:
    """Read one version of a call template, as `template_version` of a call names it."""
    number = request.path["number"]
    return editing.get_version(container().calls, request.path["template_id"], number)


@route(
    bp,
    "POST",
    _TEMPLATE + "/render",
    scope=Scope.VIEWER,
    body=RenderIn,
    returns=RenderingView,
    errors={
        **_MISSING,
        "prompt_not_found": 404,
        "contact_not_found": 404,
        "bad_template": 400,
        "prompt_not_published": 400,
    },
    example={"sample": {"name": "Maria Garcia", "time_zone": "America/Los_Angeles"}},
    idempotent=False,
)
def render_template(request: Request[RenderIn, NoQuery]) -> Rendering:
    """Show every text of a call template filled in, for a contact or somebody made up; nobody is called."""
    calls, body = container().calls, request.body
    occasion = editing.occasion_with(calls, body.contact_id, body.details(), body.direction)
    return editing.render_template(calls, request.path["template_id"], occasion)

"""REST routes of templates of text messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.messages import MessageTemplateIn, MessageTemplateList, MessageTemplateView
from chalicelib.calls.services import message_templates as templates
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.message_templates import MessageTemplate

bp = Blueprint(__name__)
_TEMPLATES = "/v1/calls/message-templates"
_TEMPLATE = _TEMPLATES + "/{template_id}"
_ABSENT = {"template_not_found": 404}
_WRONG = {"bad_template": 400, "body_missing": 400}
_EXAMPLE = {"name": "Reminder", "text": "Hello {{ first_name }}, see you tomorrow at {{ time }}."}


@route(
    bp,
    "POST",
    _TEMPLATES,
    scope=Scope.OPERATOR,
    body=MessageTemplateIn,
    returns=MessageTemplateView,
    status=201,
    errors=_WRONG | {"too_many_templates": 409},
    example=_EXAMPLE,
)
def create_message_template(request: Request[MessageTemplateIn, NoQuery]) -> MessageTemplate:
    """Create a template of text messages; the one that is called `help` answers the word HELP."""
    calls = container().calls
    template = request.body.template(request.new_id("template"), calls.clock.now())
    return templates.add_message_template(calls, template)


@route(bp, "GET", _TEMPLATES, scope=Scope.VIEWER, returns=MessageTemplateList)
def list_message_templates(_request: Request[None, NoQuery]) -> dict[str, list[MessageTemplate]]:
    """List the templates of text messages by name."""
    return {"items": container().calls.message_templates.all()}


@route(bp, "GET", _TEMPLATE, scope=Scope.VIEWER, returns=MessageTemplateView, errors=_ABSENT)
def get_message_template(request: Request[None, NoQuery]) -> MessageTemplate:
    """Read a template of text messages."""
    return templates.get_message_template(container().calls, request.path["template_id"])


@route(
    bp,
    "PUT",
    _TEMPLATE,
    scope=Scope.OPERATOR,
    body=MessageTemplateIn,
    returns=MessageTemplateView,
    errors=_ABSENT | _WRONG,
    guarded=True,
    example=_EXAMPLE,
)
def change_message_template(request: Request[MessageTemplateIn, NoQuery]) -> MessageTemplate:
    """Put another name and text in place of a template's."""
    body, template_id = request.body, request.path["template_id"]
    return templates.change_message_template(
        container().calls, template_id, body.name, body.text, request.expected_version
    )


@route(bp, "DELETE", _TEMPLATE, scope=Scope.OPERATOR, returns=None, status=204, errors=_ABSENT, guarded=True)
def delete_message_template(request: Request[None, NoQuery]) -> None:
    """Delete a template of text messages; messages that were made of it stay."""
    templates.remove_message_template(
        container().calls, request.path["template_id"], request.expected_version
    )

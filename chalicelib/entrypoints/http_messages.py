"""REST routes of text messages: sending, reading, threads of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.messages import ContactMessageIn, MessageIn, MessageList, MessageView
from chalicelib.calls.services import messages
from chalicelib.crm.services.contacts import get_contact
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.messages import Message
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_THREAD = "/v1/crm/contacts/{contact_id}/messages"
_MESSAGES = "/v1/calls/messages"
_REFUSED = {
    "suppressed": 403,
    "do_not_contact": 403,
    "texts_revoked": 403,
    "too_many_texts": 403,
    "number_kind_refused": 403,
    "number_cannot_text": 403,
    "country_not_allowed": 403,
    "contact_not_found": 404,
    "template_not_found": 404,
    "line_not_found": 404,
    "bad_phone_number": 400,
    "bad_template": 400,
    "body_missing": 400,
    "body_too_long": 400,
    "no_caller_number": 400,
}


@route(
    bp,
    "POST",
    _THREAD,
    scope=Scope.OPERATOR,
    body=ContactMessageIn,
    returns=MessageView,
    status=202,
    errors=_REFUSED,
    example={"body": "Hello {{ first_name }}, your appointment is on Friday at ten."},
)
def send_contact_message(request: Request[ContactMessageIn, NoQuery]) -> Message:
    """Accept a text message to a contact; it is sent at once when the rules allow it.

    What the rules refuse is answered 403 with the rule as `code`. Accepted is not delivered: see `state`.
    """
    wish = request.body.wish(request.principal.name, request.new_id("message"), request.path["contact_id"])
    return messages.request_message(container().calls, wish)


@route(
    bp,
    "GET",
    _THREAD,
    scope=Scope.VIEWER,
    query=PageQuery,
    returns=MessageList,
    errors={"contact_not_found": 404},
)
def list_contact_messages(request: Request[None, PageQuery]) -> Page[Message]:
    """List a contact's text messages, both ways, newest first, with those of contacts merged into it."""
    contact = get_contact(container().crm, request.path["contact_id"])
    return messages.list_messages(container().calls, contact.ids, request.query.page_size, request.start)


@route(
    bp,
    "POST",
    _MESSAGES,
    scope=Scope.OPERATOR,
    body=MessageIn,
    returns=MessageView,
    status=202,
    errors=_REFUSED,
    example={"number": "+14155552671", "body": "Your appointment is on Friday at ten."},
)
def send_message(request: Request[MessageIn, NoQuery]) -> Message:
    """Accept a text message to a contact or a number; a number that nobody has becomes a contact."""
    body = request.body
    wish = body.wish(request.principal.name, request.new_id("message"), body.contact_id)
    return messages.request_message(container().calls, wish)


@route(
    bp,
    "GET",
    _MESSAGES + "/{message_id}",
    scope=Scope.VIEWER,
    returns=MessageView,
    errors={"message_not_found": 404},
)
def get_message(request: Request[None, NoQuery]) -> Message:
    """Read a text message, and what became of it."""
    return messages.read_message(container().calls, request.path["message_id"])

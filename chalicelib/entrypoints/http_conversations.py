"""REST routes of conversations: chats with the AI, and all that was said in them and in calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.ai.schemas.chats import ChatAnswerView, ChatIn, chat_answer, chat_events
from chalicelib.ai.services.chats import NewMessage, take_message
from chalicelib.bootstrap import container
from chalicelib.calls.schemas.conversations import (
    ConversationFileView,
    ConversationList,
    ConversationsQuery,
    conversation_view,
)
from chalicelib.calls.services import conversations as services
from chalicelib.calls.services.chats import ChatWish, start_chat
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.conversations import Conversation
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_CONVERSATIONS = "/v1/ai/conversations"
_ABSENT = {"conversation_not_found": 404}


@route(
    bp,
    "POST",
    "/v1/ai/chat",
    scope=Scope.OPERATOR,
    body=ChatIn,
    returns=ChatAnswerView,
    errors=_ABSENT
    | {
        "conversation_busy": 409,
        "conversation_begun": 409,
        "conversation_over": 409,
        "template_not_found": 404,
        "prompt_not_found": 404,
        "prompt_not_published": 400,
        "contact_not_found": 404,
        "bad_template": 400,
    },
    example={"prompt_id": "prompt_00000000000000000000000000000001", "message": "What do you sell?"},
    events=chat_events,
)
def chat(request: Request[ChatIn, NoQuery]) -> dict[str, Any]:
    """Write to the AI and read its answer.

    The same rules, actions and limits hold as on calls; nothing is dialed. One message of a conversation is
    answered at a time, the others are refused with `conversation_busy`. With `Accept: text/event-stream` the
    answer is told as events (`tool`, `text`, and `answer` at last), which arrive together. A conversation
    takes messages for 24 hours, and is kept as long as transcripts are.
    """
    calls, body = container().calls, request.body
    chat_id = body.conversation_id
    if chat_id is None:
        wish = ChatWish(
            request.new_id("chat"), body.template_id or "", body.prompt_id or "", body.contact_id or ""
        )
        chat_id = start_chat(calls, wish).id
    message = NewMessage(request.new_id("turn"), body.message, body.language)
    return chat_answer(take_message(calls.ai, calls.tools, chat_id, message))


@route(
    bp,
    "GET",
    _CONVERSATIONS,
    scope=Scope.VIEWER,
    query=ConversationsQuery,
    returns=ConversationList,
)
def list_conversations(request: Request[None, ConversationsQuery]) -> Page[Conversation]:
    """List chats and calls, newest first.

    A call appears here within a second or so of being accepted, a chat at once. A page may be short although
    `next_page_token` says that more follow.
    """
    query = request.query
    return services.find_conversations(container().calls, query.wanted(), query.page_size, request.start)


@route(
    bp,
    "GET",
    _CONVERSATIONS + "/{conversation_id}",
    scope=Scope.VIEWER,
    returns=ConversationFileView,
    errors=_ABSENT,
)
def get_conversation(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read a chat or a call with all that was said."""
    calls = container().calls
    found = services.read_conversation(calls, request.path["conversation_id"])
    return conversation_view(found, calls.clock.now())


@route(
    bp,
    "DELETE",
    _CONVERSATIONS + "/{conversation_id}",
    scope=Scope.ADMIN,
    returns=None,
    status=204,
    errors=_ABSENT | {"conversation_is_call": 409},
)
def delete_conversation(request: Request[None, NoQuery]) -> None:
    """Delete a chat with all that was written; calls stay."""
    services.delete_conversation(container().calls, request.path["conversation_id"])

"""Calls and chats together: listed, read, and chats deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.services.chats import delete_chat
from chalicelib.calls.domain.conversations import (
    Conversation,
    ConversationChannel,
    ConversationFilter,
    merged,
    of_call,
    of_chat,
)
from chalicelib.calls.domain.listing import CallFilter
from chalicelib.calls.services.desk import contact_ids_of, find_calls
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.paging import Page
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from chalicelib.ai.domain.chats import Chat
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

_TICK = timedelta(seconds=1)


def find_conversations(
    calls: CallPorts, wanted: ConversationFilter, page_size: int, start: str | None = None
) -> Page[Conversation]:
    """List calls and chats, newest first; those of a contact also of the contacts that were merged into it.

    A page may be short and not the last.
    """
    pages = []
    if wanted.channel is not ConversationChannel.CHAT:
        pages.append(_calls(calls, wanted, page_size, start))
    if wanted.channel is not ConversationChannel.CALL:
        pages.append(_chats(calls, wanted, page_size, start))
    return merged(pages, page_size)


def read_conversation(calls: CallPorts, conversation_id: str) -> CallFile | Chat:
    """Give a call or a chat with its turns, or `NotFound` with code `conversation_not_found`."""
    if is_id(conversation_id, "chat"):
        chat = calls.ai.chats.load(conversation_id)
        if chat is not None and chat.head.expires_at > calls.clock.now():
            return chat
    elif file := calls.book.load(conversation_id):
        return file
    raise NotFound(f"There is no conversation {conversation_id}.", code="conversation_not_found")


def delete_conversation(calls: CallPorts, conversation_id: str) -> None:
    """Delete a chat; a call stays, for which `Conflict` with code `conversation_is_call` is raised."""
    if not is_id(conversation_id, "chat"):
        read_conversation(calls, conversation_id)
        message = "Calls are kept as long as the settings say; erase the contact to erase its calls."
        raise Conflict(message, code="conversation_is_call")
    delete_chat(calls.ai, conversation_id)


def _calls(
    calls: CallPorts, wanted: ConversationFilter, page_size: int, start: str | None
) -> Page[Conversation]:
    filters = CallFilter(contact_id=wanted.contact_id, since=wanted.since, until=wanted.until)
    page = find_calls(calls, filters, page_size, start)
    return Page([of_call(call) for call in page.items], page.next_start)


def _chats(
    calls: CallPorts, wanted: ConversationFilter, page_size: int, start: str | None
) -> Page[Conversation]:
    """List chats, from the oldest on that can still be kept: each month is a list of its own."""
    now = calls.clock.now()
    oldest = now - timedelta(days=current_settings(calls.system).retention.transcripts_days)
    page = calls.ai.chats.page(
        contact_ids_of(calls, wanted.contact_id) if wanted.contact_id else None,
        max(wanted.since or oldest, oldest),
        # What began in this very millisecond is there too.
        min(wanted.until, now + _TICK) if wanted.until else now + _TICK,
        page_size,
        start,
    )
    kept = (head for head in page.items if head.expires_at > now and not head.is_deleted)
    return Page([of_chat(head, now) for head in kept], page.next_start)

"""Conversations of every channel in one list: which are wanted, and how two lists become one page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ai.domain.chats import ChatHead
    from chalicelib.calls.domain.calls import Call


class ConversationChannel(StrEnum):
    """How people and the AI talk."""

    CALL = "call"
    CHAT = "chat"


@dataclass(frozen=True)
class ConversationFilter:
    """Conversations of which all that is given holds; begun from `since` on and before `until`."""

    channel: ConversationChannel | None = None
    contact_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Conversation:
    """A call or a chat as the common list shows it; a call begins when it is accepted.

    `is_over`: nothing more is said in it; `reason` and `outcome` are what is known of how it ended.
    """

    id: str
    channel: ConversationChannel
    created_at: datetime
    contact_id: str
    template_id: str
    is_over: bool
    reason: str
    outcome: str | None = None

    @property
    def place(self) -> str:
        """Its place in lists by time, unique and sorted as text; the same that either list has."""
        return f"{iso(self.created_at)}#{self.id}"


def of_call(call: Call) -> Conversation:
    """Show a call."""
    outcome = call.outcome.value if call.outcome else None
    return Conversation(
        call.id,
        ConversationChannel.CALL,
        call.created_at,
        call.contact_id,
        call.template_id,
        is_over=call.is_over,
        reason=call.reason,
        outcome=outcome,
    )


def of_chat(head: ChatHead, now: datetime) -> Conversation:
    """Show a chat as it stands now."""
    return Conversation(
        head.id,
        ConversationChannel.CHAT,
        head.created_at,
        head.contact_id,
        head.template_id,
        is_over=head.is_over(now),
        reason=head.reason,
    )


def merged(pages: Sequence[Page[Conversation]], page_size: int) -> Page[Conversation]:
    """Make one page of pages that begin at one place, newest first; it may be short and not the last.

    Beyond the place at which one of them stopped, nobody knows yet what it has.
    """
    known_to = max((page.next_start for page in pages if page.next_start is not None), default="")
    found = sorted((each for page in pages for each in page.items), key=_place, reverse=True)
    sure = [each for each in found if each.place >= known_to]
    if len(sure) > page_size:
        return Page(sure[:page_size], sure[page_size - 1].place)
    return Page(sure, known_to or None)


def _place(conversation: Conversation) -> str:
    return conversation.place

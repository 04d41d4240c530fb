"""Conversations of every channel as the API takes and shows them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.chats import Chat
from chalicelib.calls.domain.conversations import ConversationChannel, ConversationFilter, of_call, of_chat
from chalicelib.calls.schemas.calls import ModelUseView, ToolRunView
from chalicelib.calls.schemas.fields import Id, View
from chalicelib.kernel.schemas import Instant, InstantIn, PageQuery, check_span

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ai.domain.chats import ChatTurn
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn


# What the turns of every channel have under one name.
_SAME = "number received_at said language answer end reason tools asked sentiment intent"


class ConversationsQuery(PageQuery):
    """Which conversations: all filters hold together."""

    channel: Annotated[ConversationChannel | None, Field(description="Calls, or chats.")] = None
    contact_id: Annotated[
        Id | None, Field(description="With this contact, or one that was merged into it.")
    ] = None
    since: Annotated[InstantIn | None, Field(alias="from", description="Begun from this instant on.")] = None
    until: Annotated[InstantIn | None, Field(alias="to", description="Begun before this instant.")] = None

    @model_validator(mode="after")
    def _is_a_span(self) -> ConversationsQuery:
        check_span(self.since, self.until)
        return self

    def wanted(self) -> ConversationFilter:
        """Give the use case's input."""
        return ConversationFilter(self.channel, self.contact_id, self.since, self.until)


class ConversationView(View):
    """A call or a chat; `contact_id` is empty when nobody knows who writes, `template_id` without a template.

    `over`: nothing more is said in it. `outcome` is a call's, null otherwise.
    """

    id: str
    channel: ConversationChannel
    created_at: Instant
    contact_id: str
    template_id: str
    over: Annotated[bool, Field(validation_alias="is_over")]
    reason: str
    outcome: str | None


class ConversationList(View):
    """One page of conversations, newest first; the token, if any, asks for the next."""

    items: list[ConversationView]
    next_page_token: str | None


class ConversationTurnView(View):
    """One exchange: what the person said or wrote, and what was answered, null while that goes on.

    `heard` is how far a spoken answer was heard when the caller talked over it. `sentiment` and `intent` are
    of the person's words alone.
    """

    number: int
    kind: str
    received_at: Instant
    said: str
    language: str
    answer: str | None
    heard: str | None
    end: str | None
    reason: str
    tools: list[ToolRunView]
    asked: list[ModelUseView]
    sentiment: Sentiment | None
    intent: str


class ConversationFileView(ConversationView):
    """A call or a chat with its turns; what else belongs to a call is read as the call."""

    prompt_version: int | None
    turns: list[ConversationTurnView]


def conversation_view(found: CallFile | Chat, now: datetime) -> dict[str, Any]:
    """Give the values of a `ConversationFileView`."""
    shown = of_chat(found.head, now) if isinstance(found, Chat) else of_call(found.call)
    return {
        **asdict(shown),
        "prompt_version": found.brief.prompt_version if found.brief else None,
        "turns": [_turn(turn) for turn in found.turns],
    }


def _turn(turn: Turn | ChatTurn) -> dict[str, Any]:
    same = {name: getattr(turn, name) for name in _SAME.split()}
    return {**same, "kind": turn.kind.value, "heard": getattr(turn, "heard", None)}

"""Chats as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.chats import ChatEnd
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.chats import Chat

MAX_MESSAGE = 2000
_Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class ChatIn(Input):
    """A message: the first of a chat, by a call template or a prompt, or the next of one that goes on."""

    conversation_id: Annotated[
        _Id | None, Field(description="The chat that goes on; leave it out to begin one.")
    ] = None
    template_id: Annotated[
        _Id | None, Field(description="Begin a chat that is held, and may do, as calls of this template.")
    ] = None
    prompt_id: Annotated[
        _Id | None, Field(description="Begin a chat by these instructions alone, without any action.")
    ] = None
    contact_id: Annotated[
        _Id | None, Field(description="With whom a chat begins; leave it out where nobody knows.")
    ] = None
    message: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=MAX_MESSAGE),
        Field(description="What the person wrote; nothing begins a chat by a template with its greeting."),
    ] = ""
    language: Annotated[
        str,
        StringConstraints(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?$"),
        Field(description="The message's language (BCP 47), if you know it."),
    ] = ""

    @model_validator(mode="after")
    def _one_beginning(self) -> ChatIn:
        begins = [self.template_id, self.prompt_id]
        if self.conversation_id is None and begins.count(None) != 1:
            raise ValueError("Begin a chat with either template_id or prompt_id.")
        if self.prompt_id and not self.message:
            raise ValueError("A prompt has no greeting: give the first message.")
        if self.conversation_id is not None and (any(begins) or self.contact_id):
            raise ValueError("A chat that goes on keeps its template, its prompt and its contact.")
        if self.conversation_id is not None and not self.message:
            raise ValueError("Only the first message may be empty.")
        return self


class ChatToolView(BaseModel):
    """An action that the model asked for; `held`: not done, because the person must agree to it first."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    arguments: str
    result: str
    done: bool
    held: bool
    took_ms: int


class ChatAnswerView(BaseModel):
    """The answer to a message.

    `end` says what follows: `listen` (write on), `transfer` (a colleague shall take over, who is yours to
    find), `hang_up` (nothing). `over`: the conversation takes no more messages. `sentiment` and
    `intent` are of the message alone. Milliseconds by our clock.
    """

    conversation_id: str
    turn: int
    answer: str
    end: ChatEnd
    reason: str
    over: bool
    tools: list[ChatToolView]
    first_ms: int | None
    total_ms: int
    sentiment: Sentiment | None
    intent: str


def chat_answer(chat: Chat) -> dict[str, Any]:
    """Give the values of a `ChatAnswerView`: of the chat's last turn."""
    turn = chat.turns[-1]
    return {
        "conversation_id": chat.id,
        "turn": turn.number,
        "answer": turn.answer,
        "end": turn.end,
        "reason": turn.reason,
        "over": turn.is_last,
        "tools": turn.tools,
        "first_ms": turn.first_ms,
        "total_ms": turn.total_ms,
        "sentiment": turn.sentiment,
        "intent": turn.intent,
    }


def chat_events(answer: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Tell an answer as events: each action, the text, and at last the whole answer."""
    for tool in answer["tools"]:
        yield "tool", tool
    if answer["answer"]:
        yield "text", {"text": answer["answer"]}
    yield "answer", answer

"""Stored chats: begun, answered one message at a time, read and deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from chalicelib.ai.domain.chat_masking import masked_turn
from chalicelib.ai.domain.chats import CHAT_LIFE, Chat, ChatHead, ChatKind
from chalicelib.ai.domain.conversation import CallerSaid, CallStarted
from chalicelib.ai.services.chatting import Opened, answer, opened
from chalicelib.ai.services.counting import Asked, count_once
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.ai.domain.chats import ChatBrief, ChatTurn
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.ai.ports.ai import AiPorts
    from chalicelib.kernel.tools import Tool

# Longer than the function that answers can live: then whoever claimed the chat is dead.
CLAIM = timedelta(seconds=35)
MAX_STEP = 25
_LOOK_BACK = timedelta(hours=2)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class NewChat:
    """Who begins a chat with whom, by what; `kept_for` says after how long it is forgotten."""

    id: str
    brief: ChatBrief
    kept_for: timedelta
    created_by: str
    contact_id: str = ""
    number: str = ""


@dataclass(frozen=True)
class NewMessage:
    """What somebody wrote; without text the chat begins with its greeting. The same `id` is taken once."""

    id: str
    text: str = ""
    language: str = ""

    @property
    def event(self) -> CallerSaid | CallStarted:
        """Give what the engine answers."""
        return CallerSaid(self.text, self.language) if self.text else CallStarted()


def begin_chat(ai: AiPorts, wanted: NewChat) -> Chat:
    """Store a chat without turns; with the same id again it is the one that exists."""
    now = cut_to_millis(ai.clock.now())
    head = ChatHead(
        wanted.id,
        created_at=now,
        updated_at=now,
        expires_at=(now + wanted.kept_for).replace(microsecond=0),
        contact_id=wanted.contact_id,
        number=wanted.number,
        created_by=wanted.created_by,
        template_id=wanted.brief.template_id,
        prompt_id=wanted.brief.prompt_id,
    )
    chat = Chat(head, wanted.brief)
    if not ai.chats.begin(chat):
        return get_chat(ai, wanted.id)
    log("chat.begun", conversation_id=chat.id, template_id=head.template_id)
    return chat


def get_chat(ai: AiPorts, chat_id: str) -> Chat:
    """Give a chat with its turns, or `NotFound` with code `conversation_not_found`."""
    chat = ai.chats.load(chat_id)
    if chat is None or chat.head.expires_at <= ai.clock.now():
        raise NotFound(f"There is no conversation {chat_id}.", code="conversation_not_found")
    return chat


def take_message(ai: AiPorts, tools: Mapping[str, Tool], chat_id: str, message: NewMessage) -> Chat:
    """Answer a message and give the chat with its answer as the last turn.

    A message that was answered before is not answered again. `Conflict` with code `conversation_busy` while
    another is being answered, or `conversation_over` when the chat takes no more.
    """
    chat = get_chat(ai, chat_id)
    known = next((turn for turn in chat.turns if turn.id == message.id), None)
    if known and known.end:
        _count(ai, chat, known)
        _mask(ai, chat)
        return replace(chat, turns=tuple(turn for turn in chat.turns if turn.number <= known.number))
    _refuse_over(chat, ai.clock.now())
    turn = _claimed(ai, chat, message, known)
    runs: list[ToolRun] = list(turn.tools)

    def keep(run: ToolRun) -> None:
        runs.append(run)
        ai.chats.note(chat_id, turn.number, runs)

    done = answer(ai, tools, chat, message.event, Opened(turn, keep))
    if not ai.chats.close(chat_id, done):
        _refuse_busy("Meanwhile the conversation went on without this answer, or was deleted.")
    log("chat.answered", conversation_id=chat_id, turn=turn.number, end=done.end, ms=done.total_ms)
    _count(ai, chat, done)
    after = chat.after(done)
    _mask(ai, after)
    return after


def _count(ai: AiPorts, chat: Chat, turn: ChatTurn) -> None:
    """Count what was asked for a turn; whoever died before it does so when the message comes again."""
    template_id = chat.head.template_id or chat.head.prompt_id
    count_once(ai, Asked(f"{chat.id}#{turn.number}", turn.received_at, template_id, (turn.asked,)))


def _mask(ai: AiPorts, chat: Chat) -> None:
    """Mask what was written, but for the last turn of a chat that goes on, which the next may refer to."""
    if not chat.brief.conduct.mask_transcripts:
        return
    for turn in chat.turns if chat.head.is_over(ai.clock.now()) else chat.turns[:-1]:
        if (hidden := masked_turn(turn)) != turn:
            ai.chats.rewrite(chat.id, hidden)


def mask_left_chats(ai: AiPorts) -> int:
    """Mask the last words of chats with which nobody went on, once they take no messages; say how many.

    It looks at the chats that came to their end within the last two hours, so that it may be left out, or
    break off, for as long; doing it again does what is left.
    """
    over = ai.clock.now() - CHAT_LIFE
    start: str | None = None
    count = 0
    while True:
        page = ai.chats.page(None, over - _LOOK_BACK, over, MAX_STEP, start)
        for chat in filter(None, (ai.chats.load(head.id) for head in page.items)):
            _mask(ai, chat)
            count += 1
        start = page.next_start
        if start is None:
            return count


def delete_chat(ai: AiPorts, chat_id: str) -> None:
    """Delete a chat with all that was written, or raise `NotFound`."""
    ai.chats.remove(get_chat(ai, chat_id).head, ai.clock.now())
    log("chat.deleted", conversation_id=chat_id)


def personal_chats(ai: AiPorts, contact_ids: Sequence[str], start: str | None, limit: int) -> Page[Chat]:
    """Give a person's chats with all that was written, newest first, from after `start`.

    `contact_ids` are all ids that the person has had.
    """
    page = _of_person(ai, contact_ids, limit, start)
    chats = (ai.chats.load(head.id) for head in page.items)
    return Page([chat for chat in chats if chat], page.next_start)


def erase_chats(ai: AiPorts, contact_ids: Sequence[str]) -> bool:
    """Delete up to 25 of a person's chats; tell whether there are more, for which this is to be called again.

    Safe to repeat after a crash anywhere.
    """
    page = _of_person(ai, contact_ids, MAX_STEP, None)
    while not page.items and page.next_start:  # places of chats that have expired, which go by themselves
        page = _of_person(ai, contact_ids, MAX_STEP, page.next_start)
    for head in page.items:
        ai.chats.remove(head, ai.clock.now())
    log("chats.erased", count=len(page.items))
    return page.next_start is not None


def _of_person(ai: AiPorts, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[ChatHead]:
    soon = ai.clock.now() + timedelta(days=1)  # whatever the clocks of two machines say
    return ai.chats.page(contact_ids, _EVER, soon, limit, start)


def _claimed(ai: AiPorts, chat: Chat, message: NewMessage, known: ChatTurn | None) -> ChatTurn:
    """Take the chat for one turn: the next, or the one of this message that broke off."""
    turn = known or opened(ai, chat, message.event, message.id)
    if turn.kind is ChatKind.GREETING and turn.number > 1:
        raise Conflict("The conversation has begun; write a message.", code="conversation_begun")
    now = ai.clock.now()
    until = now + CLAIM
    taken = (
        ai.chats.retake(chat.id, turn.id, now, until) if known else ai.chats.open(chat.head, turn, now, until)
    )
    if not taken:
        _refuse_busy("Another message of this conversation is being answered; try again in a moment.")
    return turn


def _refuse_over(chat: Chat, now: datetime) -> None:
    if chat.head.is_over(now):
        raise Conflict("The conversation is over; begin another.", code="conversation_over")


def _refuse_busy(message: str) -> NoReturn:
    raise Conflict(message, code="conversation_busy")

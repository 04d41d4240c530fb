"""Chats in memory, and one to begin with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.chats import Chat, ChatBrief, ChatHead, ChatTurn, place_of
from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.kernel.clock import Clock


@dataclass
class FakeChats:
    """Chats in a dict, and who has claimed which until when; implements `ChatBook`."""

    by_id: dict[str, Chat] = field(default_factory=dict)
    claims: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def begin(self, chat: Chat) -> bool:
        """Keep a new chat."""
        if chat.id in self.by_id:
            return False
        self.by_id[chat.id] = chat
        return True

    def load(self, chat_id: str) -> Chat | None:
        """Give a chat."""
        return self.by_id.get(chat_id)

    def open(self, head: ChatHead, turn: ChatTurn, now: datetime, until: datetime) -> bool:
        """Keep the next turn and claim the chat."""
        chat = self.by_id.get(head.id)
        _, held = self.claims.get(head.id, ("", now))
        if chat is None or chat.head.end or held > now or chat.head.turns != turn.number - 1:
            return False
        self._put(chat, turn)
        self.claims[head.id] = (turn.id, until)
        return True

    def retake(self, chat_id: str, turn_id: str, now: datetime, until: datetime) -> bool:
        """Claim a chat again."""
        claim = self.claims.get(chat_id)
        if claim is None or claim[0] != turn_id or claim[1] > now:
            return False
        self.claims[chat_id] = (turn_id, until)
        return True

    def note(self, chat_id: str, number: int, runs: Sequence[ToolRun]) -> None:
        """Keep the actions of a turn."""
        if chat := self.by_id.get(chat_id):
            turn = next(turn for turn in chat.turns if turn.number == number)
            self._put(chat, replace(turn, tools=tuple(runs)))

    def close(self, chat_id: str, turn: ChatTurn) -> bool:
        """Keep an answer and give the chat free."""
        chat, claim = self.by_id.get(chat_id), self.claims.get(chat_id)
        if chat is None or claim is None or claim[0] != turn.id:
            return False
        del self.claims[chat_id]
        after = chat.after(turn)
        self.by_id[chat_id] = replace(after, head=replace(after.head, updated_at=turn.received_at))
        return True

    def rewrite(self, chat_id: str, turn: ChatTurn) -> None:
        """Keep other words of a turn."""
        if chat := self.by_id.get(chat_id):
            self._put(chat, turn, turns=chat.head.turns)

    def page(
        self,
        contact_ids: Sequence[str] | None,
        since: datetime,
        until: datetime,
        limit: int,
        start: str | None,
    ) -> Page[ChatHead]:
        """Give chats, newest first."""
        high = min(iso(until), start or iso(until))
        heads = sorted((chat.head for chat in self.by_id.values()), key=place_of, reverse=True)
        found = [
            head
            for head in heads
            if iso(since) <= place_of(head) < high and (contact_ids is None or head.contact_id in contact_ids)
        ]
        return Page(found[:limit], place_of(found[limit - 1]) if len(found) > limit else None)

    def remove(self, head: ChatHead, now: datetime) -> None:
        """Forget a chat."""
        del now
        self.by_id.pop(head.id, None)

    def _put(self, chat: Chat, turn: ChatTurn, turns: int | None = None) -> None:
        known = {each.number: each for each in chat.turns} | {turn.number: turn}
        ordered = tuple(known[number] for number in sorted(known))
        head = replace(chat.head, turns=turns or turn.number)
        self.by_id[chat.id] = replace(chat, turns=ordered, head=head)


def a_chat(clock: Clock, *, number: str = "+14155550112", **brief: Any) -> Chat:
    """Make a chat without turns; what is named is its brief's."""
    now = clock.now()
    head = ChatHead(
        "chat_1",
        now,
        now,
        now.replace(year=now.year + 1),
        contact_id="contact_1" if number else "",
        number=number,
        created_by="token:token_1",
        prompt_id="prompt_1",
    )
    return Chat(head, ChatBrief("You sell paint.\n", "prompt_1", 1, **brief))

"""Stored chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ai.domain.chats import Chat, ChatHead, ChatTurn
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.kernel.paging import Page


class ChatBook(Protocol):
    """Stored chats; whoever answers a turn has claimed the chat, so that no two are answered at once."""

    def begin(self, chat: Chat) -> bool:
        """Store a new chat without turns; False when the id exists."""

    def load(self, chat_id: str) -> Chat | None:
        """Give a chat with its turns, consistently; None also when it was deleted."""

    def open(self, head: ChatHead, turn: ChatTurn, now: datetime, until: datetime) -> bool:
        """Store the next turn and claim the chat for it; False when it is claimed, over, or further on."""

    def retake(self, chat_id: str, turn_id: str, now: datetime, until: datetime) -> bool:
        """Claim the chat again for a turn that broke off; False when its claim holds, or is another's."""

    def note(self, chat_id: str, number: int, runs: Sequence[ToolRun]) -> None:
        """Store the actions of a turn so far; of a chat that was deleted nothing is."""

    def close(self, chat_id: str, turn: ChatTurn) -> bool:
        """Store an answer and give the chat free; False when it is claimed by another, or was deleted."""

    def rewrite(self, chat_id: str, turn: ChatTurn) -> None:
        """Put other words in the place of those of a turn, if it is still there."""

    def page(
        self,
        contact_ids: Sequence[str] | None,
        since: datetime,
        until: datetime,
        limit: int,
        start: str | None,
    ) -> Page[ChatHead]:
        """Give up to `limit` chats begun from `since` on and before `until`, newest first, after `start`.

        Those of `contact_ids` only, if given; also those whose deletion broke off. A position is `place_of`
        a chat.
        """

    def remove(self, head: ChatHead, now: datetime) -> None:
        """Delete a chat with its words; safe to repeat after a crash anywhere."""

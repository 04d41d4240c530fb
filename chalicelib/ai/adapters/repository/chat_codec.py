"""Chats to items and back; pure."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from chalicelib.ai.adapters.tables import ChatBriefItem, ChatItem, ChatPlaceItem, ChatTurnItem
from chalicelib.ai.domain.analysis import Sentiment, Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.chats import Chat, ChatBrief, ChatEnd, ChatHead, ChatKind, ChatTurn, place_of
from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import MenuAction, MenuKey
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.kernel.clock import from_iso, iso

HEAD, BRIEF = "CHAT", "BRIEF"

StoredT = TypeVar("StoredT", Conduct, ChatBrief)


def chat_key(chat_id: str) -> str:
    """Give the hash key of a chat."""
    return f"CHAT#{chat_id}"


def turn_key(number: int) -> str:
    """Give the range key of a turn; sorts in their order."""
    return f"TURN#{number:04d}"


def month_key(instant: datetime) -> str:
    """Give the hash key of the chats that began in a month (UTC)."""
    return f"CHATS#{instant.astimezone(UTC):%Y-%m}"


def contact_key(contact_id: str) -> str:
    """Give the hash key of a contact's chats."""
    return f"CHATCONTACT#{contact_id}"


def head_item(head: ChatHead) -> ChatItem:
    """Write the head of a chat that nobody has claimed."""
    return ChatItem(
        chat_key(head.id),
        HEAD,
        contact_id=head.contact_id,
        number=head.number,
        created_at=iso(head.created_at),
        updated_at=iso(head.updated_at),
        created_by=head.created_by,
        template_id=head.template_id,
        prompt_id=head.prompt_id,
        turns=head.turns,
        end=head.end.value if head.end else None,
        reason=head.reason or None,
        expires_at=_seconds(head.expires_at),
    )


def head_of(item: ChatItem) -> ChatHead:
    """Read the head of a chat."""
    return ChatHead(
        id=item.pk.removeprefix("CHAT#"),
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        expires_at=datetime.fromtimestamp(int(item.expires_at or 0), UTC),
        contact_id=item.contact_id,
        number=item.number,
        created_by=item.created_by,
        template_id=item.template_id,
        prompt_id=item.prompt_id,
        turns=int(item.turns),
        end=ChatEnd(item.end) if item.end else None,
        reason=item.reason or "",
        is_deleted=item.deleted_at is not None,
    )


def place_items(head: ChatHead) -> list[ChatPlaceItem]:
    """Write a chat's places: among all of its month, and among those of its contact if it has one."""
    keys = [month_key(head.created_at), *([contact_key(head.contact_id)] if head.contact_id else [])]
    return [ChatPlaceItem(key, place_of(head), expires_at=_seconds(head.expires_at)) for key in keys]


def brief_item(chat: Chat) -> ChatBriefItem:
    """Write what a chat is held by."""
    expires_at = _seconds(chat.head.expires_at)
    return ChatBriefItem(chat_key(chat.id), BRIEF, brief=asdict(chat.brief), expires_at=expires_at)


def brief_of(item: ChatBriefItem) -> ChatBrief:
    """Read what a chat is held by."""
    stored = dict(item.brief)
    stored["conduct"] = _restored(Conduct, stored["conduct"])
    stored["menu"] = [MenuKey(**{**key, "action": MenuAction(key["action"])}) for key in stored["menu"]]
    return _restored(ChatBrief, stored)


def turn_item(head: ChatHead, turn: ChatTurn) -> ChatTurnItem:
    """Write a turn that is not answered yet."""
    return ChatTurnItem(
        chat_key(head.id),
        turn_key(turn.number),
        turn_id=turn.id,
        turn_kind=turn.kind.value,
        received_at=iso(turn.received_at),
        said=turn.said,
        language=turn.language,
        expires_at=_seconds(head.expires_at),
    )


def turn_of(item: ChatTurnItem) -> ChatTurn:
    """Read a turn."""
    return ChatTurn(
        id=item.turn_id,
        number=int(item.sk.removeprefix("TURN#")),
        kind=ChatKind(item.turn_kind),
        received_at=from_iso(item.received_at),
        said=item.said,
        language=item.language,
        answer=item.answer,
        end=ChatEnd(item.end) if item.end else None,
        reason=item.reason or "",
        tools=tuple(ToolRun(**run) for run in item.tools or ()),
        corrected=tuple(item.corrected or ()),
        asked=tuple(ModelUse(**{**use, "usage": Usage(**use["usage"])}) for use in item.asked or ()),
        sentiment=Sentiment(item.sentiment) if item.sentiment else None,
        intent=item.intent or "",
        **(item.timing or {}),
    )


def _restored(kind: type[StoredT], stored: dict[str, Any]) -> StoredT:
    """Give a dataclass its fields as they were; one that is absent was stored before it was known."""
    known = {field.name: field.default for field in fields(kind)}
    return kind(**{name: _like(known[name], value) for name, value in stored.items() if name in known})


def _like(default: Any, value: Any) -> Any:
    """Give what JSON has made of a value the type of its field's default."""
    if isinstance(default, tuple):
        return tuple(value)
    return type(default)(value) if isinstance(default, Enum) else value


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())

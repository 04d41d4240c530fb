"""Notes and tasks as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class NoteKind(StrEnum):
    """What a note reports."""

    CALL_SUMMARY = "call_summary"
    MEETING = "meeting"
    TASK = "task"
    GENERAL = "general"


@dataclass(frozen=True)
class NewNote:
    """A note to add; with an `id` of its own (`note_…`) adding it again changes nothing."""

    contact_id: str
    kind: NoteKind
    body: str
    author: str
    call_id: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Note:
    """What somebody, or a call, left about a contact."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: datetime
    call_id: str | None

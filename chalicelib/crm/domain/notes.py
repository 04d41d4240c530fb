"""Notes and tasks as values, what may be changed of them, and when a task is due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.crm.domain.contacts import KEEP, Keep
from chalicelib.crm.domain.listing import Span
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Contact


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
    due_at: datetime | None = None
    pinned: bool = False


@dataclass(frozen=True)
class Note:
    """What somebody, or a call, left about a contact.

    A task may be due at an instant, and is done since `done_at`; other notes have neither.
    """

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: datetime
    call_id: str | None
    updated_at: datetime
    due_at: datetime | None = None
    done_at: datetime | None = None
    pinned: bool = False
    version: int = 1

    @property
    def done(self) -> bool:
        """Tell whether it is a task that is done."""
        return self.done_at is not None

    @property
    def is_waiting(self) -> bool:
        """Tell whether it is a task that is due at some time and not done."""
        return self.due_at is not None and not self.done


@dataclass(frozen=True)
class NoteChanges:
    """New values for a note; `KEEP` leaves one as it is. A note that is no task any more loses its dates."""

    kind: NoteKind | Keep = KEEP
    body: str | Keep = KEEP
    due_at: datetime | Keep | None = KEEP
    done: bool | Keep = KEEP
    pinned: bool | Keep = KEEP

    def applied_to(self, note: Note, now: datetime) -> Note:
        """Give the note with these values, at the same version; `Invalid` as `checked_note`."""
        given = {name: value for name, value in vars(self).items() if value is not KEEP}
        done = given.pop("done", None)
        if done is not None:
            given["done_at"] = (note.done_at or now) if done else None
        if given.get("kind", NoteKind.TASK) is not NoteKind.TASK:
            given = {"due_at": None, "done_at": None} | given
        return checked_note(replace(note, **given))


@dataclass(frozen=True)
class NoteFilter:
    """Which notes of a contact; None asks nothing."""

    kind: NoteKind | None = None
    pinned: bool | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether every note passes."""
        return self.kind is None and self.pinned is None

    def matches(self, note: Note) -> bool:
        """Tell whether a note is one of them."""
        return self.kind in (None, note.kind) and self.pinned in (None, note.pinned)


@dataclass(frozen=True)
class Task:
    """A task and whom it is about."""

    note: Note
    contact: Contact


class Due(StrEnum):
    """Which open tasks with a due date a list shows."""

    OVERDUE = "overdue"
    TODAY = "today"
    OPEN = "open"

    def span(self, now: datetime, time_zone: str) -> Span:
        """Give the stretch of time; `today` is the day that it is now in `time_zone`, late or not."""
        match self:
            case Due.OVERDUE:
                return Span(until=now)
            case Due.TODAY:
                return _today(now, time_zone)
            case Due.OPEN:
                return Span()


def checked_note(note: Note) -> Note:
    """Give the note with its due date in milliseconds; a task's dates on another kind are `Invalid`.

    The code is `not_a_task`.
    """
    note = replace(note, due_at=note.due_at and cut_to_millis(note.due_at))
    dates: dict[str, Any] = {"due_at": note.due_at, "done": note.done_at}
    wrong = next((name for name, value in dates.items() if value is not None), None)
    if note.kind is NoteKind.TASK or wrong is None:
        return note
    message = "Only a task is due or done: give it the kind `task`."
    raise Invalid(message, code="not_a_task", errors=(FieldError(f"/{wrong}", message),))


def _today(now: datetime, time_zone: str) -> Span:
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date()
    since, until = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return Span(since.astimezone(UTC), until.astimezone(UTC))

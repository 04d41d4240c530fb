"""Recordings: what is stored of them, where their sound is kept, and the carrier that made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from chalicelib.calls.domain.recordings import Recording, RecordingReport
    from chalicelib.kernel.paging import Page


@dataclass(frozen=True)
class SoundAddress:
    """Where a sound can be played without a token, and until when."""

    url: str
    expires_at: datetime


class RecordingBook(Protocol):
    """Stored recordings, without their sound."""

    def get(self, call_id: str, sid: str) -> Recording | None:
        """Give a recording, consistently."""

    def of_call(self, call_id: str) -> tuple[Recording, ...]:
        """Give the recordings of a call, consistently."""

    def change(
        self, call_id: str, sid: str, how: Callable[[Recording | None], Recording | None]
    ) -> tuple[Recording | None, Recording | None]:
        """Apply `how` to what is there, again when somebody was faster; give old and new."""

    def remove(self, call_id: str, sid: str) -> None:
        """Delete a recording's row; nothing when there is none."""

    def voicemails(self, *, heard: bool | None, limit: int, start: str | None) -> Page[Recording]:
        """Give up to `limit` voicemails, newest first, after `start`: heard ones, new ones, or both.

        The list follows what is stored within a second or so.
        """


class SoundStore(Protocol):
    """Sounds in our own keeping."""

    def put(self, call_id: str, sid: str, sound: Iterable[bytes]) -> int:
        """Keep a sound, encrypted, in place of one that is there; give its size in bytes."""

    def address(self, call_id: str, sid: str) -> SoundAddress:
        """Say where the sound can be played for a few minutes, without a token."""

    def remove(self, call_id: str, sid: str) -> None:
        """Delete a sound; nothing when there is none."""


class CarrierRecordings(Protocol):
    """Recordings in the carrier's keeping; `Unavailable` and retryable while it cannot be asked."""

    def of_call(self, call_sid: str) -> tuple[RecordingReport, ...]:
        """Give what the carrier has of a call, by its own id; unfinished recordings too."""

    def read(self, sid: str) -> Iterator[bytes]:
        """Give the sound, piece by piece."""

    def delete(self, sid: str) -> None:
        """Have the carrier delete a recording; one that it does not have is deleted."""

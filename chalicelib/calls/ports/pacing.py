"""Where it is kept how fast and how many at once calls go, and how often our numbers were used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, timedelta

    from chalicelib.calls.domain.pacing import PaceState
    from chalicelib.calls.domain.slots import Slot
    from chalicelib.kernel.phones import E164


class PaceBook(Protocol):
    """Rhythms by key; each gives out instants, and none twice."""

    def read(self, key: str) -> PaceState:
        """Give what is stored of a rhythm, consistently."""

    def take(
        self, key: str, seen: PaceState, now: datetime, interval: timedelta, latest: datetime
    ) -> datetime | None:
        """Take the next free instant from `now` on; None when it is after `latest`.

        The one after it is not before `interval` has passed. `seen` is what was read before.
        """

    def slow(self, key: str, seen: PaceState, new: PaceState) -> None:
        """Keep by what and when a rhythm was slowed down; nothing when somebody has done so since `seen`."""


class SlotBook(Protocol):
    """Places among the calls that may go on at once."""

    def held(self, pool: str) -> list[Slot]:
        """Give the places of a pool that somebody took, expired ones included, consistently."""

    def take(self, slot: Slot, now: datetime) -> bool:
        """Take a place that is free, expired or this call's own; False when another call has it."""

    def release(self, pool: str, place: int, call_id: str, until: datetime | None = None) -> None:
        """Free a place of this call; with `until` only while it is held until then; else nothing."""


class LineUseBook(Protocol):
    """How many calls each of our numbers placed, by day (UTC)."""

    def used(self, lines: Sequence[E164], day: date) -> Mapping[E164, int]:
        """Give how often each was used, consistently."""

    def use(self, line: E164, day: date, limit: int | None, expires_at: datetime) -> bool:
        """Count one use more; False, and none is counted, when `limit` is reached."""

"""Rhythms, places among live calls, and the use of our numbers, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.calls.domain.pacing import PaceState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, timedelta

    from chalicelib.calls.domain.slots import Slot
    from chalicelib.kernel.phones import E164


@dataclass
class FakePace:
    """Rhythms; implements `PaceBook`."""

    states: dict[str, PaceState] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def read(self, key: str) -> PaceState:
        """Give what is kept of a rhythm."""
        return self.states.get(key, PaceState())

    def take(
        self, key: str, seen: PaceState, now: datetime, interval: timedelta, latest: datetime
    ) -> datetime | None:
        """Take the next free instant."""
        with self.lock:
            state = self.read(key)
            at = max(now, state.next_at or now)
            if at > latest:
                return None
            self.states[key] = replace(state, next_at=at + interval)
            return at

    def slow(self, key: str, seen: PaceState, new: PaceState) -> None:
        """Keep how slow it goes, unless somebody has."""
        with self.lock:
            state = self.read(key)
            if state.slowed_at == seen.slowed_at:
                self.states[key] = replace(state, slowdown=new.slowdown, slowed_at=new.slowed_at)


@dataclass
class FakeSlots:
    """Places; implements `SlotBook`."""

    rows: dict[tuple[str, int], Slot] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def held(self, pool: str) -> list[Slot]:
        """Give the places of a pool that somebody took."""
        with self.lock:
            return [slot for (owner, _), slot in sorted(self.rows.items()) if owner == pool]

    def take(self, slot: Slot, now: datetime) -> bool:
        """Take a place that is free, expired or its own."""
        with self.lock:
            known = self.rows.get((slot.pool, slot.place))
            if known and known.call_id != slot.call_id and known.until >= now:
                return False
            self.rows[slot.pool, slot.place] = slot
            return True

    def release(self, pool: str, place: int, call_id: str, until: datetime | None = None) -> None:
        """Free a place of this call."""
        with self.lock:
            known = self.rows.get((pool, place))
            if known and known.call_id == call_id and until in (None, known.until):
                del self.rows[pool, place]


@dataclass
class FakeLineUses:
    """Uses of our numbers; implements `LineUseBook`."""

    counts: Counter[tuple[E164, date]] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def used(self, lines: Sequence[E164], day: date) -> Mapping[E164, int]:
        """Give how often each was used."""
        return {line: self.counts[line, day] for line in lines}

    def use(self, line: E164, day: date, limit: int | None, expires_at: datetime) -> bool:
        """Count one use more."""
        with self.lock:
            if limit is not None and self.counts[line, day] >= limit:
                return False
            self.counts[line, day] += 1
            return True

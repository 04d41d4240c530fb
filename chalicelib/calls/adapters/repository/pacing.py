"""Rhythms, places among live calls, and the use of our numbers: one row each, changed on condition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository.writes import done
from chalicelib.calls.adapters.tables import LineUseItem, PaceItem, SlotItem
from chalicelib.calls.domain.pacing import PaceState
from chalicelib.calls.domain.slots import Slot
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

# A rhythm that nobody keeps becomes free, or one that was free is taken, while it is asked for.
_MAX_TRIES = 3
_FORGOTTEN_AFTER = timedelta(days=1)


@unavailable_on(PynamoDBException)
class PaceRepository:
    """One row a rhythm; no update of it fails because another one came between."""

    def read(self, key: str) -> PaceState:
        """Give what is stored of a rhythm, consistently."""
        try:
            item = PaceItem.get("PACE", key, consistent_read=True)
        except DoesNotExist:
            return PaceState()
        slowed_at = from_millis(int(item.slowed_at)) if item.slowed_at else None
        next_at = from_millis(int(item.next_at)) if item.next_at else None
        return PaceState(next_at, int(item.slowdown or 1), slowed_at)

    def take(
        self, key: str, seen: PaceState, now: datetime, interval: timedelta, latest: datetime
    ) -> datetime | None:
        """Take the next free instant from `now` on; None when it is after `latest`."""
        step = round(interval / timedelta(milliseconds=1))
        ways: list[Callable[[], int | None]] = [
            lambda: _begin(key, to_millis(now), step),
            lambda: _queue_up(key, to_millis(now), step, to_millis(latest)),
        ]
        if seen.next_at and seen.next_at > now:
            ways.reverse()
        for way in ways * _MAX_TRIES:
            if (taken := way()) is not None:
                return from_millis(taken)
        return None

    def slow(self, key: str, seen: PaceState, new: PaceState) -> None:
        """Keep by what and when a rhythm was slowed down; nothing when somebody has done so since `seen`."""
        if new.slowed_at is None:
            return
        same = (
            PaceItem.slowed_at == to_millis(seen.slowed_at)
            if seen.slowed_at
            else PaceItem.slowed_at.does_not_exist()
        )
        actions: list[Action] = [
            PaceItem.slowdown.set(new.slowdown),
            PaceItem.slowed_at.set(to_millis(new.slowed_at)),
            PaceItem.kind.set(PaceItem),
        ]
        done(lambda: PaceItem("PACE", key).update(actions=actions, condition=same))


def _begin(key: str, now: int, step: int) -> int | None:
    """Take this instant of a rhythm in which nobody waits for a later one."""
    free = PaceItem.next_at.does_not_exist() | (PaceItem.next_at <= now)
    actions: list[Action] = [PaceItem.next_at.set(now + step), PaceItem.kind.set(PaceItem)]
    return now if done(lambda: PaceItem("PACE", key).update(actions=actions, condition=free)) else None


def _queue_up(key: str, now: int, step: int, latest: int) -> int | None:
    """Take the instant behind all that were given out."""
    item = PaceItem("PACE", key)
    soon = (PaceItem.next_at > now) & (PaceItem.next_at <= latest)
    actions: list[Action] = [PaceItem.next_at.set(PaceItem.next_at + step)]
    return int(item.next_at or 0) - step if done(lambda: item.update(actions, condition=soon)) else None


@unavailable_on(PynamoDBException)
class SlotRepository:
    """One row a place that somebody has or had."""

    def held(self, pool: str) -> list[Slot]:
        """Give the places of a pool that somebody took, expired ones included, consistently."""
        rows = SlotItem.query(_pool_key(pool), consistent_read=True)
        return [_slot_of(pool, row) for row in rows]

    def take(self, slot: Slot, now: datetime) -> bool:
        """Take a place that is free, expired or this call's own; False when another call has it."""
        row = SlotItem(
            _pool_key(slot.pool),
            _place_key(slot.place),
            call_id=slot.call_id,
            until=to_millis(slot.until),
            expires_at=int((slot.until + _FORGOTTEN_AFTER).timestamp()),
        )
        free = (
            SlotItem.call_id.does_not_exist()
            | (SlotItem.call_id == slot.call_id)
            | (SlotItem.until < to_millis(now))
        )
        return done(lambda: row.save(free))

    def release(self, pool: str, place: int, call_id: str, until: datetime | None = None) -> None:
        """Free a place of this call; with `until` only while it is held until then; else nothing."""
        mine: Condition = SlotItem.call_id == call_id
        if until:
            mine &= SlotItem.until == to_millis(until)
        done(lambda: SlotItem(_pool_key(pool), _place_key(place)).delete(mine))


def _pool_key(pool: str) -> str:
    return f"SLOTS#{pool}"


def _place_key(place: int) -> str:
    return f"SLOT#{place:04d}"


def _slot_of(pool: str, row: SlotItem) -> Slot:
    return Slot(pool, int(row.sk.removeprefix("SLOT#")), row.call_id, from_millis(int(row.until)))


@unavailable_on(PynamoDBException)
class LineUseRepository:
    """One row for a number and a day."""

    def used(self, lines: Sequence[E164], day: date) -> Mapping[E164, int]:
        """Give how often each was used, consistently."""
        keys = [(f"LINEUSE#{line}", day.isoformat()) for line in lines]
        found = {
            E164(item.pk.removeprefix("LINEUSE#")): int(item.uses)
            for item in LineUseItem.batch_get(keys, consistent_read=True)
        }
        return {line: found.get(line, 0) for line in lines}

    def use(self, line: E164, day: date, limit: int | None, expires_at: datetime) -> bool:
        """Count one use more; False, and none is counted, when `limit` is reached."""
        below = None if limit is None else LineUseItem.uses.does_not_exist() | (LineUseItem.uses < limit)
        actions: list[Action] = [
            LineUseItem.uses.add(1),
            LineUseItem.expires_at.set(int(expires_at.timestamp())),
            LineUseItem.kind.set(LineUseItem),
        ]
        row = LineUseItem(f"LINEUSE#{line}", day.isoformat())
        return done(lambda: row.update(actions=actions, condition=below))

"""Places among the calls that may go on at once: taken before a dial, freed when the call is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.slots import ALL, Slot, free_count, free_places, pools_of
from chalicelib.calls.services.pacing import LONGEST_WAIT
from chalicelib.calls.services.talks import note_talk
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.pacing import Terms

# A campaign's tick admits no more than can go on at once, so it is soon that one of its places is free.
_CAMPAIGN_WAIT = 5 * LONGEST_WAIT
# A worker dials within this time, or leaves the call; the next sweep comes later.
_AT_WORK = timedelta(seconds=10)
_MAX_TRIES = 3
_TRIES_A_LOOK = 8


@dataclass(frozen=True)
class Pool:
    """How many places there are, and those that somebody has."""

    name: str
    size: int
    held: Sequence[Slot]


@dataclass(frozen=True)
class Taken:
    """The places that a call got, and the pool in which there was none; or another worker is at it."""

    slots: tuple[Slot, ...]
    full: str | None = None
    by_another: bool = False


def take_slots(calls: CallPorts, call: Call, terms: Terms, until: datetime) -> Taken:
    """Take a place in every pool that the call needs one in, until it is freed or `until` has come.

    Nothing is taken where the call has had its place for some seconds only: another worker was woken for it
    too, and to take a start for it once more would only keep other calls waiting.
    """
    taken: tuple[Slot, ...] = ()
    for pool, size in reversed(_pools(terms).items()):
        held = calls.slots.held(pool)
        if not taken and _another_has(held, call.id, until):
            return Taken((), by_another=True)
        slot = _take_one(calls, Pool(pool, size, held), call.id, until)
        if slot is None:
            return Taken(taken, pool)
        taken = (*taken, slot)
    return Taken(taken)


def no_slot(pool: str, now: datetime) -> Decision:
    """Put a call off because no more may go on at once.

    It keeps its position where all calls wait for each other; where only its campaign's do, others pass it.
    """
    if pool == ALL:
        return Decision(
            Verdict.NOT_YET, "live_calls_full", "As many calls go on as may (settings, caps).", now
        )
    explanation = "As many calls of this campaign go on as may."
    return Decision(Verdict.NOT_YET, "campaign_calls_full", explanation, now, now + _CAMPAIGN_WAIT)


def slots_left(calls: CallPorts, call: Call, terms: Terms) -> tuple[Slot, ...]:
    """Give the places of a call that waits: a worker took them and died before it could commit."""
    held = (slot for pool in _pools(terms) for slot in calls.slots.held(pool))
    return tuple(slot for slot in held if slot.call_id == call.id)


def give_back(calls: CallPorts, slots: Iterable[Slot]) -> None:
    """Free places that a call took and does not use, unless it has taken them again since."""
    for slot in slots:
        calls.slots.release(slot.pool, slot.place, slot.call_id, slot.until)


def free_line(calls: CallPorts, call: Call) -> None:
    """Free what a call holds that does not go on any more: its number, and its places for the next."""
    note_talk(calls, call)
    calls.numbers.release(call.number, call.id)
    free_slots(calls, call)


def free_slots(calls: CallPorts, call: Call) -> None:
    """Free the places of a call, and have those woken that wait for one; harmless when repeated.

    Who is next is looked up elsewhere: the carrier may be waiting for an answer here.
    """
    for name in call.slots:
        pool, _, place = name.rpartition("#")
        calls.slots.release(pool, int(place), call.id)
    if call.slots:
        with suppress(Unavailable):  # a lost wake-up costs a minute: the sweep finds them
            calls.wakeups.wake_next(len(call.slots) + 1)


def free_of_all(calls: CallPorts, terms: Terms) -> int | None:
    """Say how many calls more may go on at once; None: as many as there are."""
    size = terms.settings.caps.live_calls
    return None if size is None else free_count(calls.slots.held(ALL), size, calls.clock.now())


def _pools(terms: Terms) -> dict[str, int]:
    return dict(pools_of(terms.settings.caps, terms.plan))


def _another_has(held: Iterable[Slot], call_id: str, until: datetime) -> bool:
    """Tell whether a place was taken for the same call a moment ago; a worker that died is older."""
    return any(slot.call_id == call_id and abs(slot.until - until) < _AT_WORK for slot in held)


def _take_one(calls: CallPorts, pool: Pool, call_id: str, until: datetime) -> Slot | None:
    """Take a place; look again when others were faster at all that were tried."""
    held = pool.held
    for _ in range(_MAX_TRIES):
        now = calls.clock.now()
        places = free_places(held, pool.size, call_id, now)
        for place in places[:_TRIES_A_LOOK]:
            slot = Slot(pool.name, place, call_id, until)
            if calls.slots.take(slot, now):
                return slot
        if not places:
            break
        held = calls.slots.held(pool.name)
    return None

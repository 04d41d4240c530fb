"""How fast and how many at once: no sliding second above the rate, no more calls live than may be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import chain

import pytest
from fakes.calls import NOW
from fakes.pacing import FakePace, FakeSlots
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.lanes import Lane, in_turn, lane_of
from chalicelib.calls.domain.pacing import ALL, PaceState, rhythm_of_all, rhythm_of_plan, slowed
from chalicelib.calls.domain.slots import Slot, free_count, free_places

SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)


def _most_in(span, instants):
    ordered = sorted(instants)
    return max(sum(first <= at <= first + span for at in ordered) for first in ordered)


@given(
    st.integers(1, 60), st.lists(st.tuples(st.integers(0, 900), st.integers(0, 249)), min_size=1, max_size=80)
)
def test_no_sliding_second_has_more_than_the_rate(rate, asked):
    """Whenever calls ask, and however late each is within its slack."""
    pace, now, started = FakePace(), NOW, []
    rhythm = rhythm_of_all(rate, PaceState(), NOW)
    for pause_ms, late_ms in asked:
        now += pause_ms * MILLISECOND
        at = pace.take(ALL, PaceState(), now, rhythm.interval, now + timedelta(hours=1))
        started.append(at + late_ms * MILLISECOND)
    assert timedelta(milliseconds=249) < rhythm.slack
    assert _most_in(SECOND, started) <= rate


@given(
    st.integers(1, 120),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 4999)), min_size=1, max_size=60),
)
def test_no_sliding_minute_of_a_campaign_has_more_than_its_plan_says(rate, asked):
    """As with all calls, with the slack that waiting for those takes."""
    pace, now, started = FakePace(), NOW, []
    rhythm = rhythm_of_plan(DialPlan("campaign_1", "Spring", calls_per_minute=rate))
    for pause_ms, late_ms in asked:
        now += pause_ms * MILLISECOND
        at = pace.take(rhythm.key, PaceState(), now, rhythm.interval, now + timedelta(hours=9))
        started.append(at + late_ms * MILLISECOND)
    assert _most_in(timedelta(minutes=1), started) <= rate


def test_without_a_rate_there_is_no_rhythm():
    """Nor has a campaign without one."""
    assert rhythm_of_all(None, PaceState(), NOW) is None
    assert rhythm_of_plan(None) is None
    assert rhythm_of_plan(DialPlan("campaign_1", "Spring")) is None


@pytest.mark.parametrize("rate", [None, 10])
def test_recovery_is_gradual(rate):
    """Each overload halves the rate, down to a sixteenth; each half minute without one doubles it again."""
    state, now = PaceState(), NOW
    for _ in range(6):
        state, now = slowed(state, now), now + 2 * SECOND
    assert state.slowdown == 16
    base = timedelta(seconds=1.25) / (rate or 1)
    steps = [rhythm_of_all(rate, state, state.slowed_at + each * timedelta(seconds=30)) for each in range(10)]
    intervals = [step and step.interval / base for step in steps]
    expected = [16, 8, 4, 2, 1, *([1] * 5 if rate else [1 / 2, 1 / 4, 1 / 8, 1 / 16, None])]
    for found, wanted in zip(intervals, expected, strict=True):
        assert found == (wanted and pytest.approx(wanted, rel=0.02))


def test_one_overload_slows_down_once():
    """All who ask at the time are told of it; what is over counts less."""
    state = slowed(PaceState(), NOW)
    assert slowed(state, NOW + 999 * MILLISECOND) == state
    assert slowed(state, NOW + SECOND).slowdown == 4
    long_after = NOW + timedelta(days=400)
    assert slowed(PaceState(None, 16, NOW), long_after).slowdown == 2
    assert rhythm_of_all(None, PaceState(None, 16, NOW), long_after) is None


@pytest.mark.parametrize("size", [1, 3, 10])
def test_as_many_calls_as_places(size):
    """Twenty workers with forty calls take exactly what there is; a place that is freed is taken again."""
    slots = FakeSlots()

    def take(number):
        for place in free_places(slots.held("ALL"), size, f"call_{number}", NOW):
            if slots.take(Slot("ALL", place, f"call_{number}", NOW + SECOND), NOW):
                return f"call_{number}"
        return None

    with ThreadPoolExecutor(20) as pool:
        winners = list(filter(None, pool.map(take, range(40))))
    assert (len(winners), free_count(slots.held("ALL"), size, NOW)) == (size, 0)
    first = slots.held("ALL")[0]
    slots.release("ALL", first.place, first.call_id)
    assert take(99) == "call_99"


@given(st.integers(1, 8), st.integers(0, 8), st.sets(st.integers(0, 11)), st.integers(1, 30))
def test_a_pool_that_was_made_smaller_is_never_over_full(size, expired, places, calls):
    """Whoever has a place beyond its end counts; nobody new comes in until there is room."""
    held = [Slot("ALL", place, f"old_{place}", NOW + SECOND) for place in places]
    held += [Slot("ALL", 100 + number, f"gone_{number}", NOW - SECOND) for number in range(expired)]
    before = len(places)
    for number in range(calls):
        free = free_places(held, size, f"call_{number}", NOW)
        if free:
            held.append(Slot("ALL", free[0], f"call_{number}", NOW + SECOND))
    live = sum(slot.until >= NOW for slot in held)
    assert live <= max(size, before)
    assert len({slot.place for slot in held}) == len(held)


def test_a_call_takes_its_own_place_again():
    """A worker died before it could use it."""
    held = [Slot("ALL", 2, "call_1", NOW + SECOND), Slot("ALL", 0, "call_2", NOW + SECOND)]
    assert free_places(held, 3, "call_1", NOW)[0] == 2
    assert free_places(held, 3, "call_3", NOW) == [1]


@pytest.mark.parametrize(
    ("priority", "lane"),
    [(1, "urgent"), (3, "urgent"), (4, "normal"), (6, "normal"), (7, "low"), (9, "low")],
)
def test_priorities_have_lanes(priority, lane):
    """Three each."""
    assert lane_of(priority) == lane


@given(st.integers(0, 5), st.integers(0, 30), st.integers(0, 30), st.integers(0, 40), st.integers(0, 9))
def test_the_order_of_lanes(urgent, normal, low, limit, turn):
    """All urgent ones come first; of any five that follow while both wait, one is low; nobody is left out."""
    waiting = {
        Lane.URGENT: [f"u{n}" for n in range(urgent)],
        Lane.NORMAL: [f"n{n}" for n in range(normal)],
        Lane.LOW: [f"l{n}" for n in range(low)],
    }
    order = in_turn(waiting, limit, turn)
    everything = in_turn(waiting, 1000, turn)
    assert order == everything[:limit]
    assert sorted(everything) == sorted(chain(*waiting.values()))
    assert everything[:urgent] == waiting[Lane.URGENT]
    for lane, sign in ((Lane.NORMAL, "n"), (Lane.LOW, "l")):
        assert [each for each in everything if each[0] == sign] == waiting[lane]
    both = everything[urgent:][: 5 * min(normal // 4, low)]
    assert all(sum(each[0] == "l" for each in both[at : at + 5]) == 1 for at in range(0, len(both), 5))

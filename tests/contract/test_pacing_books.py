"""One suite for rhythms, places among live calls and the use of numbers: in memory, and on moto's table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, LINE, NOW, a_call
from fakes.dial_plans import FakeDialPlans
from fakes.pacing import FakeLineUses, FakePace, FakeSlots

from chalicelib.calls.adapters.repository.dial_plans import DialPlanRepository
from chalicelib.calls.adapters.repository.pacing import LineUseRepository, PaceRepository, SlotRepository
from chalicelib.calls.domain.dial_plans import DialPlan
from chalicelib.calls.domain.lanes import Lane
from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.pacing import ALL, PaceState, slowed
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.slots import Slot
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.system.domain.settings import Stop

WORKERS = 20
STEP = timedelta(milliseconds=125)
UNTIL = NOW + timedelta(minutes=20)
ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        kept = books_in_memory()
        plans = FakeDialPlans(kept.book.shelf.plans)
        return SimpleNamespace(
            book=kept.book,
            lists=kept.lists,
            plans=plans,
            pace=FakePace(),
            slots=FakeSlots(),
            lines=FakeLineUses(),
        )
    kept = books_on_a_table(request.getfixturevalue("aws"), clock)
    return SimpleNamespace(
        book=kept.book,
        lists=kept.lists,
        plans=DialPlanRepository(),
        pace=PaceRepository(),
        slots=SlotRepository(),
        lines=LineUseRepository(),
    )


def _at_once(work, times=WORKERS):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


def _take(books, *, now=NOW, latest=NOW + timedelta(hours=1), key=ALL):
    return books.pace.take(key, books.pace.read(key), now, STEP, latest)


def test_instants_are_an_interval_apart(books):
    """However many ask at once, each gets its own, and none is left out."""
    instants = _at_once(lambda _: _take(books))
    assert sorted(instants) == [NOW + number * STEP for number in range(WORKERS)]
    assert books.pace.read(ALL).next_at == NOW + WORKERS * STEP


def test_a_rhythm_that_nobody_kept_begins_now(books):
    """Time that passed unused is not made up for by a burst."""
    _take(books)
    later = NOW + timedelta(hours=3)
    latest = later + timedelta(seconds=1)
    assert _take(books, now=later, latest=latest) == later
    assert _take(books, now=later, latest=latest) == later + STEP


def test_an_instant_that_is_too_late_is_not_taken(books):
    """Of many at once as many get one as there are until then; the next free one stays where it was."""
    latest = NOW + 5 * STEP
    instants = _at_once(lambda _: _take(books, latest=latest))
    assert sorted(filter(None, instants)) == [NOW + number * STEP for number in range(6)]
    assert books.pace.read(ALL).next_at == latest + STEP


def test_what_was_seen_may_be_old(books):
    """A rhythm is read and then taken from; what happens in between gives nobody the same instant."""
    _take(books)
    latest = NOW + timedelta(seconds=2)
    assert books.pace.take(ALL, PaceState(), NOW, STEP, latest) == NOW + STEP
    ahead = PaceState(next_at=NOW + timedelta(hours=5))
    later = NOW + timedelta(hours=6)
    assert books.pace.take(ALL, replace(ahead, next_at=later + STEP), later, STEP, later) == later


def test_rhythms_do_not_disturb_each_other(books):
    """A campaign has its own."""
    assert (_take(books), _take(books, key="campaign_1")) == (NOW, NOW)


def test_slowing_down_is_kept_once(books):
    """Of many that were told of one overload, one doubles; the next free instant stays."""
    _take(books)
    seen = books.pace.read(ALL)
    _at_once(lambda _: books.pace.slow(ALL, seen, slowed(seen, NOW)))
    assert books.pace.read(ALL) == PaceState(NOW + STEP, 2, NOW)
    again = slowed(books.pace.read(ALL), NOW + timedelta(seconds=2))
    books.pace.slow(ALL, seen, again)
    assert books.pace.read(ALL).slowdown == 2
    books.pace.slow(ALL, books.pace.read(ALL), again)
    assert books.pace.read(ALL) == PaceState(NOW + STEP, 4, NOW + timedelta(seconds=2))
    books.pace.slow(ALL, seen, PaceState())
    assert books.pace.read(ALL).slowdown == 4


def test_a_place_has_one_call(books):
    """Of many at once, one takes it; the others are told."""
    taken = _at_once(lambda number: books.slots.take(Slot("ALL", 0, f"call_{number}", UNTIL), NOW))
    assert taken.count(True) == 1
    assert books.slots.held("ALL") == [Slot("ALL", 0, f"call_{taken.index(True)}", UNTIL)]


def test_a_place_is_free_when_its_time_is_over(books):
    """A lost end costs as long as the call can have lasted; to its own call it is free before."""
    assert books.slots.take(Slot("ALL", 3, "call_1", UNTIL), NOW)
    assert not books.slots.take(Slot("ALL", 3, "call_2", UNTIL), UNTIL)
    assert books.slots.take(Slot("ALL", 3, "call_1", UNTIL + STEP), NOW)
    late = UNTIL + 2 * STEP
    assert books.slots.take(Slot("ALL", 3, "call_2", late), late)
    assert books.slots.held("ALL") == [Slot("ALL", 3, "call_2", late)]


def test_a_place_is_freed_by_its_call_only(books):
    """And by a worker only while it is as that worker took it."""
    books.slots.take(Slot("ALL", 12, "call_1", UNTIL), NOW)
    books.slots.take(Slot("campaign_1", 12, "call_1", UNTIL), NOW)
    books.slots.release("ALL", 12, "call_2")
    books.slots.release("ALL", 12, "call_1", UNTIL + STEP)
    assert len(books.slots.held("ALL")) == 1
    books.slots.release("ALL", 12, "call_1", UNTIL)
    books.slots.release("campaign_1", 12, "call_1")
    books.slots.release("campaign_1", 12, "call_1")
    assert books.slots.held("ALL") == books.slots.held("campaign_1") == []


def test_a_number_is_used_as_often_as_it_may_be(books):
    """Counted by day, exactly, whoever asks at once."""
    today, tomorrow = NOW.date(), NOW.date() + timedelta(days=1)
    used = _at_once(lambda _: books.lines.use(LINE, today, 7, UNTIL))
    assert used.count(True) == 7
    assert books.lines.use(LINE, tomorrow, 7, UNTIL)
    assert books.lines.use(LINE, today, None, UNTIL)
    assert books.lines.used([LINE, DESK], today) == {LINE: 8, DESK: 0}


def _stopped(plans):
    plans.put(DialPlan("campaign_1", "Spring"))
    return plans.stop("campaign_1", Stop("paused", "Somebody paused it."), 2)


def _resumed(plans):
    return _stopped(plans) and plans.stop("campaign_1", None, 3)


@pytest.mark.parametrize(
    ("prepare", "result"),
    [
        (lambda plans: None, Commit.PLAN_STOPPED),
        (lambda plans: plans.put(DialPlan("campaign_1", "Spring")), Commit.DONE),
        (_stopped, Commit.PLAN_STOPPED),
        (_resumed, Commit.DONE),
        (lambda plans: _resumed(plans) and _stopped(plans), Commit.DONE),
        (lambda plans: _stopped(plans) and plans.remove("campaign_1"), Commit.PLAN_STOPPED),
    ],
    ids=["none", "going on", "stopped", "going on again", "stopped too late", "removed"],
)
def test_a_dial_is_committed_while_its_campaign_goes_on(books, prepare, result):
    """A stop that was written before the commitment holds, and nothing is changed."""
    books.book.create(a_call(campaign_id="campaign_1", slots=("ALL#0",)))
    prepare(books.plans)
    committed = commit(books.book.get("call_1"), ALLOW, NOW)
    assert books.book.commit_dial(committed, UNTIL) is result
    is_dialing = books.book.get("call_1").state is CallState.DIALING
    assert is_dialing == (result is Commit.DONE)


def test_older_rules_never_take_the_place_of_newer_ones(books):
    """Whoever is slow to tell them comes too late; rules of the same version may be told again."""
    newest = DialPlan("campaign_1", "Spring", live_calls=6, version=6)
    assert books.plans.put(newest)
    assert not books.plans.put(replace(newest, name="Autumn", live_calls=5, version=5))
    assert books.plans.get("campaign_1") == newest
    assert books.plans.put(newest)
    assert books.plans.put(replace(newest, live_calls=7, version=7))
    assert books.plans.get("campaign_1").live_calls == 7
    books.plans.remove("campaign_1")
    assert books.plans.put(replace(newest, version=1))


def test_lanes_are_served_in_turn(books):
    """Urgent calls first, then four normal ones to one of low priority; in a lane the longest due."""
    for number, priority in enumerate([9, 9, 5, 5, 5, 5, 5, 4, 1, 3]):
        look_at = NOW + timedelta(seconds=number)
        books.book.create(a_call(id=f"call_{number}", priority=priority, look_at=look_at))
    due = books.book.due(NOW + timedelta(minutes=1), 20)
    assert due[:2] == ["call_8", "call_9"]
    assert [each for each in due if each in {"call_0", "call_1"}] == ["call_0", "call_1"]
    assert [each for each in due[2:] if each not in {"call_0", "call_1"}] == [
        f"call_{n}" for n in range(2, 8)
    ]
    assert due.index("call_0") < 7
    books.book.change("call_0", lambda call: replace(call, priority=2))
    assert books.book.due(NOW + timedelta(minutes=1), 1) == ["call_0"]


def test_calls_that_wait_are_listed_by_page(books):
    """Each once, due or not, the longest due first, also when many are due at one instant."""
    for number in range(12):
        look_at = NOW + timedelta(seconds=number // 5)
        books.book.create(a_call(id=f"call_{number:02}", look_at=look_at))
    books.book.create(a_call(id="call_low", priority=9))
    books.book.create(a_call(id="call_begun", state=CallState.RINGING))
    found, start = [], None
    for _ in range(20):
        page = books.lists.waiting(Lane.NORMAL, 2, start)
        found += [(call.look_at, call.id) for call in page.items]
        start = page.next_start
        if start is None:
            break
    assert sorted(call_id for _, call_id in found) == [f"call_{number:02}" for number in range(12)]
    assert [at for at, _ in found] == sorted(at for at, _ in found)
    assert [call.id for call in books.lists.waiting(Lane.LOW, 5, None).items] == ["call_low"]

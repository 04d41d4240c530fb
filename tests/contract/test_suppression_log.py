"""What the audit log says of numbers: who suppressed one, who let it be dialed again, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER
from fakes.world import a_world

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.services.holding import hold_number, release_hold
from chalicelib.calls.services.personal import forget_number
from chalicelib.calls.services.suppression import release_number, suppress_number
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.changes import Action
from chalicelib.kernel.ids import derived_id


@pytest.fixture
def world(clock, make_table, container):
    """Give all tables, furnished for a first call."""
    made = a_world(clock, make_table, container)
    made.furnish()
    return made


def _entries(world):
    return [entry for entry in world.entries() if entry.object_kind == "number"]


def test_a_release_says_who_when_and_why(world):
    """The reason is shown, numbers in it masked; the number itself stands in no entry."""
    with acting_as("token:token_1"):
        suppress_number(world.calls, NUMBER, "a letter")
    with acting_as("token:token_2"):
        release_number(world.calls, NUMBER, f"asked to from {NUMBER}")
    made, released = _entries(world)
    assert (made.actor, made.action) == ("token:token_1", Action.CREATED)
    assert (made.after["source"], made.after["reason"]) == ("operator", "(8 characters)")
    assert (released.actor, released.action) == ("token:token_2", Action.DELETED)
    assert released.object_id == derived_id("number", NUMBER)
    assert released.after["release_reason"] == "asked to from +14…71"
    assert NUMBER not in repr([made, released])


def test_suppressing_again_is_no_act(world):
    """Only the first is; after a release, the next is one again."""
    for _ in range(3):
        suppress_number(world.calls, NUMBER)
    assert len(_entries(world)) == 1
    release_number(world.calls, NUMBER, "asked to")
    suppress_number(world.calls, NUMBER)
    assert len(_entries(world)) == 3
    assert world.calls.numbers.status(NUMBER).suppressed_at


def test_a_number_that_was_only_in_calls_is_forgotten_in_silence(world):
    """There was nothing that anybody had set."""
    world.dialed()
    world.calls.numbers.release(NUMBER, "call_1")
    assert forget_number(world.calls, NUMBER)
    assert _entries(world) == []


def test_a_hold_says_who_and_until_when(world):
    """What people wrote is told by its length, and the number itself stands in no entry."""
    with acting_as("token:token_1"):
        hold_number(world.calls, NumberHold(NUMBER, NOW, NOW + timedelta(hours=1), "on holiday", "Ops"))
    with acting_as("token:token_2"):
        release_hold(world.calls, NUMBER)
    held, released = [each for each in world.entries() if each.object_kind == "number_hold"]
    assert (held.actor, held.action, released.actor, released.action) == (
        "token:token_1",
        Action.CREATED,
        "token:token_2",
        Action.DELETED,
    )
    assert (held.after["reason"], held.after["until"]) == ("(10 characters)", "2026-03-03T13:00:00.000Z")
    assert held.object_id == released.object_id == derived_id("number", NUMBER)
    assert NUMBER not in repr([held, released])

"""Stored rooms, in memory and on a table: made once, changed one after the other, listed while they go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, LINE, NOW, NUMBER

from chalicelib.calls.adapters.tables import CallsTable
from chalicelib.calls.domain.rooms import LegState, Participant, Role, Room, close, hold_conference
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.paging import Page

GUEST = Participant("participant_2", NUMBER, Role.PARTICIPANT, NOW + timedelta(seconds=1), label="Ada")
FULL = Participant(
    id="participant_1",
    number=DESK,
    role=Role.COLLEAGUE,
    asked_at=NOW,
    state=LegState.LEFT,
    label="Ben",
    mode="warm",
    why="asked_for_person",
    contact_id="contact_1",
    sid="CA5",
    reason="none",
    dialed_at=NOW,
    accepted_at=NOW,
    joined_at=NOW,
    left_at=NOW,
    duration_s=12,
    muted=True,
    held=True,
    wants_muted=False,
    wants_held=True,
    flags_seen=7,
)


@pytest.fixture(params=["memory", "table"])
def rooms(request, clock):
    """Give the book of rooms."""
    if request.param == "memory":
        return books_in_memory().rooms
    return books_on_a_table(request.getfixturevalue("aws"), clock).rooms


def _room(place=1, **changes):
    room = Room(f"room_{place}", LINE, NOW + timedelta(minutes=place), label="Delivery", requested_by="Kim")
    return replace(room, **changes)


def test_a_room_is_made_once(rooms):
    """With all who are to come; a second one of its id makes nothing."""
    assert rooms.create(_room(), (FULL, GUEST))
    assert not rooms.create(_room(label="Other"), (replace(GUEST, id="participant_9"),))
    there = rooms.load("room_1")
    assert there.room == _room(version=1)
    assert there.participants == (replace(FULL, version=1), replace(GUEST, version=1))
    assert rooms.load("room_9") is None


def test_a_participant_is_added_once(rooms):
    """The first one of an id stands."""
    rooms.create(_room(), ())
    assert rooms.add("room_1", GUEST)
    assert not rooms.add("room_1", replace(GUEST, label="Other"))
    assert rooms.load("room_1").participants == (replace(GUEST, version=1),)


def test_changes_follow_one_another(rooms):
    """Nothing changed is nothing written; what is not there cannot be changed."""
    rooms.create(_room(), (GUEST,))
    old, new = rooms.change("room_1", lambda room: hold_conference(room, "CF1", NOW))
    assert (old.sid, new.sid, new.version) == ("", "CF1", 2)
    assert rooms.change("room_1", lambda room: room) == (new, new)
    _, leg = rooms.move("room_1", GUEST.id, lambda known: replace(known, state=LegState.DIALING))
    assert (leg.state, leg.version) == (LegState.DIALING, 2)
    assert rooms.load("room_1").participants == (leg,)
    with pytest.raises(NotFound):
        rooms.move("room_1", "participant_9", lambda known: known)
    with pytest.raises(NotFound):
        rooms.change("room_9", lambda room: room)


def test_of_two_who_commit_a_leg_one_does(rooms):
    """Each sees what the other wrote."""
    rooms.create(_room(), (GUEST,))
    befores = []

    def commit():
        old, _ = rooms.move("room_1", GUEST.id, lambda known: replace(known, state=LegState.DIALING))
        befores.append(old.state)

    threads = [Thread(target=commit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert befores.count(LegState.WAITING) == 1


def test_live_conferences_are_listed_by_page(rooms):
    """Newest first; not those that are over, nor a call's room that the carrier does not have."""
    for place in range(1, 6):
        rooms.create(_room(place), ())
    rooms.create(_room(6, call_id="call_6"), ())
    rooms.create(_room(7, call_id="call_7"), ())
    rooms.change("room_7", lambda room: hold_conference(room, "CF7", NOW))
    rooms.change("room_2", lambda room: close(room, NOW))
    first = rooms.live(3, None)
    assert [room.id for room in first.items] == ["room_7", "room_5", "room_4"]
    second = rooms.live(3, first.next_start)
    assert [room.id for room in second.items] == ["room_3", "room_1"]
    assert second.next_start is None


def test_participations_of_a_person_are_found_and_rooms_forgotten(rooms):
    """By any id that the person has had, or by number: those of no contact, page by page."""
    rooms.create(_room(), (FULL, GUEST))
    rooms.create(_room(2), (GUEST,))
    owners = ["contact_0", "contact_1", NUMBER, DESK]
    first = rooms.of_people(owners, 2, None)
    assert first.items == [("room_1", "participant_1"), ("room_1", "participant_2")]
    assert rooms.of_people(owners, 2, first.next_start) == Page([("room_2", "participant_2")])
    assert rooms.of_people([DESK], 5, None).items == []
    assert rooms.leg("room_2", "participant_2") == replace(GUEST, version=1)
    assert rooms.leg("room_2", "participant_9") is None
    rooms.forget("room_1")
    rooms.forget("room_1")
    assert rooms.load("room_1") is None
    assert rooms.of_people(["contact_1"], 5, None).items == []


def test_rooms_expire(aws, clock):
    """Head and legs, 400 days after they were made, so that no number stays for ever."""
    books_on_a_table(aws, clock).rooms.create(_room(), (FULL, GUEST))
    expiries = {item.sk: item.expires_at for item in CallsTable.query("ROOM#room_1")}
    late = timedelta(days=400)
    assert expiries == {
        "ROOM": int((_room().created_at + late).timestamp()),
        "PARTICIPANT#participant_1": int((NOW + late).timestamp()),
        "PARTICIPANT#participant_2": int((GUEST.asked_at + late).timestamp()),
    }

"""Conferences and supervisors by API: whom the rules let in, once, and what the carrier is told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes.calls import DESK, LINE, NOW, NUMBER, allow_countries, connected, kill_switch

from chalicelib.bootstrap.holdings import RoomsHolding
from chalicelib.calls.domain.calls import CallEvent, Report, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.rooms import LegState, Listening, Participant, Role, Room, RoomState, room_id_of
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.rooms import conferences as api
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.conferences import NewConference
from chalicelib.calls.services.rooms.invitations import Guest
from chalicelib.calls.services.rooms.legs import leg_answered, leg_pressed
from chalicelib.calls.services.rooms.personal import erase_rooms, personal_rooms
from chalicelib.calls.services.rooms.taking import TransferWish, transfer_call
from chalicelib.calls.services.rooms.tasks import see_to
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.personal import Person
from chalicelib.crm.services.contacts import change_contact, find_contact
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.phones import E164

BEN, CEM, BOSS = (E164(f"+1415555011{digit}") for digit in (3, 4, 5))
WANTED = NewConference("room_9", (Guest(number=BEN), Guest(number=CEM, label="Cem")), label="Delivery")

LEG = Participant("participant_1", NUMBER, Role.PARTICIPANT, NOW)


def _work(calls, *, without=(RoomTask.CHECK,)):
    while calls.room_wakeups.tasks:
        task, room_id, participant_id, _ = calls.room_wakeups.tasks.pop(0)
        if task not in without:
            see_to(calls, task, room_id, participant_id)


def _join(calls, leg_id, sequence=1, room_id="room_9"):
    leg = calls.rooms.load(room_id).find(leg_id)
    leg_answered(calls, room_id, leg_id, Report("in-progress", leg.sid, NOW))
    leg_pressed(calls, room_id, leg_id, "1")
    room_event(calls, room_id, RoomEvent("participant-join", "CF1", sequence, NOW, leg_id))


@pytest.fixture
def talking(calls):
    """Give a conference of two who talk."""
    there = api.create_conference(calls, WANTED)
    _work(calls)
    for leg in there.participants:
        _join(calls, leg.id)
    calls.switchboard.log.clear()
    return calls.rooms.load("room_9")


def _refused(work):
    with pytest.raises(AppError) as refused:
        work()
    return refused.value.code


def test_people_are_called_together_once(calls):
    """The same id again makes nothing new; each is dialed from the queue, from our line."""
    first = api.create_conference(calls, WANTED)
    assert api.create_conference(calls, WANTED) == first
    _work(calls)
    assert [(order.number, order.line) for order in calls.switchboard.orders] == [(BEN, LINE), (CEM, LINE)]
    assert [leg.label for leg in first.participants] == ["", "Cem"]


def test_they_are_in_it_when_the_carrier_says_so(calls, talking):
    """State, flags and end follow its events; a repetition changes nothing."""
    assert [leg.state for leg in talking.participants] == [LegState.JOINED] * 2
    assert [room.id for room in api.list_conferences(calls, 10, None).items] == ["room_9"]
    ben = talking.participants[0].id
    muted = RoomEvent("participant-mute", "CF1", 5, NOW, ben, {"muted": True})
    late = RoomEvent("participant-unmute", "CF1", 4, NOW, ben, {"muted": False})
    for event in (muted, late, muted):
        room_event(calls, "room_9", event)
    assert calls.rooms.load("room_9").find(ben).muted
    for _ in range(2):
        room_event(calls, "room_9", RoomEvent("conference-end", "CF1", 9, NOW))
    there = calls.rooms.load("room_9")
    assert there.room.state is RoomState.ENDED
    assert {leg.state for leg in there.participants} == {LegState.LEFT}
    assert api.list_conferences(calls, 10, None).items == []


def _suppressed(calls):
    calls.numbers.suppress(CEM, "operator", NOW)
    return "suppressed"


def _switched_off(calls):
    kill_switch(calls)
    return "kill_switch"


def _elsewhere(calls):
    allow_countries(calls, "DE")
    return "country_not_allowed"


def _unreadable(calls):
    calls.system.settings.silent = True
    return "settings_unavailable"


RULES = [_suppressed, _switched_off, _elsewhere, _unreadable]


@pytest.mark.parametrize("rule", RULES)
def test_whom_the_rules_forbid_nobody_calls(calls, rule):
    """Then the whole wish is refused, and nothing is stored."""
    code = rule(calls)
    assert _refused(lambda: api.create_conference(calls, WANTED)) == code
    assert calls.rooms.heads == {}


@pytest.mark.parametrize("rule", RULES)
def test_the_rules_are_asked_again_before_the_dial(calls, rule):
    """What was forbidden since is not dialed, and says why."""
    api.create_conference(calls, WANTED)
    code = rule(calls)
    _work(calls)
    assert calls.rooms.load("room_9").participants[1].reason == code
    assert CEM not in [order.number for order in calls.switchboard.orders]


def test_contacts_are_called_by_their_number_unless_they_refuse(calls):
    """And are known as participants, so that erasing them finds them."""
    contact = find_contact(calls.crm, NUMBER)
    made = api.create_conference(calls, NewConference("room_8", (Guest(contact_id=contact.id),)))
    assert (made.participants[0].number, made.participants[0].contact_id) == (NUMBER, contact.id)
    change_contact(calls.crm, contact.id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))
    again = NewConference("room_7", (Guest(number=NUMBER),))
    assert _refused(lambda: api.create_conference(calls, again)) == "do_not_contact"


def test_what_cannot_be_a_conference_is_refused(calls):
    """A number twice, a line that is not ours."""
    twice = replace(WANTED, guests=(Guest(number=BEN), Guest(number=BEN)))
    assert _refused(lambda: api.create_conference(calls, twice)) == "named_twice"
    assert _refused(lambda: api.create_conference(calls, replace(WANTED, line=DESK))) == "line_not_found"


def test_another_is_called_in_once_and_not_twice_at_a_time(calls, talking):
    """An id is one leg; a number is in a conference once."""
    for _ in range(2):
        api.add_participant(calls, "room_9", Guest(number=BOSS), "participant_3")
    _work(calls)
    assert [what for what in calls.switchboard.log if what[0] == "call_in"] == [("call_in", "participant_3")]
    again = Guest(number=BOSS)
    assert (
        _refused(lambda: api.add_participant(calls, "room_9", again, "participant_4"))
        == "already_in_conference"
    )


def test_muting_and_holding_is_asked_for_and_shown_when_done(calls, talking):
    """What was asked before stays asked for; the carrier gets both."""
    ben = talking.participants[0]
    asked = api.change_participant(calls, "room_9", ben.id, muted=True, held=None)
    assert not asked.muted
    api.change_participant(calls, "room_9", ben.id, muted=None, held=True)
    _work(calls)
    assert calls.switchboard.log[-1] == ("set_flags", "CF1", ben.sid, "muted=True", "held=True")


def test_what_was_asked_for_before_they_came_is_done_when_they_come(calls):
    """The carrier knows nobody who has not joined."""
    leg = api.create_conference(calls, WANTED).participants[0]
    _work(calls)
    api.change_participant(calls, "room_9", leg.id, muted=True, held=None)
    _work(calls)
    assert all(what[0] != "set_flags" for what in calls.switchboard.log)
    _join(calls, leg.id)
    _work(calls)
    assert calls.switchboard.log[-1][0] == "set_flags"


def test_who_is_removed_is_hung_up(calls, talking):
    """Whether they talk or still ring; nobody is brought back."""
    api.remove_participant(calls, "room_9", talking.participants[0].id)
    api.add_participant(calls, "room_9", Guest(number=BOSS), "participant_3")
    _work(calls)
    api.remove_participant(calls, "room_9", "participant_3")
    _work(calls)
    boss = calls.rooms.load("room_9").find("participant_3")
    assert (boss.state, boss.reason) == (LegState.FAILED, "removed")
    ended = [what[1] for what in calls.switchboard.log if what[0] == "hang_up"]
    assert ended == [talking.participants[0].sid, boss.sid]


def test_the_end_is_for_all(calls, talking):
    """Also for who is on the way; nobody is called in after it."""
    api.add_participant(calls, "room_9", Guest(number=BOSS), "participant_3")
    for _ in range(2):
        assert api.end_conference(calls, "room_9").state is RoomState.ENDED
    _work(calls)
    assert ("end", "room_9") in calls.switchboard.log
    assert calls.rooms.load("room_9").find("participant_3").state is LegState.FAILED
    assert not any(what[0] == "call_in" for what in calls.switchboard.log)
    late = Guest(number=DESK)
    assert _refused(lambda: api.add_participant(calls, "room_9", late, "p")) == "conference_over"


def test_a_supervisor_listens_whispers_and_barges_in(calls, talking):
    """Whispers go to the one who is coached, by the carrier's id of their leg."""
    boss = api.add_supervisor(calls, "room_9", Guest(number=BOSS), "participant_5", Listening.LISTEN)
    assert (boss.role, boss.mode) == (Role.SUPERVISOR, "listen")
    _work(calls)
    _join(calls, boss.id, 3)
    sid = calls.rooms.load("room_9").find(boss.id).sid
    for mode in (Listening.WHISPER, Listening.BARGE):
        api.change_mode(calls, "room_9", boss.id, mode)
        _work(calls)
        assert calls.switchboard.log[-1] == ("set_mode", "CF1", sid, mode, talking.participants[0].sid)
    assert (
        _refused(lambda: api.change_participant(calls, "room_9", boss.id, muted=True, held=None))
        == "participant_is_supervisor"
    )
    ben = talking.participants[0].id
    assert (
        _refused(lambda: api.change_mode(calls, "room_9", ben, Listening.BARGE))
        == "participant_is_no_supervisor"
    )


def test_there_must_be_somebody_to_whisper_to(calls):
    """The carrier lets a coach in only where people talk."""
    api.create_conference(calls, WANTED)
    whisper = Guest(number=BOSS)
    code = _refused(lambda: api.add_supervisor(calls, "room_9", whisper, "p", Listening.WHISPER))
    assert code == "nobody_to_coach"


@pytest.mark.parametrize("place", ["call_1", "room_1"])
def test_a_call_that_the_ai_holds_is_in_no_conference(calls, place):
    """The refusal says what to do; a call that is over, or unknown, is told apart."""
    connected(calls)
    with pytest.raises(AppError, match="/transfer") as refused:
        api.add_supervisor(calls, place, Guest(number=BOSS), "p", Listening.LISTEN)
    assert refused.value.code == "call_not_in_conference"
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    unknown = _refused(lambda: api.add_supervisor(calls, place, Guest(number=BOSS), "p", Listening.LISTEN))
    assert unknown == "conference_not_found"


def test_the_caller_is_not_removed(calls):
    """Their call is hung up instead."""
    connected(calls)
    room = Room(room_id_of("call_1"), LINE, NOW, call_id="call_1", sid="CF1")
    caller = replace(LEG, role=Role.CALLER, state=LegState.JOINED)
    calls.rooms.create(room, (caller,))
    assert _refused(lambda: api.remove_participant(calls, room.id, caller.id)) == "participant_is_caller"


def _wish(**changes):
    return replace(TransferWish("participant_1", DESK), **changes)


def test_an_operator_takes_a_call_from_the_ai_once(calls):
    """The line is redirected by the queue; the same wish again does nothing more."""
    connected(calls)
    for _ in range(2):
        leg = transfer_call(calls, "call_1", _wish())
    assert (leg.number, leg.mode, leg.why) == (DESK, "blind", "operator")
    _work(calls)
    assert ("seize", "call_1", "CA1", "participant_1") in calls.switchboard.log
    calls.book.change(
        "call_1", lambda call: add_event(call, CallEvent("2026", "transfer_begun:pant_1", "transfer_begun"))
    )
    calls.switchboard.log.clear()
    see_to(calls, RoomTask.SEIZE, room_id_of("call_1"), "participant_1")
    assert calls.switchboard.log == []


def test_a_call_that_cannot_be_taken_is_refused(calls):
    """It is not live, is held by nobody, goes to nobody, or is on its way already."""
    call = connected(calls)
    assert _refused(lambda: transfer_call(calls, "call_9", _wish())) == "call_not_found"
    assert _refused(lambda: transfer_call(calls, "call_1", _wish(number=None))) == "no_transfer_target"
    calls.numbers.suppress(DESK, "operator", NOW)
    assert _refused(lambda: transfer_call(calls, "call_1", _wish())) == "suppressed"
    transfer_call(calls, "call_1", _wish(number=BEN))
    assert _refused(lambda: transfer_call(calls, "call_1", _wish(attempt_id="p2"))) == "call_in_transfer"
    calls.shelf.calls["call_1"] = replace(call, events=(CallEvent("x", "m", Happening.VOICEMAIL_BEGUN),))
    calls.rooms.forget(room_id_of("call_1"))
    assert _refused(lambda: transfer_call(calls, "call_1", _wish())) == "call_not_held"
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    assert _refused(lambda: transfer_call(calls, "call_1", _wish())) == "call_not_live"


def test_a_call_that_ended_meanwhile_is_not_taken(calls):
    """Its hand-over is over before it began."""
    connected(calls)
    transfer_call(calls, "call_1", _wish())
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    _work(calls)
    assert calls.switchboard.log == []
    assert calls.rooms.load(room_id_of("call_1")).attempt.reason == "caller_gone"


def test_a_persons_participations_are_given_and_erased(calls, talking):
    """Nothing of the others; not while they are in it."""
    contact = find_contact(calls.crm, NUMBER)
    api.add_participant(calls, "room_9", Guest(contact_id=contact.id, label="Ada"), "participant_3")
    (given,) = personal_rooms(calls, [contact.id]).items
    assert (given["room_id"], given["number"], given["label"]) == ("room_9", NUMBER, "Ada")
    assert BEN not in repr(given)
    assert _refused(lambda: erase_rooms(calls, [contact.id])) == "contact_in_call"
    api.remove_participant(calls, "room_9", "participant_3")
    for _ in range(2):
        erase_rooms(calls, [contact.id])
    assert NUMBER not in repr(calls.rooms.load("room_9"))
    assert personal_rooms(calls, [contact.id]).items == []


def test_legs_that_were_called_by_number_are_found_by_it(calls):
    """Nobody's contact then, somebody's now: the leg, its label and the room's are given and erased."""
    ada = E164("+14155552688")
    guests = (Guest(number=ada, label="Ada's own phone"), Guest(number=BEN))
    api.create_conference(calls, api.NewConference("room_8", guests, label="About Ada"))
    api.end_conference(calls, "room_8")
    for leg in calls.rooms.load("room_8").participants:
        calls.rooms.move("room_8", leg.id, lambda known: replace(known, state=LegState.LEFT))
    holding = RoomsHolding(SimpleNamespace(calls=calls))
    person = Person(("contact_7",), (ada,))
    (given,) = holding.export(person, 10, None).items
    assert (given.data["number"], given.data["label"]) == (ada, "Ada's own phone")
    assert holding.erase(person, None) is None
    there = calls.rooms.load("room_8")
    assert [(leg.number, leg.label) for leg in there.participants if leg.number != BEN] == [("", "")]
    assert (there.room.label, holding.export(person, 10, None).items) == ("", [])


def test_many_participations_are_given_and_erased_step_by_step(calls):
    """By page, and 25 at a time, without reading whole rooms."""
    for place in range(60):
        room = Room(f"room_{place:02}", LINE, NOW)
        calls.rooms.create(
            room, (Participant("participant_1", NUMBER, Role.PARTICIPANT, NOW, LegState.LEFT),)
        )
    calls.rooms.load = None
    holding, person = RoomsHolding(SimpleNamespace(calls=calls)), Person(("contact_7",), (NUMBER,))
    pages, start, steps = [], None, 1
    while start is not None or not pages:
        page = holding.export(person, 40, start)
        start = page.next_start
        pages.append(len(page.items))
    assert pages == [40, 20]
    while start := holding.erase(person, start):
        steps += 1
    assert (steps, holding.export(person, 40, None).items) == (3, [])


def test_a_leg_whose_end_was_lost_hinders_no_erasure(calls, talking):
    """No leg lasts for five hours."""
    contact = find_contact(calls.crm, NUMBER)
    api.add_participant(calls, "room_9", Guest(contact_id=contact.id), "participant_3")
    calls.clock.advance(minutes=301)
    erase_rooms(calls, [contact.id])
    assert personal_rooms(calls, [contact.id]).items == []

"""Conferences: who hears whom, what is heard while waiting, what is reported and refused."""

import pytest
from twilio.base.exceptions import TwilioRestException

pytestmark = pytest.mark.enable_socket

ANN, BEN, COACH = "+12125550188", "+12125550189", "+12125550190"
QUIET = {"steps": []}


@pytest.fixture
async def enter(world, product):
    """Let somebody call in and enter a conference with these attributes; give the call's id."""
    number = world.network.exchange.numbers.all()[0]

    async def enter(person, attributes="", callee=None):
        path = f"/voice/{person[-3:]}"
        product.says(path, f'<Dial action="/after"><Conference {attributes}>room</Conference></Dial>')
        world.network.exchange.numbers.update(number, {"voice_url": product.url(path)})
        answer = await world.control("POST", "/inbound", {"from": person, "callee": callee or QUIET}, 201)
        log, sid = world.log, answer["call_sid"]
        seen = ("conference", "error")
        await log.changed.within(5, lambda: any(log.since(0, sid, kind) for kind in seen))
        return answer["call_sid"]

    return enter


async def _room(world, status="in-progress"):
    (room,) = await world.rest(world.client.conferences.list, friendly_name="room", status=status)
    return room


async def _say(world, sid, words):
    line = world.network.exchange.calls[sid].line
    await line.say((words,), "en-US", 0.9)


async def _told(world, product, count):
    """Wait for so many events of the conference; give their names."""
    await world.log.changed.within(5, lambda: len(product.at("/room")) >= count)
    return [request.params["StatusCallbackEvent"] for request in product.at("/room")]


def _heard(world, sid):
    return [text for speaker, text in world.spoken(sid) if speaker == "agent"]


async def test_who_waits_hears_the_wait_document(world, product, enter):
    """Sentence and music until somebody comes who starts the conference; then no more of it."""
    product.says("/wait", '<Say>Please hold</Say><Play loop="0">http://music.example/a.mp3</Play>')
    ann = await enter(ANN, 'waitUrl="/wait" startConferenceOnEnter="false"')
    line = world.network.exchange.calls[ann].line
    await line.changed.within(5, lambda: line.speaker.words_heard > 4)
    room = await _room(world, "init")
    await enter(BEN)
    await world.until("agent.spoke", ann)
    assert _heard(world, ann)[0].startswith("Please hold [audio http://music.example/a.mp3]")
    assert not line.speaker.speaking
    assert (await world.rest(world.client.conferences(room.sid).fetch)).status == "in-progress"
    assert product.at("/wait")[0].params["CallSid"] == ann


async def test_alone_in_a_conference_nobody_has_started_it(world, enter):
    """It takes two, of whom one starts it."""
    await enter(ANN)
    assert (await _room(world, "init")).status == "init"
    await enter(BEN, 'startConferenceOnEnter="false"')
    assert (await _room(world)).status == "in-progress"


@pytest.mark.parametrize("verb", ["<Gather/>", "<Hangup/>", "<Dial>+12125550100</Dial>"])
async def test_a_wait_document_can_only_be_heard(world, product, enter, verb):
    """Other verbs are complained about, and the waiting goes on in silence."""
    product.says("/wait", verb)
    ann = await enter(ANN, 'waitUrl="/wait"')
    await world.until("error", ann)
    assert world.errors(ann) == [13210]
    assert not world.network.exchange.calls[ann].line.down


async def test_a_coach_is_heard_by_one_and_hears_all(world, enter):
    """The colleague hears the coach; the caller does not."""
    ann, ben = await enter(ANN), await enter(BEN)
    coach = await enter(COACH, f'coach="{ben}" startConferenceOnEnter="false"')
    await _say(world, coach, "Offer a refund")
    await _say(world, ann, "I am angry")
    assert "Offer a refund" in _heard(world, ben)
    assert "Offer a refund" not in _heard(world, ann)
    assert "I am angry" in _heard(world, coach)


async def test_a_coach_listens_whispers_and_barges_in(world, product, enter):
    """The API changes it while the conference goes on, and says so."""
    events = 'statusCallback="/room" statusCallbackEvent="join mute modify"'
    ann, ben = await enter(ANN, events), await enter(BEN)
    coach = await enter(COACH, 'muted="true"')
    room = await _room(world)
    supervisor = world.client.conferences(room.sid).participants(coach)
    await _say(world, coach, "Nobody hears this")
    whispering = await world.rest(supervisor.update, muted=False, coaching=True, call_sid_to_coach=ben)
    await _say(world, coach, "Only Ben")
    await world.rest(supervisor.update, coaching=False)
    await _say(world, coach, "Everybody")
    assert [_heard(world, each) for each in (ann, ben)] == [["Everybody"], ["Only Ben", "Everybody"]]
    assert (whispering.coaching, whispering.call_sid_to_coach) == (True, ben)
    told = await _told(world, product, 5)
    assert told[-3:] == ["participant-unmute", "participant-modify", "participant-modify"]


async def test_only_who_talks_can_be_coached(world, enter):
    """By TwiML the call goes on at the action; by the API it is refused."""
    ann = await enter(ANN)
    stray = await enter(BEN, f'coach="{"CA" + "0" * 32}" participantLabel="b"')
    assert world.errors(stray) == [13240]
    room = await _room(world, "init")
    participant = world.client.conferences(room.sid).participants(ann)
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(participant.update, coaching=True, call_sid_to_coach=ann)
    assert refused.value.code == 16028


async def test_a_label_names_one_participant(world, enter):
    """Two of the same name are refused; the API finds a participant by it."""
    ann = await enter(ANN, 'participantLabel="ann"')
    other = await enter(BEN, 'participantLabel="ann"')
    assert world.errors(other) == [16002]
    room = await _room(world, "init")
    found = await world.rest(world.client.conferences(room.sid).participants("ann").fetch)
    assert (found.call_sid, found.label) == (ann, "ann")


async def test_hold_and_mute_decide_who_hears(world, product, enter):
    """Who is held hears music only; who is muted is heard by nobody; a repetition is not told again."""
    events = 'statusCallback="/room" statusCallbackEvent="mute hold"'
    ann, ben = await enter(ANN, events), await enter(BEN)
    room = await _room(world)
    participant = world.client.conferences(room.sid).participants(ben)
    for _ in range(2):
        await world.rest(participant.update, hold=True)
    await world.until("agent.spoke", ben)
    await _say(world, ann, "Are you there?")
    await world.rest(participant.update, hold=False, muted=True)
    await _say(world, ben, "Yes")
    assert _heard(world, ben) == ["[audio hold music]"]
    assert _heard(world, ann) == []
    assert await _told(world, product, 3) == ["participant-hold", "participant-mute", "participant-unhold"]


async def test_the_end_says_who_ended_it(world, product, enter):
    """Whoever may not be missed ends it for all; the others go on at their action."""
    events = 'statusCallback="/room" statusCallbackEvent="end"'
    ann = await enter(ANN, events)
    ben = await enter(BEN, 'endConferenceOnExit="true"')
    world.network.exchange.calls[ben].line.hang_up("person")
    await world.until("call.ended", ann)
    await world.settled()
    params = product.at("/room")[0].params
    assert params["CallSidEndingConference"] == ben
    assert params["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    assert ann in {request.params["CallSid"] for request in product.at("/after")}

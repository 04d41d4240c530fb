"""<Dial> to people and to conferences."""

import pytest

pytestmark = pytest.mark.enable_socket

AGENT = "+12125550188"
OTHER = "+12125550189"
CALLER = {"steps": [{"hears": "how can I help", "say": "I have a question", "delay": 0.1}]}


async def test_two_people_are_joined(world, product):
    """They hear each other; the action learns how the dialled leg went."""
    product.says("/voice", f'<Dial action="/dialled">{AGENT}</Dial>')
    product.says("/dialled", "<Say>Thank you for calling</Say>")
    await world.script(
        {
            "steps": [
                {"wait": "none", "say": "Desk, how can I help?", "delay": 1},
                {"say": "Bye", "hang_up": True},
            ]
        },
        AGENT,
    )
    sid = await world.dialled_in(callee=CALLER)
    (dialled,) = product.at("/dialled")
    assert (dialled.params["DialCallStatus"], dialled.params["DialBridged"]) == ("completed", "true")
    child = dialled.params["DialCallSid"]
    assert world.spoken(sid)[:3] == [
        ("agent", "Desk, how can I help?"),
        ("person", "I have a question"),
        ("agent", "Bye"),
    ]
    assert ("agent", "I have a question") in world.spoken(child)
    assert world.spoken(sid)[-1] == ("agent", "Thank you for calling")
    leg = await world.rest(world.client.calls(child).fetch)
    assert (leg.direction, leg.parent_call_sid) == ("outbound-dial", sid)


@pytest.mark.parametrize(
    ("answer", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("failed", "failed")]
)
async def test_an_unanswered_dial_is_reported(world, product, answer, status):
    """The action learns why nobody came; verbs behind Dial never run."""
    product.says("/voice", f'<Dial timeout="5" action="/dialled">{AGENT}</Dial><Say>never</Say>')
    await world.script({"answer": answer}, AGENT)
    sid = await world.dialled_in(callee={"steps": []})
    params = product.at("/dialled")[0].params
    assert (params["DialCallStatus"], params["DialBridged"]) == (status, "false")
    assert world.spoken(sid) == []


async def test_without_action_the_next_verb_follows(world, product):
    """A dial without action falls through."""
    product.says("/voice", f"<Dial>{AGENT}</Dial><Say>Nobody is there</Say>")
    await world.script({"answer": "busy"}, AGENT)
    sid = await world.dialled_in(callee={"steps": []})
    assert world.spoken(sid) == [("agent", "Nobody is there")]


async def test_the_first_to_answer_is_joined(world, product):
    """Several numbers ring at once; the others are given up."""
    numbers = f"<Number>{AGENT}</Number><Number>{OTHER}</Number>"
    product.says("/voice", f'<Dial action="/dialled">{numbers}</Dial>')
    await world.script({"answer": 30}, AGENT)
    await world.script({"answer": 1, "steps": [{"wait": "none", "delay": 1, "hang_up": True}]}, OTHER)
    await world.dialled_in(callee={"steps": []})
    children = {call.to: call for call in world.network.exchange.calls.values() if call.parent_sid}
    assert children[AGENT].status == "canceled"
    assert product.at("/dialled")[0].params["DialCallSid"] == children[OTHER].sid


async def test_the_dialled_person_hears_the_whisper_first(world, product):
    """The Number's url plays to the dialled person alone."""
    product.says("/voice", f'<Dial><Number url="/whisper">{AGENT}</Number></Dial>')
    product.says("/whisper", "<Say>A caller about an invoice</Say>")
    await world.script({"steps": [{"say": "Thanks", "hang_up": True}]}, AGENT)
    sid = await world.dialled_in(callee={"steps": []})
    child = next(call for call in world.network.exchange.calls.values() if call.parent_sid)
    assert world.spoken(child.sid)[0] == ("agent", "A caller about an invoice")
    assert all("invoice" not in text for _, text in world.spoken(sid))


async def test_the_caller_may_hang_up(world, product):
    """The dialled leg ends with the caller's; the action is told with CallStatus completed."""
    product.says("/voice", f'<Dial action="/dialled">{AGENT}</Dial>')
    await world.script({"answer": 1, "steps": []}, AGENT)
    await world.dialled_in(callee={"steps": [{"wait": "none", "delay": 8, "hang_up": True}]})
    params = product.at("/dialled")[0].params
    assert (params["CallStatus"], params["DialCallStatus"]) == ("completed", "completed")
    assert not world.network.exchange.live_calls()


async def test_the_dialled_leg_reports_its_progress(world, product):
    """A Number's statusCallback gets the leg's events under its parent."""
    noun = f'<Number statusCallback="/leg" statusCallbackEvent="ringing answered completed">{AGENT}</Number>'
    product.says("/voice", f"<Dial>{noun}</Dial>")
    await world.script({"steps": [{"wait": "none", "hang_up": True}]}, AGENT)
    sid = await world.dialled_in(callee={"steps": []})
    params = [request.params for request in product.at("/leg")]
    assert [item["CallStatus"] for item in params] == ["ringing", "in-progress", "completed"]
    assert {item["ParentCallSid"] for item in params} == {sid}


@pytest.mark.parametrize(
    ("dial", "code"),
    [
        (f'<Dial callerId="+12125550100">{AGENT}</Dial>', 13214),
        ("<Dial>12</Dial>", 13224),
        ("<Dial>+442071838750</Dial>", 13227),
        ("<Dial><Sip>sip:a@x.example</Sip></Dial>", 13215),
        ("<Dial><Client>joe</Client></Dial>", 13215),
    ],
)
async def test_what_cannot_be_dialled_is_refused(world, product, dial, code):
    """The refusal is logged under Twilio's code and the dial has failed."""
    product.says("/voice", dial.replace("<Dial", '<Dial action="/dialled"', 1))
    sid = await world.dialled_in(callee={"steps": []})
    assert world.errors(sid) == [code]
    assert product.at("/dialled")[0].params["DialCallStatus"] == "failed"


async def test_a_bridged_call_is_recorded(world, product):
    """Record on Dial hands the recording to the action."""
    product.says("/voice", f'<Dial record="record-from-answer" action="/dialled">{AGENT}</Dial>')
    await world.script({"steps": [{"wait": "none", "delay": 3, "hang_up": True}]}, AGENT)
    await world.dialled_in(callee={"steps": []})
    assert "/Recordings/RE" in product.at("/dialled")[0].params["RecordingUrl"]


async def test_a_conference_brings_people_together(world, product):
    """Participants hear each other; events are numbered; the REST API ends the room."""
    events = 'statusCallback="/room" statusCallbackEvent="start end join leave"'
    product.says("/voice", f"<Dial><Conference {events}>support</Conference></Dial>")
    await world.script({"answer": 1, "steps": [{"wait": "none", "delay": 2, "say": "Hello both"}]}, AGENT)
    number = world.network.exchange.numbers.all()[0]
    world.network.exchange.numbers.update(number, {"voice_url": product.url("/voice")})
    answer = await world.control("POST", "/inbound", {"from": OTHER, "callee": {"steps": []}}, 201)
    await world.until("conference", answer["call_sid"])
    (room,) = await world.rest(world.client.conferences.list, friendly_name="support")
    participants = world.client.conferences(room.sid).participants
    invited = await world.rest(participants.create, from_=number.phone_number, to=AGENT, label="desk")
    await world.until("person.spoke", invited.call_sid)
    assert ("agent", "Hello both") in world.spoken(answer["call_sid"])
    assert len(await world.rest(participants.list)) == 2
    held = await world.rest(world.client.conferences(room.sid).participants("desk").update, hold=True)
    assert held.hold is True
    await world.rest(world.client.conferences(room.sid).update, status="completed")
    await world.until("call.ended", answer["call_sid"])
    await world.settled()
    reported = [request.params["StatusCallbackEvent"] for request in product.at("/room")]
    assert reported[:3] == ["participant-join", "participant-join", "conference-start"]
    assert reported[3] == "conference-end"
    numbers = [int(request.params["SequenceNumber"]) for request in product.at("/room")]
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    ("noun", "heard"),
    [("<Conference>room</Conference>", True), ('<Conference muted="true">room</Conference>', False)],
)
async def test_the_muted_are_not_heard_and_nobody_hears_himself(world, product, noun, heard):
    """Speech reaches the other participants, unless its speaker is muted."""
    product.says("/silent", "<Dial><Conference>room</Conference></Dial>")
    product.says("/speaking", f"<Dial>{noun}</Dial>")
    await world.script({"answer": 1, "steps": []}, OTHER)
    await world.script({"answer": 1, "steps": [{"wait": "none", "delay": 3, "say": "Hello"}]}, AGENT)
    silent = await world.call("/silent", to=OTHER)
    await world.until("conference", silent.sid)
    speaking = await world.call("/speaking", to=AGENT)
    await world.until("person.spoke", speaking.sid)
    assert (("agent", "Hello") in world.spoken(silent.sid)) is heard
    assert world.spoken(speaking.sid) == [("person", "Hello")]


async def test_a_participant_on_hold_hears_and_says_nothing(world, product):
    """Hold cuts both directions until it is lifted."""
    product.says("/voice", "<Dial><Conference>room</Conference></Dial>")
    lines = [{"wait": "none", "delay": 6, "say": "Are you there?"}]
    await world.script({"answer": 1, "steps": []}, OTHER)
    await world.script({"answer": 1, "steps": lines}, AGENT)
    held = await world.call(to=OTHER)
    await world.until("conference", held.sid)
    (room,) = await world.rest(world.client.conferences.list)
    await world.rest(world.client.conferences(room.sid).participants(held.sid).update, hold=True)
    speaking = await world.call(to=AGENT)
    await world.until("person.spoke", speaking.sid)
    assert all("there" not in text for _, text in world.spoken(held.sid))


async def test_a_removed_participant_goes_on_with_the_next_verb(world, product):
    """Removal takes the call out of the room without ending it."""
    product.says("/voice", "<Dial><Conference>room</Conference></Dial><Say>You were removed</Say>")
    number = world.network.exchange.numbers.all()[0]
    world.network.exchange.numbers.update(number, {"voice_url": product.url("/voice")})
    answer = await world.control("POST", "/inbound", {"from": OTHER, "callee": {"steps": []}}, 201)
    await world.until("conference", answer["call_sid"])
    (room,) = await world.rest(world.client.conferences.list, status="init")
    participant = world.client.conferences(room.sid).participants(answer["call_sid"])
    await world.rest(participant.delete)
    await world.until("call.ended", answer["call_sid"])
    assert "You were removed" in world.spoken(answer["call_sid"])[-1][1]

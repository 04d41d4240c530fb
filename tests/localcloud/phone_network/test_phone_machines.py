"""Machines that pick up: greetings that are spoken, beeps, recordings, screening, and what detection says."""

import pytest

from localcloud.phone_network import machines

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Let machines speak at once where no test listens."""
    monkeypatch.setattr(machines, "LISTENER_GRACE", 0.05)


VOICEMAIL = {"greeting": ["Hi, this is Bob.", "Leave a message after the tone."]}
PROMPT = "If you record your name and reason for calling, I will see if this person is available."


def _detection(product, mode="DetectMessageEnd", **more):
    callback = product.url("/amd")
    return {"machine_detection": mode, "async_amd": "true", "async_amd_status_callback": callback, **more}


def _recorded(world, sid):
    return [event["text"] for event in world.log.since(0, sid, "machine.recorded")]


async def test_a_machine_greets_beeps_and_records_what_is_said_after_the_beep(world, product):
    """Detection reports the beep; words that are spoken over the greeting are not on the recording."""
    await world.script({"machine": VOICEMAIL | {"hears_for": 20}})
    product.says("/voice", "<Say>Too early, much too early.</Say><Pause length='60'/>")
    product.says("/machine", "<Say>Please call us back.</Say><Hangup/>")
    call = await world.call(**_detection(product))
    beep = await world.until("machine.beep", call.sid)
    decided = await world.until("amd.decided", call.sid)
    assert decided["answered_by"] == "machine_end_beep"
    assert decided["seq"] > beep["seq"]
    await world.rest(world.client.calls(call.sid).update, url=product.url("/machine"))
    await world.until("call.ended", call.sid)
    await world.settled()
    assert _recorded(world, call.sid) == ["Please call us back."]
    assert [request.params["AnsweredBy"] for request in product.at("/amd")] == ["machine_end_beep"]
    spoken = [text for speaker, text in world.spoken(call.sid) if speaker == "person"]
    assert spoken == VOICEMAIL["greeting"]


async def test_a_machine_stops_recording_and_hangs_up(world, product):
    """What was said by then, the first words of a long message, is what it has."""
    await world.script({"machine": VOICEMAIL | {"hears_for": 1}})
    product.says("/voice", "<Pause length='60'/>")
    product.says("/machine", f"<Say>{'A long message. ' * 50}</Say>")
    call = await world.call(**_detection(product))
    await world.until("machine.beep", call.sid)
    await world.rest(world.client.calls(call.sid).update, url=product.url("/machine"))
    ended = await world.until("call.ended", call.sid)
    assert ended["by"] == "machine"
    assert len(_recorded(world, call.sid)[0]) < 300


async def test_a_machine_without_a_beep_is_told_by_its_silence(world, product):
    """No beep is logged, and the verdict comes later."""
    await world.script({"machine": VOICEMAIL | {"beep": False, "hears_for": 6}, "amd_seconds": 2})
    product.says("/voice", "<Pause length='60'/>")
    sid = await world.finished(**_detection(product))
    assert "machine.beep" not in world.kinds(sid)
    assert world.log.since(0, sid, "amd.decided")[0]["answered_by"] == "machine_end_silence"


@pytest.mark.parametrize(
    ("mode", "script", "verdict"),
    [
        ("Enable", {}, "machine_start"),
        ("DetectMessageEnd", {"answered_by": "human"}, "human"),
        ("DetectMessageEnd", {"answered_by": "machine_end_other"}, "machine_end_other"),
        ("Enable", {"answered_by": "fax"}, "fax"),
    ],
)
async def test_detection_may_be_scripted(world, product, mode, script, verdict):
    """It says when a machine began to greet, or what the script wants it to find, mistakes included."""
    await world.script({"machine": VOICEMAIL | {"hears_for": 6}, **script})
    product.says("/voice", "<Pause length='60'/>")
    sid = await world.finished(**_detection(product, mode))
    assert world.log.since(0, sid, "amd.decided")[0]["answered_by"] == verdict


async def test_a_greeting_longer_than_detection_waits_is_unknown(world, product):
    """After the time-out nobody knows who answered."""
    await world.script({"machine": {"greeting": ["We are closed. " * 10] * 3, "hears_for": 2}})
    product.says("/voice", "<Pause length='200'/>")
    sid = await world.finished(**_detection(product, machine_detection_timeout=5))
    assert world.log.since(0, sid, "amd.decided")[0]["answered_by"] == "unknown"


async def test_a_screened_call_is_connected_once_somebody_said_who_calls(world, product):
    """The machine listens, asks its owner, and the owner's script follows."""
    screening = {"prompt": PROMPT, "holding": "Thanks. Please stay on the line."}
    steps = [{"wait": "none", "say": "Hello?"}, {"hears": "minute", "say": "Sure.", "hang_up": True}]
    await world.script({"screening": screening, "steps": steps})
    heard = []

    async def answers(request):
        heard.append(request.params.get("SpeechResult", ""))
        words = {"If you": "This is Ann.", "Hello?": "A minute?"}.get(heard[-1][:6], "")
        return f"<Response><Gather input='speech' timeout='20'><Say>{words}</Say></Gather></Response>"

    product.answers["/voice"] = answers
    sid = await world.finished()
    assert heard == ["", PROMPT, "Thanks. Please stay on the line.", "Hello?", "Sure."][: len(heard)]
    assert world.log.since(0, sid, "screening.heard")[0]["text"] == "This is Ann."
    assert ("person", "Sure.") in world.spoken(sid)


@pytest.mark.parametrize(("then", "by"), [("decline", "person"), ("voicemail", "machine")])
async def test_a_screened_call_may_be_declined_or_sent_to_voicemail(world, product, then, by):
    """The owner decides when they know who calls."""
    screening = {"prompt": PROMPT, "then": then, "rings_for": 1}
    await world.script({"screening": screening, "machine": VOICEMAIL | {"hears_for": 2}})
    answer = "<Response><Gather input='speech' timeout='20'><Say>This is Ann.</Say></Gather></Response>"
    product.answers["/voice"] = answer
    sid = await world.finished()
    assert world.log.since(0, sid, "call.ended")[0]["by"] == by


async def test_a_caller_who_says_nothing_is_declined(world, product, monkeypatch):
    """A screening machine waits for a while only."""
    monkeypatch.setattr(machines, "ANSWER_GRACE", 0.05)
    await world.script({"screening": {"prompt": PROMPT, "hears_for": 1}})
    product.says("/voice", "<Pause length='600'/>")
    call = await world.call()
    ended = await world.until("call.ended", call.sid)
    assert ended["by"] == "person"


@pytest.mark.parametrize(
    "script",
    [
        {"machine": {}},
        {"machine": {"greeting": []}},
        {"machine": {"greeting": "Hi", "beeps": True}},
        {"screening": {"prompt": "Who calls?", "then": "voicemail"}},
        {"screening": {"prompt": "Who calls?", "then": "shout"}},
    ],
)
async def test_a_wrong_script_is_refused_by_field(world, script):
    """The answer names the field."""
    answer = await world.control("PUT", "/callees/+12125550123", script, 400)
    assert "machine" in str(answer) or "screening" in str(answer)

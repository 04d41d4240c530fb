"""ConversationRelay against a product that answers on its socket."""

import asyncio
import json

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from localcloud.phone_network import Options

pytestmark = pytest.mark.enable_socket

LISTEN = {"at_end": "listen", "patience_seconds": 60}


def relay(product, inside="", connect='action="/ended"', **attributes):
    """Return the verbs that open a session with the product."""
    url = product.base.replace("http", "ws") + "/socket"
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<Connect {connect}><ConversationRelay url="{url}"{extra}>{inside}</ConversationRelay></Connect>'


def echo(product):
    """Make the product repeat what it hears, in tokens."""

    async def on_frame(socket, frame):
        if frame["type"] == "prompt":
            await say(socket, "You said", " ", frame["voicePrompt"])

    product.on_frame = on_frame


async def say(socket, *tokens, last=True, **more):
    """Send text tokens, the last one marked unless told otherwise."""
    for index, token in enumerate(tokens):
        is_last = last and index == len(tokens) - 1
        await socket.send_json({"type": "text", "token": token, "last": is_last, **more})


async def test_the_session_opens_with_a_signed_handshake_and_a_setup_message(world, product):
    """The handshake is signed over the URL as written; setup carries the custom parameters."""
    product.says("/voice", relay(product, '<Parameter name="call_id" value="c1"/>'))
    await world.script({"steps": [{"wait": "none", "hang_up": True, "delay": 5}]})
    sid = await world.finished()
    (handshake,) = product.sockets
    url = product.base.replace("http", "ws") + "/socket"
    validator = RequestValidator(world.network.options.auth_token)
    assert validator.validate(url, {}, handshake.headers["X-Twilio-Signature"])
    setup = product.frames[0]
    assert setup["type"] == "setup"
    assert setup["sessionId"].startswith("VX")
    assert (setup["callSid"], setup["direction"]) == (sid, "outbound-api")
    assert setup["customParameters"] == {"call_id": "c1"}


async def test_a_conversation_is_held(world, product):
    """What the person says arrives as prompts, what the product sends is heard."""
    product.says("/voice", relay(product, welcomeGreeting="How can I help?"))
    echo(product)
    await world.script(
        {
            "steps": [{"say": "An appointment"}, {"hears": "appointment", "say": "Goodbye", "hang_up": True}],
        }
    )
    sid = await world.finished()
    assert world.spoken(sid) == [
        ("agent", "How can I help?"),
        ("person", "An appointment"),
        ("agent", "You said An appointment"),
        ("person", "Goodbye"),
    ]
    assert [frame["voicePrompt"] for frame in product.of_type("prompt")] == ["An appointment", "Goodbye"]


async def test_a_line_may_be_recognised_in_parts(world, product):
    """Parts of a line arrive as prompts of which only the last says so."""
    product.says("/voice", relay(product))
    await world.script({"steps": [{"wait": "none", "say": ["I want", "an appointment"], "hang_up": True}]})
    await world.finished()
    prompts = [(frame["voicePrompt"], frame["last"]) for frame in product.of_type("prompt")]
    assert prompts == [("I want", False), ("an appointment", True)]


async def test_an_interruption_reports_exactly_what_was_heard(world, product):
    """The interrupt carries the words heard so far; the queue is purged; the prompt follows."""
    words = "one two three four five six seven eight nine ten"
    product.says("/voice", relay(product, welcomeGreeting=words))
    await world.script({"steps": [{"interrupt_after_words": 4, "say": "Stop", "hang_up": True}]})
    sid = await world.finished()
    kinds = [frame["type"] for frame in product.frames]
    assert kinds == ["setup", "interrupt", "prompt"]
    interrupt = product.of_type("interrupt")[0]
    assert interrupt["utteranceUntilInterrupt"] == "one two three four"
    expected = len("one two three four ") / 15 * 1000
    assert expected * 0.9 <= interrupt["durationUntilInterruptMs"] <= expected * 2
    assert ("agent", "one two three four") in world.spoken(sid)
    transcript = world.network.exchange.calls[sid].line.transcript
    assert transcript[0]["interrupted"] is True


async def test_after_an_interruption_the_person_waits_for_the_answer(world, product):
    """The interrupted words are no answer: the next step waits for what comes after them."""

    async def on_frame(socket, frame):
        if frame["type"] == "prompt":
            await asyncio.sleep(0.1)
            await say(socket, "sorry, go ahead")

    product.on_frame = on_frame
    product.says("/voice", relay(product, welcomeGreeting="one two three four five six seven eight"))
    steps = [{"interrupt_after_words": 2, "say": "Wait"}, {"say": "Thank you", "hang_up": True}]
    await world.script({"steps": steps})
    sid = await world.finished()
    assert world.spoken(sid) == [
        ("agent", "one two"),
        ("person", "Wait"),
        ("agent", "sorry, go ahead"),
        ("person", "Thank you"),
    ]


async def test_text_sent_after_an_interruption_is_still_spoken(world, product):
    """Twilio knows no turns: what a product sends too late is heard, and marked in the log."""

    async def on_frame(socket, frame):
        if frame["type"] == "setup":
            await say(socket, "a long story that is never going to end", last=False)
        elif frame["type"] == "interrupt":
            await say(socket, "as I was saying")

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    await world.script(
        {"steps": [{"interrupt_after_words": 2, "say": "Wait " * 20}, {"hang_up": True, "delay": 2}]}
    )
    sid = await world.finished()
    assert ("agent", "as I was saying") in world.spoken(sid)
    late = [event for event in world.log.since(0, sid, "agent.spoke") if event["late"]]
    assert [event["text"] for event in late] == ["as I was saying"]
    received = world.log.since(0, sid, "socket.received")
    assert [event["after_interrupt"] for event in received] == [False, True]


async def test_speech_that_is_not_interruptible_goes_on(world, product):
    """Talking over uninterruptible speech neither stops it nor is reported."""
    words = "please listen to this important notice until it is over"
    product.says("/voice", relay(product, welcomeGreeting=words, welcomeGreetingInterruptible="none"))
    await world.script(
        {
            "steps": [
                {"interrupt_after_words": 2, "say": "Stop"},
                {"wait": "none", "delay": 5, "hang_up": True},
            ]
        }
    )
    sid = await world.finished()
    assert [frame["type"] for frame in product.frames] == ["setup"]
    assert ("agent", words) in world.spoken(sid)
    assert "speech.ignored" in world.kinds(sid)


async def test_the_product_ends_the_session_with_hand_over_data(world, product):
    """After end the call is up and the action URL decides what happens next."""

    async def on_frame(socket, frame):
        if frame["type"] == "prompt":
            await socket.send_json({"type": "end", "handoffData": json.dumps({"reason": "person wanted"})})

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    product.says("/ended", "<Say>I will connect you</Say>")
    await world.script({"steps": [{"wait": "none", "say": "Get me a person"}]})
    sid = await world.finished()
    (ended,) = product.at("/ended")
    assert (ended.params["SessionStatus"], ended.params["CallStatus"]) == ("ended", "in-progress")
    assert json.loads(ended.params["HandoffData"]) == {"reason": "person wanted"}
    assert ended.params["SessionId"].startswith("VX")
    assert "ErrorCode" not in ended.params
    assert ("agent", "I will connect you") in world.spoken(sid)


async def test_words_queued_behind_end_are_lost(world, product):
    """An end does not wait for speech: what was not yet spoken is never heard."""

    async def on_frame(socket, frame):
        if frame["type"] == "setup":
            await say(socket, "thank you and goodbye")
            await socket.send_json({"type": "end"})

    product.on_frame = on_frame
    product.says("/voice", relay(product, connect=""))
    sid = await world.finished()
    assert "agent.cut_off" in world.kinds(sid)
    assert all("goodbye" not in text for _, text in world.spoken(sid))


class TestPatientEnd:
    """The option that lets speech finish before a session ends."""

    @pytest.fixture
    def options(self):
        """Let queued speech finish."""
        return Options(time_scale=50.0, end_waits_for_speech=True)

    async def test_words_queued_behind_end_are_heard(self, world, product):
        """With the option, what was queued is spoken before the session ends."""

        async def on_frame(socket, frame):
            if frame["type"] == "setup":
                await say(socket, "thank you and goodbye")
                await socket.send_json({"type": "end"})

        product.on_frame = on_frame
        product.says("/voice", relay(product, connect=""))
        await world.script(LISTEN)
        sid = await world.finished()
        assert ("agent", "thank you and goodbye") in world.spoken(sid)


async def test_a_hang_up_completes_the_session(world, product):
    """When the person hangs up, the action URL is told with completed and CallStatus completed."""
    product.says("/voice", relay(product))
    await world.script({"steps": [{"wait": "none", "say": "Bye", "hang_up": True}]})
    await world.finished()
    (ended,) = product.at("/ended")
    assert (ended.params["SessionStatus"], ended.params["CallStatus"]) == ("completed", "completed")
    assert "HandoffData" not in ended.params


async def test_a_dropped_socket_fails_the_session_while_the_call_is_up(world, product):
    """The product's socket closing leads to the action URL with failed and 64105."""

    async def on_frame(socket, _frame):
        await socket.close()

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    product.says("/ended", "<Say>One moment please</Say>")
    sid = await world.finished()
    (ended,) = product.at("/ended")
    assert (ended.params["SessionStatus"], ended.params["ErrorCode"]) == ("failed", "64105")
    assert ended.params["CallStatus"] == "in-progress"
    assert ("agent", "One moment please") in world.spoken(sid)


async def test_without_an_action_the_next_verb_follows(world, product):
    """A session without action URL is followed by the next verb."""

    async def on_frame(socket, _frame):
        await socket.close()

    product.on_frame = on_frame
    product.says("/voice", relay(product, connect="") + "<Say>Back again</Say>")
    sid = await world.finished()
    assert ("agent", "Back again") in world.spoken(sid)


async def test_a_refused_handshake_fails_the_session(world, product):
    """A product that refuses the socket gets failed with 64102."""
    url = product.base.replace("http", "ws") + "/not-a-socket"
    product.answers["/not-a-socket"] = lambda _request: web.Response(status=403)
    product.says("/voice", f'<Connect action="/ended"><ConversationRelay url="{url}"/></Connect>')
    await world.finished()
    assert product.at("/ended")[0].params["ErrorCode"] == "64102"


async def test_ten_malformed_messages_close_the_socket(world, product):
    """Each malformed message is answered by an error; the tenth in a row ends the session."""

    async def on_frame(socket, frame):
        if frame["type"] == "setup":
            for _ in range(9):
                await socket.send_json({"message": "Internal server error"})
            await say(socket, "fine")
            for _ in range(10):
                await socket.send_str("not json")

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    sid = await world.finished()
    assert product.at("/ended")[0].params["ErrorCode"] == "64107"
    assert world.errors(sid).count(64107) == 20
    assert product.of_type("error")[0]["description"].startswith("Invalid message received")


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "text"},
        {"type": "text", "token": 1},
        {"type": "text", "token": "a", "last": "true"},
        {"type": "sendDigits", "digits": "12x"},
        {"type": "end", "handoffData": {"not": "a string"}},
        {"type": "shout"},
        ["text"],
        {"type": ["text"]},
        {"type": "play", "source": "x", "loop": True},
    ],
)
async def test_messages_are_checked(world, product, frame):
    """A message of the wrong shape is refused with 64107 and has no effect."""

    async def on_frame(socket, received):
        if received["type"] == "setup":
            await socket.send_json(frame)
        elif received["type"] == "error":
            await socket.close()

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    sid = await world.finished()
    assert world.errors(sid)[0] == 64107


async def test_keys_arrive_only_with_detection(world, product):
    """The dtmfDetection attribute decides whether keys are sent."""
    await world.script({"steps": [{"wait": "none", "press": "12#", "hang_up": True}]})
    product.says("/voice", relay(product, dtmfDetection="true"))
    await world.finished()
    assert [frame["digit"] for frame in product.of_type("dtmf")] == ["1", "2", "#"]
    product.frames.clear()
    product.says("/voice", relay(product))
    await world.finished()
    assert not product.of_type("dtmf")


async def test_speaker_events_are_sent_on_request(world, product):
    """With events the product learns when the agent speaks and what was played."""
    product.says("/voice", relay(product, welcomeGreeting="Hello you", events="speaker-events tokens-played"))
    await world.script({"steps": [{"hang_up": True}]})
    await world.finished()
    info = [(frame["name"], frame["value"]) for frame in product.of_type("info")]
    assert info == [
        ("agentSpeaking", "on"),
        ("tokensPlayed", "Hello "),
        ("tokensPlayed", "you"),
        ("agentSpeaking", "off"),
    ]


async def test_a_redirect_closes_the_session(world, product):
    """New TwiML from the REST API takes the call out of the session; the action is not asked."""
    product.says("/voice", relay(product, welcomeGreeting="Hello"))
    await world.script(LISTEN)
    call = await world.call()
    await world.until("agent.spoke", call.sid)
    twiml = "<Response><Say>A message after the tone</Say></Response>"
    await world.rest(world.client.calls(call.sid).update, twiml=twiml)
    await world.until("call.ended", call.sid)
    assert ("agent", "A message after the tone") in world.spoken(call.sid)
    assert not product.at("/ended")
    assert "socket.closed" in world.kinds(call.sid)


async def test_a_stream_left_open_counts_as_finished_after_a_while(world, product):
    """A product that never sends last does not silence the person for ever."""

    async def on_frame(socket, frame):
        if frame["type"] == "setup":
            await say(socket, "and then", last=False)

    product.on_frame = on_frame
    product.says("/voice", relay(product))
    await world.script({"steps": [{"say": "Hello?", "hang_up": True}]})
    sid = await world.finished()
    assert world.spoken(sid) == [("agent", "and then"), ("person", "Hello?")]
    assert world.log.since(0, sid, "agent.spoke")[0]["unterminated"] is True


async def test_recording_by_the_rest_api_is_ignored(world, product):
    """record=True gives no recording with ConversationRelay; Start Recording does."""
    start = '<Start><Recording recordingStatusCallback="/recorded"/></Start>'
    await world.script({"steps": [{"wait": "none", "delay": 3, "hang_up": True}]})
    product.says("/voice", start + relay(product))
    await world.finished(record=True, recording_status_callback=product.url("/never"))
    (recorded,) = product.at("/recorded")
    assert recorded.params["RecordingSource"] == "StartCallRecordingTwiML"
    assert recorded.params["RecordingStatus"] == "completed"
    assert not product.at("/never")


async def test_noise_interrupts_and_says_nothing(world, product):
    """What begins like speech silences the agent; nothing was recognised, so no prompt follows."""
    product.says("/voice", relay(product, welcomeGreeting="one two three four five six seven eight"))
    noisy = {"interrupt_after_words": 3, "noise": 1}
    await world.script({"steps": [noisy, {"wait": "none", "hang_up": True}]})
    sid = await world.finished()
    assert [frame["type"] for frame in product.frames] == ["setup", "interrupt"]
    assert "noise" in world.kinds(sid)


@pytest.mark.parametrize(("attributes", "named"), [({}, "es-MX"), ({"transcriptionLanguage": "multi"}, "es")])
async def test_a_language_that_is_found_out_has_no_country(world, product, attributes, named):
    """As the carrier names it when the session asks for detection."""
    product.says("/voice", relay(product, welcomeGreeting="Hi.", **attributes))
    echo(product)
    await world.script({"steps": [{"say": "Hola.", "lang": "es-MX"}, {"hears": "Hola", "hang_up": True}]})
    await world.finished()
    assert [frame["lang"] for frame in product.of_type("prompt")] == [named]


async def test_two_talks_in_a_row_stand_apart(world, product):
    """The second begins while the first is still spoken."""

    async def on_frame(socket, frame):
        if frame["type"] == "prompt":
            await say(socket, "Are you there?")
            await say(socket, "Please ", "go on.")

    product.on_frame = on_frame
    product.says("/voice", relay(product, welcomeGreeting="Hi."))
    steps = [{"say": "Hello."}, {"hears": "go on", "hang_up": True}]
    await world.script({"steps": steps})
    sid = await world.finished()
    assert ("agent", "Are you there? Please go on.") in world.spoken(sid)

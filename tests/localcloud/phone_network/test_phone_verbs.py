"""Each TwiML verb, and what becomes of TwiML that is none."""

import contextlib
import io
import wave

import pytest
from aiohttp import encode_basic_auth, web
from hypothesis import given
from hypothesis import strategies as st

from localcloud.phone_network.twiml import ApplicationError, parse

pytestmark = pytest.mark.enable_socket

APOLOGY = ("agent", "We are sorry, an application error has occurred. Goodbye.")
QUIET = {"steps": [], "patience_seconds": 600}


async def test_say_play_and_pause_are_heard_in_order(world, product):
    """Verbs run one after the other; then the call is hung up by the network's side."""
    product.says("/voice", '<Say loop="2">Hi</Say><Pause length="2"/><Play>/beep.mp3</Play>')
    await world.script(QUIET)
    sid = await world.finished()
    heard = [text for speaker, text in world.spoken(sid)]
    assert heard == ["Hi Hi", f"[audio {product.url('/beep.mp3')}]"]
    assert (await world.until("call.ended", sid))["by"] == "agent"


async def test_speech_takes_the_time_of_speech(world, product):
    """Fifteen characters take a simulated second."""
    product.says("/voice", f"<Say>{'x' * 149} </Say>")
    await world.script(QUIET)
    sid = await world.finished()
    assert 10 <= (await world.until("call.ended", sid))["duration"] <= 13


async def test_markup_inside_say_is_spoken_as_its_text(world, product):
    """SSML elements are accepted and their text is heard."""
    product.says("/voice", '<Say>Hello <break time="1s"/><emphasis level="strong">you</emphasis></Say>')
    await world.script(QUIET)
    assert world.spoken(await world.finished()) == [("agent", "Hello you")]


async def test_redirect_resolves_against_the_present_document(world, product):
    """A relative URL starts from the document it stands in; verbs behind it never run."""
    product.says("/voice", "<Redirect>/menu/first</Redirect><Say>never</Say>")
    product.says("/menu/first", "<Redirect>second</Redirect>")
    product.says("/menu/second", "<Say>arrived</Say>")
    await world.script(QUIET)
    assert world.spoken(await world.finished()) == [("agent", "arrived")]


async def test_hangup_ends_the_call(world, product):
    """Nothing after Hangup runs."""
    product.says("/voice", "<Hangup/><Say>never</Say>")
    await world.script(QUIET)
    assert world.spoken(await world.finished()) == []


async def test_a_voicemail_is_recorded_and_transcribed(world, product):
    """Record reports the recording to its action and the words to its transcription callback."""
    product.says("/voice", '<Say>Leave a message</Say><Record transcribeCallback="/text" action="/kept"/>')
    await world.script({"steps": [{"say": "Call me back please"}]})
    sid = await world.finished()
    (kept,) = product.at("/kept")
    assert kept.params["RecordingSid"].startswith("RE")
    assert int(kept.params["RecordingDuration"]) >= 1
    (text,) = product.at("/text")
    assert text.params["TranscriptionText"] == "Call me back please"
    assert text.params["RecordingSid"] == kept.params["RecordingSid"]
    recordings = await world.rest(world.client.calls(sid).recordings.list)
    assert [item.sid for item in recordings] == [kept.params["RecordingSid"]]


async def test_a_hang_up_ends_the_voicemail(world, product):
    """The action learns of a recording ended by hanging up."""
    product.says("/voice", '<Record action="/kept"/>')
    await world.script({"steps": [{"wait": "none", "say": "Call me back", "hang_up": True}]})
    await world.finished()
    assert product.at("/kept")[0].params["Digits"] == "hangup"
    assert product.at("/kept")[0].params["CallStatus"] == "completed"


async def test_a_silent_voicemail_falls_through(world, product):
    """Silence alone is no recording: the next verb runs."""
    product.says("/voice", '<Record timeout="2" action="/kept"/><Say>Nothing heard</Say>')
    await world.script(QUIET)
    sid = await world.finished()
    assert not product.at("/kept")
    assert ("agent", "Nothing heard") in world.spoken(sid)


async def test_a_silent_recording_is_absent(world, product):
    """The callback that asked for it is told so, and there is no sound to fetch."""
    events = 'recordingStatusCallback="/kept" recordingStatusCallbackEvent="completed absent"'
    product.says("/voice", f'<Record timeout="2" {events}/><Say>Nothing heard</Say>')
    await world.script(QUIET)
    await world.finished()
    (told,) = product.at("/kept")
    assert (told.params["RecordingStatus"], told.params["RecordingDuration"]) == ("absent", "0")
    options = world.network.options
    headers = {"Authorization": encode_basic_auth(options.account_sid, options.auth_token)}
    async with world.http.get(f"{told.params['RecordingUrl']}.wav", headers=headers) as media:
        assert media.status == 404


async def test_a_dual_recording_has_two_channels(world, product):
    """Start Recording keeps both sides apart unless told otherwise; sound needs credentials."""
    noun = '<Recording channels="{}" recordingStatusCallback="/kept"/>'
    sounds = []
    for channels in ("dual", "mono"):
        start = f"<Start>{noun.format(channels)}</Start>"
        product.says("/voice", f"{start}<Pause length='2'/>")
        await world.finished()
        told = product.at("/kept")[-1].params
        options = world.network.options
        headers = {"Authorization": encode_basic_auth(options.account_sid, options.auth_token)}
        async with world.http.get(f"{told['RecordingUrl']}.wav", headers=headers) as media:
            with wave.open(io.BytesIO(await media.read())) as sound:
                sounds.append((told["RecordingChannels"], sound.getnchannels()))
        async with world.http.get(f"{told['RecordingUrl']}.wav") as refused:
            assert refused.status == 401
    assert sounds == [("2", 2), ("1", 1)]


async def test_a_recording_of_the_whole_call_is_announced_with_its_sound(world, product):
    """record=True gives a completed recording whose media can be fetched and deleted."""
    product.says("/voice", "<Pause length='5'/>")
    sid = await world.finished(record=True, recording_status_callback=product.url("/recorded"))
    (recorded,) = product.at("/recorded")
    assert recorded.params["RecordingSource"] == "OutboundAPI"
    assert recorded.params["CallSid"] == sid
    url, options = recorded.params["RecordingUrl"], world.network.options
    headers = {"Authorization": encode_basic_auth(options.account_sid, options.auth_token)}
    async with world.http.get(f"{url}.wav", headers=headers) as media:
        assert media.content_type == "audio/x-wav"
        assert (await media.read()).startswith(b"RIFF")
    await world.rest(world.client.recordings(recorded.params["RecordingSid"]).delete)
    async with world.http.get(url, headers=headers) as gone:
        assert gone.status == 404


RELAY = "<Response><Connect><ConversationRelay url='wss://x.example' {}/></Connect></Response>"
TAGS = st.sampled_from(["Response", "Say", "Gather", "Dial", "Number", "Connect", "ConversationRelay", "s"])
ATTRIBUTES = st.sampled_from(
    ["", " loop='\u00b2'", " url='wss://['", " timeout='nan'", " action='[' length='9e9'"]
)


@given(st.lists(st.tuples(TAGS, ATTRIBUTES, st.sampled_from([">", "/>", ">text"])), max_size=6))
def test_no_document_breaks_the_parser(parts):
    """Whatever is sent is TwiML or an application error."""
    opened = "".join(f"<{tag}{attributes}{ending}" for tag, attributes, ending in parts)
    closed = "".join(f"</{tag}>" for tag, _, ending in reversed(parts) if ending != "/>")
    with contextlib.suppress(ApplicationError):
        parse(f"<Response>{opened}{closed}</Response>")


def test_deep_nesting_is_a_parse_failure():
    """A document nested beyond reason is refused, not a crash."""
    with pytest.raises(ApplicationError) as refused:
        parse(f"<Response><Say>{'<s>' * 3000}{'</s>' * 3000}</Say></Response>")
    assert refused.value.code == 12100


async def test_documents_that_only_redirect_in_a_circle_are_stopped(world, product):
    """A circle of redirects ends as an application error instead of running for ever."""
    product.says("/voice", "<Redirect>/voice</Redirect>")
    await world.script(QUIET)
    sid = await world.finished()
    assert world.errors(sid) == [11215]
    assert world.spoken(sid) == [APOLOGY]


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "mailto:a@x.example", "https://"])
async def test_impossible_urls_are_application_errors(world, product, url):
    """A URL that nobody could call is 11100."""
    product.says("/voice", f"<Redirect>{url}</Redirect>")
    await world.script(QUIET)
    assert world.errors(await world.finished()) == [11100]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<Response><Say>unclosed</Response>", 12100),
        ("", 12100),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Response/>', 12100),
        ("<Reply/>", 12102),
        ("<Response><Shout>hey</Shout></Response>", 12200),
        ("<Response><Say loud='yes'>hey</Say></Response>", 12200),
        ("<Response><Gather><Dial>+12125550123</Dial></Gather></Response>", 12200),
        ("<Response><Gather numDigits='three'/></Response>", 12200),
        ("<Response><Gather>text</Gather></Response>", 12200),
        ("<Response><Connect><ConversationRelay url='https://x.example'/></Connect></Response>", 64101),
        ("<Response><Connect><ConversationRelay url='ws://x.example'/></Connect></Response>", 64101),
        ("<Response><Connect><ConversationRelay/></Connect></Response>", 64101),
        (RELAY.format("interruptible='no'"), 64101),
        (RELAY.format("dtmfDetection='on'"), 64101),
    ],
)
def test_what_is_not_twiml_is_refused(document, code):
    """Each violation has Twilio's error code."""
    with pytest.raises(ApplicationError) as refused:
        parse(document)
    assert refused.value.code == code


async def test_broken_twiml_is_an_application_error(world, product):
    """Without a fallback the person hears the apology and the call ends."""
    product.answers["/voice"] = "<Response><Say>"
    await world.script(QUIET)
    sid = await world.finished()
    assert world.spoken(sid) == [APOLOGY]
    assert world.errors(sid) == [12100]


async def test_the_wrong_content_type_is_an_application_error(world, product):
    """TwiML as application/json is not read."""
    product.answers["/voice"] = lambda _request: web.Response(
        text="<Response/>", content_type="application/json"
    )
    await world.script(QUIET)
    sid = await world.finished()
    assert world.errors(sid) == [12300]


async def test_an_oversized_document_is_an_application_error(world, product):
    """More than 64 KB of TwiML is refused with 11750."""
    product.says("/voice", f"<Say>{'x' * 70_000}</Say>")
    await world.script(QUIET)
    sid = await world.finished()
    assert 11750 in world.errors(sid)


async def test_the_fallback_url_takes_over(world, product):
    """After an error the fallback is asked, with the error's code and URL."""
    product.answers["/voice"] = lambda _request: web.Response(status=500)
    product.says("/fallback", "<Say>Please call later</Say>")
    await world.script(QUIET)
    sid = await world.finished(fallback_url=product.url("/fallback"))
    (fallback,) = product.at("/fallback")
    assert fallback.params["ErrorCode"] == "11200"
    assert fallback.params["ErrorUrl"] == product.url("/voice")
    assert world.spoken(sid) == [("agent", "Please call later")]


async def test_a_failing_fallback_ends_in_the_apology(world, product):
    """The fallback is tried once."""
    product.answers["/voice"] = product.answers["/fallback"] = "no twiml"
    await world.script(QUIET)
    sid = await world.finished(fallback_url=product.url("/fallback"))
    assert world.spoken(sid) == [APOLOGY]
    assert len(product.at("/fallback")) == 1


async def test_inline_twiml_needs_absolute_urls(world):
    """A relative action in TwiML without a document URL is an invalid URL."""
    await world.script(QUIET)
    sid = await world.finished(twiml="<Response><Redirect>/next</Redirect></Response>")
    assert world.errors(sid) == [11100]


async def test_enqueue_is_refused_with_a_remedy(world, product):
    """Queues are not simulated; the log says what to use instead."""
    product.says("/voice", "<Enqueue>support</Enqueue>")
    await world.script(QUIET)
    sid = await world.finished()
    assert "use <Dial>" in world.log.since(0, sid, "error")[0]["message"]


class TestGather:
    """Keys and speech."""

    async def test_speech_goes_to_the_action(self, world, product):
        """What is said after the prompt arrives as SpeechResult with its confidence."""
        product.says("/voice", '<Gather input="speech" action="/got"><Say>Yes or no?</Say></Gather>')
        await world.script({"steps": [{"say": "yes please", "confidence": 0.8}]})
        await world.finished()
        (got,) = product.at("/got")
        assert got.params["SpeechResult"] == "yes please"
        assert float(got.params["Confidence"]) == 0.8
        assert "Digits" not in got.params

    async def test_digits_end_by_number(self, world, product):
        """As many keys as numDigits complete the input; further keys are not part of it."""
        product.says("/voice", '<Gather numDigits="2" action="/got"><Say>Enter</Say></Gather>')
        await world.script({"steps": [{"press": "1234"}]})
        await world.finished()
        assert product.at("/got")[0].params["Digits"] == "12"

    async def test_digits_end_by_the_finishing_key(self, world, product):
        """The finishing key is not part of the digits."""
        product.says("/voice", '<Gather finishOnKey="*" action="/got"><Say>Enter</Say></Gather>')
        await world.script({"steps": [{"press": "12*"}]})
        await world.finished()
        params = product.at("/got")[0].params
        assert (params["Digits"], params["FinishedOnKey"]) == ("12", "*")

    async def test_digits_end_by_the_timeout(self, world, product):
        """Keys without a finishing key are sent after the timeout."""
        product.says("/voice", '<Gather timeout="3" action="/got"><Say>Enter</Say></Gather>')
        await world.script({"steps": [{"press": "7"}]})
        await world.finished()
        assert product.at("/got")[0].params["Digits"] == "7"

    async def test_speaking_stops_the_prompt(self, world, product):
        """Barge-in cuts the nested prompt; the rest of it is never heard."""
        prompt = "one two three four five six seven eight nine ten"
        product.says("/voice", f'<Gather input="speech" action="/got"><Say>{prompt}</Say></Gather>')
        await world.script({"steps": [{"interrupt_after_words": 3, "say": "yes " * 20}]})
        sid = await world.finished()
        assert ("agent", "one two three") in world.spoken(sid)
        assert product.at("/got")[0].params["SpeechResult"].startswith("yes")

    async def test_without_barge_in_the_prompt_goes_on(self, world, product):
        """With bargeIn false the whole prompt is heard, and the speech still counts."""
        prompt = "one two three four five six seven eight nine ten"
        product.says(
            "/voice", f'<Gather input="speech" bargeIn="false" action="/got"><Say>{prompt}</Say></Gather>'
        )
        await world.script({"steps": [{"interrupt_after_words": 3, "say": "yes " * 20}]})
        sid = await world.finished()
        assert ("agent", prompt) in world.spoken(sid)
        assert product.at("/got")

    async def test_silence_falls_through(self, world, product):
        """Without input the next verb runs and the action is not asked."""
        product.says("/voice", '<Gather timeout="2" action="/got"/><Say>Goodbye</Say>')
        await world.script(QUIET)
        sid = await world.finished()
        assert not product.at("/got")
        assert world.spoken(sid) == [("agent", "Goodbye")]

    async def test_silence_is_reported_on_request(self, world, product):
        """With actionOnEmptyResult the network asks the action with empty digits."""
        product.says("/voice", '<Gather timeout="2" action="/got" actionOnEmptyResult="true"/>')
        await world.script(QUIET)
        await world.finished()
        assert product.at("/got")[0].params["Digits"] == ""

    async def test_speech_is_not_heard_by_a_gather_for_keys(self, world, product):
        """The input attribute decides; the default is keys."""
        product.says("/voice", '<Gather timeout="3" action="/got"/>')
        await world.script({"steps": [{"wait": "none", "say": "yes"}]})
        await world.finished()
        assert not product.at("/got")

    async def test_partial_results_are_reported(self, world, product):
        """A partialResultCallback gets what is recognised before the end."""
        product.says(
            "/voice",
            '<Gather input="speech" action="/got" partialResultCallback="/part"><Say>?</Say></Gather>',
        )
        await world.script({"steps": [{"say": ["I would", "like", "tea"]}]})
        await world.finished()
        partial = [request.params["UnstableSpeechResult"] for request in product.at("/part")]
        assert partial == ["I would", "like"]
        assert product.at("/got")[0].params["SpeechResult"] == "I would like tea"

    async def test_without_action_the_document_is_asked_again(self, world, product):
        """The default action is the document itself."""
        asked = []

        def voice(request):
            asked.append(request.params.get("SpeechResult"))
            again = '<Gather input="speech"><Say>Again?</Say></Gather>'
            return f"<Response>{again if len(asked) == 1 else '<Hangup/>'}</Response>"

        product.answers["/voice"] = voice
        await world.script({"steps": [{"say": "yes"}]})
        await world.finished()
        assert asked == [None, "yes"]


async def test_noise_completes_a_gather_with_nothing(world, product):
    """What begins like speech and has no words is an empty result, before the time-out."""
    patient = 'input="speech" timeout="600" actionOnEmptyResult="true"'
    product.says("/voice", f'<Gather {patient} action="/heard"><Say>Hi</Say></Gather>')
    product.says("/heard", "<Hangup/>")
    await world.script({"steps": [{"hears": "Hi", "noise": 1}], "patience_seconds": 900})
    await world.finished()
    assert "SpeechResult" not in product.at("/heard")[0].params

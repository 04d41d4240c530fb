"""The life of a call, as Twilio's client and callbacks see it."""

import asyncio
from itertools import pairwise

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from localcloud.phone_network import Options

pytestmark = pytest.mark.enable_socket

EVENTS = ["initiated", "ringing", "answered", "completed"]


async def test_a_call_is_placed_answered_and_completed(world, product):
    """An outbound call fetches its TwiML on answer and ends as completed."""
    product.says("/voice", "<Say>Hello there</Say>")
    sid = await world.finished()
    call = await world.rest(world.client.calls(sid).fetch)
    assert (call.status, call.direction, call.to) == ("completed", "outbound-api", "+12125550123")
    assert int(call.duration) >= 1
    (request,) = product.at("/voice")
    assert request.params["CallStatus"] == "in-progress"
    assert request.params["CallSid"] == sid
    assert ("agent", "Hello there") in world.spoken(sid)


async def test_webhooks_carry_valid_signatures(world, product):
    """Twilio's own validator accepts POST and GET requests of the network."""
    product.says("/voice", f'<Redirect method="GET">{product.url("/next?a=1")}</Redirect>')
    await world.finished()
    validator = RequestValidator(world.network.options.auth_token)
    for request in product.received:
        params = request.params if request.method == "POST" else {}
        assert validator.validate(request.url, params, request.headers["X-Twilio-Signature"])
        assert request.headers["I-Twilio-Idempotency-Token"]
    assert [request.method for request in product.received] == ["POST", "GET"]
    assert "CallSid" in product.at("/next")[0].params


async def test_status_callbacks_come_in_order_with_sequence_numbers(world, product):
    """Requested events arrive in order, numbered from 0, the last with duration and SIP response."""
    product.says("/voice", "<Pause length='2'/>")
    await world.finished(status_callback=product.url("/status"), status_callback_event=EVENTS)
    params = [request.params for request in product.at("/status")]
    assert [item["CallStatus"] for item in params] == ["initiated", "ringing", "in-progress", "completed"]
    assert [item["SequenceNumber"] for item in params] == ["0", "1", "2", "3"]
    assert {item["CallbackSource"] for item in params} == {"call-progress-events"}
    assert params[-1]["SipResponseCode"] == "200"
    assert int(params[-1]["CallDuration"]) >= 2
    assert params[-1]["Timestamp"].endswith("+0000")
    assert "CallDuration" not in params[0]


async def test_by_default_only_the_end_is_reported(world, product):
    """Without statusCallbackEvent there is one callback, numbered 0."""
    await world.finished(status_callback=product.url("/status"))
    assert [request.params["SequenceNumber"] for request in product.at("/status")] == ["0"]


@pytest.mark.parametrize(
    ("answer", "status", "sip"),
    [
        ("busy", "busy", "486"),
        ("rejected", "busy", "603"),
        ("failed", "failed", "404"),
        ("canceled", "canceled", "487"),
        ("no_answer", "no-answer", "487"),
    ],
)
async def test_unanswered_calls_end_as_the_carrier_says(world, product, answer, status, sip):
    """A refused call ends in its own status and never fetches TwiML."""
    await world.script({"answer": answer})
    sid = await world.finished(status_callback=product.url("/status"), timeout=5)
    (callback,) = product.at("/status")
    assert (callback.params["CallStatus"], callback.params["SipResponseCode"]) == (status, sip)
    assert callback.params["CallDuration"] == "0"
    assert not product.at("/voice")
    assert (await world.rest(world.client.calls(sid).fetch)).duration is None


async def test_a_person_slower_than_the_timeout_is_not_reached(world):
    """Ringing longer than the timeout ends as no-answer."""
    await world.script({"answer": 20})
    sid = await world.finished(timeout=5)
    assert (await world.until("call.ended", sid))["status"] == "no-answer"


async def test_a_ringing_call_can_be_canceled(world, product):
    """Cancelling while it rings ends the call before anyone answers."""
    await world.script({"answer": 100})
    call = await world.call(timeout=200)
    await world.until("call.ringing", call.sid)
    await world.rest(world.client.calls(call.sid).update, status="canceled")
    assert (await world.until("call.ended", call.sid))["status"] == "canceled"
    assert not product.received


async def test_a_call_in_progress_can_be_completed_but_not_canceled(world, product):
    """The status canceled leaves a talking call alone, completed hangs it up."""
    product.says("/voice", "<Pause length='120'/>")
    call = await world.call()
    await world.until("twiml.received", call.sid)
    await world.rest(world.client.calls(call.sid).update, status="canceled")
    await asyncio.sleep(0.1)
    assert "call.ended" not in world.kinds(call.sid)
    await world.rest(world.client.calls(call.sid).update, status="completed")
    ended = await world.until("call.ended", call.sid)
    assert (ended["status"], ended["by"]) == ("completed", "api")


async def test_a_call_can_be_redirected(world, product):
    """An update replaces what the call is doing by other TwiML."""
    product.says("/voice", "<Pause length='120'/>")
    call = await world.call()
    await world.until("twiml.received", call.sid)
    twiml = "<Response><Say>Please leave a message</Say></Response>"
    await world.rest(world.client.calls(call.sid).update, twiml=twiml)
    await world.until("call.ended", call.sid)
    assert ("agent", "Please leave a message") in world.spoken(call.sid)


async def test_an_ended_call_cannot_be_updated(world):
    """Updating a call that is over is refused with 21220."""
    sid = await world.finished()
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(world.client.calls(sid).update, status="completed")
    assert (refused.value.status, refused.value.code) == (400, 21220)


async def test_a_call_that_rings_cannot_be_redirected(world):
    """New TwiML before the answer is refused with 21220."""
    await world.script({"answer": 100})
    call = await world.call()
    with pytest.raises(TwilioRestException) as refused:
        await world.rest(world.client.calls(call.sid).update, twiml="<Response/>")
    assert refused.value.code == 21220


async def test_the_time_limit_ends_the_call(world, product):
    """A TimeLimit hangs up however long the TwiML would take."""
    product.says("/voice", "<Pause length='150'/>")
    sid = await world.finished(time_limit=5)
    assert (await world.until("call.ended", sid))["by"] == "time limit"


async def test_an_inbound_call_follows_the_numbers_voice_url(world, product):
    """A person who calls is answered by the number's TwiML; the status callback tells the end."""
    product.says("/voice", "<Say>Welcome</Say>")
    sid = await world.dialled_in(status_callback=product.url("/status"))
    (voice,) = product.at("/voice")
    assert (voice.params["CallStatus"], voice.params["Direction"]) == ("ringing", "inbound")
    assert voice.params["From"] == "+12125550123"
    assert ("agent", "Welcome") in world.spoken(sid)
    assert product.at("/status")[0].params["CallStatus"] == "completed"


async def test_an_inbound_call_may_be_rejected(world, product):
    """Reject as first verb ends the call unanswered."""
    product.says("/voice", '<Reject reason="busy"/>')
    sid = await world.dialled_in()
    assert (await world.until("call.ended", sid))["status"] == "busy"
    assert "call.answered" not in world.kinds(sid)


async def test_a_number_without_voice_url_says_so(world):
    """An inbound call to an unconfigured number fails with a log entry that names the remedy."""
    answer = await world.control("POST", "/inbound", {"from": "+12125550123"}, 201)
    await world.until("call.ended", answer["call_sid"])
    assert "voice_url" in (await world.until("error", answer["call_sid"]))["message"]


@pytest.mark.parametrize(
    ("mode", "answered_by", "reported"),
    [
        ("Enable", "human", "human"),
        ("Enable", "machine_end_beep", "machine_start"),
        ("DetectMessageEnd", "machine_end_beep", "machine_end_beep"),
        ("DetectMessageEnd", "fax", "fax"),
    ],
)
async def test_asynchronous_detection_reports_while_the_call_goes_on(
    world, product, mode, answered_by, reported
):
    """TwiML runs at once; the verdict arrives by its own callback."""
    await world.script({"answered_by": answered_by, "amd_seconds": 3})
    product.says("/voice", "<Pause length='10'/><Redirect>/later</Redirect>")
    await world.finished(
        machine_detection=mode,
        async_amd="true",
        async_amd_status_callback=product.url("/amd"),
    )
    (amd,) = product.at("/amd")
    assert amd.params["AnsweredBy"] == reported
    assert amd.params["MachineDetectionDuration"] == "3000"
    assert "AnsweredBy" not in product.at("/voice")[0].params
    assert "AnsweredBy" not in product.at("/later")[0].params


async def test_synchronous_detection_holds_the_call_until_decided(world, product):
    """Without asyncAmd the TwiML request carries AnsweredBy."""
    await world.script({"answered_by": "machine_start", "amd_seconds": 3})
    await world.finished(machine_detection="Enable")
    assert product.at("/voice")[0].params["AnsweredBy"] == "machine_start"


async def test_detection_slower_than_its_timeout_is_unknown(world, product):
    """The detection timeout gives unknown."""
    await world.script({"answered_by": "human", "amd_seconds": 20})
    await world.finished(machine_detection="Enable", machine_detection_timeout=5)
    assert product.at("/voice")[0].params["AnsweredBy"] == "unknown"


class TestPacing:
    """The carrier's calls-per-second limit."""

    @pytest.fixture
    def options(self):
        """Let ten calls start per second."""
        return Options(time_scale=50.0, calls_per_second=10.0)

    async def test_calls_start_no_faster_than_the_account_may(self, world):
        """Excess calls are accepted at once and begin spaced in time."""
        for _ in range(4):
            await world.call(twiml="<Response/>")
        for call in world.network.exchange.calls.values():
            await world.until("call.ended", call.sid)
        starts = sorted(call.started_at for call in world.network.exchange.calls.values())
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
        assert min(gaps) >= 0.095

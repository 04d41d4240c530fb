"""The control API, the default person, and what survives a restart."""

import asyncio
import contextlib
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.phone_network import Options, PhoneNetwork
from localcloud.phone_network.callees import Hears, parse_callee
from localcloud.phone_network.faults import parse_faults
from localcloud.phone_network.forms import ControlError

from .conftest import PERSON

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(["answer", "steps", "rules", "say", "hears", "press", "delay", "seed", "effect"])


@given(st.dictionaries(FIELDS, ANY_JSON, max_size=4) | ANY_JSON)
def test_no_script_breaks_the_reader(body):
    """Any JSON is either read or refused with the field and a remedy."""
    for parse in (parse_callee, parse_faults):
        with contextlib.suppress(ControlError):
            parse(body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "callee"),
        ({"answer": "maybe"}, "callee.answer"),
        ({"answer": True}, "callee.answer"),
        ({"steps": [{"say": 1}]}, "callee.steps[0].say"),
        ({"steps": [{"say": "a", "wait": "ever"}]}, "callee.steps[0].wait"),
        ({"steps": [{"press": "12a"}]}, "callee.steps[0].press"),
        ({"rules": [{"say": "a"}]}, "callee.rules[0].hears"),
        ({"rules": [{"hears": "/(/", "say": "a"}]}, "callee.rules[0].hears"),
        ({"stepps": []}, "callee.stepps"),
    ],
)
def test_a_wrong_script_is_refused_by_field(body, field):
    """The complaint names the path of the field."""
    with pytest.raises(ControlError) as refused:
        parse_callee(body)
    assert refused.value.field == field


def test_patterns_match_words_or_expressions():
    """Plain text is found in any case; slashes make a regular expression."""
    assert Hears("BOOK").matches("we booked you")
    assert not Hears("b.ok").matches("we booked you")
    assert Hears("/b.ok(ed)?/").matches("we BOOKED you")


@pytest.mark.enable_socket
class TestControl:
    """Over the wire."""

    async def test_scripts_are_kept_shown_and_removed(self, world):
        """A script can be put, read and deleted."""
        script = {"answer": "busy"}
        await world.script(script)
        assert (await world.control("GET", f"/callees/{PERSON}", None, 200))["callee"] == script
        await world.control("DELETE", f"/callees/{PERSON}", None, 200)
        answer = await world.control("GET", f"/callees/{PERSON}", None, 404)
        assert "PUT one first" in answer["remedy"]

    async def test_the_default_person_stands_for_everybody_else(self, world):
        """A script for 'default' applies to numbers without one."""
        await world.script({"answer": "busy"}, "default")
        sid = await world.finished(twiml="<Response/>")
        assert (await world.until("call.ended", sid))["status"] == "busy"

    async def test_wrong_input_gets_400_with_field_and_remedy(self, world):
        """Whatever is wrong, the answer is JSON that helps."""
        for method, path, body in (
            ("PUT", "/callees/123", {}),
            ("PUT", f"/callees/{PERSON}", {"answer": "x"}),
            ("POST", "/inbound", {}),
            ("POST", "/inbound", {"from": PERSON, "to": "+12125550000"}),
            ("POST", "/inbound-sms", {"from": PERSON}),
            ("PUT", "/faults", {"rules": [{"effect": "fire"}]}),
            ("GET", "/log?since=x", None),
        ):
            answer = await world.control(method, path, body, 400)
            assert answer["field"]
            assert answer["remedy"]

    async def test_a_web_page_cannot_script_the_network(self, world):
        """Requests with an Origin are refused."""
        async with world.http.get(
            f"{world.network.url}/control/health", headers={"Origin": "https://evil.example"}
        ) as answer:
            assert answer.status == 403

    async def test_the_log_can_be_followed(self, world):
        """Since skips what was seen; wait holds the answer until there is news."""
        sid = await world.finished(twiml="<Response/>")
        answer = await world.control("GET", f"/log?call_sid={sid}")
        sequence = [event["seq"] for event in answer["events"]]
        assert sequence == sorted(sequence)
        assert {event["call_sid"] for event in answer["events"]} == {sid}
        waiting = asyncio.ensure_future(
            world.control("GET", f"/log?since={answer['last_seq']}&wait=5&kind=call.created")
        )
        await asyncio.sleep(0.1)
        assert not waiting.done()
        call = await world.call(twiml="<Response/>")
        events = (await waiting)["events"]
        assert [event["call_sid"] for event in events] == [call.sid]

    async def test_a_call_shows_its_transcript(self, world):
        """The call view tells who said what, and who hung up."""
        sid = await world.finished(twiml="<Response><Say>Hello</Say></Response>")
        view = await world.control("GET", f"/calls/{sid}", None, 200)
        assert view["status"] == "completed"
        assert view["hung_up_by"] == "agent"
        heard = [entry for entry in view["transcript"] if entry["speaker"] == "agent"]
        assert [entry["text"] for entry in heard] == ["Hello"]
        assert {"at", "interrupted"} <= set(heard[0])
        listed = await world.control("GET", "/calls")
        assert [call["sid"] for call in listed["calls"]] == [sid]

    async def test_reset_forgets_all_but_the_numbers(self, world, product):
        """After a reset nothing runs, and the numbers still lead to their URLs."""
        number = world.network.exchange.numbers.all()[0]
        world.network.exchange.numbers.update(number, {"voice_url": product.url("/voice")})
        await world.script({"answer": 100})
        await world.call(twiml="<Response/>")
        before = world.log.last_seq
        await world.control("POST", "/reset", None, 200)
        assert (await world.control("GET", "/calls"))["calls"] == []
        assert (await world.control("GET", "/callees"))["callees"] == {}
        assert world.network.exchange.numbers.all()[0].voice_url == product.url("/voice")
        assert world.log.last_seq >= before
        assert world.log.since(0, "", "call.created") == []
        sid = await world.finished(twiml="<Response/>")
        assert (await world.until("call.ended", sid))["status"] == "completed"

    async def test_a_friendly_stranger_answers_and_hangs_up(self, world):
        """Without a script a person says hello, answers questions and ends after a goodbye."""
        document = '<Gather input="speech" action="/bye"><Say>May I call you tomorrow?</Say></Gather>'
        world.product.says("/voice", document)
        world.product.says("/bye", '<Gather input="speech"><Say>Goodbye</Say></Gather>')
        sid = await world.finished()
        assert world.spoken(sid)[1:] == [
            ("agent", "May I call you tomorrow?"),
            ("person", "Yes, that is fine."),
            ("agent", "Goodbye"),
            ("person", "Goodbye."),
        ]
        assert (await world.until("call.ended", sid))["by"] == "person"

    async def test_patience_ends_a_silent_call(self, world):
        """A person whom nobody talks to hangs up."""
        await world.script({"patience_seconds": 0.2})
        sid = await world.finished(twiml="<Response><Pause length='100'/></Response>")
        assert "person.gave_up" in world.kinds(sid)


@pytest.mark.enable_socket
async def test_a_restart_keeps_numbers_calls_and_log(tmp_path, product):
    """The state file brings back configuration, ended calls and the log's numbering."""
    options = Options(time_scale=50, state=tmp_path / "state.jsonl")
    async with PhoneNetwork(options) as network:
        number = network.exchange.numbers.all()[0]
        network.exchange.numbers.update(number, {"voice_url": product.url("/voice")})
        network.log.record("call.created", "CA1")
    with (tmp_path / "state.jsonl").open("a") as file:
        file.write('{"events": {"seq"')
    async with PhoneNetwork(options) as network:
        assert network.exchange.numbers.all()[0].voice_url == product.url("/voice")
        assert network.log.last_seq == 1
        assert network.log.record("call.ended", "CA1")["seq"] == 2


@pytest.mark.enable_socket
async def test_an_ended_call_is_found_after_a_restart(tmp_path, world):
    """Calls of an earlier run are still listed with their outcome and transcript."""
    options = Options(time_scale=50, state=tmp_path / "state.jsonl")
    twiml = "<Response><Say>Hello</Say></Response>"
    async with PhoneNetwork(options) as network:
        world.network, world.log = network, network.log
        sid = await world.finished(twiml=twiml)
    async with PhoneNetwork(options) as network:
        world.network = network
        call = await world.rest(world.client.calls(sid).fetch)
        assert (call.status, call.to) == ("completed", PERSON)
        assert ("agent", "Hello") in world.spoken(sid)


@pytest.mark.enable_socket
def test_the_process_stops_cleanly_on_sigterm():
    """SIGTERM ends the process with exit code 0 after it said where it listens."""
    command = [sys.executable, "-m", "localcloud.phone_network", "--port", "0", "--time-scale", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("phone network at http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0

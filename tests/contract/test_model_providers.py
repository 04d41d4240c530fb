"""Every provider behind the one port: real clients, real local sockets, each provider's own wire format."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import Heard, Spoken, ToolSpec, ToolUsed
from chalicelib.ai.ports.models import Begun, Finished, ModelRequest, TextDelta, ToolCall
from chalicelib.bootstrap.providers import provider_of
from chalicelib.kernel.errors import Invalid, Unavailable
from chalicelib.kernel.provider_settings import KINDS, ProviderSettings
from localcloud.model_server import ModelServer, Options
from localcloud.model_server.faults import parse_fault
from localcloud.model_server.options import Timing
from localcloud.model_server.script_book import parse_script

pytestmark = pytest.mark.enable_socket

NOTE = ToolSpec(
    "add_note",
    "Remember.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
)
HI = ModelRequest("Be brief.", (Heard("What do you sell?"),), (NOTE,))
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["summary"],
    "properties": {"summary": {"type": "string"}},
}
RULES = [
    {"name": "sells", "when": {"user": "what do you sell"}, "say": "We sell pumps. And pipes."},
    {
        "name": "notes",
        "when": {"user": "remember"},
        "say": "Let me see.",
        "call": [
            {"tool": "add_note", "arguments": {"text": "one"}},
            {"tool": "add_note", "arguments": {"text": "two"}},
        ],
    },
    {"name": "silent_note", "when": {"user": "quietly"}, "call": [{"tool": "add_note", "arguments": {}}]},
    {"name": "noted", "when": {"after_tool": "add_note"}, "say": "Noted."},
    {"name": "sums_up", "when": {"schema": "summary_of"}, "json": {"summary": "Ada wants pumps."}},
]


@dataclass
class World:
    """One model server and a provider that asks it."""

    server: ModelServer
    kind: str
    speakers: dict[ProviderSettings, Any]

    def speaker(self, **changes: Any) -> Any:
        """Build the provider's adapter as the deployment does."""
        address = f"{self.server.url}/v1" if self.kind == "openai" else self.server.url
        settings = ProviderSettings(
            self.kind.partition(" ")[0],
            self.kind.partition(" ")[0],
            "local-model",
            600,
            address,
            "key",
            "us-east-1",
            "2024-10-21" if self.kind == "azure" else "",
        )
        wanted = replace(settings, **changes)
        if wanted not in self.speakers:
            self.speakers[wanted] = provider_of(wanted).speaker()
        return self.speakers[wanted]

    def fail(self, kind: str, **fields: Any) -> None:
        """Plan a fault for the next request."""
        self.server.state.faults.replace([parse_fault({"kind": kind, **fields}, "", {})])

    @property
    def served(self) -> list[Any]:
        """The requests that the server has seen."""
        return self.server.state.journal.since(0)


@contextmanager
def _running():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = ModelServer(Options())
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
    speakers: dict[ProviderSettings, Any] = {}
    try:
        yield server, speakers
    finally:
        for speaker in speakers.values():
            speaker._client.close()
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def running():
    """Run one model server for all tests of this page."""
    with _running() as found:
        yield found


@pytest.fixture(params=[*KINDS, "azure v1"])
def world(running, request, monkeypatch):
    """Ask each provider in turn; Bedrock finds keys as a function does."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    server, speakers = running
    server.state.reset()
    server.state.use_script(parse_script({"rules": RULES}, "", server.state.book.vocabulary))
    world = World(server, request.param, speakers)
    world.speaker()  # its client is imported here, not in a test's time
    return world


def _texts(parts):
    return [part.text for part in parts if isinstance(part, TextDelta)]


def test_words_come_piece_by_piece_and_then_the_usage(world):
    """Several pieces, in order, nothing lost; the tokens of prompt and answer are told at the end."""
    *parts, last = world.speaker().stream(HI)
    assert len(parts) > 2
    assert "".join(_texts(parts)) == "We sell pumps. And pipes."
    assert (last.is_cut, last.usage.cached_tokens, last.usage.completion_tokens) == (False, 0, 5)
    assert last.usage.prompt_tokens > 5


def test_cached_tokens_are_part_of_the_prompts(world):
    """Whatever the provider counts them with; the prompt's sum is the same everywhere."""
    long = replace(
        HI, instructions="Be brief. " * 1200, messages=(Heard("Hi"), Spoken("Hello."), Heard("Hi"))
    )
    *_, last = world.speaker().stream(long)
    assert 0 < last.usage.cached_tokens < last.usage.prompt_tokens
    assert last.usage.prompt_tokens == pytest.approx(3620, abs=10)


def test_actions_come_whole_after_the_words(world):
    """They are announced when they begin, and each has its own id, name and arguments."""
    parts = list(world.speaker().stream(replace(HI, messages=(Heard("Please remember this"),))))
    calls = [part for part in parts if isinstance(part, ToolCall)]
    assert [(call.name, call.arguments) for call in calls] == [
        ("add_note", '{"text": "one"}'),
        ("add_note", '{"text": "two"}'),
    ]
    assert len({call.id for call in calls}) == 2
    assert "".join(_texts(parts)) == "Let me see."
    kinds = [type(part) for part in parts if not isinstance(part, TextDelta)]
    assert kinds == [Begun, ToolCall, ToolCall, Finished]


def test_the_whole_conversation_is_told(world):
    """Instructions, who said what, actions with their results: the server checks how they pair up."""
    used = ToolUsed("t1", "add_note", '{"text": "x"}', "Noted.")
    messages = (Spoken("Good morning."), Heard("Hi"), Heard("Note it"), Spoken("Yes. "), used)
    assert "".join(_texts(world.speaker().stream(replace(HI, messages=messages)))) == "Noted."
    seen = world.served[-1].request
    assert seen.system_text == "Be brief."
    assert [tool.name for tool in seen.tools] == ["add_note"]
    said = [message for message in seen.dialogue if message.role == "user" and "nothing" not in message.text]
    assert "".join(message.text for message in said) == "HiNote it"
    [call] = [call for message in seen.dialogue for call in message.calls]
    assert (call.id, call.name, call.values()) == ("t1", "add_note", {"text": "x"})
    assert [message.text for message in seen.dialogue if message.role == "tool"] == ["Noted."]


def test_an_action_that_was_no_json_can_be_told_again(world):
    """The model sees that it was refused, whatever the provider demands of the form."""
    used = ToolUsed("t1", "add_note", '{"broken": ', "The arguments were refused.")
    parts = list(world.speaker().stream(replace(HI, messages=(Heard("Note it"), used))))
    assert "".join(_texts(parts)) == "Noted."


def test_an_action_that_was_used_may_be_gone(world):
    """A conversation that tells of it is answered all the same, though it may not be used any more."""
    used = ToolUsed("t1", "add_note", '{"text": "x"}', "Noted.")
    parts = list(world.speaker().stream(replace(HI, messages=(Heard("Note it"), used), tools=())))
    assert "".join(_texts(parts)) == "Noted."
    if world.kind in {"anthropic", "bedrock"}:
        assert [tool.name for tool in world.served[-1].request.tools] == ["add_note"]


def test_what_was_added_to_the_instructions_is_told_too(world):
    """However the provider wants it cached."""
    list(world.speaker().stream(replace(HI, instructions="Be brief. Be kind.", stable=10)))
    assert "".join(world.served[-1].request.system_text.split()) == "Bebrief.Bekind."


@pytest.mark.parametrize("temperature", [None, 0.0, 0.4, 1.7])
def test_a_temperature_is_one_that_the_provider_takes(world, temperature):
    """Where the scale ends earlier the highest is taken; without one nothing is said of it."""
    assert _texts(world.speaker().stream(replace(HI, temperature=temperature)))


def test_an_answer_ends_at_its_limit(world):
    """It is told that it was cut."""
    *parts, last = world.speaker().stream(replace(HI, max_tokens=2))
    assert "".join(_texts(parts)) == "We sell"
    assert last.is_cut


@pytest.mark.parametrize(
    ("fault", "code"), [("error_500", "model_failed"), ("error_429", "model_rate_limited")]
)
def test_a_refusal_is_told_with_its_code(world, fault, code):
    """At once, without asking again behind the caller's back; also when a call is read."""
    for ask in (lambda: list(world.speaker().stream(HI)), lambda: _extract(world)):
        world.fail(fault)
        before = len(world.served)
        with pytest.raises(Unavailable) as failure:
            ask()
        assert (failure.value.code, failure.value.retryable) == (code, True)
        assert len(world.served) == before + 1


def test_a_wrong_request_is_not_worth_repeating(world):
    """The provider refuses an action with such a name; nothing would mend that."""
    wrong = replace(HI, tools=(ToolSpec("no name!", "", {}),))
    with pytest.raises(Unavailable) as failure:
        list(world.speaker().stream(wrong))
    assert (failure.value.code, failure.value.retryable) == ("model_refused", False)


@pytest.mark.parametrize("after", [0, 2])
def test_a_silent_provider_is_not_waited_for(world, after):
    """Neither before its first word nor in the middle of its answer; the connection is closed."""
    world.fail("stall", after_tokens=after, stall_ms=20_000)
    with pytest.raises(Unavailable) as failure:
        list(world.speaker(first_token_ms=60).stream(HI))
    assert failure.value.code == "model_timeout"


def test_an_endless_answer_has_its_deadline(world):
    """However lively the connection is."""
    world.server.state.set_timing(Timing(0, 50), 1)
    with pytest.raises(Unavailable) as failure:
        list(world.speaker().stream(replace(HI, time_left_s=0.05)))
    assert failure.value.code == "model_timeout"


def test_a_broken_connection_is_a_failure(world):
    """Words came before it, which are given; the end did not."""
    world.fail("drop", after_tokens=2)
    heard = []
    with pytest.raises(Unavailable) as failure:
        heard.extend(world.speaker().stream(HI))
    assert failure.value.code in {"model_unreachable", "model_truncated"}
    assert "".join(_texts(heard)) == "We sell"


def test_nonsense_on_the_wire_is_a_failure(world):
    """Whatever comes instead of an event, the engine sees an error that it knows."""
    world.fail("invalid_json")
    with pytest.raises(Unavailable) as failure:
        list(world.speaker().stream(HI))
    assert failure.value.code == "model_failed"


def test_an_empty_answer_has_an_end_and_no_words(world):
    """What to do about it is not the adapter's to say."""
    world.fail("empty")
    parts = list(world.speaker().stream(HI))
    assert [type(part) for part in parts] == [Finished]


def test_an_action_that_is_no_json_is_given_as_it_came(world):
    """Its own check refuses it later."""
    world.fail("invalid_json")
    parts = list(world.speaker().stream(replace(HI, messages=(Heard("Quietly"),))))
    assert [part.arguments for part in parts if isinstance(part, ToolCall)] == ['{"broken": ']


def test_closing_the_answer_cancels_the_question(world):
    """The server sees its client go."""
    world.server.state.set_timing(Timing(0, 50), 1)
    parts = world.speaker().stream(HI)
    next(parts)
    parts.close()
    assert _eventually(lambda: world.served[-1].finish == "client_closed")


def test_a_provider_that_is_not_there_cannot_be_reached(world):
    """A closed port answers at once."""
    with pytest.raises(Unavailable) as failure:
        list(world.speaker(base_url="http://127.0.0.1:9").stream(HI))
    assert failure.value.code == "model_unreachable"


def test_a_wrong_key_is_refused(world):
    """Bedrock's is the function's role: there is none to be wrong."""
    if world.kind == "bedrock":
        return
    with pytest.raises(Unavailable) as failure:
        list(world.speaker(api_key=" ").stream(HI))
    assert failure.value.code in {"model_refused", "model_unreachable"}


def test_one_connection_serves_the_next_turn(world):
    """An answer that was read to its end leaves it open."""
    speaker = world.speaker()
    for _ in range(2):
        list(speaker.stream(HI))
    assert len(world.served) == 2


def _extract(world):
    return world.speaker().extract("Sum it up.", "Caller: I want pumps.", "summary_of", SCHEMA, 30.0)


def test_a_text_is_read_into_the_schema(world):
    """The values, and what they took."""
    payload, usage = _extract(world)
    assert payload == {"summary": "Ada wants pumps."}
    assert usage.prompt_tokens > 5
    assert usage.completion_tokens > 0
    assert usage != Usage()


@pytest.mark.parametrize("fault", ["invalid_json", "truncate", "empty"])
def test_a_reading_that_is_no_json_is_invalid(world, fault):
    """The answer came, and cannot be used."""
    world.fail(fault)
    with pytest.raises(Invalid) as refusal:
        _extract(world)
    assert refusal.value.code == "bad_analysis"


def _eventually(is_so, tries=100):
    pause = threading.Event()
    return any(is_so() or pause.wait(0.01) for _ in range(tries))


def test_the_table_of_the_providers_names_every_kind():
    """What docs say of the kinds is of all of them."""
    page = (Path(__file__).parents[2] / "docs/providers.md").read_text()
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| `")]
    assert {f"`{kind}`" for kind in KINDS} <= set(rows)

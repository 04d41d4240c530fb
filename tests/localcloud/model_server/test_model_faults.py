from __future__ import annotations

import asyncio
import json
import time

import openai
import pytest

pytestmark = pytest.mark.enable_socket
HELLO = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello?"}]
STOP_TOOL = {"type": "function", "function": {"name": "stop_calling_me"}}
SCHEMA = {"name": "s", "schema": {"type": "object", "properties": {"summary": {"type": "string"}}}}
JSON_FORMAT = {"type": "json_schema", "json_schema": SCHEMA}


async def plan(http, *faults):
    """Plan faults."""
    answer = await http.put("/control/faults", json=list(faults))
    assert answer.status == 200


async def say(client, **extra):
    """Return the answer to a greeting."""
    return await client.chat.completions.create(model="m", messages=HELLO, **extra)


async def stream(client, **extra):
    """Return the streamed answer to a greeting."""
    return [chunk async for chunk in await say(client, stream=True, **extra)]


@pytest.mark.parametrize(
    ("kind", "error"), [("error_500", openai.InternalServerError), ("error_429", openai.RateLimitError)]
)
async def test_error_happens_as_often_as_planned(client, http, kind, error):
    """An error fault fails its number of requests, streamed or not, and then all is well."""
    await plan(http, {"kind": kind, "times": 2})
    with pytest.raises(error):
        await say(client)
    with pytest.raises(error):
        await stream(client)
    assert (await say(client)).choices[0].message.content


async def test_client_retries_over_a_rate_limit(server, http):
    """The client's own retry gets through, waiting as long as it is told."""
    await plan(http, {"kind": "error_429", "times": 1, "retry_after_ms": 1})
    async with openai.AsyncOpenAI(base_url=server.model_url, api_key="any", max_retries=1) as patient:
        assert (await say(patient)).choices[0].message.content
    served = (await (await http.get("/control/requests")).json())["requests"]
    assert [entry["finish"] for entry in served] == ["error_429", "stop"]


async def test_fault_waits_for_its_conversation(client, http):
    """A fault with `when` spares other conversations and keeps its times for its own."""
    await plan(
        http, {"kind": "error_500", "when": {"user": "pizza"}}, {"kind": "empty", "when": {"system": "kind"}}
    )
    assert (await say(client)).choices[0].message.content == ""
    assert (await say(client)).choices[0].message.content
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Pizza?"}])


async def test_stall_falls_silent_after_some_tokens(client, http):
    """A stalled stream gives its first tokens and then nothing until the client gives up."""
    await plan(http, {"kind": "stall", "after_tokens": 2, "stall_ms": 60_000})
    heard = []
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hear(await say(client, stream=True), heard), 0.3)
    assert heard == ["Hello", " there,"]


async def test_client_timeout_on_a_stall(client, http):
    """The client's own timeout fires while the server is silent, streamed or not."""
    await plan(http, {"kind": "stall", "times": 2})
    with pytest.raises(openai.APITimeoutError):
        await say(client, timeout=0.2)
    with pytest.raises(openai.APITimeoutError):
        await stream(client, timeout=0.2)


async def test_stalled_answer_ends_when_the_stall_is_over(client, http):
    """After the stall the rest of the answer comes."""
    await plan(http, {"kind": "stall", "after_tokens": 1, "stall_ms": 100})
    started = time.monotonic()
    chunks = await stream(client)
    assert time.monotonic() - started >= 0.1
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_truncated_answer_has_finish_reason_length(client, http):
    """A truncated answer stops after the given tokens with finish reason length."""
    await plan(http, {"kind": "truncate", "after_tokens": 2, "times": 2})
    whole, chunks = await say(client), await stream(client)
    assert whole.choices[0].message.content == "Hello there,"
    assert whole.choices[0].finish_reason == chunks[-1].choices[0].finish_reason == "length"


async def test_truncated_structured_output_is_noticed_by_the_client(client, http):
    """The client's parser reports a truncated structured answer."""
    await plan(http, {"kind": "truncate"})
    with pytest.raises(openai.LengthFinishReasonError):
        await client.chat.completions.parse(model="m", messages=HELLO, response_format=JSON_FORMAT)


async def test_invalid_json_breaks_what_is_structured(client, http):
    """Structured text and tool arguments are not JSON, while the answer around them is."""
    await plan(http, {"kind": "invalid_json", "times": 2})
    answer = await say(client, response_format=JSON_FORMAT)
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(answer.choices[0].message.content)
    called = await client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "Stop calling me"}], tools=[STOP_TOOL]
    )
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(called.choices[0].message.tool_calls[0].function.arguments)


async def test_invalid_json_breaks_the_wire_of_plain_text(client, http):
    """Where there is only text, the body or the event itself is not JSON."""
    await plan(http, {"kind": "invalid_json", "times": 2})
    with pytest.raises((ValueError, openai.APIError)):
        await stream(client)
    with pytest.raises((ValueError, openai.APIError)):
        await say(client)


async def test_drop_cuts_the_connection(client, http):
    """A dropped connection is a connection error before the answer and a broken stream within it."""
    await plan(http, {"kind": "drop", "times": 2}, {"kind": "drop", "after_tokens": 2})
    with pytest.raises(openai.APIConnectionError):
        await say(client)
    with pytest.raises(openai.APIConnectionError):
        await stream(client)
    heard = []
    opened = await say(client, stream=True)
    with pytest.raises(openai.APIConnectionError):
        await hear(opened, heard)
    assert len(heard) <= 2


async def test_client_that_leaves_is_recorded(client, http):
    """When the client closes a stream early, generation stops and the record says so."""
    await http.put("/control/timing", json={"tokens_per_second": 20})
    opened = await say(client, stream=True)
    async for chunk in opened:
        if chunk.choices[0].delta.content:
            break
    await opened.close()
    entry = await ended(http)
    assert entry["finish"] == "client_closed"
    assert entry["timings"]["tokens"] < 5


async def hear(opened, heard):
    """Add the tokens of a stream to a list, as far as they come."""
    async for chunk in opened:
        if chunk.choices[0].delta.content:
            heard.append(chunk.choices[0].delta.content)


async def ended(http):
    """Return the latest record once its request is over."""
    async with asyncio.timeout(3):
        while True:
            entry = (await (await http.get("/control/requests")).json())["requests"][-1]
            if entry["finish"] != "in_progress":
                return entry
            await asyncio.sleep(0.01)

from __future__ import annotations

import asyncio
import io
import json

import openai
import pytest

from localcloud.model_server import ModelServer, Options

pytestmark = pytest.mark.enable_socket
KEY = {"Authorization": "Bearer any"}
HELLO = [
    {"role": "system", "content": "You are speaking with Maria Lopez."},
    {"role": "user", "content": "Hello?"},
]
CALLBACK = {
    "type": "function",
    "function": {
        "name": "schedule_callback",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"when": {"type": "string"}},
            "required": ["when"],
            "additionalProperties": False,
        },
    },
}
ASK_CALLBACK = [{"role": "user", "content": "Call me back tomorrow at 3 pm"}]
CALLED = {"id": "call_1", "type": "function", "function": {"name": "schedule_callback", "arguments": "{}"}}


async def collect(stream):
    """Return all chunks of a stream."""
    return [chunk async for chunk in stream]


def spoken(chunks):
    """Return the text of all chunks, joined."""
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


async def test_answers_without_streaming(client):
    """The client reads a whole completion with text, finish reason and usage that adds up."""
    answer = await client.chat.completions.create(model="m", messages=HELLO)
    assert answer.choices[0].message.content.startswith("Hello Maria, this is Ava")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens == len(answer.choices[0].message.content.split())


async def test_stream_says_the_same_as_the_whole_answer(client):
    """Streamed tokens joined are the unstreamed text, word by word, and usage comes last when asked for."""
    whole = await client.chat.completions.create(model="m", messages=HELLO)
    stream = await client.chat.completions.create(
        model="m", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = await collect(stream)
    assert spoken(chunks) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == len(chunks) - 3
    assert chunks[-1].usage.prompt_tokens_details.cached_tokens == 0
    assert all(chunk.usage is None for chunk in chunks[:-1])


async def test_synchronous_client_streams(server):
    """The synchronous client works unchanged against the server."""

    def talk():
        with openai.OpenAI(base_url=server.model_url, api_key="any") as sync:
            return list(sync.chat.completions.create(model="m", messages=HELLO, stream=True))

    assert spoken(await asyncio.to_thread(talk)).endswith("check-up?")


async def test_same_request_same_bytes(http):
    """Two equal requests get equal bytes, streamed or not; another request gets another id."""
    for stream in (False, True):
        body = {"model": "m", "messages": HELLO, "stream": stream}
        answers = [
            await (await http.post("/v1/chat/completions", json=body, headers=KEY)).read() for _ in "ab"
        ]
        assert answers[0] == answers[1]
    other = await http.post("/v1/chat/completions", json={**body, "messages": ASK_CALLBACK}, headers=KEY)
    assert (await other.read())[:60] != answers[0][:60]


async def test_tool_call_arrives_in_fragments(client):
    """A streamed tool call names its tool and id once and sends its arguments in several pieces."""
    stream = await client.chat.completions.create(
        model="m", messages=ASK_CALLBACK, tools=[CALLBACK], stream=True
    )
    chunks = await collect(stream)
    deltas = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert [(call.id is not None, call.function.name) for call in deltas[:2]] == [
        (True, "schedule_callback"),
        (False, None),
    ]
    fragments = [call.function.arguments for call in deltas[1:]]
    assert len(fragments) > 1
    assert json.loads("".join(fragments)) == {"when": "tomorrow at 3 pm"}
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


async def test_tool_without_arguments_still_comes_in_fragments(client):
    """Even the arguments `{}` are split, so that a client which reads only the first fragment is caught."""
    tool = {"type": "function", "function": {"name": "stop_calling_me"}}
    said = [{"role": "user", "content": "Stop calling me"}]
    stream = await client.chat.completions.create(model="m", messages=said, tools=[tool], stream=True)
    deltas = [c for chunk in await collect(stream) for c in chunk.choices[0].delta.tool_calls or []]
    assert [call.function.arguments for call in deltas] == ["", "{", "}"]


async def test_tool_result_gets_a_sentence(client):
    """After a tool's result the model speaks, using the arguments of the call."""
    call = {**CALLED, "function": {"name": "schedule_callback", "arguments": '{"when": "Tomorrow at 3 pm"}'}}
    messages = [
        *ASK_CALLBACK,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"ok": true, "error": null}'},
    ]
    answer = await client.chat.completions.create(model="m", messages=messages, tools=[CALLBACK])
    assert answer.choices[0].message.content.startswith("Done. We'll call you back tomorrow at 3 pm.")
    messages[-1]["content"] = '{"ok": false, "error": "outside opening hours"}'
    answer = await client.chat.completions.create(model="m", messages=messages, tools=[CALLBACK])
    assert "sorry" in answer.choices[0].message.content


async def test_tool_is_never_called_unless_offered(client):
    """Without the tool, or with tool_choice none, the model only speaks."""
    for extra in ({}, {"tools": [CALLBACK], "tool_choice": "none"}):
        answer = await client.chat.completions.create(model="m", messages=ASK_CALLBACK, **extra)
        assert not answer.choices[0].message.tool_calls
        assert answer.choices[0].message.content


@pytest.mark.parametrize(
    "choice", ["required", {"type": "function", "function": {"name": "schedule_callback"}}]
)
async def test_demanded_tool_is_called(client, choice):
    """A demanded tool is called even when no rule does, with arguments that fit its schema."""
    answer = await client.chat.completions.create(
        model="m", messages=HELLO, tools=[CALLBACK], tool_choice=choice
    )
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "schedule_callback"
    assert isinstance(json.loads(call.function.arguments)["when"], str)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_token_limit_cuts_the_answer(client, name):
    """Text ends after the limit with finish reason length, and tool arguments are cut alike."""
    answer = await client.chat.completions.create(model="m", messages=HELLO, **{name: 3})
    assert answer.choices[0].message.content == "Hello Maria, this"
    assert answer.choices[0].finish_reason == "length"
    cut = await client.chat.completions.create(
        model="m", messages=ASK_CALLBACK, tools=[CALLBACK], **{name: 2}
    )
    assert cut.choices[0].finish_reason == "length"
    assert cut.choices[0].message.tool_calls[0].function.arguments == '{"when": "tomorrow'


async def test_stop_sequence_ends_the_answer(client):
    """Text ends before a stop sequence."""
    answer = await client.chat.completions.create(model="m", messages=HELLO, stop=[", this"])
    assert answer.choices[0].message.content == "Hello Maria"


async def test_long_prefix_counts_as_cached(client):
    """What came before the last answer is reported as cached, in steps of 128 tokens, once it is long."""
    messages = [{"role": "system", "content": "word " * 1500}, {"role": "user", "content": "Hi"}]
    messages += [{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Bye"}]
    usage = (await client.chat.completions.create(model="m", messages=messages)).usage
    assert usage.prompt_tokens_details.cached_tokens == 1408


async def test_key_is_needed(server, http):
    """A missing or empty key is refused with 401 in OpenAI's shape, which the client understands."""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Basic abc"}):
        answer = await http.post(
            "/v1/chat/completions", json={"model": "m", "messages": HELLO}, headers=headers
        )
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "invalid_api_key"
    async with openai.AsyncOpenAI(base_url=server.model_url, api_key=" ", max_retries=0) as keyless:
        with pytest.raises((openai.AuthenticationError, openai.APIConnectionError)):
            await keyless.models.list()


DUPLICATE_LIMITS = {"max_tokens": 1, "max_completion_tokens": 1}
ORPHAN = [{"role": "tool", "tool_call_id": "x", "content": "hi"}]
UNANSWERED = [
    {"role": "assistant", "content": None, "tool_calls": [CALLED]},
    {"role": "user", "content": "hi"},
]
OPEN_SCHEMA = {"name": "s", "strict": True, "schema": {"type": "object", "properties": {}}}
BAD_TOOL = {"type": "function", "function": {"name": "has space"}}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": ["hi"]}, "messages[0]"),
        ({"messages": [{"role": "bot", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content[0]"),
        ({"messages": ORPHAN}, "messages[0].role"),
        ({"messages": UNANSWERED}, "messages[0].role"),
        ({"messages": UNANSWERED[:1]}, "messages[0].role"),
        ({"model": ""}, "model"),
        ({"model": None}, "model"),
        ({"temperature": 3}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"n": 2}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        (DUPLICATE_LIMITS, None),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"tools": []}, "tools"),
        ({"tools": [BAD_TOOL]}, "tools[0].function.name"),
        (
            {"tools": [CALLBACK], "tool_choice": {"type": "function", "function": {"name": ["x"]}}},
            "tool_choice",
        ),
        ({"response_format": {"type": "xml"}}, "response_format"),
        ({"response_format": {"type": "json_object"}}, "messages"),
        ({"response_format": {"type": "json_schema", "json_schema": OPEN_SCHEMA}}, "response_format"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"stop": ["", "x"]}, "stop"),
        ({"max_token": 5}, "max_token"),
    ],
)
async def test_invalid_body_names_the_parameter(http, change, param):
    """A body that OpenAI refuses is refused here with 400 and the parameter's name."""
    body = {"model": "m", "messages": HELLO, **change}
    answer = await http.post("/v1/chat/completions", json=body, headers=KEY)
    assert answer.status == 400
    assert (await answer.json())["error"]["param"] == param


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"text"', b"null"])
async def test_body_that_is_no_object_is_refused(http, raw):
    """Bytes that are not a JSON object get 400, never a server error."""
    answer = await http.post("/v1/chat/completions", data=raw, headers=KEY)
    assert answer.status == 400
    assert (await answer.json())["error"]["type"] == "invalid_request_error"


async def test_unknown_paths_and_methods_have_openai_errors(http):
    """Unknown paths get 404 and wrong methods 405, both in OpenAI's shape."""
    missing = await http.post("/v1/embeddings", json={}, headers=KEY)
    wrong = await http.get("/v1/chat/completions", headers=KEY)
    assert (missing.status, wrong.status) == (404, 405)
    assert "Invalid URL (POST /v1/embeddings)" in (await missing.json())["error"]["message"]
    assert "error" in await wrong.json()


async def test_too_large_body_is_refused(http):
    """A body over the limit gets 413 in OpenAI's shape."""
    answer = await http.post(
        "/v1/chat/completions", data=io.BytesIO(b" " * (8 * 1024 * 1024 + 1)), headers=KEY
    )
    assert answer.status == 413
    assert (await answer.json())["error"]["message"] == "The request is too large."


async def test_model_list_limits_the_models():
    """With a list of models, others are 404 model_not_found, and the list is served."""
    async with (
        ModelServer(Options(models=("gpt-4o-mini",))) as server,
        openai.AsyncOpenAI(base_url=server.model_url, api_key="any", max_retries=0) as client,
    ):
        assert [model.id async for model in client.models.list()] == ["gpt-4o-mini"]
        assert (await client.models.retrieve("gpt-4o-mini")).id == "gpt-4o-mini"
        assert await client.chat.completions.create(model="gpt-4o-mini", messages=HELLO)
        with pytest.raises(openai.NotFoundError) as refused:
            await client.chat.completions.create(model="other", messages=HELLO)
        assert refused.value.code == "model_not_found"


async def test_lone_surrogates_are_harmless(http):
    """Text that is not valid Unicode is answered, not a server error."""
    raw = b'{"model": "m", "messages": [{"role": "user", "content": "note that \\ud800 hurts"}]}'
    answer = await http.post("/v1/chat/completions", data=raw, headers=KEY)
    assert answer.status == 200

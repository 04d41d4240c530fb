"""The default provider through its real client, over a transport that never leaves the process."""

from __future__ import annotations

import json

import httpx2
import openai
import pytest

from chalicelib.ai.adapters.providers.openai import OpenAIModel
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import Heard, Spoken, ToolSpec, ToolUsed
from chalicelib.ai.ports.models import Begun, Finished, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Invalid, Unavailable

SPEC = ToolSpec("add_note", "Remember.", {"type": "object", "properties": {}})
REQUEST = ModelRequest(
    "Be brief.",
    (Heard("Hi"), Spoken("Hello"), ToolUsed("t1", "add_note", "{}", "Noted."), Heard("Bye")),
    (SPEC,),
)
USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 5,
    "total_tokens": 25,
    "prompt_tokens_details": {"cached_tokens": 16},
}


def _model(answer):
    """Give a model whose requests `answer` serves."""
    model = OpenAIModel(api_key="key", base_url="http://model.invalid/v1", model="gpt-4.1-mini")
    http_client = httpx2.Client(transport=httpx2.MockTransport(answer))
    model._client = model._client.with_options(http_client=http_client)
    return model


def _chunk(delta=None, finish=None, **fields):
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
        **fields,
    }


def _stream(*chunks, done=True):
    lines = [f"data: {json.dumps(chunk) if isinstance(chunk, dict) else chunk}\n\n" for chunk in chunks]
    body = "".join(lines) + ("data: [DONE]\n\n" if done else "")
    return httpx2.Response(200, text=body, headers={"content-type": "text/event-stream"})


def _answers(*chunks, **options):
    return _model(lambda _request: _stream(*chunks, **options))


END = (_chunk({}, "stop"), _chunk(usage=USAGE))


def test_text_comes_piece_by_piece_and_then_the_usage():
    """Empty pieces are left out; cached tokens are part of the prompt's."""
    model = _answers(_chunk({"role": "assistant", "content": ""}), _chunk({"content": "He"}), *END)
    assert list(model.stream(REQUEST)) == [TextDelta("He"), Finished(Usage(20, 16, 5))]


def test_the_pieces_of_an_action_are_joined():
    """Names and arguments come in pieces and mixed; each action is given whole, in its order."""

    def piece(index, **fields):
        return _chunk({"tool_calls": [{"index": index, **fields}]})

    model = _answers(
        piece(0, id="a", type="function", function={"name": "add_note", "arguments": ""}),
        piece(0, function={"arguments": '{"te'}),
        piece(1, id="b", type="function", function={"name": "end_call", "arguments": "{}"}),
        piece(0, function={"arguments": 'xt": "x"}'}),
        _chunk({}, "tool_calls"),
    )
    assert list(model.stream(REQUEST)) == [
        Begun(),
        ToolCall("a", "add_note", '{"text": "x"}'),
        ToolCall("b", "end_call", "{}"),
        Finished(Usage()),
    ]


def test_the_conversation_is_told_in_the_providers_terms():
    """Instructions first, then who said what, actions as calls with their results, and the tools."""
    seen = []

    def answer(request):
        seen.append(json.loads(request.content))
        return _stream(*END)

    list(_model(answer).stream(REQUEST))
    function = {"name": "add_note", "arguments": "{}"}
    assert seen[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "assistant", "tool_calls": [{"id": "t1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "t1", "content": "Noted."},
        {"role": "user", "content": "Bye"},
    ]
    assert seen[0]["tools"] == [
        {
            "type": "function",
            "function": {"name": "add_note", "description": "Remember.", "parameters": dict(SPEC.parameters)},
        }
    ]
    assert (seen[0]["stream"], seen[0]["stream_options"]) == (True, {"include_usage": True})


def test_without_tools_none_are_named():
    """Providers refuse an empty list."""
    seen = []

    def answer(request):
        seen.append(json.loads(request.content))
        return _stream(*END)

    list(_model(answer).stream(ModelRequest("Be brief.", ())))
    assert "tools" not in seen[0]


def _raise(error):
    def answer(request):
        raise error("broken", request=request)

    return answer


def _status(code):
    return lambda _request: httpx2.Response(code, json={"error": {"message": "no"}})


@pytest.mark.parametrize(
    ("answer", "code", "retryable"),
    [
        (_raise(httpx2.ReadTimeout), "model_timeout", True),
        (_raise(httpx2.ConnectError), "model_unreachable", True),
        (_status(429), "model_rate_limited", True),
        (_status(500), "model_failed", True),
        (_status(503), "model_failed", True),
        (_status(400), "model_refused", False),
        (_status(401), "model_refused", False),
        (_status(404), "model_refused", False),
    ],
)
def test_every_failure_is_told_with_its_code(answer, code, retryable):
    """Nothing of the provider's own errors leaves the adapter."""
    model = _model(answer)
    for use in (lambda: list(model.stream(REQUEST)), lambda: model.extract("task", "text", "name", {}, 30.0)):
        with pytest.raises(Unavailable) as failure:
            use()
        assert (failure.value.code, failure.value.retryable) == (code, retryable)


def test_a_failing_provider_is_asked_once():
    """A caller waits: trying again behind their back would only double the silence."""
    asked = []

    def answer(_request):
        asked.append(1)
        return httpx2.Response(500, json={})

    with pytest.raises(Unavailable):
        list(_model(answer).stream(REQUEST))
    assert asked == [1]


@pytest.mark.parametrize("done", [True, False])
def test_an_answer_that_breaks_off_is_a_failure(done):
    """Words without an end were cut, and the caller must be told so."""
    parts = _answers(_chunk({"content": "We sell"}), done=done).stream(REQUEST)
    assert next(parts) == TextDelta("We sell")
    with pytest.raises(Unavailable) as failure:
        next(parts)
    assert failure.value.code == "model_truncated"


@pytest.mark.parametrize("line", ['{"choices": [', "not json", '{"error": {"message": "overloaded"}}'])
def test_a_broken_stream_is_a_failure(line):
    """Whatever comes instead of a chunk, the engine sees the one error that it knows."""
    parts = _answers(_chunk({"content": "We"}), line).stream(REQUEST)
    next(parts)
    with pytest.raises(Unavailable):
        next(parts)


def test_closing_the_answer_closes_the_connection():
    """A question whose answer nobody wants any more is cancelled."""
    closed = []

    class Body(httpx2.SyncByteStream):
        """A body that never ends."""

        def __iter__(self):
            while True:
                yield f"data: {json.dumps(_chunk({'content': 'x'}))}\n\n".encode()

        def close(self):
            closed.append(True)

    headers = {"content-type": "text/event-stream"}
    parts = _model(lambda _: httpx2.Response(200, stream=Body(), headers=headers)).stream(REQUEST)
    next(parts)
    parts.close()
    assert closed == [True]


def _completion(content):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    choices = [] if content is ... else [choice]
    return lambda _request: httpx2.Response(
        200,
        json={
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": choices,
            "usage": USAGE,
        },
    )


def test_an_extraction_is_json_with_its_usage():
    """Structured output comes as values."""
    assert _model(_completion('{"a": 1}')).extract("task", "text", "name", {}, 30.0) == (
        {"a": 1},
        Usage(20, 16, 5),
    )


@pytest.mark.parametrize("content", ["", "words", '{"a":', None, ...])
def test_an_extraction_that_is_no_json_is_invalid(content):
    """The answer came, but it cannot be used."""
    with pytest.raises(Invalid) as refusal:
        _model(_completion(content)).extract("task", "text", "name", {}, 30.0)
    assert refusal.value.code == "bad_analysis"


def test_the_client_waits_briefly_and_never_retries():
    """Its own defaults, ten minutes and two retries, would leave callers in silence."""
    client = OpenAIModel(api_key="key", base_url="http://model.invalid/v1", model="m")._client
    assert client.max_retries == 0
    assert isinstance(client, openai.OpenAI)

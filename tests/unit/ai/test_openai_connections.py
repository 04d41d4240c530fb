"""How the default provider treats its connections, over a transport that never leaves the process."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx2
import pytest

from chalicelib.ai.adapters.providers.openai import OpenAIModel
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.ports.models import ModelRequest, TextDelta
from chalicelib.kernel.errors import Unavailable

REQUEST = ModelRequest("Be brief.", (Heard("Hi"),))
CHUNKS = (
    {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
)
EVENTS = (*(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in CHUNKS), b"data: [DONE]\n\n")


class Body(httpx2.SyncByteStream):
    """A body of server-sent events that notes whether it was read to its end."""

    def __init__(self, after=None):
        self.after = after
        self.read = False

    def __iter__(self):
        yield from EVENTS
        if self.after:
            raise self.after
        self.read = True


def _model(answer):
    model = OpenAIModel(api_key="key", base_url="http://model.invalid/v1", model="m")
    http_client = httpx2.Client(transport=httpx2.MockTransport(answer))
    model._client = model._client.with_options(http_client=http_client)
    return model


def _said(model):
    return [part.text for part in model.stream(REQUEST) if isinstance(part, TextDelta)]


def test_an_answer_is_read_to_its_end():
    """Only a connection whose answer was read beyond its last mark can serve the next turn."""
    body = Body()
    assert _said(_model(lambda _: httpx2.Response(200, stream=body))) == ["Hello"]
    assert body.read


def test_what_breaks_after_the_end_harms_nobody():
    """The answer is complete at its last mark, whatever becomes of the connection."""
    body = Body(after=httpx2.ReadError("reset"))
    assert _said(_model(lambda _: httpx2.Response(200, stream=body))) == ["Hello"]


def test_a_connection_that_was_lost_while_nobody_looked_is_replaced():
    """A process that was frozen finds its kept connection closed: the question is asked once more."""
    answers = [httpx2.RemoteProtocolError("disconnected"), httpx2.Response(200, stream=Body())]

    def answer(_request):
        given = answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    assert _said(_model(answer)) == ["Hello"]


@pytest.mark.parametrize(
    ("error", "asked"), [(httpx2.ReadTimeout, 1), (httpx2.ConnectTimeout, 1), (httpx2.ConnectError, 2)]
)
def test_silence_is_not_waited_for_twice(error, asked):
    """A provider that lets us wait is not asked again behind the caller's back."""
    seen = []

    def answer(request):
        seen.append(request)
        raise error("broken", request=request)

    with pytest.raises(Unavailable):
        _said(_model(answer))
    assert len(seen) == asked


class Dripping(httpx2.SyncByteStream):
    """A body that keeps the line open and says nothing."""

    def __iter__(self):
        while True:
            yield b": keep-alive\n\n"


def test_a_line_that_is_only_kept_open_is_no_answer():
    """However lively the connection is, the answer has its deadline."""
    model = _model(lambda _request: httpx2.Response(200, stream=Dripping()))
    with pytest.raises(Unavailable) as failure:
        list(model.stream(replace(REQUEST, time_left_s=0.05)))
    assert failure.value.code == "model_timeout"


@pytest.mark.parametrize(
    "chunk", [{"choices": [{"delta": {"tool_calls": [3]}}]}, {"choices": 7}, {"choices": ["x"]}]
)
def test_an_answer_of_the_wrong_shape_is_a_failure_of_the_model(chunk):
    """A compatible server that is not quite compatible does not break the turn."""
    body = f"data: {json.dumps(chunk)}\n\n".encode()
    model = _model(lambda _request: httpx2.Response(200, content=body))
    with pytest.raises(Unavailable) as failure:
        list(model.stream(REQUEST))
    assert failure.value.code == "model_failed"

"""How the adapters that speak for themselves treat their connections, their prompt and what it costs."""

from __future__ import annotations

import json

import httpx2
import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from chalicelib.ai.adapters.providers.anthropic import AnthropicModel
from chalicelib.ai.adapters.providers.bedrock import BedrockModel
from chalicelib.ai.domain.asking import UnreadableError
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.ports.models import Finished, ModelRequest, TextDelta
from chalicelib.kernel.errors import Unavailable

REQUEST = ModelRequest("Be brief. The caller speaks German.", (Heard("Hi"),), stable=10)
USAGE = {"input_tokens": 10, "cache_creation_input_tokens": 1001, "cache_read_input_tokens": 300}
EVENTS = (
    {"type": "message_start", "message": {"usage": USAGE}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
)
BODY = "".join(f"data: {json.dumps(event)}\n\n" for event in EVENTS).encode()


def _model(answer):
    model = AnthropicModel(api_key="key", model="m", base_url="http://model.invalid")
    model._client = httpx2.Client(base_url="http://model.invalid", transport=httpx2.MockTransport(answer))
    return model


def test_only_what_stays_the_same_is_cached():
    """What this turn adds would have the whole prompt stored anew, at a higher price."""
    seen = []

    def answer(request):
        seen.append(json.loads(request.content))
        return httpx2.Response(200, content=BODY)

    list(_model(answer).stream(REQUEST))
    stable, added = seen[0]["system"]
    assert (stable["text"], stable["cache_control"]) == ("Be brief. ", {"type": "ephemeral"})
    assert added == {"type": "text", "text": "The caller speaks German."}


def test_what_is_stored_in_the_cache_counts_a_quarter_more():
    """As it is billed: 1,001 tokens as 1,252 of the prompt."""
    *_, last = _model(lambda _: httpx2.Response(200, content=BODY)).stream(REQUEST)
    assert isinstance(last, Finished)
    assert (last.usage.prompt_tokens, last.usage.cached_tokens) == (10 + 1252 + 300, 300)


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (httpx2.RemoteProtocolError, 2),
        (httpx2.ReadError, 2),
        (httpx2.ReadTimeout, 1),
        (httpx2.ConnectError, 1),
    ],
)
def test_a_connection_that_was_lost_while_nobody_looked_is_replaced(error, asked):
    """A process that was frozen finds its kept connection closed; silence is not waited for twice."""
    seen = []

    def answer(request):
        seen.append(request)
        if len(seen) == 1:
            raise error("broken", request=request)
        return httpx2.Response(200, content=BODY)

    try:
        said = [part.text for part in _model(answer).stream(REQUEST) if isinstance(part, TextDelta)]
    except Unavailable:
        said = []
    assert (len(seen), said) == (asked, ["Hello"] if asked > 1 else [])


class Lost:
    """A client whose first question fails."""

    def __init__(self, error):
        self.error, self.asked = error, 0

    def converse_stream(self, **_):
        """Fail, and fail otherwise."""
        self.asked += 1
        raise self.error if self.asked == 1 else ReadTimeoutError(endpoint_url="x")


@pytest.mark.parametrize(("error", "asked"), [(ConnectionClosedError, 2), (ReadTimeoutError, 1)])
def test_so_it_is_on_bedrock(error, asked, monkeypatch):
    """The same rule through another client."""
    monkeypatch.setattr(BedrockModel, "_connect", lambda *_: Lost(error(endpoint_url="x")))
    model = BedrockModel(model="m", region="us-east-1")
    with pytest.raises(Unavailable):
        list(model.stream(REQUEST))
    assert model._client.asked == asked


def test_a_reading_that_was_cut_tells_its_tokens():
    """It was paid for, though it is of no use."""
    answer = {"stop_reason": "max_tokens", "content": [], "usage": {"input_tokens": 7, "output_tokens": 9}}
    model = _model(lambda _: httpx2.Response(200, json=answer))
    with pytest.raises(UnreadableError) as refused:
        model.extract("task", "text", "name", {}, 30.0)
    assert (refused.value.usage.prompt_tokens, refused.value.usage.completion_tokens) == (7, 9)

"""The default provider: any server that speaks OpenAI's chat completions, through its own client."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from chalicelib.ai.adapters.providers import waiting
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import Heard, Message, Spoken, ToolSpec, ToolUsed
from chalicelib.ai.ports.models import Begun, Finished, ModelPart, ModelRequest, TextDelta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from openai import APIResponse

_CUT = "length"


class OpenAIModel:
    """Chat completions with streaming, tools and structured output; implements `Speaker`.

    `silence_s` is how long (seconds) it may be silent, before its answer and within it.
    """

    def __init__(
        self, *, api_key: str, base_url: str, model: str, silence_s: float = waiting.SILENCE_S
    ) -> None:
        self.model = model
        self._silence_s = silence_s
        self._client = self._connect(api_key, base_url)

    def _connect(self, api_key: str, base_url: str) -> openai.OpenAI:
        return openai.OpenAI(
            api_key=api_key, base_url=base_url, max_retries=0, http_client=patient_http_client()
        )

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator closes the connection."""
        deadline = perf_counter() + request.time_left_s
        with _failures(), ExitStack() as exits:
            response = self._ask(request, exits)
            yield from _parts(_chunks(waiting.in_time(response.iter_lines(), deadline)))

    def _ask(self, request: ModelRequest, exits: ExitStack) -> APIResponse[Any]:
        """Send the request; again at once when a kept connection was closed while the process was frozen."""
        try:
            return exits.enter_context(self._request(request))
        except openai.APITimeoutError:
            raise
        except openai.APIConnectionError:
            return exits.enter_context(self._request(request))

    def _request(self, request: ModelRequest) -> AbstractContextManager[APIResponse[Any]]:
        silence_s = min(self._silence_s, request.time_left_s)
        return self._client.chat.completions.with_streaming_response.create(
            model=self.model,
            messages=[],
            # Given apart: the client walks all else by its annotations before it sends it, a third of
            # what it adds to the caller's wait, and finds nothing to change.
            extra_body=_conversation(request),
            stream=True,
            timeout=openai.Timeout(silence_s, connect=min(waiting.CONNECT_S, silence_s)),
        )

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], seconds: float
    ) -> tuple[Any, Usage]:
        """Do a task on a text in so many seconds and answer with JSON that follows `schema`."""
        with _failures():
            answer = self._client.chat.completions.create(
                model=self.model,
                messages=[{"role": "system", "content": task}, {"role": "user", "content": text}],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": name, "schema": dict(schema), "strict": True},
                },
                max_completion_tokens=waiting.MAX_EXTRACTION_TOKENS,
                timeout=openai.Timeout(seconds, connect=waiting.CONNECT_S),
            )
        usage = _usage(answer.usage.to_dict()) if answer.usage else Usage()
        try:
            return json.loads(answer.choices[0].message.content or ""), usage
        except (IndexError, json.JSONDecodeError) as error:
            raise waiting.no_json(usage) from error


def patient_http_client() -> httpx2.Client:
    """Make the client's own HTTP client, which keeps connections from turn to turn."""
    return openai.DefaultHttpxClient(limits=waiting.CONNECTIONS)


@contextmanager
def _failures() -> Iterator[None]:
    """Tell every failure of the provider as `Unavailable`; all but refused requests may be retried."""
    try:
        with waiting.malformed_is_failure():
            yield
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise waiting.timed_out() from error
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise waiting.unreachable() from error
    except openai.RateLimitError as error:
        raise waiting.rate_limited() from error
    except openai.InternalServerError as error:
        raise waiting.failed() from error
    except openai.OpenAIError as error:
        raise waiting.refused() from error


def _chunks(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Read a stream of server-sent events to its very end, so that its connection serves the next turn too.

    The client's own reader leaves at `[DONE]` and closes the connection: each turn would begin with the
    handshakes of a new one. What goes wrong after that mark harms nobody any more.
    """
    done = False
    try:
        for line in lines:
            name, _, value = line.partition(":")
            if name == "data" and not done:
                done = value.strip() == "[DONE]"
                if not done:
                    yield waiting.event(value)
    except httpx2.HTTPError:
        if not done:
            raise


def _parts(chunks: Iterator[dict[str, Any]]) -> Iterator[ModelPart]:
    """Turn chunks into parts; the pieces of an action's arguments are joined until the answer ends."""
    pieces = waiting.Pieces()
    usage, finish = Usage(), None
    for chunk in chunks:
        usage = _usage(chunk["usage"]) if chunk.get("usage") else usage
        for choice in chunk.get("choices") or ():
            finish = choice.get("finish_reason") or finish
            yield from _deltas(choice.get("delta") or {}, pieces)
    if finish is None:
        raise waiting.broke_off()
    yield from pieces.calls()
    yield Finished(usage, is_cut=finish == _CUT)


def _deltas(delta: dict[str, Any], pieces: waiting.Pieces) -> Iterator[ModelPart]:
    if delta.get("content"):
        yield TextDelta(delta["content"])
    new = delta.get("tool_calls") or ()
    if new and not pieces:
        yield Begun()
    for piece in new:
        function = piece.get("function") or {}
        pieces.join(piece.get("index"), piece.get("id"), function.get("name"), function.get("arguments"))


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    prompt, answer = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return Usage(prompt, details.get("cached_tokens") or 0, answer)


def _conversation(request: ModelRequest) -> dict[str, Any]:
    body = {
        "messages": _messages(request),
        "max_completion_tokens": request.max_tokens,
        "stream_options": {"include_usage": True},
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    return body | {"tools": [_tool(spec) for spec in request.tools]} if request.tools else body


def _messages(request: ModelRequest) -> list[Any]:
    messages: list[Any] = [{"role": "system", "content": request.instructions}]
    for message in request.messages:
        messages.extend(_message(message))
    return messages


def _message(message: Message) -> list[dict[str, Any]]:
    match message:
        case Heard(text=text):
            return [{"role": "user", "content": text}]
        case Spoken(text=text):
            return [{"role": "assistant", "content": text}]
        case ToolUsed():
            return _tool_use(message)


def _tool_use(use: ToolUsed) -> list[dict[str, Any]]:
    function = {"name": use.name, "arguments": use.arguments}
    return [
        {"role": "assistant", "tool_calls": [{"id": use.id, "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": use.id, "content": use.result},
    ]


def _tool(spec: ToolSpec) -> Any:
    return {
        "type": "function",
        "function": {"name": spec.name, "description": spec.description, "parameters": spec.parameters},
    }

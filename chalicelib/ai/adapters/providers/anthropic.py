"""Anthropic's Messages API over plain HTTP; its own client would not fit into the package."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from fractions import Fraction
from math import ceil
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx2

from chalicelib.ai.adapters.providers import waiting
from chalicelib.ai.adapters.providers.alternating import Alternating, Blocks, tools_of
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.ports.models import Begun, Finished, ModelPart, ModelRequest, TextDelta

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.ai.domain.conversation import ToolSpec

BASE_URL = "https://api.anthropic.com"
# The version of the protocol, which every request names.
_VERSION = "2023-06-01"
_CUT = "max_tokens"
_MAX_TEMPERATURE = 1.0
_CACHED = {"cache_control": {"type": "ephemeral"}}
# What a token costs that is put into the cache, in tokens of the prompt.
_CACHE_WRITE = Fraction(5, 4)
# How a connection shows that was closed before anything was answered.
_HUNG_UP = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)


class AnthropicModel:
    """Messages with streaming and tools; structured output by a tool that must be used; implements `Speaker`.

    `silence_s` is how long (seconds) it may be silent, before its answer and within it.
    """

    def __init__(
        self, *, api_key: str, model: str, base_url: str = BASE_URL, silence_s: float = waiting.SILENCE_S
    ) -> None:
        self.model = model
        self._silence_s = silence_s
        self._client = httpx2.Client(
            base_url=base_url or BASE_URL,
            headers={"x-api-key": api_key, "anthropic-version": _VERSION},
            limits=waiting.CONNECTIONS,
        )

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator closes the connection."""
        deadline = perf_counter() + request.time_left_s
        silence_s = min(self._silence_s, request.time_left_s)
        with _failures(), ExitStack() as exits:
            response = self._ask(self._body(request), _timeout(silence_s), exits)
            waiting.check_status(response.status_code)
            yield from _Answer().parts(_events(waiting.in_time(response.iter_lines(), deadline)))

    def _ask(self, body: dict[str, Any], timeout: httpx2.Timeout, exits: ExitStack) -> httpx2.Response:
        """Send the request; again at once when a kept connection was closed while the process was frozen."""

        def ask() -> httpx2.Response:
            return exits.enter_context(
                self._client.stream("POST", "/v1/messages", json=body, timeout=timeout)
            )

        try:
            return ask()
        except _HUNG_UP:
            return ask()

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "max_tokens": request.max_tokens,
            "system": _system(request),
            "messages": Alternating(_BLOCKS).write(request.messages),
            "stream": True,
        }
        if tools := tools_of(request):
            body["tools"] = [_tool(spec) for spec in tools]
        if request.temperature is not None:
            body["temperature"] = min(request.temperature, _MAX_TEMPERATURE)
        return body

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], seconds: float
    ) -> tuple[Any, Usage]:
        """Do a task on a text in so many seconds and answer with JSON that follows `schema`."""
        body = {
            "model": self.model,
            "max_tokens": waiting.MAX_EXTRACTION_TOKENS,
            "system": task,
            "messages": [{"role": "user", "content": text}],
            "tools": [{"name": name, "description": "Give the answer.", "input_schema": dict(schema)}],
            "tool_choice": {"type": "tool", "name": name},
        }
        with _failures():
            response = self._client.post("/v1/messages", json=body, timeout=_timeout(seconds))
            waiting.check_status(response.status_code)
            answer = response.json()
            usage = _usage(answer.get("usage") or {})
            found = [block["input"] for block in answer["content"] if block.get("type") == "tool_use"]
            is_cut = answer.get("stop_reason") == _CUT
        if is_cut or not found or not isinstance(found[0], dict):
            raise waiting.no_json(usage)
        return found[0], usage


@contextmanager
def _failures() -> Iterator[None]:
    """Tell every failure of the provider as `Unavailable`; all but refused requests may be retried."""
    try:
        with waiting.malformed_is_failure():
            yield
    except httpx2.TimeoutException as error:
        raise waiting.timed_out() from error
    except httpx2.HTTPError as error:
        raise waiting.unreachable() from error


def _timeout(silence_s: float) -> httpx2.Timeout:
    return httpx2.Timeout(silence_s, connect=min(waiting.CONNECT_S, silence_s))


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """Read a stream of events to its very end, so that its connection serves the next turn too."""
    for line in lines:
        name, _, value = line.partition(":")
        if name == "data":
            yield waiting.event(value)


class _Answer:
    """One answer as it comes; usage is told at its beginning, and what was answered at its end."""

    def __init__(self) -> None:
        self._pieces = waiting.Pieces()
        self._usage: dict[str, Any] = {}
        self._stop = ""
        self._is_complete = False

    def parts(self, events: Iterator[dict[str, Any]]) -> Iterator[ModelPart]:
        """Turn events into parts; kinds that are not known are passed over, as the protocol asks for."""
        for event in events:
            match event["type"]:
                case "message_start":
                    self._usage |= event["message"].get("usage") or {}
                case "content_block_start":
                    yield from self._begin(event["index"], event["content_block"])
                case "content_block_delta":
                    yield from self._go_on(event["index"], event["delta"])
                case "message_delta":
                    self._stop = event["delta"].get("stop_reason") or self._stop
                    self._usage |= {k: v for k, v in (event.get("usage") or {}).items() if v is not None}
                case "message_stop":
                    self._is_complete = True
        if not self._is_complete:
            raise waiting.broke_off()
        yield from self._pieces.calls()
        yield Finished(_usage(self._usage), is_cut=self._stop == _CUT)

    def _begin(self, index: int, block: dict[str, Any]) -> Iterator[ModelPart]:
        if block["type"] == "tool_use":
            if not self._pieces:
                yield Begun()
            self._pieces.join(index, block["id"], block["name"], "")
        elif block["type"] == "text" and block.get("text"):
            yield TextDelta(block["text"])

    def _go_on(self, index: int, delta: dict[str, Any]) -> Iterator[ModelPart]:
        if delta["type"] == "text_delta" and delta["text"]:
            yield TextDelta(delta["text"])
        elif delta["type"] == "input_json_delta":
            self._pieces.join(index, "", "", delta["partial_json"])


def _usage(usage: Mapping[str, Any]) -> Usage:
    """Read tokens; here those of the cache are told beside the prompt's others, not among them.

    One that is put into the cache is billed as a quarter more than one of the prompt, and counted so.
    """
    cached = usage.get("cache_read_input_tokens") or 0
    stored = ceil((usage.get("cache_creation_input_tokens") or 0) * _CACHE_WRITE)
    fresh = (usage.get("input_tokens") or 0) + stored
    return Usage(fresh + cached, cached, usage.get("output_tokens") or 0)


def _system(request: ModelRequest) -> list[dict[str, Any]]:
    """Write the instructions: what stays the same in the conversation is cached, what was added is not."""
    end = request.stable or len(request.instructions)
    stable, added = request.instructions[:end], request.instructions[end:]
    blocks: list[dict[str, Any]] = [{"type": "text", "text": stable, **_CACHED}]
    return [*blocks, {"type": "text", "text": added}] if added.strip() else blocks


def _tool(spec: ToolSpec) -> dict[str, Any]:
    return {"name": spec.name, "description": spec.description, "input_schema": dict(spec.parameters)}


_BLOCKS = Blocks(
    words=lambda text: {"type": "text", "text": text},
    action=lambda use, given: {"type": "tool_use", "id": use.id, "name": use.name, "input": given},
    result=lambda use: {"type": "tool_result", "tool_use_id": use.id, "content": use.result},
)

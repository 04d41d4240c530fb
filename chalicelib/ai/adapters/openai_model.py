"""The default provider: any server that speaks OpenAI's chat completions, through its own client."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import Heard, Message, Spoken, ToolSpec, ToolUsed
from chalicelib.ai.ports import Finished, ModelPart, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from openai import APIResponse

# A caller waits: longer than this and an apology serves better than an answer.
_SILENCE_S = 8.0
_EXTRACTION_TIMEOUT = openai.Timeout(60.0, connect=2.0)
_MAX_ANSWER_TOKENS = 400
# Both speak between two turns; the default of 5 s would drop the connection each time.
_CONNECTIONS = httpx2.Limits(keepalive_expiry=60.0)
_MAX_EXTRACTION_TOKENS = 2000


# What reading an answer of the wrong shape raises.
_MALFORMED = (AttributeError, KeyError, TypeError)


class OpenAIModel:
    """Chat completions with streaming, tools and structured output."""

    def __init__(self, *, api_key: str, base_url: str, model: str) -> None:
        self.name = model
        self._client = openai.OpenAI(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(limits=_CONNECTIONS),
        )

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator closes the connection."""
        deadline = perf_counter() + request.time_left_s
        with _failures(), ExitStack() as exits:
            response = self._ask(request, exits)
            yield from _parts(_chunks(_in_time(response.iter_lines(), deadline)))

    def _ask(self, request: ModelRequest, exits: ExitStack) -> APIResponse[Any]:
        """Send the request; again at once when a kept connection was closed while the process was frozen."""
        try:
            return exits.enter_context(self._request(request))
        except openai.APITimeoutError:
            raise
        except openai.APIConnectionError:
            return exits.enter_context(self._request(request))

    def _request(self, request: ModelRequest) -> AbstractContextManager[APIResponse[Any]]:
        return self._client.chat.completions.with_streaming_response.create(
            model=self.name,
            messages=[],
            # Given apart: the client walks messages and schemas by their annotations before it sends
            # them, a third of what it adds to the caller's wait, and finds nothing to change.
            extra_body=_conversation(request),
            max_completion_tokens=_MAX_ANSWER_TOKENS,
            stream=True,
            stream_options={"include_usage": True},
            timeout=openai.Timeout(min(_SILENCE_S, request.time_left_s), connect=2.0),
        )

    def extract(self, task: str, text: str, name: str, schema: Mapping[str, Any]) -> tuple[Any, Usage]:
        """Do a task on a text and answer with JSON that follows `schema`."""
        with _failures():
            answer = self._client.chat.completions.create(
                model=self.name,
                messages=[{"role": "system", "content": task}, {"role": "user", "content": text}],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": name, "schema": dict(schema), "strict": True},
                },
                max_completion_tokens=_MAX_EXTRACTION_TOKENS,
                timeout=_EXTRACTION_TIMEOUT,
            )
        usage = _usage(answer.usage.to_dict()) if answer.usage else Usage()
        try:
            return json.loads(answer.choices[0].message.content or ""), usage
        except (IndexError, json.JSONDecodeError) as error:
            raise Invalid("The model's answer is not JSON.", code="bad_analysis") from error


@contextmanager
def _failures() -> Iterator[None]:
    """Tell every failure of the provider as `Unavailable`; all but refused requests may be retried."""
    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise Unavailable(
            "The model did not answer in time.", retryable=True, code="model_timeout"
        ) from error
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise Unavailable("The model cannot be reached.", retryable=True, code="model_unreachable") from error
    except openai.RateLimitError as error:
        raise Unavailable(
            "The model's provider refuses more.", retryable=True, code="model_rate_limited"
        ) from error
    except (openai.InternalServerError, json.JSONDecodeError, *_MALFORMED) as error:
        raise Unavailable("The model's provider failed.", retryable=True, code="model_failed") from error
    except openai.OpenAIError as error:
        raise Unavailable(
            "The model's provider refused the request.", retryable=False, code="model_refused"
        ) from error


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
                    yield _chunk(value)
    except httpx2.HTTPError:
        if not done:
            raise


def _in_time(lines: Iterator[str], deadline: float) -> Iterator[str]:
    """Pass lines on until the deadline; a server that only keeps the line open has not answered."""
    for line in lines:
        if perf_counter() > deadline:
            raise Unavailable("The model took too long.", retryable=True, code="model_timeout")
        yield line


def _chunk(text: str) -> dict[str, Any]:
    chunk = json.loads(text)
    if not isinstance(chunk, dict) or chunk.get("error"):
        raise Unavailable("The model's provider failed.", retryable=True, code="model_failed")
    return chunk


def _parts(chunks: Iterator[dict[str, Any]]) -> Iterator[ModelPart]:
    """Turn chunks into parts; the pieces of an action's arguments are joined until the answer ends."""
    calls: dict[int, list[str]] = {}
    usage = Usage()
    ended = False
    for chunk in chunks:
        usage = _usage(chunk["usage"]) if chunk.get("usage") else usage
        for choice in chunk.get("choices") or ():
            ended = ended or choice.get("finish_reason") is not None
            delta = choice.get("delta") or {}
            if delta.get("content"):
                yield TextDelta(delta["content"])
            _join(calls, delta.get("tool_calls") or ())
    if not ended:
        raise Unavailable("The model's answer broke off.", retryable=True, code="model_truncated")
    for identifier, name, arguments in calls.values():
        yield ToolCall(identifier, name, arguments)
    yield Finished(usage)


def _join(calls: dict[int, list[str]], pieces: Iterable[dict[str, Any]]) -> None:
    for piece in pieces:
        function = piece.get("function") or {}
        call = calls.setdefault(piece.get("index", len(calls)), ["", "", ""])
        call[0] += piece.get("id") or ""
        call[1] += function.get("name") or ""
        call[2] += function.get("arguments") or ""


def _usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    prompt, answer = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return Usage(prompt, details.get("cached_tokens") or 0, answer)


def _conversation(request: ModelRequest) -> dict[str, Any]:
    tools = {"tools": [_tool(spec) for spec in request.tools]} if request.tools else {}
    return {"messages": _messages(request), **tools}


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

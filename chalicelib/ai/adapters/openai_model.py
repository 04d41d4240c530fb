"""The default provider: any server that speaks OpenAI's chat completions, through its own client."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
import openai

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import Heard, Message, Spoken, ToolSpec, ToolUsed
from chalicelib.ai.ports import Finished, ModelPart, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk

# A caller waits: longer than this and an apology serves better than an answer.
_SPEECH_TIMEOUT = openai.Timeout(8.0, connect=2.0)
_EXTRACTION_TIMEOUT = openai.Timeout(60.0, connect=2.0)
_MAX_ANSWER_TOKENS = 400
_MAX_EXTRACTION_TOKENS = 2000


class OpenAIModel:
    """Chat completions with streaming, tools and structured output."""

    def __init__(self, *, api_key: str, base_url: str, model: str) -> None:
        self.name = model
        self._client = openai.OpenAI(api_key=api_key, base_url=base_url, max_retries=0)

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator closes the connection."""
        with _failures():
            stream = self._client.chat.completions.create(
                model=self.name,
                messages=_messages(request),
                tools=[_tool(spec) for spec in request.tools] or openai.omit,
                max_completion_tokens=_MAX_ANSWER_TOKENS,
                stream=True,
                stream_options={"include_usage": True},
                timeout=_SPEECH_TIMEOUT,
            )
            with stream:
                yield from _parts(stream)

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
        try:
            return json.loads(answer.choices[0].message.content or ""), _usage(answer.usage)
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
    except (openai.InternalServerError, json.JSONDecodeError) as error:
        raise Unavailable("The model's provider failed.", retryable=True, code="model_failed") from error
    except openai.OpenAIError as error:
        raise Unavailable(
            "The model's provider refused the request.", retryable=False, code="model_refused"
        ) from error


def _parts(stream: openai.Stream[ChatCompletionChunk]) -> Iterator[ModelPart]:
    """Turn chunks into parts; the pieces of an action's arguments are joined until the answer ends."""
    calls: dict[int, list[str]] = {}
    usage = Usage()
    ended = False
    for chunk in stream:
        usage = _usage(chunk.usage) if chunk.usage else usage
        for choice in chunk.choices:
            ended = ended or choice.finish_reason is not None
            if choice.delta.content:
                yield TextDelta(choice.delta.content)
            for piece in choice.delta.tool_calls or ():
                _join(calls, piece)
    if not ended:
        raise Unavailable("The model's answer broke off.", retryable=True, code="model_truncated")
    for identifier, name, arguments in calls.values():
        yield ToolCall(identifier, name, arguments)
    yield Finished(usage)


def _join(calls: dict[int, list[str]], piece: Any) -> None:
    call = calls.setdefault(piece.index, ["", "", ""])
    call[0] += piece.id or ""
    if piece.function:
        call[1] += piece.function.name or ""
        call[2] += piece.function.arguments or ""


def _usage(usage: CompletionUsage | None) -> Usage:
    if usage is None:
        return Usage()
    details = usage.prompt_tokens_details
    return Usage(usage.prompt_tokens, (details and details.cached_tokens) or 0, usage.completion_tokens)


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

"""Puts a reply into OpenAI's JSON: whole completions, stream chunks, usage; sending is elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.model_server.tokens import count_prompt, split, split_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.messages import Message
    from localcloud.model_server.reply import Reply, ReplyCall

EPOCH = 1_760_000_000
PER_MESSAGE = 4
CACHE_STARTS = 1024
CACHE_STEP = 128


@dataclass(frozen=True, slots=True)
class Chunk:
    """One server-sent event of a stream; `is_token` chunks are those that a pace delays."""

    body: dict[str, Any]
    is_token: bool


def completion(request: ChatRequest, reply: Reply) -> dict[str, Any]:
    """Return the body of an answer that is not streamed."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or _no_text(reply), "refusal": None}
    if reply.calls:
        message["tool_calls"] = [_call(call, call.arguments) for call in reply.calls]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish}
    return {**_envelope(request, "chat.completion"), "choices": [choice], "usage": usage(request, reply)}


def chunks(request: ChatRequest, reply: Reply) -> Iterator[Chunk]:
    """Yield a stream's chunks: role, text tokens, tool calls in fragments, finish, usage when asked for."""
    yield _chunk(request, {"role": "assistant", "content": _no_text(reply), "refusal": None}, is_token=False)
    for token in split(reply.text):
        yield _chunk(request, {"content": token})
    for index, call in enumerate(reply.calls):
        yield _chunk(request, {"tool_calls": [{"index": index, **_call(call, "")}]}, is_token=False)
        for part in split_arguments(call.arguments):
            yield _chunk(request, {"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    yield _chunk(request, {}, finish=reply.finish, is_token=False)
    if request.include_usage:
        last = {"choices": [], "usage": usage(request, reply)}
        yield Chunk({**_envelope(request, "chat.completion.chunk"), **last}, is_token=False)


def usage(request: ChatRequest, reply: Reply) -> dict[str, Any]:
    """Return token counts; what came before the last answer counts as cached once it is long enough to be."""
    prompt, produced = _prompt_tokens(request.messages), reply.tokens
    spoken = [index for index, message in enumerate(request.messages) if message.role == "assistant"]
    before = _prompt_tokens(request.messages[: spoken[-1]]) if spoken else 0
    cached = before // CACHE_STEP * CACHE_STEP if before >= CACHE_STARTS else 0
    return {
        "prompt_tokens": prompt,
        "completion_tokens": produced,
        "total_tokens": prompt + produced,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _no_text(reply: Reply) -> str | None:
    return None if reply.calls and not reply.text else ""


def _call(call: ReplyCall, arguments: str) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _envelope(request: ChatRequest, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{request.digest[:29]}",
        "object": kind,
        "created": EPOCH + int(request.digest[:6], 16),
        "model": request.model,
        "system_fingerprint": "fp_localcloud",
    }


def _chunk(
    request: ChatRequest, delta: dict[str, Any], *, finish: str | None = None, is_token: bool = True
) -> Chunk:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    body = {**_envelope(request, "chat.completion.chunk"), "choices": [choice]}
    return Chunk({**body, "usage": None} if request.include_usage else body, is_token)


def _prompt_tokens(messages: Iterable[Message]) -> int:
    texts = (
        message.text + "".join(call.name + call.arguments for call in message.calls) for message in messages
    )
    return sum(PER_MESSAGE + count_prompt(text) for text in texts)

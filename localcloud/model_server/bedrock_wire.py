"""Amazon Bedrock's Converse and ConverseStream: its requests in OpenAI's terms, its answers in its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localcloud.model_server import blocks, wire
from localcloud.model_server.anthropic_wire import spoken
from localcloud.model_server.dialects import Event
from localcloud.model_server.errors import ApiError
from localcloud.model_server.event_frames import frame
from localcloud.model_server.tokens import split, split_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.reply import Reply, ReplyCall

KNOWN = frozenset({"messages", "system", "inferenceConfig", "toolConfig"})
_LIMITS = frozenset({"maxTokens", "temperature", "topP", "stopSequences"})
_NAMES = {400: "ValidationException", 401: "UnrecognizedClientException", 403: "AccessDeniedException"}
_NAMES |= {404: "ResourceNotFoundException", 429: "ThrottlingException"}
_NAMES |= {503: "ServiceUnavailableException"}


def read_request(body: Any, model: str, *, stream: bool) -> dict[str, Any]:
    """Return the request in OpenAI's terms; raises ApiError 400 for what Bedrock refuses."""
    if not isinstance(body, dict) or set(body) - KNOWN:
        raise ApiError("The request has fields that are not understood here.")
    limits = body.get("inferenceConfig") or {}
    if set(limits) - _LIMITS or not 0 <= (limits.get("temperature") or 0) <= 1:
        raise ApiError("inferenceConfig: a field is unknown or out of its range", param="inferenceConfig")
    config = body.get("toolConfig") or {}
    specs = [item.get("toolSpec") or {} for item in config.get("tools") or ()]
    tools = [blocks.tool(s.get("name"), s.get("description"), _schema(s)) for s in specs]
    system = "\n".join(str(block.get("text", "")) for block in body.get("system") or ())
    return {
        "model": model,
        "messages": blocks.translate(body.get("messages"), _block, system),
        "max_completion_tokens": limits.get("maxTokens"),
        "temperature": limits.get("temperature"),
        "stop": limits.get("stopSequences"),
        "stream": stream,
        **({"tools": tools} if tools else {}),
        **_choice(config.get("toolChoice") or {}, tools),
    }


def _schema(spec: dict[str, Any]) -> Any:
    return (spec.get("inputSchema") or {}).get("json")


def _choice(raw: dict[str, Any], tools: list[dict[str, Any]]) -> dict[str, Any]:
    if "tool" in raw:
        return {"response_format": blocks.demanded(tools, str(raw["tool"].get("name")))}
    return {"tool_choice": "required"} if "any" in raw else {}


def _block(raw: Any, where: str) -> blocks.Block:
    if not isinstance(raw, dict) or len(raw) != 1:
        raise ApiError(f"{where}: a block has one kind", param=where)
    [(kind, value)] = raw.items()
    if kind == "text":
        return blocks.words(value, where)
    if kind == "toolUse":
        return blocks.called(value.get("toolUseId"), value.get("name"), value.get("input"), where)
    if kind == "toolResult":
        text = "".join(str(part.get("text", "")) for part in value.get("content") or ())
        return blocks.Block(text, answers=str(value.get("toolUseId")))
    raise ApiError(f"{where}: only text, toolUse and toolResult are understood here", param=where)


def error_body(error: ApiError) -> dict[str, Any]:
    """Return an error's body as AWS writes it."""
    return {"message": str(error)}


def error_name(error: ApiError) -> str:
    """Return the name of an error, which AWS gives in a header."""
    return _NAMES.get(error.status, "InternalServerException")


class BedrockDialect:
    """Converse, streamed in AWS's binary frames."""

    stream_type = "application/vnd.amazon.eventstream"
    garbled = b'{"output": \x00'
    garbled_event = b"\x00\x00\x00\x20\x00\x00\x00\x08\xde\xad\xbe\xef" + b"\x00" * 20
    end = b""

    def whole(self, chat: ChatRequest, reply: Reply) -> dict[str, Any]:
        """Return the body of an answer that is not streamed."""
        text, calls, stop = spoken(chat, reply)
        content: list[dict[str, Any]] = [{"text": text}] if text else []
        content += [
            {"toolUse": {"toolUseId": call.id, "name": call.name, "input": json.loads(call.arguments)}}
            for call in calls
        ]
        message = {"role": "assistant", "content": content}
        return {"output": {"message": message}, "stopReason": stop, **_metadata(chat, reply)}

    def events(self, chat: ChatRequest, reply: Reply) -> Iterator[Event]:
        """Yield a stream's events: the message, its blocks with their pieces, why it ended, what it took."""
        text, calls, stop = spoken(chat, reply)
        yield _event("messageStart", role="assistant")
        for token in split(text):
            yield _event("contentBlockDelta", is_token=True, contentBlockIndex=0, delta={"text": token})
        if text:
            yield _event("contentBlockStop", contentBlockIndex=0)
        for index, call in enumerate(calls, start=bool(text)):
            yield from _call(index, call)
        yield _event("messageStop", stopReason=stop)
        yield _event("metadata", **_metadata(chat, reply))


def _call(index: int, call: ReplyCall) -> Iterator[Event]:
    start = {"toolUse": {"toolUseId": call.id, "name": call.name}}
    yield _event("contentBlockStart", contentBlockIndex=index, start=start)
    for part in split_arguments(call.arguments):
        delta = {"toolUse": {"input": part}}
        yield _event("contentBlockDelta", is_token=True, contentBlockIndex=index, delta=delta)
    yield _event("contentBlockStop", contentBlockIndex=index)


def _event(kind: str, *, is_token: bool = False, **fields: Any) -> Event:
    return Event(frame(kind, json.dumps(fields).encode()), is_token)


def _metadata(chat: ChatRequest, reply: Reply) -> dict[str, Any]:
    found = wire.usage(chat, reply)
    cached = found["prompt_tokens_details"]["cached_tokens"]
    usage = {
        "inputTokens": found["prompt_tokens"] - cached,
        "outputTokens": found["completion_tokens"],
        "totalTokens": found["total_tokens"],
        "cacheReadInputTokens": cached,
        "cacheWriteInputTokens": 0,
    }
    return {"usage": usage, "metrics": {"latencyMs": 1}}

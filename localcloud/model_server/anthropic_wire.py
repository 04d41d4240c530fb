"""Anthropic's Messages API: its requests in OpenAI's terms, its answers and errors in its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localcloud.model_server import blocks, wire
from localcloud.model_server.dialects import Event, server_sent
from localcloud.model_server.errors import ApiError
from localcloud.model_server.reply import Finish, ReplyCall
from localcloud.model_server.tokens import split, split_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.reply import Reply

KNOWN = frozenset(
    (
        *("max_tokens", "messages", "metadata", "model", "stop_sequences", "stream", "system"),
        *("temperature", "tool_choice", "tools", "top_k", "top_p"),
    )
)
_STOPS = {Finish.STOP: "end_turn", Finish.LENGTH: "max_tokens", Finish.TOOL_CALLS: "tool_use"}
_KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error"}
_KINDS |= {404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 529: "overloaded_error"}


def read_request(body: Any) -> dict[str, Any]:
    """Return the request in OpenAI's terms; raises ApiError 400 for what Anthropic refuses."""
    if not isinstance(body, dict):
        raise ApiError("The request body is not a JSON object.")
    if unknown := sorted(set(body) - KNOWN):
        raise ApiError(f"{unknown[0]}: Extra inputs are not permitted", param=unknown[0])
    _check_limits(body)
    tools = [blocks.tool(t.get("name"), t.get("description"), t.get("input_schema")) for t in _tools(body)]
    return {
        "model": body.get("model"),
        "messages": blocks.translate(body.get("messages"), _block, _system(body.get("system"))),
        "max_completion_tokens": body["max_tokens"],
        "temperature": body.get("temperature"),
        "stop": body.get("stop_sequences"),
        "stream": body.get("stream", False),
        **({"tools": tools} if tools else {}),
        **_choice(body.get("tool_choice"), tools),
    }


def _check_limits(body: dict[str, Any]) -> None:
    if not isinstance(body.get("max_tokens"), int):
        raise ApiError("max_tokens: Field required", param="max_tokens")
    heat = body.get("temperature")
    if heat is not None and not 0 <= heat <= 1:
        raise ApiError("temperature: Input should be between 0 and 1", param="temperature")


def _tools(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = body.get("tools") or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ApiError("tools: Input should be a list of objects", param="tools")
    return found


def _system(raw: Any) -> str:
    if isinstance(raw, list):
        return "\n".join(str(block.get("text", "")) for block in raw if isinstance(block, dict))
    return str(raw or "")


def _choice(raw: Any, tools: list[dict[str, Any]]) -> dict[str, Any]:
    kind = raw.get("type") if isinstance(raw, dict) else "auto"
    if kind == "tool":
        return {"response_format": blocks.demanded(tools, str(raw.get("name")))}
    return {"tool_choice": {"any": "required", "none": "none"}[kind]} if kind in ("any", "none") else {}


def _block(raw: Any, where: str) -> blocks.Block:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == "text":
        return blocks.words(raw.get("text"), where)
    if kind == "tool_use":
        return blocks.called(raw.get("id"), raw.get("name"), raw.get("input"), where)
    if kind == "tool_result":
        return blocks.Block(str(raw.get("content") or ""), answers=str(raw.get("tool_use_id")))
    raise ApiError(f"{where}: only text, tool_use and tool_result are understood here", param=where)


def error_body(error: ApiError) -> dict[str, Any]:
    """Return an error as Anthropic's clients read it."""
    kind = _KINDS.get(error.status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": str(error)}}


class AnthropicDialect:
    """Messages; a tool that had to be called carries the JSON that was demanded."""

    stream_type = "text/event-stream; charset=utf-8"
    garbled = b'{"type": "message", \x00'
    garbled_event = b"event: content_block_delta\ndata: " + garbled + b"\n\n"
    end = b""

    def whole(self, chat: ChatRequest, reply: Reply) -> dict[str, Any]:
        """Return the body of an answer that is not streamed."""
        text, calls, stop = spoken(chat, reply)
        content: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
        content += [
            {"type": "tool_use", "id": call.id, "name": call.name, "input": json.loads(call.arguments)}
            for call in calls
        ]
        return {**_message(chat), "content": content, "stop_reason": stop, "usage": _usage(chat, reply)}

    def events(self, chat: ChatRequest, reply: Reply) -> Iterator[Event]:
        """Yield a stream's events: the message, its blocks with their pieces, why and how it ended."""
        text, calls, stop = spoken(chat, reply)
        usage = _usage(chat, reply)
        begun = {**_message(chat), "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
        yield _event("message_start", message=begun)
        yield _event("ping")
        if text:
            yield from _text(text)
        for index, call in enumerate(calls, start=bool(text)):
            yield from _call(index, call)
        delta = {"stop_reason": stop, "stop_sequence": None}
        yield _event("message_delta", delta=delta, usage={"output_tokens": usage["output_tokens"]})
        yield _event("message_stop")


def spoken(chat: ChatRequest, reply: Reply) -> tuple[str, tuple[ReplyCall, ...], str]:
    """Return words, tool calls and why it stopped; JSON that was demanded is a call of the demanded tool."""
    if not chat.output.is_json:
        return reply.text, reply.calls, _STOPS[reply.finish]
    try:
        json.loads(reply.text)
    except ValueError:
        return reply.text, (), _STOPS[reply.finish]
    made = ReplyCall(f"toolu_{chat.digest[:20]}", chat.output.name, reply.text)
    return "", (made,), "tool_use"


def _text(text: str) -> Iterator[Event]:
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    for token in split(text):
        delta = {"type": "text_delta", "text": token}
        yield _event("content_block_delta", is_token=True, index=0, delta=delta)
    yield _event("content_block_stop", index=0)


def _call(index: int, call: ReplyCall) -> Iterator[Event]:
    block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
    yield _event("content_block_start", index=index, content_block=block)
    for part in ("", *split_arguments(call.arguments)):
        delta = {"type": "input_json_delta", "partial_json": part}
        yield _event("content_block_delta", is_token=bool(part), index=index, delta=delta)
    yield _event("content_block_stop", index=index)


def _event(kind: str, *, is_token: bool = False, **fields: Any) -> Event:
    return server_sent({"type": kind, **fields}, is_token=is_token, name=kind)


def _message(chat: ChatRequest) -> dict[str, Any]:
    return {"id": f"msg_{chat.digest[:24]}", "type": "message", "role": "assistant", "model": chat.model}


def _usage(chat: ChatRequest, reply: Reply) -> dict[str, int]:
    found = wire.usage(chat, reply)
    cached = found["prompt_tokens_details"]["cached_tokens"]
    return {
        "input_tokens": found["prompt_tokens"] - cached,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "output_tokens": found["completion_tokens"],
    }

"""The body of POST /v1/chat/completions, checked and typed; choosing an answer is elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from localcloud.model_server.errors import ApiError
from localcloud.model_server.messages import Message, parse_messages
from localcloud.model_server.output_format import (
    OutputFormat,
    Tool,
    parse_format,
    parse_tool_choice,
    parse_tools,
)

_MARKUP = re.compile(r"</?\w[^<>]{0,100}>")
KNOWN = frozenset(
    (
        *(
            "audio",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "max_completion_tokens",
            "max_tokens",
            "messages",
        ),
        *("metadata", "modalities", "model", "moderation", "n", "parallel_tool_calls", "prediction"),
        *("presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
        *(
            "reasoning_effort",
            "response_format",
            "safety_identifier",
            "seed",
            "service_tier",
            "stop",
            "store",
        ),
        *("stream", "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user"),
        *("verbosity", "web_search_options"),
    )
)
PENALTY = (-2, 2)
RANGES = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": PENALTY,
    "frequency_penalty": PENALTY,
    "n": (1, 1),
}
MOST_STOPS = 4


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A valid request; `digest` is the hash of its body, from which ids and times are derived."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    tool_choice: str
    parallel: bool
    output: OutputFormat
    stream: bool
    include_usage: bool
    max_tokens: int | None
    stop: tuple[str, ...]
    digest: str

    @property
    def dialogue(self) -> tuple[Message, ...]:
        """Return the messages that are not instructions."""
        return tuple(message for message in self.messages if message.role not in ("system", "developer"))

    @property
    def system_text(self) -> str:
        """Return all instructions, joined."""
        return "\n".join(m.text for m in self.messages if m.role in ("system", "developer"))

    @property
    def last_user_text(self) -> str:
        """Return what the person said last, without markup that fences it."""
        return _MARKUP.sub(" ", self._last("user")).strip()

    @property
    def last_assistant_text(self) -> str:
        """Return what the assistant said last."""
        return self._last("assistant")

    @property
    def assistant_turns(self) -> int:
        """Return how many times the assistant has spoken."""
        return sum(1 for message in self.messages if message.role == "assistant" and message.text)

    @property
    def offered_tools(self) -> frozenset[str]:
        """Return the names of the tools that may be called now."""
        return frozenset() if self.tool_choice == "none" else frozenset(tool.name for tool in self.tools)

    @property
    def forced_tool(self) -> Tool | None:
        """Return the tool that `tool_choice` demands, if any."""
        if self.tool_choice in ("auto", "none"):
            return None
        return next((t for t in self.tools if t.name == self.tool_choice), self.tools[0])

    def _last(self, role: str) -> str:
        return next((m.text for m in reversed(self.messages) if m.role == role and m.text), "")


def parse_request(body: Any) -> ChatRequest:
    """Return the checked request; raises ApiError 400 naming the `param` that is wrong."""
    if not isinstance(body, dict):
        raise ApiError("We could not parse the JSON body of your request: it must be a JSON object.")
    _check_known(body)
    _check_ranges(body)
    messages = parse_messages(body.get("messages"))
    tools = parse_tools(body.get("tools"))
    output = parse_format(body.get("response_format"), messages)
    stream = _flag(body, "stream", default=False)
    return ChatRequest(
        model=_model(body),
        messages=messages,
        tools=tools,
        tool_choice=parse_tool_choice(body.get("tool_choice"), tools),
        parallel=_flag(body, "parallel_tool_calls", default=True),
        output=output,
        stream=stream,
        include_usage=_include_usage(body, stream=stream),
        max_tokens=_max_tokens(body),
        stop=_stop(body.get("stop")),
        digest=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
    )


def _check_known(body: dict[str, Any]) -> None:
    for name in body:
        if name not in KNOWN:
            raise ApiError(f"Unrecognized request argument supplied: {name}", param=name)


def _check_ranges(body: dict[str, Any]) -> None:
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ApiError(f"Invalid '{name}': give a number from {low} to {high}.", param=name)


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise ApiError("you must provide a model parameter", param="model")
    return model


def _flag(body: dict[str, Any], name: str, *, default: bool) -> bool:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise ApiError(f"Invalid type for '{name}': expected a boolean.", param=name)
    return value


def _include_usage(body: dict[str, Any], *, stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not stream:
        raise ApiError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if not isinstance(options, dict) or not isinstance(options.get("include_usage", False), bool):
        raise ApiError("Invalid 'stream_options': give {\"include_usage\": true}.", param="stream_options")
    return bool(options.get("include_usage", False))


def _max_tokens(body: dict[str, Any]) -> int | None:
    given = [
        (name, body[name]) for name in ("max_tokens", "max_completion_tokens") if body.get(name) is not None
    ]
    if len(given) > 1:
        raise ApiError("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
    for name, value in given:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ApiError(f"Invalid '{name}': integer below minimum value, expected at least 1.", param=name)
        return value
    return None


def _stop(value: Any) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else (value or [])
    if (
        not isinstance(found, list)
        or len(found) > MOST_STOPS
        or not all(isinstance(s, str) and s for s in found)
    ):
        raise ApiError("Invalid 'stop': give up to four strings.", param="stop")
    return tuple(found)

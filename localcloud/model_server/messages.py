"""The conversation inside a request: messages checked as OpenAI does; the rest of the body is elsewhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from localcloud.model_server.errors import ApiError

ROLES = ("system", "developer", "user", "assistant", "tool")
TEXT_PARTS = ("text", "refusal")


@dataclass(frozen=True, slots=True)
class CalledTool:
    """A tool call in the history: its id, the tool and the arguments as sent (a JSON string)."""

    id: str
    name: str
    arguments: str

    def values(self) -> dict[str, str]:
        """Return the arguments that are simple values, as text; empty when they are not JSON."""
        try:
            found = json.loads(self.arguments)
        except ValueError:
            return {}
        pairs = found.items() if isinstance(found, dict) else ()
        return {key: str(value) for key, value in pairs if isinstance(value, str | int | float)}


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its role, its text (parts joined), the tools it called, and the call that it answers."""

    role: str
    text: str
    calls: tuple[CalledTool, ...] = ()
    answers: str = ""


def parse_messages(raw: Any) -> tuple[Message, ...]:
    """Return the checked messages.

    Raises ApiError 400 with the `param` that OpenAI names, also when tool calls and results do not pair up.
    """
    if not isinstance(raw, list) or not raw:
        raise ApiError("Invalid 'messages': give a list of at least one message.", param="messages")
    messages = tuple(_message(item, f"messages[{index}]") for index, item in enumerate(raw))
    _check_tool_pairs(messages)
    return messages


def _message(raw: Any, where: str) -> Message:
    if not isinstance(raw, dict):
        raise ApiError(f"Invalid type for '{where}': expected an object.", param=where)
    role = raw.get("role")
    if role not in ROLES:
        raise ApiError(f"Invalid value: {role!r}. Supported values are: {ROLES}.", param=f"{where}.role")
    calls = _calls(raw, where) if role == "assistant" else ()
    text = _text(raw.get("content"), f"{where}.content", optional=bool(calls))
    return Message(role, text, calls, _answers(raw, where) if role == "tool" else "")


def _answers(raw: dict[str, Any], where: str) -> str:
    found = raw.get("tool_call_id")
    if not isinstance(found, str):
        raise ApiError(f"Missing required parameter: '{where}.tool_call_id'.", param=f"{where}.tool_call_id")
    return found


def _text(content: Any, where: str, *, optional: bool) -> str:
    if isinstance(content, str):
        return content
    if content is None and optional:
        return ""
    if not isinstance(content, list):
        raise ApiError(
            f"Invalid value for '{where}': expected a string, got {type(content).__name__}.", param=where
        )
    return "".join(_part(part, f"{where}[{index}]") for index, part in enumerate(content))


def _part(part: Any, where: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    text = part.get(kind) if kind in TEXT_PARTS else None
    if not isinstance(text, str):
        raise ApiError(f"Invalid value for '{where}': only text parts are understood here.", param=where)
    return text


def _calls(raw: dict[str, Any], where: str) -> tuple[CalledTool, ...]:
    calls = raw.get("tool_calls")
    if calls is None:
        return ()
    where = f"{where}.tool_calls"
    if not isinstance(calls, list) or not calls:
        raise ApiError(f"Invalid '{where}': give a list of at least one tool call.", param=where)
    return tuple(_call(call, f"{where}[{index}]") for index, call in enumerate(calls))


def _call(raw: Any, where: str) -> CalledTool:
    function = raw.get("function") if isinstance(raw, dict) else None
    if not isinstance(function, dict):
        raise ApiError(f"Missing required parameter: '{where}.function'.", param=f"{where}.function")
    found = (raw.get("id"), function.get("name"), function.get("arguments"))
    names = (f"{where}.id", f"{where}.function.name", f"{where}.function.arguments")
    for value, name in zip(found, names, strict=True):
        if not isinstance(value, str):
            raise ApiError(f"Invalid type for '{name}': expected a string.", param=name)
    return CalledTool(str(found[0]), str(found[1]), str(found[2]))


def _check_tool_pairs(messages: tuple[Message, ...]) -> None:
    awaited: dict[str, int] = {}
    for index, message in enumerate(messages):
        if message.role == "tool":
            if awaited.pop(message.answers, None) is None:
                raise _unasked(index)
            continue
        _check_answered(awaited)
        awaited = {call.id: index for call in message.calls}
    _check_answered(awaited)


def _unasked(index: int) -> ApiError:
    return ApiError(
        "Invalid parameter: messages with role 'tool' must be a response to a preceding message "
        "with 'tool_calls'.",
        param=f"messages[{index}].role",
    )


def _check_answered(awaited: dict[str, int]) -> None:
    if awaited:
        raise ApiError(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to "
            "each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(awaited),
            param=f"messages[{next(iter(awaited.values()))}].role",
        )

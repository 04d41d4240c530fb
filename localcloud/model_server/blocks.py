"""Requests of providers that write messages in blocks, told in OpenAI's terms; both check what they check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.model_server.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a message: words, a tool that is called, or a tool's result."""

    text: str = ""
    call: dict[str, Any] | None = None
    answers: str = ""


def translate(messages: Any, read: Callable[[Any, str], Block], system: str) -> list[dict[str, Any]]:
    """Return messages in OpenAI's terms; raises ApiError 400 where sides do not take turns."""
    if not isinstance(messages, list) or not messages:
        raise ApiError("messages: at least one message is required", param="messages")
    found: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    last = ""
    for index, message in enumerate(messages):
        where = f"messages.{index}"
        role = message.get("role") if isinstance(message, dict) else None
        if role not in ("user", "assistant"):
            raise ApiError(f"{where}: role must be user or assistant", param=where)
        if role == last or (not last and role != "user"):
            raise ApiError(f"{where}: roles must alternate, beginning with user", param=where)
        last = role
        found += _message(role, _blocks(message.get("content"), read, where))
    if last == "assistant":
        raise ApiError("The conversation must end with a user message.", param="messages")
    return found


def _blocks(content: Any, read: Callable[[Any, str], Block], where: str) -> list[Block]:
    if isinstance(content, str) and content.strip():
        return [Block(content)]
    if not isinstance(content, list) or not content:
        raise ApiError(f"{where}.content: at least one block is required", param=where)
    return [read(block, f"{where}.content.{index}") for index, block in enumerate(content)]


def _message(role: str, blocks: list[Block]) -> list[dict[str, Any]]:
    """Return what one message becomes: results first, then words; or words with the tools called."""
    text = "".join(block.text for block in blocks if not block.answers)
    if role == "assistant":
        calls = [block.call for block in blocks if block.call]
        return [{"role": role, "content": text or None, **({"tool_calls": calls} if calls else {})}]
    results = [
        {"role": "tool", "tool_call_id": block.answers, "content": block.text}
        for block in blocks
        if block.answers
    ]
    return [*results, *([{"role": role, "content": text}] if text else [])]


def words(text: Any, where: str) -> Block:
    """Return a block of words; empty ones are refused."""
    if not isinstance(text, str) or not text.strip():
        raise ApiError(f"{where}: text must be a non-empty string", param=where)
    return Block(text)


def called(identifier: Any, name: Any, given: Any, where: str) -> Block:
    """Return a tool that is called; its input must be an object."""
    if not isinstance(given, dict):
        raise ApiError(f"{where}: input must be an object", param=where)
    function = {"name": name, "arguments": json.dumps(given)}
    return Block(call={"id": identifier, "type": "function", "function": function})


def tool(name: Any, description: Any, schema: Any) -> dict[str, Any]:
    """Return an offered tool in OpenAI's terms."""
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": schema or {}},
    }


def demanded(tools: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return the answer's format when one tool must be called: JSON by its schema, which scripts know."""
    found = next((t["function"] for t in tools if t["function"]["name"] == name), None)
    if found is None:
        raise ApiError(f"tool_choice: no tool is called {name}", param="tool_choice")
    schema = {"name": name, "schema": found["parameters"], "strict": False}
    return {"type": "json_schema", "json_schema": schema}

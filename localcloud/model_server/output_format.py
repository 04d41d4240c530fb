"""What a request lets the model answer with: tools and response format, checked as OpenAI does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.model_server.errors import ApiError
from localcloud.model_server.strict_schema import check_strict

if TYPE_CHECKING:
    from localcloud.model_server.messages import Message

JSON_OBJECT = "json_object"
JSON_SCHEMA = "json_schema"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST_TOOLS = 128


@dataclass(frozen=True, slots=True)
class Tool:
    """A function offered to the model: its name and the JSON schema of its arguments."""

    name: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The demanded form of the text: `kind` is text, json_object or json_schema, with name and schema."""

    kind: str = "text"
    name: str = ""
    schema: dict[str, Any] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Tell whether the answer must be JSON."""
        return self.kind != "text"


def parse_tools(raw: Any) -> tuple[Tool, ...]:
    """Return the offered tools; raises ApiError 400 for a bad name, schema or number of tools."""
    if raw is None:
        return ()
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_TOOLS:
        raise ApiError(f"Invalid 'tools': give a list of 1 to {MOST_TOOLS} tools.", param="tools")
    return tuple(_tool(item, f"tools[{index}]") for index, item in enumerate(raw))


def _tool(raw: Any, where: str) -> Tool:
    function = raw.get("function") if isinstance(raw, dict) and raw.get("type") == "function" else None
    if not isinstance(function, dict):
        raise ApiError(f"Invalid '{where}': give type 'function' and a function object.", param=where)
    name = _checked_name(function.get("name"), f"{where}.function.name")
    parameters = function.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise ApiError(
            f"Invalid schema for function '{name}': expected an object.", param=f"{where}.function.parameters"
        )
    if function.get("strict"):
        check_strict(parameters, name, f"{where}.function.parameters")
    return Tool(name, parameters)


def _checked_name(name: Any, where: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError(
            f"Invalid '{where}': expected a string that matches '^[a-zA-Z0-9_-]{{1,64}}$'.", param=where
        )
    return name


def parse_tool_choice(raw: Any, tools: tuple[Tool, ...]) -> str:
    """Return auto, none, required or the name of the demanded tool."""
    if raw is None:
        return "auto"
    if not tools:
        raise ApiError("'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")
    if raw in ("auto", "none", "required"):
        return str(raw)
    function = raw.get("function") if isinstance(raw, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    if name not in [tool.name for tool in tools]:
        raise ApiError("Invalid 'tool_choice': it names no tool in 'tools'.", param="tool_choice")
    return str(name)


def parse_format(raw: Any, messages: tuple[Message, ...]) -> OutputFormat:
    """Return the response format; raises ApiError 400 as OpenAI does for bad schemas and missing 'json'."""
    if raw is None:
        return OutputFormat()
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == "text":
        return OutputFormat()
    if kind == JSON_OBJECT:
        return _json_object(messages)
    if kind == JSON_SCHEMA:
        return _json_schema(raw.get(JSON_SCHEMA))
    raise ApiError(
        "Invalid 'response_format': supported types are text, json_object and json_schema.",
        param="response_format",
    )


def _json_object(messages: tuple[Message, ...]) -> OutputFormat:
    if not any("json" in message.text.lower() for message in messages):
        raise ApiError(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
            "'json_object'.",
            param="messages",
        )
    return OutputFormat(JSON_OBJECT, JSON_OBJECT)


def _json_schema(raw: Any) -> OutputFormat:
    where = "response_format.json_schema"
    if not isinstance(raw, dict):
        raise ApiError(f"Missing required parameter: '{where}'.", param=where)
    name = _checked_name(raw.get("name"), f"{where}.name")
    schema = raw.get("schema", {})
    if not isinstance(schema, dict):
        raise ApiError(f"Invalid '{where}.schema': expected an object.", param=f"{where}.schema")
    if raw.get("strict"):
        _check_root(schema, name)
        check_strict(schema, f"response_format '{name}'", "response_format")
    return OutputFormat(JSON_SCHEMA, name, schema)


def _check_root(schema: dict[str, Any], name: str) -> None:
    if schema.get("type") != "object":
        raise ApiError(
            f"Invalid schema for response_format '{name}': schema must be of 'type: \"object\"'.",
            param="response_format",
            code="invalid_json_schema",
        )

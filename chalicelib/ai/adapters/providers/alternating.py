"""A conversation as the providers want it that take turns of two: each side's words and actions in one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conversation import Heard, Message, Spoken, ToolSpec, ToolUsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chalicelib.ai.ports.models import ModelRequest

USER, ASSISTANT = "user", "assistant"
# What stands for the caller where the conversation would begin or end with our own words.
_NOTHING_SAID = "(The caller says nothing.)"
_GONE = "Cannot be used any more."


@dataclass(frozen=True)
class Blocks:
    """How a provider writes words, an action, and an action's result."""

    words: Callable[[str], dict[str, Any]]
    action: Callable[[ToolUsed, Any], dict[str, Any]]
    result: Callable[[ToolUsed], dict[str, Any]]


@dataclass
class Alternating:
    """Messages of alternating sides, the caller's first and last, as these providers demand."""

    blocks: Blocks
    messages: list[dict[str, Any]] = field(default_factory=list)

    def write(self, conversation: Iterable[Message]) -> list[dict[str, Any]]:
        """Write a conversation down."""
        for message in conversation:
            self._add(message)
        if not self.messages or self.messages[-1]["role"] == ASSISTANT:
            self._put(USER, self.blocks.words(_NOTHING_SAID))
        return self.messages

    def _add(self, message: Message) -> None:
        match message:
            case Heard(text=text) if text.strip():
                self._put(USER, self.blocks.words(text))
            case Spoken(text=text) if text.strip():
                self._put(ASSISTANT, self.blocks.words(text.strip()))
            case ToolUsed():
                self._put(ASSISTANT, self.blocks.action(message, arguments_of(message)))
                self._put(USER, self.blocks.result(message))

    def _put(self, role: str, block: dict[str, Any]) -> None:
        if not self.messages and role == ASSISTANT:
            self._put(USER, self.blocks.words(_NOTHING_SAID))
        if self.messages and self.messages[-1]["role"] == role:
            self.messages[-1]["content"].append(block)
        else:
            self.messages.append({"role": role, "content": [block]})


def tools_of(request: ModelRequest) -> tuple[ToolSpec, ...]:
    """Give the actions to tell of: also those that the conversation used and that it may not use any more.

    These providers refuse a conversation with an action that they were not told of.
    """
    known = {spec.name for spec in request.tools}
    used = dict.fromkeys(use.name for use in request.messages if isinstance(use, ToolUsed))
    gone = (ToolSpec(name, _GONE, {"type": "object"}) for name in used if name not in known)
    return (*request.tools, *gone)


def arguments_of(use: ToolUsed) -> Any:
    """Give an action's arguments as an object; what was none is wrapped, so that it can be told again."""
    try:
        found = json.loads(use.arguments or "{}")
    except json.JSONDecodeError:
        return {"unreadable": use.arguments}
    return found if isinstance(found, dict) else {"unreadable": use.arguments}

"""What the model answers, before it is put on the wire: words, tool calls and why it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from localcloud.model_server.tokens import split, split_arguments


class Finish(StrEnum):
    """Why an answer ended, in OpenAI's words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class ReplyCall:
    """A tool call of an answer: id, tool and the arguments as a JSON string."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; `rule` tells which rule of which script gave it."""

    text: str
    finish: Finish
    calls: tuple[ReplyCall, ...] = ()
    rule: str = ""

    @property
    def tokens(self) -> int:
        """Return how many tokens the answer takes, arguments of tool calls included."""
        return len(split(self.text)) + sum(len(split_arguments(call.arguments)) for call in self.calls)

    def cut(self, limit: int) -> Reply:
        """Return the answer's first `limit` tokens, with finish reason `length` when that loses any."""
        if self.tokens <= limit:
            return self
        words = split(self.text)[:limit]
        left, calls = limit - len(words), []
        for call in self.calls:
            if left <= 0:
                break
            parts = split_arguments(call.arguments)[:left]
            left -= len(parts)
            calls.append(ReplyCall(call.id, call.name, "".join(parts)))
        return Reply("".join(words), Finish.LENGTH, tuple(calls), self.rule)

    def stopped_at(self, stops: tuple[str, ...]) -> Reply:
        """Return the answer up to the first stop sequence; only text is searched, as OpenAI does."""
        ends = [found for stop in stops if (found := self.text.find(stop)) >= 0]
        return Reply(self.text[: min(ends)], Finish.STOP, (), self.rule) if ends else self

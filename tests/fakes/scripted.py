"""The local cloud's scripted model, asked in process: its rules without its wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse, tell_nobody
from chalicelib.ai.domain.conversation import Heard, Spoken
from chalicelib.ai.ports.models import Finished, ModelPart, ModelRequest, TextDelta, ToolCall
from localcloud.model_server.answering import answer
from localcloud.model_server.chat_request import parse_request
from localcloud.model_server.script_book import ScriptBook, open_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.ai.domain.asking import Tell
    from chalicelib.ai.domain.conversation import Message

_USAGE = Usage(prompt_tokens=100, completion_tokens=10)


@dataclass
class ScriptedModel:
    """Answers by the shipped scripts; implements `Model`."""

    name: str = "gpt-4.1-mini"
    book: ScriptBook = field(default_factory=open_book)

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Say what the first matching rule says."""
        messages = [message for each in request.messages for message in _written(each)]
        body: dict[str, Any] = {"messages": [_system(request.instructions), *messages]}
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {"name": each.name, "parameters": dict(each.parameters)},
                }
                for each in request.tools
            ]
        reply = self._reply(body)
        request.tell(ModelUse("scripted", self.name, _USAGE, 0, 0))
        yield TextDelta(reply.text)
        for call in reply.calls:
            yield ToolCall(call.id, call.name, call.arguments)
        yield Finished(_USAGE)

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], tell: Tell = tell_nobody
    ) -> tuple[Any, Usage]:
        """Give JSON by the schema."""
        wanted = {"name": name, "schema": dict(schema), "strict": True}
        reply = self._reply(
            {
                "messages": [_system(task), {"role": "user", "content": text}],
                "response_format": {"type": "json_schema", "json_schema": wanted},
            }
        )
        tell(ModelUse("scripted", self.name, _USAGE, 0, 0))
        return json.loads(reply.text), _USAGE

    def _reply(self, body: dict[str, Any]) -> Any:
        request = parse_request({"model": self.name, **body})
        return answer(request, self.book.choose(request), self.book, None)


def _system(text: str) -> dict[str, Any]:
    return {"role": "system", "content": text}


def _written(message: Message) -> list[dict[str, Any]]:
    if isinstance(message, Heard):
        return [{"role": "user", "content": message.text}]
    if isinstance(message, Spoken):
        return [{"role": "assistant", "content": message.text}]
    function = {"name": message.name, "arguments": message.arguments}
    call = {"id": message.id, "type": "function", "function": function}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": message.id, "content": message.result},
    ]

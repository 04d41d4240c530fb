"""Makes the reply to a request: the rule that matches, or JSON by schema, within the request's limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from localcloud.model_server.analysis import analyse, tool_arguments
from localcloud.model_server.patterns import fill
from localcloud.model_server.reply import Finish, Reply, ReplyCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.faults import Fault
    from localcloud.model_server.script_book import Chosen, ScriptBook

NOTHING_MATCHED = "I see. How can I help you with that?"


def answer(request: ChatRequest, chosen: Chosen | None, book: ScriptBook, fault: Fault | None) -> Reply:
    """Return the reply of the chosen rule, spoilt by the fault, then cut to the request's limits."""
    reply = _forced(request, _spoken(request, chosen, book), book)
    reply = reply.stopped_at(request.stop)
    if fault is not None:
        reply = fault.spoil(reply, is_json=request.output.is_json)
    return reply if request.max_tokens is None else reply.cut(request.max_tokens)


def _spoken(request: ChatRequest, chosen: Chosen | None, book: ScriptBook) -> Reply:
    if chosen is None and request.output.is_json:
        return Reply(
            json.dumps(analyse(request, _everything_known(request, book))), Finish.STOP, rule="schema"
        )
    if chosen is None:
        return Reply(NOTHING_MATCHED, Finish.STOP, rule="default")
    rule = chosen.rule
    if rule.json is not None:
        return Reply(json.dumps(fill(rule.json, chosen.variables)), Finish.STOP, rule=rule.name)
    uses = rule.calls if request.parallel else rule.calls[:1]
    made = [(use.tool, json.dumps(fill(use.arguments, chosen.variables))) for use in uses]
    calls = _calls(request, made)
    text = str(fill(rule.say, chosen.variables))
    return Reply(text, Finish.TOOL_CALLS if calls else Finish.STOP, calls, rule.name)


def _forced(request: ChatRequest, reply: Reply, book: ScriptBook) -> Reply:
    tool = request.forced_tool
    if tool is None or request.output.is_json:
        return reply
    fitting = [call for call in reply.calls if request.tool_choice in ("required", call.name)]
    if fitting:
        return Reply("", Finish.TOOL_CALLS, tuple(fitting), reply.rule)
    arguments = tool_arguments(tool.parameters, request, _everything_known(request, book))
    return Reply("", Finish.TOOL_CALLS, _calls(request, [(tool.name, json.dumps(arguments))]), "tool_choice")


def _calls(request: ChatRequest, made: Sequence[tuple[str, str]]) -> tuple[ReplyCall, ...]:
    return tuple(
        ReplyCall(f"call_{request.digest[:20]}{index:04d}", name, arguments)
        for index, (name, arguments) in enumerate(made)
    )


def _everything_known(request: ChatRequest, book: ScriptBook) -> dict[str, str]:
    said = [message.text for message in request.messages if message.role == "user"]
    return book.vocabulary.read("\n".join([request.system_text, *said]))

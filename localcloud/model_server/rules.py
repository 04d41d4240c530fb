"""Rules of a script: when each applies and what it answers; reading files and choosing are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.faults import Fault, parse_fault
from localcloud.model_server.fields import Fields
from localcloud.model_server.options import Timing
from localcloud.model_server.patterns import TextPattern, captured, check_filters, parse_pattern, variables_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.model_server.chat_request import ChatRequest

ANY_TOOL = "*"
TEXTS = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a conversation; everything left out always holds.

    Without `after_tool` a condition fails when the last message is a tool's result, and without `schema` when
    JSON is demanded, so that a rule for speech answers neither.
    """

    texts: Mapping[str, TextPattern] = field(default_factory=dict)
    result: TextPattern | None = None
    after_tool: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    least_turns: int = 0
    most_turns: int | None = None

    def match(self, request: ChatRequest) -> dict[str, str] | None:
        """Return the captured variables, or None when the condition does not hold."""
        if not (self._fits_shape(request) and self._fits_turns(request)):
            return None
        found = self._tool_variables(request)
        return None if found is None else self._text_variables(request, found)

    def _fits_shape(self, request: ChatRequest) -> bool:
        if request.output.is_json != bool(self.schema):
            return False
        named = not self.schema or request.output.name in self.schema or ANY_TOOL in self.schema
        return named and request.offered_tools.issuperset(self.tools)

    def _fits_turns(self, request: ChatRequest) -> bool:
        turns = request.assistant_turns
        return turns >= self.least_turns and (self.most_turns is None or turns <= self.most_turns)

    def _tool_variables(self, request: ChatRequest) -> dict[str, str] | None:
        last = request.dialogue[-1] if request.dialogue else None
        if last is None or last.role != "tool":
            return None if self.after_tool else {}
        called = next((c for m in request.messages for c in m.calls if c.id == last.answers), None)
        if called is None or not {called.name, ANY_TOOL} & set(self.after_tool):
            return None
        match = self.result.search(last.text) if self.result else None
        return None if self.result and not match else called.values() | captured(match)

    def _text_variables(self, request: ChatRequest, found: dict[str, str]) -> dict[str, str] | None:
        for name, pattern in self.texts.items():
            match = pattern.search(_text_of(request, name))
            if match is None:
                return None
            found = found | captured(match)
        return found


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool that a rule calls, and its arguments (templates within)."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One answer and when it is given: words, tool calls, JSON, a fault, at a pace."""

    name: str
    condition: Condition
    say: str = ""
    calls: tuple[ToolUse, ...] = ()
    json: Any = None
    fault: Fault | None = None
    timing: Timing | None = None

    def match(self, request: ChatRequest) -> dict[str, str] | None:
        """Return the captured variables when its tools are offered and its condition holds."""
        if not request.offered_tools.issuperset(use.tool for use in self.calls):
            return None
        return self.condition.match(request)


def _text_of(request: ChatRequest, name: str) -> str:
    if name == "system":
        return request.system_text
    return request.last_user_text if name == "user" else request.last_assistant_text


def parse_condition(raw: object, where: str, named: Mapping[str, str]) -> Condition:
    """Return a rule's `when`; raises InvalidInput naming the field."""
    fields = Fields(raw, where)
    texts = {
        name: parse_pattern(fields.get(name), fields.path(name), named) for name in TEXTS if fields.has(name)
    }
    result = (
        parse_pattern(fields.get("result"), fields.path("result"), named) if fields.has("result") else None
    )
    least, most = _turns(fields)
    condition = Condition(
        texts=texts,
        result=result,
        after_tool=fields.names("after_tool"),
        schema=fields.names("schema"),
        tools=fields.names("tools"),
        least_turns=least,
        most_turns=most,
    )
    fields.finish()
    return condition


def _turns(fields: Fields) -> tuple[int, int | None]:
    raw = fields.get("turns")
    if not isinstance(raw, dict):
        exact = fields.integer("turns", -1)
        return (0, None) if raw is None else (exact, exact)
    bounds = Fields(raw, fields.path("turns"))
    least = bounds.integer("min", 0)
    most = bounds.integer("max", 0) if bounds.has("max") else None
    bounds.finish()
    return least, most


def parse_rule(raw: object, where: str, named: Mapping[str, str], variables: frozenset[str]) -> Rule:
    """Return a rule; raises InvalidInput naming the field, also for variables that nothing sets."""
    fields = Fields(raw, where)
    rule = Rule(
        name=fields.text("name", where),
        condition=parse_condition(fields.mapping("when"), fields.path("when"), named),
        say=fields.text("say", "").strip(),
        calls=tuple(
            _tool_use(item, f"{where}.call[{index}]") for index, item in enumerate(fields.items("call"))
        ),
        json=fields.get("json"),
        fault=parse_fault(fields.get("fault"), fields.path("fault"), named) if fields.has("fault") else None,
        timing=parse_timing(fields.get("timing"), fields.path("timing"), Timing())
        if fields.has("timing")
        else None,
    )
    fields.finish()
    _check_rule(rule, where, variables)
    return rule


def _tool_use(raw: object, where: str) -> ToolUse:
    fields = Fields(raw, where)
    use = ToolUse(fields.text("tool"), fields.mapping("arguments"))
    fields.finish()
    return use


def _check_rule(rule: Rule, where: str, variables: frozenset[str]) -> None:
    if not (rule.say or rule.calls or rule.fault or rule.json is not None):
        raise InvalidInput(where, "answers nothing", "give say, call, json or fault")
    templates = [rule.say, rule.json, *(use.arguments for use in rule.calls)]
    check_filters(templates, where)
    groups = {name for pattern in rule.condition.texts.values() for name in pattern.groups}
    unknown = variables_in(templates) - groups - variables
    if unknown and not rule.condition.after_tool:
        raise InvalidInput(
            where, f"uses {{{min(unknown)}}}, which nothing sets", "capture it in `user` or `system`"
        )


def parse_timing(raw: object, where: str, base: Timing) -> Timing:
    """Return a pace; what is left out comes from `base`."""
    fields = Fields(raw, where)
    timing = Timing(
        fields.number("first_token_ms", base.first_token_ms),
        fields.number("tokens_per_second", base.tokens_per_second),
    )
    fields.finish()
    return timing

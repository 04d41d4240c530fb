"""Answers to requests for JSON: call facts offered to the schema builder by property name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from localcloud.model_server.call_facts import BOOKED, CALLBACK, STOP, TRANSFER, CallFacts
from localcloud.model_server.left_behind import due_day, learnt, promised_call
from localcloud.model_server.schema_values import SchemaValues
from localcloud.model_server.transcript import PERSON, read_transcript
from localcloud.model_server.wanted_values import WANTED, WantedValue, asks_for_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.schema_values import ValueSource

PLAIN = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "sentiment": {"enum": ["positive", "neutral", "negative"]},
        "intents": {"type": "array", "items": {"type": "string"}},
        "outcome": {"type": "string"},
        "action_items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "owner": {"type": "string"}},
            },
        },
    },
}
MOOD_SCORE = {"positive": 0.6, "neutral": 0.0, "negative": -0.6}
CONFIDENCE = 0.9
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+\d{8,15}")
SHORTEST_WORD = 3
PROMISED = "callback"
# By which words the owner of a task may go.
OWNERS = {"person": ("person", "colleague", "human")}


def analyse(request: ChatRequest, variables: Mapping[str, str]) -> Any:
    """Return a value valid for the request's schema (a plain call analysis for json_object)."""
    schema = request.output.schema or PLAIN
    wanted = schema.get("properties")
    apart = isinstance(wanted, dict) and PROMISED in wanted
    source = CallValues(CallFacts(read_transcript(request), variables), promises_apart=apart)
    return SchemaValues(schema).build(source)


def tool_arguments(parameters: dict[str, Any], request: ChatRequest, variables: Mapping[str, str]) -> Any:
    """Return arguments valid for a tool's schema, from what was said."""
    source = CallValues(CallFacts(read_transcript(request), variables))
    found = SchemaValues(parameters, "tools").build(source) if parameters else {}
    return found if isinstance(found, dict) else {}


def words_of(name: str) -> list[str]:
    """Return the words of a property or label, as `call_back` and `callBack` have two."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[^A-Za-z0-9]+", spaced) if word]


class CallValues:
    """Likely values of a call's properties; an inner source is one item of a list.

    `promises_apart`: a promised call has a property of its own, and is no task.
    """

    def __init__(
        self,
        facts: CallFacts,
        item: Mapping[str, Any] | None = None,
        *,
        wanted: bool = False,
        promises_apart: bool = False,
    ) -> None:
        self._facts = facts
        self._wanted = wanted
        self._apart = promises_apart
        self._item = item or {}
        self._said = " ".join(line.text for line in facts.lines if line.speaker == PERSON)

    def text(self, name: str) -> str | None:
        """Return words for a string property, or None when the call says nothing of it."""
        if name in self._item:
            own = self._item[name]
            return own if isinstance(own, str) else None
        known = self._texts()
        return known.get(name) or known.get((words_of(name) or [""])[-1])

    def _texts(self) -> dict[str, str | None]:
        facts = self._facts
        person = [line.text for line in facts.lines if line.speaker == PERSON]
        return {
            "summary": facts.summary(),
            "sentiment": facts.sentiment,
            "outcome": facts.decisive.name if facts.decisive else "completed",
            "disposition": facts.decisive.name if facts.decisive else "completed",
            "reason": facts.summary(),
            "name": facts.name if facts.name != "the person" else None,
            "when": facts.when,
            "due": facts.when,
            "time": facts.when,
            "date": facts.when,
            "email": _first(_EMAIL, self._said),
            "phone": _first(_PHONE, self._said),
            "quote": person[-1] if person else None,
            "text": person[-1] if person else None,
            "language": "en",
            "agent": facts.variables.get("agent_name"),
            "business": facts.variables.get("business"),
        }

    def number(self, name: str) -> float | None:
        """Return a number property: a turn's number, a confidence or a score."""
        if isinstance(self._item.get(name), int | float):
            return float(self._item[name])
        words = words_of(name)
        if "turn" in words:
            return float(self._facts.lines[-1].number) if self._facts.lines else None
        if "confidence" in words:
            return CONFIDENCE
        return MOOD_SCORE[self._facts.sentiment] if {"score", "sentiment"} & set(words) else None

    def holds(self, name: str) -> bool:
        """Return a yes-or-no property: whether the person used a word of its name, or its fact was heard."""
        if "goal" in words_of(name):
            return self._facts.decisive is BOOKED
        words = [word for word in words_of(name) if len(word) > SHORTEST_WORD]
        labels = [label for fact in self._facts.heard for label in fact.labels]
        return any(word in self._said.lower() or any(word in label for label in labels) for word in words)

    def choice(self, name: str, options: Sequence[Any]) -> Any:
        """Return an enum's option: by mood or outcome, or the first that was said, else the first."""
        labels = self._labels(name)
        for label in labels:
            for option in options:
                if isinstance(option, str) and label in "_".join(words_of(option)):
                    return option
        return next((option for option in options if self._mentions(option)), options[0])

    def _labels(self, name: str) -> tuple[str, ...]:
        own = self._item.get(name)
        if isinstance(own, str):
            heard = [fact for fact in self._facts.heard if fact.name == own]
            called = OWNERS.get(own, (own.lower(),))
            return (*called, *(label for fact in heard for label in fact.labels))
        words = set(words_of(name))
        if words & {"sentiment", "mood", "tone"}:
            return (self._facts.sentiment,)
        return self._facts.outcome_labels() if words & {"outcome", "disposition", "result", "status"} else ()

    def _mentions(self, option: Any) -> bool:
        words = words_of(option) if isinstance(option, str) else []
        return bool(words) and all(word in self._said.lower() for word in words)

    def items(self, name: str) -> Sequence[Mapping[str, Any] | str]:
        """Return a list's items: intents, action items, topics or nothing."""
        words = set(words_of(name))
        if words & {"intent", "intents"}:
            return [self._named(fact.name) for fact in self._facts.heard]
        if words & {"action", "actions", "tasks", "todo", "todos", "steps"}:
            return self._tasks()
        if words & {"facts", "memories"}:
            return learnt(self._facts)
        if words & {"topics", "topic", "tags", "keywords"}:
            return [fact.topic for fact in self._facts.heard if fact.topic]
        return ()

    def part(self, name: str, schema: Mapping[str, Any]) -> ValueSource:
        """Return the source for an inner object: this one, or one that looks for a named value."""
        if self._wanted and asks_for_value(schema):
            return WantedValue(self._facts, name, schema)
        if name == PROMISED and (call := promised_call(self._facts)):
            return CallValues(self._facts, call)
        return CallValues(self._facts, self._item, wanted=True) if name == WANTED else self

    def lacks(self, name: str) -> bool:
        """Return whether null is certainly right: of a promised call it is known, of others it never is."""
        return name == PROMISED and promised_call(self._facts) is None

    def _named(self, name: str) -> dict[str, Any]:
        turns = [line.number for line in self._facts.lines if line.speaker == PERSON]
        return {**dict.fromkeys(("", "name", "intent", "label"), name), "turn": (turns or [1])[-1]}

    def _tasks(self) -> list[dict[str, Any]]:
        facts = self._facts
        return [
            {
                **dict.fromkeys(
                    ("", "text", "title", "description", "task", "action"), facts.fill(fact.task)
                ),
                "owner": fact.owner,
                "due": facts.when if fact is CALLBACK else None,
                "due_on": None if fact is TRANSFER else due_day(facts),
            }
            for fact in facts.heard
            if fact.task and not (self._apart and fact in (CALLBACK, STOP))
        ]

    def within(self, name: str, item: Mapping[str, Any] | str) -> CallValues:
        """Return the source for one item of the list `name`; its own words are under the empty name."""
        fields = {"": item} if isinstance(item, str) else item
        return CallValues(self._facts, {**fields, name: fields[""]})


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[0] if found else None

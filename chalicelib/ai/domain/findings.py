"""What a call left behind for later: promises, facts, how it ended; as asked of a model and read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

AGENT, CALLER, COLLEAGUE = "agent", "caller", "colleague"
OWNERS = (AGENT, CALLER, COLLEAGUE)
# That the caller wants no more calls, as the model reads it.
OPTED_OUT = "opted_out"
# What a call came to, where its template has no words of its own.
OUTCOMES = (
    "goal_reached",
    "goal_missed",
    "callback_wanted",
    "not_interested",
    "wrong_person",
    OPTED_OUT,
    "information_given",
    "unclear",
)
MAX_FACTS = 10
_MAX_ITEMS = 20
_LONGEST = 500
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?")
_SAID = "The words of the call that say it, copied exactly."


@dataclass(frozen=True)
class ActionItem:
    """Something that was promised, who owes it, and the day by which (YYYY-MM-DD), None when none was named.

    The owner is our `agent`, the `caller`, or a `colleague` of the agent.
    """

    text: str
    owner: str
    due_on: str | None = None


@dataclass(frozen=True)
class PromisedCallback:
    """That we call again at `at`: local time of the contact, without a zone; `turn` is where it was said."""

    at: str
    said: str = ""
    turn: int | None = None

    @property
    def local(self) -> datetime:
        """Give the time that was promised, on the contact's clock."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Learnt:
    """Something about the caller that matters in later calls; `turn` is where they said it, None: nowhere."""

    key: str
    value: str
    said: str = ""
    turn: int | None = None


@dataclass(frozen=True)
class Findings:
    """What a call left behind; `outcome` is one of the template's words, or of `OUTCOMES`.

    `goal_reached` is None when that cannot be said; `confidence` is the model's own, from 0 to 1.
    """

    outcome: str = ""
    goal_reached: bool | None = None
    confidence: float | None = None
    callback: PromisedCallback | None = None
    facts: tuple[Learnt, ...] = ()


NOTHING_FOUND = Findings()


def _object(properties: Mapping[str, Any], description: str = "") -> dict[str, Any]:
    described = {"description": description} if description else {}
    shape = {"type": "object", "additionalProperties": False, "required": list(properties)}
    return {**shape, **described, "properties": dict(properties)}


def _maybe(schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    return {"anyOf": [dict(schema), {"type": "null"}], "description": description}


_TEXT = {"type": "string"}
ACTION_ITEM_SCHEMA = _object(
    {
        "text": {"type": "string", "description": "What is to be done; no promise to call again."},
        "owner": {"type": "string", "enum": list(OWNERS)},
        "due_on": _maybe(
            {"type": "string", "format": "date"}, "The day by which, YYYY-MM-DD; null when none was named."
        ),
    }
)
_CALLBACK_SCHEMA = _object(
    {
        "at": {
            "type": "string",
            "description": "Local date and time of the caller, such as 2026-03-05T10:00.",
        },
        "said": {"type": "string", "description": _SAID},
    }
)
_FACT_SCHEMA = _object(
    {
        "key": {"type": "string", "description": "A short name in snake_case, such as preferred_time."},
        "value": _TEXT,
        "said": {"type": "string", "description": f"{_SAID} By the caller, not by the agent."},
    },
    "Something lasting that the caller said of themselves; nothing about others, health, or payment.",
)


def findings_schema(outcomes: tuple[str, ...]) -> dict[str, Any]:
    """Give the properties of the schema that ask for findings; all of them are required."""
    return {
        "outcome": {"type": "string", "enum": list(outcomes or OUTCOMES)},
        "goal_reached": _maybe({"type": "boolean"}, "Whether the call did what it was for; null: unclear."),
        "confidence": {"type": "number", "description": "How sure you are of all this, from 0 to 1."},
        "callback": _maybe(_CALLBACK_SCHEMA, "When our agent promised to call again; null when not."),
        "facts": {"type": "array", "items": _FACT_SCHEMA},
    }


def read_findings(payload: Mapping[str, Any], outcomes: tuple[str, ...]) -> Findings:
    """Take what a model found; what does not fit is left out, and the rest stands."""
    outcome, reached = payload.get("outcome"), payload.get("goal_reached")
    return Findings(
        outcome=outcome if outcome in (outcomes or OUTCOMES) else "",
        goal_reached=reached if isinstance(reached, bool) else None,
        confidence=_share(payload.get("confidence")),
        callback=_callback(payload.get("callback")),
        facts=_facts(payload.get("facts")),
    )


def read_items(payload: Any) -> tuple[ActionItem, ...]:
    """Take a model's action items; errors of Python for what are none. Unknown owners are colleagues."""
    return tuple(
        ActionItem(str(item["text"])[:_LONGEST], _owner(item["owner"]), _day(item.get("due_on")))
        for item in payload[:_MAX_ITEMS]
    )


def _owner(value: Any) -> str:
    owner = str(value).strip().casefold()
    return owner if owner in OWNERS else COLLEAGUE


def _day(value: Any) -> str | None:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        return None


def _share(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return min(1.0, max(0.0, float(value))) if is_number else None


def _callback(found: Any) -> PromisedCallback | None:
    at = found.get("at") if isinstance(found, dict) else None
    if not isinstance(at, str) or not _LOCAL.fullmatch(at):
        return None
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return None
    return PromisedCallback(at, _text(found.get("said")))


def _facts(found: Any) -> tuple[Learnt, ...]:
    entries = found if isinstance(found, list) else []
    facts = {fact.key: fact for fact in map(_fact, entries) if fact}
    return tuple(facts.values())[:MAX_FACTS]


def _fact(entry: Any) -> Learnt | None:
    fields = entry if isinstance(entry, dict) else {}
    key, value = _text(fields.get("key")), _text(fields.get("value"))
    return Learnt(key, value, _text(fields.get("said"))) if _KEY.fullmatch(key) and value else None


def _text(value: Any) -> str:
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""

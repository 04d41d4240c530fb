"""What a call left for later: a promised call, due days, and what the person said of themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localcloud.model_server.call_facts import CALLBACK, WHEN
from localcloud.model_server.spoken_times import local_time
from localcloud.model_server.transcript import PERSON

if TYPE_CHECKING:
    from localcloud.model_server.call_facts import CallFacts

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
# Keys of what people say of themselves, with how they say it.
_LEARNT = (
    ("preferred_time", re.compile(r"\b(?P<value>mornings|afternoons|evenings|weekends)\b", re.IGNORECASE)),
    (
        "family",
        re.compile(
            r"\bmy (?P<value>(?:son|daughter|wife|husband|partner|mother|father)\b[^,.;!?]{0,40})",
            re.IGNORECASE,
        ),
    ),
    ("pet", re.compile(r"\bmy (?P<value>(?:dog|cat|parrot|horse)\b[^,.;!?]{0,40})", re.IGNORECASE)),
    (
        "occupation",
        re.compile(r"\bi work (?:as|at|in|for) (?P<value>[^,.;!?]{2,60})", re.IGNORECASE),
    ),
    ("home", re.compile(r"\bi live (?:in|at|near) (?P<value>[^,.;!?]{2,60})", re.IGNORECASE)),
)


def promised_call(facts: CallFacts) -> dict[str, str] | None:
    """Return when the person is called back, in local time, with their words; None when nobody said when."""
    if CALLBACK not in facts.heard:
        return None
    for line in reversed(facts.lines):
        named = WHEN.search(line.text) if line.speaker == PERSON else None
        moment = local_time(named[0], facts.variables.get("now", "")) if named else ""
        if _MOMENT.match(moment):
            return {"at": moment[:16], "said": line.text}
    return None


def due_day(facts: CallFacts) -> str | None:
    """Return the day that was named last, as `2026-03-05`, or None."""
    moment = local_time(facts.when, facts.variables.get("now", "")) if facts.when else ""
    return moment[:10] if _MOMENT.match(moment) else None


def learnt(facts: CallFacts) -> list[dict[str, str]]:
    """Return what the person said of themselves: key, value and their words; the last of each key."""
    found: dict[str, dict[str, str]] = {}
    for line in facts.lines:
        for key, pattern in _LEARNT if line.speaker == PERSON else ():
            if match := pattern.search(line.text):
                value = match["value"].strip()
                found[key] = {"": value, "key": key, "value": value, "said": line.text}
    return list(found.values())

"""Values that a schema asks for by name, with the person's words: found in what was answered to what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from localcloud.model_server.spoken_times import local_time
from localcloud.model_server.transcript import AGENT, PERSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from localcloud.model_server.call_facts import CallFacts
    from localcloud.model_server.transcript import Line

WANTED = "extracted"
_PARTS = {"value", "said"}
_SHORTEST_WORD = 3
_VAGUE = frozenset(
    re.findall(
        r"\w+",
        "about caller called could does from have many much null number person said say that their them "
        "there they this value want wants what when whether which with would your preferred",
    )
)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[.,]\d+)?(?![\w])")
_SPELT = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NO = re.compile(r"\b(?:no|not|never|nope|don't|doesn't|won't|isn't|can't)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|\b(?:today|tomorrow|next week|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)


def asks_for_value(schema: Mapping[str, Any]) -> bool:
    """Tell whether an object is a value with the words that say it."""
    properties = schema.get("properties")
    return isinstance(properties, dict) and set(properties) == _PARTS


class WantedValue:
    """One wanted value: what the person said of it, when they used its words or were asked for it."""

    def __init__(self, facts: CallFacts, name: str, schema: Mapping[str, Any]) -> None:
        self._facts = facts
        described = f"{name} {schema.get('description', '')}".lower()
        words = re.findall(r"[a-z]+", described.replace("_", " "))
        self._words = {word for word in words if len(word) > _SHORTEST_WORD} - _VAGUE
        self._value, self._said = self._found(_typed(schema))

    def text(self, name: str) -> str | None:
        """Return the words, or a value that is words."""
        if name == "said":
            return self._said or None
        return self._value if isinstance(self._value, str) else None

    def number(self, name: str) -> float | None:  # noqa: ARG002  there is one value
        """Return a value that is a number."""
        return self._value if isinstance(self._value, int | float) else None

    def holds(self, name: str) -> bool:  # noqa: ARG002  there is one value
        """Return a value that is yes or no."""
        return self._value is True

    def choice(self, name: str, options: Sequence[Any]) -> Any:  # noqa: ARG002  there is one value
        """Return the option that was found."""
        return self._value if self._value in options else options[0]

    def items(self, name: str) -> Sequence[Mapping[str, Any] | str]:  # noqa: ARG002  it holds no lists
        """Return nothing."""
        return ()

    def within(self, name: str, item: Mapping[str, Any] | str) -> WantedValue:  # noqa: ARG002  it holds no lists
        """Return this."""
        return self

    def part(self, name: str, schema: Mapping[str, Any]) -> WantedValue:  # noqa: ARG002  it holds no objects
        """Return this."""
        return self

    def lacks(self, name: str) -> bool:  # noqa: ARG002  there is one value
        """Return whether nothing was found."""
        return self._value is None

    def _found(self, wanted: Mapping[str, Any]) -> tuple[str | float | bool | None, str]:
        for line in self._lines(anywhere="enum" in wanted):
            value = self._read(wanted, line.text)
            if value is not None:
                return value, line.text
        return None, ""

    def _lines(self, *, anywhere: bool) -> Iterator[Line]:
        """Give what the person said of it, the latest first; where it was asked for comes first."""
        said = [
            (line, before)
            for before, line in zip((None, *self._facts.lines), self._facts.lines, strict=False)
            if line.speaker == PERSON
        ]
        for line, before in reversed(said):
            if before is not None and before.speaker == AGENT and self._names(before.text):
                yield line
        for line, _ in reversed(said):
            if anywhere or self._names(line.text):
                yield line

    def _names(self, text: str) -> bool:
        return any(word in text.lower() for word in self._words)

    def _read(self, wanted: Mapping[str, Any], text: str) -> str | float | bool | None:
        if "enum" in wanted:
            return _option(wanted["enum"], text)
        if wanted.get("format") == "date":
            return self._date(text)
        match wanted.get("type"):
            case "boolean":
                return _NO.search(text) is None
            case "number" | "integer":
                return _first_number(text)
            case _:
                return text

    def _date(self, text: str) -> str | None:
        day = _DAY.search(text)
        found = local_time(day[0], self._facts.variables.get("now", ""))[:10] if day else ""
        return found if re.fullmatch(r"\d{4}-\d\d-\d\d", found) else None


def _typed(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the schema of the value itself, without null."""
    value = schema["properties"]["value"]
    branches = value.get("anyOf", [value]) if isinstance(value, dict) else []
    real = [each for each in branches if isinstance(each, dict) and each.get("type") != "null"]
    return real[0] if real else {}


def _option(options: Sequence[Any], text: str) -> str | None:
    said = f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
    for option in options:
        words = re.findall(r"[a-z0-9]+", option.lower()) if isinstance(option, str) else []
        if words and all(f" {word} " in said or f" {word}s " in said for word in words):
            return str(option)
    return None


def _first_number(text: str) -> float | None:
    if found := _NUMBER.search(text):
        number = float(found[0].replace(",", "."))
        return int(number) if number.is_integer() else number
    words = re.findall(r"[a-z]+", text.lower())
    return next((_SPELT.index(word) for word in words if word in _SPELT), None)

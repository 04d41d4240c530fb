"""Builds JSON that is valid for a given schema from a source of likely values; knows nothing of calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.model_server.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEEPEST = 24
MOST_NODES = 5_000
LARGEST = 1e15
PLAIN_TEXTS = ("+12025550100", "A1", "en", "en-US", "USD", "1", "none")
SPARE_FROM = 6
FORMATS = {
    "date-time": "2026-01-05T09:00:00Z",
    "date": "2026-01-05",
    "time": "09:00:00Z",
    "duration": "PT30M",
    "email": "person@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
FORMAT_SHAPES = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
}


class ValueSource(Protocol):
    """Likely values for properties, by the property's name; None when it has none."""

    def text(self, name: str) -> str | None:
        """Return words for a string."""

    def number(self, name: str) -> float | None:
        """Return a number."""

    def holds(self, name: str) -> bool:
        """Return the value of a yes-or-no property."""

    def choice(self, name: str, options: Sequence[Any]) -> Any:
        """Return one of the options of an enum."""

    def items(self, name: str) -> Sequence[Mapping[str, Any] | str]:
        """Return the items of a list: texts, or objects by property name."""

    def within(self, name: str, item: Mapping[str, Any] | str) -> ValueSource:
        """Return a source for one item of the list `name`."""

    def part(self, name: str, schema: Mapping[str, Any]) -> ValueSource:
        """Return a source for the object under the property `name`."""

    def lacks(self, name: str) -> bool:
        """Return whether the call certainly says nothing of a property that may be null."""


class SchemaValues:
    """Values for one schema document; `$ref` is looked up in it."""

    def __init__(self, root: dict[str, Any], param: str = "response_format") -> None:
        self._root = root
        self._param = param
        self._nodes = 0

    def build(self, source: ValueSource) -> Any:
        """Return a value for the whole schema; raises ApiError 400 for schemas that have no finite value."""
        return self._value(self._root, "", source, 0)

    def _value(self, raw: Any, name: str, source: ValueSource, depth: int) -> Any:
        schema = self._resolved(raw, depth)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return source.choice(name, schema["enum"])
        branches = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(branches, list) and branches:
            return self._any_of(branches, name, source, depth)
        return self._typed(schema, name, source, depth)

    def _resolved(self, raw: Any, depth: int) -> dict[str, Any]:
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST_NODES:
            raise ApiError("Invalid schema: it is nested without end.", param=self._param)
        schema: dict[str, Any] = raw if isinstance(raw, dict) else {}
        for _ in range(DEEPEST):
            if not isinstance(schema.get("$ref"), str):
                break
            schema = {key: value for key, value in schema.items() if key != "$ref"} | self._lookup(
                schema["$ref"]
            )
        parts = schema.get("allOf")
        for part in parts if isinstance(parts, list) else ():
            schema = _joined(schema, self._resolved(part, depth + 1))
        return schema

    def _lookup(self, reference: str) -> dict[str, Any]:
        found: Any = self._root
        for part in reference.removeprefix("#").strip("/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, dict) and part else found
        if not isinstance(found, dict):
            raise ApiError(f"Invalid schema: {reference!r} is not in it.", param=self._param)
        return found

    def _any_of(self, branches: list[Any], name: str, source: ValueSource, depth: int) -> Any:
        real = [
            branch for branch in branches if not (isinstance(branch, dict) and branch.get("type") == "null")
        ]
        nullable = len(real) < len(branches)
        if not real or (
            nullable
            and (
                depth >= SPARE_FROM or source.lacks(name) or not self._known(real[0], name, source, depth + 1)
            )
        ):
            return None
        return self._value(real[0], name, source, depth + 1)

    def _known(self, raw: Any, name: str, source: ValueSource, depth: int) -> bool:
        schema = self._resolved(raw, depth)
        kind = schema.get("type")
        if kind == "string" and "enum" not in schema:
            text = source.text(name)
            return text is not None and _fits(text, schema)
        if kind in ("number", "integer"):
            return source.number(name) is not None
        return True

    def _typed(self, schema: dict[str, Any], name: str, source: ValueSource, depth: int) -> Any:
        kinds = schema.get("type") or ("object" if "properties" in schema else "string")
        if isinstance(kinds, list):
            branches = [{**schema, "type": kind} for kind in kinds]
            return self._any_of(branches, name, source, depth)
        if kinds == "object":
            return self._object(schema, source.part(name, schema), depth)
        if kinds == "array":
            return self._array(schema, name, source, depth)
        return _scalar(kinds, schema, name, source)

    def _object(self, schema: dict[str, Any], source: ValueSource, depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        wanted = properties if isinstance(properties, dict) else {}
        required = schema.get("required") if isinstance(schema.get("required"), list) else []
        if depth >= SPARE_FROM:
            wanted = {key: value for key, value in wanted.items() if key in (required or [])}
        return {key: self._value(value, key, source, depth + 1) for key, value in wanted.items()}

    def _array(self, schema: dict[str, Any], name: str, source: ValueSource, depth: int) -> list[Any]:
        least, most = _bound(schema, "minItems", 0), _bound(schema, "maxItems", 20)
        found = list(source.items(name))[:most] if depth < SPARE_FROM else []
        found += [""] * (least - len(found))
        built = [
            self._value(schema.get("items"), name, source.within(name, item), depth + 1) for item in found
        ]
        return _distinct(built, least) if _wants_distinct(schema) else built


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    joined = {**first, **second}
    for key, kind in (("properties", dict), ("required", list)):
        both = [part[key] for part in (first, second) if isinstance(part.get(key), kind)]
        if len(both) == 2 and kind is dict:  # noqa: PLR2004 - both sides have it
            joined[key] = {**both[0], **both[1]}
        elif len(both) == 2:  # noqa: PLR2004 - both sides have it
            joined[key] = [*both[0], *both[1]]
    return joined


def _wants_distinct(schema: dict[str, Any]) -> bool:
    items = schema.get("items")
    return bool(schema.get("uniqueItems")) or (isinstance(items, dict) and "enum" in items)


def _distinct(values: list[Any], least: int) -> list[Any]:
    kept = [value for index, value in enumerate(values) if value not in values[:index]]
    return kept if len(kept) >= least else values


def _bound(schema: dict[str, Any], key: str, default: int) -> int:
    value = schema.get(key)
    return min(max(int(value), 0), 1000) if isinstance(value, int | float) else default


def _scalar(kind: Any, schema: dict[str, Any], name: str, source: ValueSource) -> Any:
    if kind == "boolean":
        return source.holds(name)
    if kind in ("integer", "number"):
        return _number(schema, source.number(name), whole=kind == "integer")
    return None if kind == "null" else _string(schema, source.text(name))


def _fits(text: str, schema: dict[str, Any]) -> bool:
    wanted = str(schema.get("format"))
    if wanted in FORMATS:
        shape = FORMAT_SHAPES.get(wanted)
        return shape.fullmatch(text) is not None if shape else text == FORMATS[wanted]
    pattern = schema.get("pattern")
    return not isinstance(pattern, str) or _matches(pattern, text)


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


def _string(schema: dict[str, Any], likely: str | None) -> str:
    candidates = [likely or "", *FORMATS.values(), *PLAIN_TEXTS]
    fitting = (item for item in candidates if item and _fits(item, schema))
    text = likely or "none" if not _is_shaped(schema) else next(fitting, likely or "none")
    least, most = _bound(schema, "minLength", 0), _bound(schema, "maxLength", 1000)
    return text[:most].ljust(least, ".")


def _is_shaped(schema: dict[str, Any]) -> bool:
    return str(schema.get("format")) in FORMATS or "pattern" in schema


def _number(schema: dict[str, Any], likely: float | None, *, whole: bool) -> float:
    low = _limit(schema, "minimum", "exclusiveMinimum")
    high = _limit(schema, "maximum", "exclusiveMaximum")
    step = _limit(schema, "multipleOf") or 1
    candidates = [likely, 0, 1]
    candidates += [] if low is None else [low, low + step, (low // step + 1) * step]
    candidates += [] if high is None else [high, high - step, (high // step) * step]
    candidates += [] if low is None or high is None else [(low + high) / 2]
    value = next(
        (item for item in candidates if item is not None and _in_bounds(item, schema, whole=whole)), 0
    )
    return int(value) if whole else value


def _in_bounds(value: float, schema: dict[str, Any], *, whole: bool) -> bool:
    low, above = _limit(schema, "minimum"), _limit(schema, "exclusiveMinimum")
    high, below = _limit(schema, "maximum"), _limit(schema, "exclusiveMaximum")
    step = _limit(schema, "multipleOf")
    inside = (low is None or value >= low) and (high is None or value <= high)
    strictly = (above is None or value > above) and (below is None or value < below)
    return inside and strictly and not (whole and value % 1) and not (step and value % step)


def _limit(schema: dict[str, Any], *keys: str) -> float | None:
    found = (schema[key] for key in keys if isinstance(schema.get(key), int | float))
    return next((float(value) for value in found if abs(value) <= LARGEST), None)

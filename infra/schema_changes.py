"""Which changes of a JSON schema break clients: told apart by whether they send the value or receive it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "multipleOf", "uniqueItems")
_UNIONS = ("anyOf", "oneOf")
_ANYTHING = frozenset({"array", "boolean", "null", "number", "object", "string"})
_BELOW_ROOT = "#/"


@dataclass(frozen=True)
class Compared:
    """Two documents, and on which side of them the client stands."""

    old: Schema
    new: Schema
    sent: bool
    seen: frozenset[tuple[str, str]] = frozenset()

    def changes(self, old: Schema, new: Schema, place: str = "") -> Iterator[str]:
        """Name each breaking difference of two schemas, with its place in the value."""
        pair = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new and pair in self.seen:
            return
        inner = replace(self, seen=self.seen | {pair}) if "$ref" in old else self
        before, after = resolved(self.old, old), resolved(self.new, new)
        for rule in (_types, _values, _limits, _properties, _elements, _variants):
            yield from rule(inner, before, after, place)


def resolved(document: Schema, schema: Schema) -> Schema:
    """Follow references, and read an optional value (`X or null`) as X that may be null."""
    while "$ref" in schema:
        found = at(document, schema["$ref"])
        schema = found | {key: value for key, value in schema.items() if key != "$ref"}
    union = next((schema[name] for name in _UNIONS if name in schema), None)
    some = [each for each in union or () if each.get("type") != "null"]
    if union is None or len(some) != 1 or len(some) == len(union):
        return schema
    one = resolved(document, some[0])
    return {**one, "type": sorted({*_declared_types(one), "null"})}


def at(document: Schema, reference: str) -> Schema:
    """Give what a reference within the document points at."""
    found: Any = document
    for step in reference.removeprefix(_BELOW_ROOT).split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return dict(found)


def _declared_types(schema: Schema) -> set[str]:
    kind = schema.get("type")
    if kind is None:
        return set(_of_values(schema))
    return set(kind) if isinstance(kind, list) else {kind}


def _of_values(schema: Schema) -> frozenset[str]:
    """Tell the types of a schema that has none: a string for a constant, anything otherwise."""
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return frozenset({"string"}) if values and all(isinstance(v, str) for v in values) else _ANYTHING


def _types_of(document: Schema, schema: Schema) -> set[str]:
    parts = [resolved(document, part) for name in _UNIONS for part in schema.get(name, ())]
    found = {kind for part in parts for kind in _types_of(document, part)} or _declared_types(schema)
    return found | {"integer"} if "number" in found else found


def _types(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = _types_of(compared.old, old), _types_of(compared.new, new)
    lost, gained = before - after, after - before
    if compared.sent and lost:
        yield f"{place or 'value'}: no longer takes {_listed(lost)}"
    if not compared.sent and gained:
        yield f"{place or 'value'}: may now be {_listed(gained)}"


def _values(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = _choices(old), _choices(new)
    if compared.sent and after is not None:
        gone = ["any other value"] if before is None else sorted(before - after)
        if gone:
            yield f"{place or 'value'}: no longer takes {_listed(gone)}"
    if not compared.sent and before is not None:
        more = ["any value"] if after is None else sorted(after - before)
        if more:
            yield f"{place or 'value'}: may now be {_listed(more)}"


def _choices(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(value) for value in schema["enum"]} if "enum" in schema else None


def _limits(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    if not compared.sent:
        yield from _promises(old, new, place)
        return
    for name in (*_LOWEST, *_HIGHEST, *_EXACT):
        before, after = old.get(name), new.get(name)
        if after not in (None, False) and before != after and _narrower(name, before, after):
            yield f"{place or 'value'}: {name} is {after}, was {'free' if before is None else before}"


def _narrower(name: str, before: Any, after: Any) -> bool:
    if before is None or name in _EXACT:
        return True
    return bool(after > before) if name in _LOWEST else bool(after < before)


def _promises(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Only the format of what is received is relied on: clients parse by it."""
    if "format" in old and old["format"] != new.get("format"):
        yield f"{place or 'value'}: format is {new.get('format', 'free')}, was {old['format']}"


def _properties(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in sorted(before.keys() - after.keys()):
        if not compared.sent or new.get("additionalProperties") is False:
            yield f"{place}/{name}: removed"
    yield from _required(compared, old, new, place)
    for name in sorted(before.keys() & after.keys()):
        yield from compared.changes(before[name], after[name], f"{place}/{name}")


def _required(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if compared.sent:
        yield from (f"{place}/{name}: now required" for name in sorted(after - before))
    else:
        kept = before & new.get("properties", {}).keys()
        yield from (f"{place}/{name}: may now be missing" for name in sorted(kept - after))


def _elements(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    for key, step in (("items", "/*"), ("additionalProperties", "/{name}")):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from compared.changes(before, after, place + step)


def _variants(compared: Compared, old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Match the alternatives of a union by what they refer to, or by their position."""
    before, after = _alternatives(old), _alternatives(new)
    if not before or not after:
        return
    if compared.sent:
        yield from (f"{place or 'value'}: no longer takes {name}" for name in sorted(before.keys() - after))
    else:
        yield from (f"{place or 'value'}: may now be {name}" for name in sorted(after.keys() - before))
    for name in sorted(before.keys() & after.keys()):
        yield from compared.changes(before[name], after[name], place)


def _alternatives(schema: Schema) -> dict[str, Schema]:
    union: list[Schema] = next((schema[name] for name in _UNIONS if name in schema), [])
    return {_name_of(part, number): part for number, part in enumerate(union)}


def _name_of(part: Schema, number: int) -> str:
    reference = str(part.get("$ref", ""))
    return reference.rpartition("/")[2] or str(part.get("title") or part.get("type") or f"variant {number}")


def _listed(words: Any) -> str:
    return ", ".join(sorted(str(word) for word in words))

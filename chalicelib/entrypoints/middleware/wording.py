"""What is wrong with a field or parameter, and what to do, in words for people who know no pydantic."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

_WHOLE = "Give a whole number."
_YES_OR_NO = "Give true or false."
_INSTANT = "Write an instant with its offset, such as 2026-03-03T12:00:00Z (RFC 3339)."
_DAY = "Write a day as YYYY-MM-DD, such as 2026-03-03."
_OBJECT = "Give an object with names and values."
# With the values of the error's context; `{place}` is "field" or "parameter".
_REMEDIES = {
    "extra_forbidden": "This {place} is not known here; remove it.",
    "missing": "This {place} is required.",
    "too_short": "Give a list of {min_length} or more.",
    "too_long": "Give a list of {max_length} at most.",
    "string_too_short": "Write at least {min_length} characters.",
    "string_too_long": "Write at most {max_length} characters.",
    "string_type": "Give a text.",
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "bool_parsing": _YES_OR_NO,
    "bool_type": _YES_OR_NO,
    "greater_than_equal": "Give {ge} or more.",
    "less_than_equal": "Give {le} or less.",
    "enum": "Give one of: {expected}.",
    "literal_error": "Give one of: {expected}.",
    "list_type": "Give a list.",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "date_type": _DAY,
    "datetime_type": _INSTANT,
    "timezone_aware": _INSTANT,
}
_NO_CONTROLS = "^[^\\x00"


def remedy(found: Mapping[str, Any], model: type[BaseModel], place: str) -> str:
    """Say what to do about an error of validation; `place` is "field", or "parameter" of a query."""
    context = found.get("ctx", {})
    if found["type"] == "value_error":
        return str(context["error"])
    if found["type"] == "string_pattern_mismatch":
        return _form(str(context["pattern"]), _description(model, found["loc"]))
    if found["type"] == "string_too_short" and context["min_length"] == 1:
        return f"This {place} must not be empty."
    wording = _REMEDIES.get(found["type"])
    return wording.format(place=place, **context) if wording else f"{found['msg']}."


def _form(pattern: str, description: str) -> str:
    if pattern.startswith(_NO_CONTROLS):
        return "Leave out control characters."
    return f"This has not the form that is expected here. {description}".strip()


def _description(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """Give the description of the place, or of the list that it stands in; empty when there is none."""
    schema = _schema(model)
    places: list[Mapping[str, Any]] = [schema]
    found = ""
    for step in location:
        places = [inner for each in places for inner in _inside(each, step, schema)]
        own = [said for each in places for said in _said(each)]
        if own or isinstance(step, str):
            found = own[0] if own else ""
    return found


def _said(place: Mapping[str, Any]) -> list[str]:
    """Give the descriptions of a place; one that may be null has them where it is not."""
    return [str(each["description"]) for each in (place, *place.get("anyOf", ())) if "description" in each]


@functools.cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _inside(
    place: Mapping[str, Any], step: int | str, schema: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Give what the schema says of a step into a place: a property, or an item of a list."""
    reference = str(place.get("$ref", "")).rpartition("/")[2]
    others = [*place.get("anyOf", ()), *([schema["$defs"][reference]] if reference else ())]
    for other in others:
        yield from _inside(other, step, schema)
    if isinstance(step, int) and "items" in place:
        yield place["items"]
    elif step in place.get("properties", {}):
        yield place["properties"][step]

"""Values that a kind of call looks for in the conversation: what is asked of a model, and what it found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

EXTRACTED = "extracted"
_LONGEST = 500
_NOT_SAID = "null when the caller did not say it"
_SAID = "The caller's own words that say it, copied exactly; empty when it was not said."


class ExtractType(StrEnum):
    """What kind of value a field has."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"  # YYYY-MM-DD
    CHOICE = "choice"


@dataclass(frozen=True)
class ExtractField:
    """A value to look for in a conversation; `choices` are what a `choice` may be.

    `maps_to` names the field of the contact's record that it belongs to; empty: none.
    """

    key: str
    type: ExtractType
    description: str = ""
    choices: tuple[str, ...] = ()
    maps_to: str = ""


@dataclass(frozen=True)
class Extracted:
    """The value of a field, None when it was not said; `said` are the caller's words, in this `turn`."""

    key: str
    value: str | float | bool | None
    said: str = ""
    turn: int | None = None


def fields_schema(fields: tuple[ExtractField, ...]) -> Mapping[str, Any]:
    """Give the schema of an object with each field's value and the words that say it."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.key for field in fields],
        "properties": {field.key: _field_schema(field) for field in fields},
    }


def read_fields(payload: Any, fields: tuple[ExtractField, ...]) -> tuple[Extracted, ...]:
    """Take what a model found; a value that does not fit its field is None, as one that was not said."""
    found = payload if isinstance(payload, dict) else {}
    return tuple(_read(field, found.get(field.key)) for field in fields)


def nothing_extracted(fields: tuple[ExtractField, ...]) -> tuple[Extracted, ...]:
    """Give every field without a value."""
    return read_fields({}, fields)


def _field_schema(field: ExtractField) -> dict[str, Any]:
    described = ". ".join(filter(None, (field.description.rstrip("."), _NOT_SAID))) + "."
    return {
        "type": "object",
        "description": described[0].upper() + described[1:],
        "additionalProperties": False,
        "required": ["value", "said"],
        "properties": {
            "value": {"anyOf": [_value_schema(field), {"type": "null"}]},
            "said": {"type": "string", "description": _SAID},
        },
    }


def _value_schema(field: ExtractField) -> dict[str, Any]:
    match field.type:
        case ExtractType.NUMBER | ExtractType.BOOLEAN:
            return {"type": field.type.value}
        case ExtractType.DATE:
            return {"type": "string", "format": "date"}
        case ExtractType.CHOICE:
            return {"type": "string", "enum": list(field.choices)}
        case _:
            return {"type": "string"}


def _read(field: ExtractField, found: Any) -> Extracted:
    entry = found if isinstance(found, dict) else {}
    value, said = _fitting(field, entry.get("value")), entry.get("said")
    if value is None:
        return Extracted(field.key, None)
    return Extracted(field.key, value, said.strip()[:_LONGEST] if isinstance(said, str) else "")


def _fitting(field: ExtractField, value: Any) -> str | float | bool | None:
    match field.type, value:
        case ExtractType.BOOLEAN, bool():
            return value
        case ExtractType.NUMBER, int() | float() if not isinstance(value, bool) and math.isfinite(value):
            return value
        case ExtractType.TEXT, str() if value.strip():
            return value.strip()[:_LONGEST]
        case ExtractType.CHOICE, str() if value in field.choices:
            return value
        case ExtractType.DATE, str() if _is_date(value):
            return value
    return None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

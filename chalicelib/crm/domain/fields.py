"""Custom fields: what a definition allows as a value."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.crm.domain.details import FieldValue

    _Read = tuple[str, FieldValue | None]

MAX_FIELDS = 100
MAX_TEXT = 2000
MAX_BYTES = 20_000  # of all custom fields of one contact, as JSON in UTF-8
MAX_CHOICES = 100
# Readers of JSON keep integers exactly up to here (RFC 8259, section 6).
MAX_INTEGER = 2**53 - 1
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class FieldKind(StrEnum):
    """What values of a custom field are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


@dataclass(frozen=True)
class NewField:
    """A custom field to define; `choices` are for a choice only."""

    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FieldChanges:
    """New values for a definition; None leaves one as it is. Key and kind are for good."""

    label: str | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class FieldDefinition:
    """A custom field: `key` is its name for programs, `choices` what a choice may be.

    A date is text as `2026-03-31` (ISO 8601).
    """

    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    version: int


def check_choices(kind: FieldKind, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Give the choices, each once; `Invalid`, code `bad_choices`, unless a choice and only that has some."""
    kept = tuple(dict.fromkeys(choices))
    if bool(kept) != (kind is FieldKind.CHOICE) or len(kept) > MAX_CHOICES:
        raise Invalid(
            f"A field of kind choice has 1 to {MAX_CHOICES} choices, any other kind has none.",
            code="bad_choices",
        )
    return kept


def check_value(definition: FieldDefinition, value: FieldValue) -> FieldValue:
    """Give the value as it is kept; else `Invalid` with code `bad_custom_field` that names the remedy."""
    remedy, kept = _READERS[definition.kind](definition, value)
    if kept is None:
        raise bad_field(definition.key, remedy)
    return kept


def check_size(values: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
    """Give the values; if they are too long in all, `Invalid`, code `bad_custom_field`, of the longest."""
    if values and _size(values) > MAX_BYTES:
        longest = max(values, key=lambda key: _size(values[key]))
        raise bad_field(longest, f"All custom fields together have {MAX_BYTES} bytes at most; shorten it.")
    return values


def stands(definition: FieldDefinition | None, value: FieldValue) -> bool:
    """Tell whether a value that was kept is still one of the field's, though its choice may be gone."""
    if definition is None:
        return False
    if definition.kind is FieldKind.CHOICE:
        return isinstance(value, str)
    return _READERS[definition.kind](definition, value)[1] is not None


def bad_field(key: str, remedy: str) -> Invalid:
    """Give the refusal of a custom field's value."""
    wrong = (FieldError(f"/custom_fields/{key}", remedy),)
    return Invalid(f"custom_fields.{key}: {remedy}", code="bad_custom_field", errors=wrong)


def _size(value: FieldValue | Mapping[str, FieldValue]) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def same_value(one: FieldValue | None, other: FieldValue | None) -> bool:
    """Tell whether two values are the same also in kind: True is not 1, and 1 is not 1.0."""
    return type(one) is type(other) and one == other


def _text(_definition: FieldDefinition, value: FieldValue) -> _Read:
    remedy = f"Write text of {MAX_TEXT} characters at most, without control characters but line feeds."
    if not isinstance(value, str):
        return remedy, None
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return remedy, None if len(text) > MAX_TEXT or _CONTROL.search(text) else text


def _number(_definition: FieldDefinition, value: FieldValue) -> _Read:
    remedy = f"Write a number, not in quotes; a whole one from -{MAX_INTEGER} to {MAX_INTEGER}."
    if isinstance(value, bool | str):
        return remedy, None
    is_right = abs(value) <= MAX_INTEGER if isinstance(value, int) else math.isfinite(value)
    return remedy, value if is_right else None


def _date(_definition: FieldDefinition, value: FieldValue) -> _Read:
    remedy = "Write a date as 2026-03-31."
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return remedy, None
    try:
        return remedy, date.fromisoformat(value).isoformat()
    except ValueError:
        return remedy, None


def _boolean(_definition: FieldDefinition, value: FieldValue) -> _Read:
    return "Write true or false.", value if isinstance(value, bool) else None


def _choice(definition: FieldDefinition, value: FieldValue) -> _Read:
    return f"Write one of: {', '.join(definition.choices)}.", value if value in definition.choices else None


# Each gives the remedy, and the value as it is kept or None.
_READERS: Mapping[FieldKind, Callable[[FieldDefinition, FieldValue], _Read]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice,
}

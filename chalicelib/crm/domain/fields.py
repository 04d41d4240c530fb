"""Custom fields: what a definition allows as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

MAX_FIELDS = 100


class FieldKind(StrEnum):
    """What values of a custom field are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


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

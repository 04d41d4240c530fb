"""Whose traces are exported or erased, and how far an erasure is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.kernel.phones import E164

ERASE = "erase"
SWEEP = "sweep"
# After this time nothing is under way any more that was begun before the contact was gone.
SETTLED = timedelta(seconds=60)
# The evidence that somebody allowed calls outlives a deleted contact: records of consent are to be kept for
# five years (16 CFR 310.5(a)(8)); two of them may be leap years.
EVIDENCE_KEPT = timedelta(days=5 * 365 + 2)
ROUNDS = 2


@dataclass(frozen=True)
class Person:
    """Somebody by every id that they have had as a contact, and by their numbers."""

    ids: tuple[str, ...]
    phones: tuple[E164, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """Everything by which a text can be known to be about them."""
        return (*self.ids, *self.phones)


@dataclass(frozen=True)
class Erasure:
    """Whose traces are being erased: the only place that still knows the numbers, until it is done."""

    contact_id: str
    person: Person
    begun_at: datetime


@dataclass(frozen=True)
class Trace:
    """Something that is kept about a person: in which section, and all of it as plain data."""

    section: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """How far an erasure is: in which round, at which holding, and where in there."""

    round: int = 0
    stage: int = 0
    start: str | None = None

    @classmethod
    def read(cls, text: str | None) -> Place:
        """Read what `text` gives; None is the beginning."""
        return cls(*json.loads(text)) if text else cls()

    @property
    def text(self) -> str:
        """Write it down."""
        return json.dumps([self.round, self.stage, self.start])

    def after(self, rest: str | None) -> Place:
        """Give the next place: on in the same holding from `rest`, or at the next one."""
        return Place(self.round, self.stage, rest) if rest else Place(self.round, self.stage + 1)

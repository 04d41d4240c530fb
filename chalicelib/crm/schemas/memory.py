"""What is remembered of a contact over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.crm.domain.memory import MAX_KEY, MAX_VALUE, Written
from chalicelib.kernel.schemas import Input, Instant

Key = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_KEY),
    Field(description="What it is about; kept in small letters with `_`, such as `preferred_day`."),
]
Value = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_VALUE),
    Field(description="What is known; numbers of cards and accounts are hidden."),
]


class FactIn(Input):
    """A fact that somebody writes."""

    key: Key
    value: Value

    def written(self, who: str) -> Written:
        """Give the use case's input."""
        return Written(self.value, who)


class CorrectionIn(Input):
    """What a fact says from now on."""

    value: Value

    def written(self, who: str) -> Written:
        """Give the use case's input."""
        return Written(self.value, who)


class FactView(BaseModel):
    """A fact as the API shows it.

    `call_id`, `turn` and `said` tell from where a call has it. `corrected_by` names who wrote or corrected
    it: no call overwrites such a fact.
    """

    id: str
    contact_id: str
    key: str
    value: str
    said: str
    turn: int | None
    call_id: str | None
    learned_at: Instant
    corrected_by: str | None
    version: int


class FactList(BaseModel):
    """One page of what is remembered of a contact, the fact learned last first."""

    items: list[FactView]
    next_page_token: str | None

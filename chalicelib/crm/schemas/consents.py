"""Consents over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.crm.domain.consents import (
    MAX_WORDING,
    ConsentAnswer,
    ConsentKind,
    ConsentSource,
    NewConsent,
)
from chalicelib.crm.schemas.values import Line, Moment, PhoneInQuery
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, Instant

if TYPE_CHECKING:
    from chalicelib.crm.services.consents import Recorded

Wording = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDING),
    Field(description="What was shown or said when it was given."),
]
Reference = Annotated[Line, Field(description="The recording, call or document that proves it.")]
GivenAt = Annotated[Moment | None, Field(description="When it was given; now, if left out.")]


class ConsentIn(Input):
    """What somebody allowed or forbade; a grant needs `wording` or `reference`."""

    kind: ConsentKind
    answer: ConsentAnswer
    source: ConsentSource
    wording: Wording | None = None
    reference: Reference | None = None
    number: PhoneInQuery | None = None
    at: GivenAt = None

    def new_consent(self) -> NewConsent:
        """Give the use case's input."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return NewConsent(**given | {"number": E164(self.number) if self.number else None})


class ConsentView(BaseModel):
    """A consent as the API shows it: given `at`, written down at `recorded_at` by `recorded_by`."""

    id: str
    contact_id: str
    kind: ConsentKind
    answer: ConsentAnswer
    source: ConsentSource
    wording: str | None
    reference: str | None
    number: str | None
    at: Instant
    recorded_at: Instant
    recorded_by: str


class RecordedConsentView(ConsentView):
    """A consent that was recorded, and which of the contact's numbers are not dialed, whatever it says."""

    suppressed_numbers: list[str]


class CurrentConsentView(BaseModel):
    """What holds now for one kind, since when, and by which consent."""

    answer: ConsentAnswer
    at: Instant
    id: str


class ConsentList(BaseModel):
    """One page of consents, the one recorded last first, and what holds now of all of them, by kind."""

    items: list[ConsentView]
    current: dict[ConsentKind, CurrentConsentView]
    next_page_token: str | None


def recorded_view(recorded: Recorded) -> RecordedConsentView:
    """Give the answer to a consent that was recorded."""
    numbers = list(recorded.suppressed_numbers)
    return RecordedConsentView(**vars(recorded.consent), suppressed_numbers=list(map(str, numbers)))

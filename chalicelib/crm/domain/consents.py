"""Consents as values: an append-only record, and the answer that holds now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.kernel.phones import E164

MAX_CONSENTS = 500
MAX_WORDING = 2000


class ConsentKind(StrEnum):
    """What somebody allows or forbids."""

    AUTOMATED_CALLS = "automated_calls"
    MARKETING_CALLS = "marketing_calls"
    SMS = "sms"
    EMAIL = "email"
    RECORDING = "recording"


class ConsentAnswer(StrEnum):
    """Whether it is allowed."""

    GRANTED = "granted"
    REVOKED = "revoked"


class ConsentSource(StrEnum):
    """Where the answer was given."""

    WEB_FORM = "web_form"
    PAPER = "paper"
    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    IMPORT = "import"
    OPERATOR = "operator"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class NewConsent:
    """An answer to record.

    The evidence is the `wording` that was shown or said, or a `reference` to a recording, call or document.
    `at` is when it was given (None: now). `number` is the one that it was given for, if one was named.
    """

    kind: ConsentKind
    answer: ConsentAnswer
    source: ConsentSource
    wording: str | None = None
    reference: str | None = None
    number: E164 | None = None
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """An answer as it was recorded: when, and by whom; it never changes."""

    id: str
    contact_id: str
    kind: ConsentKind
    answer: ConsentAnswer
    source: ConsentSource
    wording: str | None
    reference: str | None
    number: E164 | None
    at: datetime
    recorded_at: datetime
    recorded_by: str

    @property
    def is_revocation(self) -> bool:
        """Tell whether it forbids."""
        return self.answer is ConsentAnswer.REVOKED

    @property
    def stops_calls(self) -> bool:
        """Tell whether, as long as it holds, nothing may dial the contact."""
        return self.is_revocation and self.kind is ConsentKind.AUTOMATED_CALLS


def current_answers(consents: Iterable[Consent]) -> dict[ConsentKind, Consent]:
    """Give what holds now, by kind: what was given last; of two at one instant the revocation.

    The order in which answers were recorded does not matter.
    """
    latest: dict[ConsentKind, Consent] = {}
    for consent in sorted(consents, key=_rank):
        latest[consent.kind] = consent
    return latest


def check_consent(new: NewConsent, now: datetime) -> None:
    """Raise `Invalid` for what proves nothing: `consent_in_future`, or `evidence_missing` for a grant."""
    if new.at is not None and new.at > now:
        message = "A consent cannot be given in the future."
        raise Invalid(message, code="consent_in_future", errors=(FieldError("/at", message),))
    if new.answer is ConsentAnswer.GRANTED and not (new.wording or new.reference):
        message = "Give the wording that was shown or said, or a reference to the recording or document."
        raise Invalid(message, code="evidence_missing", errors=(FieldError("/wording", message),))


def _rank(consent: Consent) -> tuple[datetime, bool, str]:
    return consent.at, consent.is_revocation, consent.id

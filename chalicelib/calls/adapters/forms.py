"""The carrier's forms to events and reports; pure.

Source: Twilio, docs/voice/api/call-resource and docs/voice/twiml.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent
from chalicelib.calls.domain.lifecycle import Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What the carrier gives as the caller's number when there is none: words as typed on a keypad, such as
# +266696687 for "anonymous". All such callers would otherwise be one person.
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


def heard(form: Mapping[str, str]) -> CallerSaid | CallerPressed | CallerSilent:
    """Read what a Gather brought: keys, speech, or nothing."""
    if form.get("Digits"):
        return CallerPressed(form["Digits"])
    if form.get("SpeechResult"):
        return CallerSaid(form["SpeechResult"], form.get("Language", ""))
    return CallerSilent()


def report(form: Mapping[str, str], received_at: datetime) -> Report:
    """Read what a webhook says of its call; the carrier's own time when it gives one."""
    return Report(
        status=form.get("CallStatus", ""),
        sid=form.get("CallSid", ""),
        at=_timestamp(form.get("Timestamp", ""), received_at),
        sequence=_number(form.get("SequenceNumber")),
        duration_s=_number(form.get("CallDuration")),
        sip_code=form.get("SipResponseCode", "")[:8],
        error=f"carrier_{form['ErrorCode'][:8]}" if form.get("ErrorCode") else "",
    )


def _timestamp(text: str, otherwise: datetime) -> datetime:
    try:
        stamp = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return otherwise
    return stamp if stamp.tzinfo else otherwise


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004

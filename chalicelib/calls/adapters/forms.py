"""The carrier's forms to events and reports; pure.

Source: Twilio, docs/voice/api/call-resource and docs/voice/twiml.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent, CallerUnclear
from chalicelib.ai.domain.wording import is_unclear
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What the carrier gives as the caller's number when there is none: words as typed on a keypad, such as
# +266696687 for "anonymous". All such callers would otherwise be one person.
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


_MAX_CHANNELS = 2


# How sure the recogniser must be of speech, between 0 and 1; below this it was noise, or guessed.
_UNSURE = 0.2
_OVER = frozenset({"completed", "canceled", "failed", "busy", "no-answer"})


def heard(form: Mapping[str, str]) -> CallerSaid | CallerPressed | CallerSilent | CallerUnclear:
    """Read what a Gather brought: keys, speech, what can hardly be called speech, or nothing."""
    if form.get("Digits"):
        return CallerPressed(form["Digits"])
    speech = form.get("SpeechResult", "")
    if not speech:
        return CallerSilent()
    if is_unclear(speech) or _is_doubted(form.get("Confidence", "")):
        return CallerUnclear(speech)
    return CallerSaid(speech, form.get("Language", ""))


def has_gone(form: Mapping[str, str]) -> bool:
    """Tell whether the carrier says that the call is over."""
    return form.get("CallStatus", "") in _OVER


def _is_doubted(confidence: str) -> bool:
    """Tell whether the recogniser hardly believes its own result; 0 means that it did not say."""
    try:
        return 0 < float(confidence) < _UNSURE
    except ValueError:
        return False


def report(form: Mapping[str, str], received_at: datetime) -> Report:
    """Read what a webhook says of its call; the carrier's own time when it gives one."""
    return Report(
        status=form.get("CallStatus", ""),
        sid=form.get("CallSid", ""),
        at=timestamp(form.get("Timestamp", ""), received_at),
        sequence=number(form.get("SequenceNumber")),
        duration_s=number(form.get("CallDuration")),
        sip_code=form.get("SipResponseCode", "")[:8],
        error=f"carrier_{form['ErrorCode'][:8]}" if form.get("ErrorCode") else "",
    )


def recording(form: Mapping[str, str]) -> RecordingReport:
    """Read what a webhook says of a recording; its address of the sound is not read, because ours is used."""
    is_message = form.get("RecordingSource") == "RecordVerb"
    return RecordingReport(
        sid=form.get("RecordingSid", ""),
        status=form.get("RecordingStatus", ""),
        kind=RecordingKind.VOICEMAIL if is_message else RecordingKind.CALL,
        seconds=number(form.get("RecordingDuration")),
        channels=min(number(form.get("RecordingChannels")) or 1, _MAX_CHANNELS),
    )


def timestamp(text: str, otherwise: datetime) -> datetime:
    """Read an instant as mails write it (RFC 2822); `otherwise` when there is none."""
    try:
        stamp = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return otherwise
    return stamp if stamp.tzinfo else otherwise


def number(text: str | None) -> int | None:
    """Read a whole number; None when there is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004

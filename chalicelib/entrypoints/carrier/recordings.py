"""Webhooks of recordings and voicemail: a recording is done, a message is asked for, left and understood."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from chalicelib.bootstrap import container
from chalicelib.calls.adapters import forms
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.adapters.twiml import recording
from chalicelib.calls.services import voicemails
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml

_UNDERSTOOD = "completed"


@webhooks.post("/voice/<call_id>/recording")
def report_recording(call_id: str) -> Response[Any]:
    """Keep what the carrier says of a recording; repeated and late reports change nothing."""
    from chalicelib.calls.services import recordings  # noqa: PLC0415  most calls are not recorded

    recordings.report_recording(container().calls, call_id, forms.recording(posted()))
    return Response(204)


@webhooks.post("/voice/<call_id>/voicemail")
def voicemail(call_id: str) -> Response[Any]:
    """Ask the caller for a message."""
    calls = container().calls
    invitation = voicemails.begin_voicemail(calls, call_id)
    return xml(recording.take_message(invitation, calls.addresses) if invitation else twiml.hang_up())


@webhooks.post("/voice/<call_id>/voicemail-recorded")
def voicemail_recorded(call_id: str) -> Response[Any]:
    """Thank a caller who left a message; one who hung up hears nothing of it."""
    return xml(recording.closing(voicemails.thank_caller(container().calls, call_id)))


@webhooks.post("/voice/<call_id>/transcription")
def transcription(call_id: str) -> Response[Any]:
    """Keep what the carrier understood of a message."""
    form = posted()
    text = form.get("TranscriptionText", "") if form.get("TranscriptionStatus") == _UNDERSTOOD else ""
    voicemails.keep_transcription(container().calls, call_id, form.get("RecordingSid", ""), text)
    return Response(204)

"""TwiML that records: a whole call from its first words, or what a caller leaves after the beep; pure.

Source: Twilio, docs/voice/twiml/recording and docs/voice/twiml/record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.twiml.voice_response import Start, VoiceResponse

from chalicelib.ai.domain.speaking import speakable

if TYPE_CHECKING:
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.services.after_hours import Closed
    from chalicelib.calls.services.voicemails import Invitation

MAX_VOICEMAIL_S = 120  # the longest that the carrier transcribes (docs/voice/twiml/record, transcribe)
_SILENCE_S = 5
_EVENTS = "completed absent"
_OPENING = "<Response>"


def recorded(document: str, call_id: str, addresses: Addresses) -> str:
    """Give a document that first begins to record both sides, each on a channel of its own."""
    start = Start()
    start.recording(
        channels="dual",
        recording_status_callback=addresses.recording(call_id),
        recording_status_callback_event=_EVENTS,
    )
    before, opening, after = document.partition(_OPENING)
    return f"{before}{opening}{start.to_xml(xml_declaration=False)}{after}"


def take_message(invitation: Invitation, addresses: Addresses) -> str:
    """Ask for a message, record it after a beep until silence, `#` or two minutes, and say goodbye."""
    call_id = invitation.call_id
    response = VoiceResponse()
    _say(response, invitation, invitation.text)
    response.record(
        max_length=MAX_VOICEMAIL_S,
        timeout=_SILENCE_S,
        finish_on_key="#",
        play_beep=True,
        transcribe=True,
        transcribe_callback=addresses.transcription(call_id),
        action=addresses.voicemail_recorded(call_id),
        recording_status_callback=addresses.recording(call_id),
        recording_status_callback_event=_EVENTS,
    )
    _say(response, invitation, invitation.silence)  # a message without a word leads here
    response.hangup()
    return str(response)


def turn_away(closed: Closed, addresses: Addresses) -> str:
    """Tell a caller that nobody answers, and take their message where that is offered."""
    invitation = closed.invitation
    return take_message(invitation, addresses) if closed.records else closing(invitation)


def closing(invitation: Invitation) -> str:
    """Say the last words to a caller who left a message, or whose message could not be taken; hang up."""
    response = VoiceResponse()
    _say(response, invitation, invitation.text)
    response.hangup()
    return str(response)


def _say(response: VoiceResponse, invitation: Invitation, text: str) -> None:
    sound = {"voice": f"Google.{invitation.voice}", "language": invitation.language}
    response.say(speakable(text, invitation.language), **(sound if invitation.voice else {}))

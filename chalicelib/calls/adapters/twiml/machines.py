"""What a machine that took a call is told, in TwiML; pure.

Source: Twilio, docs/voice/twiml/say and docs/voice/twiml/redirect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.twiml.voice_response import VoiceResponse

from chalicelib.ai.domain.speaking import speakable
from chalicelib.calls.domain.happenings import Happening, has_happened

if TYPE_CHECKING:
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.templates import Brief

# Longer than any message: a document that must not cut it off.
_WAIT_S = 60


def message(call_id: str, brief: Brief, text: str, addresses: Addresses) -> str:
    """Speak the message; the next address is only asked for when it was spoken to its end."""
    response = VoiceResponse()
    response.say(speakable(text, brief.language), voice=f"Google.{brief.voice}", language=brief.language)
    response.redirect(addresses.machine_done(call_id))
    return str(response)


def waiting(call: Call, addresses: Addresses) -> str:
    """Answer for a session that ended because its call was taken over: keep out of the way of the message."""
    response = VoiceResponse()
    if has_happened(call, Happening.MESSAGE_BEGUN):
        response.pause(length=_WAIT_S)
    else:
        response.redirect(addresses.machine(call.id))
    return str(response)

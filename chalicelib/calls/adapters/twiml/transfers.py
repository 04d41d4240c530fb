"""Steps of a hand-over to TwiML: dial through, wait in a room, leave a message; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.adapters.twiml.rooms import conference
from chalicelib.calls.domain.handing import Bridge, EnterRoom, TakeMessage

if TYPE_CHECKING:
    from twilio.twiml.voice_response import VoiceResponse

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.handing import Step

_LONGEST_TRANSFER_S = 3600
_DIAL_S = 25


def pass_on(response: VoiceResponse, call: Call, step: Step, addresses: Addresses) -> None:
    """Let somebody else have the caller, as the step says; another kind of step adds nothing."""
    if isinstance(step, Bridge):
        dial = response.dial(
            action=addresses.transfer_ended(call.id, step.attempt_id),
            timeout=_DIAL_S,
            time_limit=_LONGEST_TRANSFER_S,
            caller_id=call.line,
        )
        dial.number(step.number)
    elif isinstance(step, EnterRoom):
        dial = response.dial(
            action=addresses.transfer_ended(call.id, step.attempt_id), time_limit=_LONGEST_TRANSFER_S
        )
        conference(dial, step.room_id, step.participant_id, addresses, starts=False, ends=True)
    elif isinstance(step, TakeMessage):
        response.redirect(addresses.voicemail(call.id))

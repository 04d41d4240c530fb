"""<Connect><ConversationRelay>: the session's place in the flow of TwiML.

Source: twilio.com/docs/voice/twiml/connect/conversationrelay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.phone_network import recordings
from localcloud.phone_network.calls import Callback, Instructions
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.relay import Outcome, RelaySession
from localcloud.phone_network.twiml import SCHEMA, ApplicationError

if TYPE_CHECKING:
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.twiml import Verb


async def connect(leg: Leg, verb: Verb) -> Instructions | None:
    """Hold a relay session; then the action URL, or the next verb without one."""
    relay = verb.child("ConversationRelay")
    if relay is None:
        raise ApplicationError(SCHEMA, "<Connect> needs <ConversationRelay>")
    # Twilio ignores record=True of the REST API once ConversationRelay takes over.
    recordings.discard(leg.exchange, leg.call, "OutboundAPI")
    action_url = leg.resolve(verb.get("action")) if verb.get("action") else ""
    session = RelaySession(leg, relay)
    began = leg.exchange.pace.tick()
    outcome = await session.run()
    duration = round(leg.exchange.pace.simulated(began))
    return _after(leg, verb, action_url, _parameters(session, outcome, duration))


def _after(leg: Leg, verb: Verb, url: str, params: dict[str, str]) -> Instructions | None:
    method = verb.get("method", "POST")
    if leg.line.down:
        everything = leg.call.parameters() | {"CallStatus": "completed"} | params
        leg.exchange.progress.send(leg.call.sid, "connect", Callback(url, method), everything)
        raise HungUpError
    return Instructions(url, method, params, purpose="connect") if url else None


def _parameters(session: RelaySession, outcome: Outcome, duration: int) -> dict[str, str]:
    params = {
        "SessionId": session.sid,
        "SessionStatus": outcome.status,
        "SessionDuration": str(duration),
    }
    if outcome.handoff is not None:
        params["HandoffData"] = outcome.handoff
    if outcome.code:
        params |= {"ErrorCode": str(outcome.code), "ErrorMessage": outcome.message}
    return params

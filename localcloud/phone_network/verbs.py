"""The plain TwiML verbs: Say, Play, Pause, Redirect, Hangup, Reject, and the refusal of Enqueue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.phone_network.calls import Instructions
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.twiml import ApplicationError

if TYPE_CHECKING:
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.twiml import Verb

SOUND_SECONDS = 2.0
_ENDLESS = 1_000
_UNSUPPORTED = 13210


def utter(leg: Leg, verb: Verb) -> float:
    """Queue a Say or Play, or return the seconds of a Pause."""
    repeats = min(int(verb.get("loop", "1")) or _ENDLESS, _ENDLESS)
    if verb.name == "Pause":
        return verb.seconds("length", 1.0)
    for _ in range(repeats):
        if verb.name == "Say":
            leg.line.speaker.enqueue(f"{verb.text} ", apart=True)
        else:
            leg.line.speaker.enqueue_sound(f"audio {leg.resolve(verb.text)}", SOUND_SECONDS)
    return 0.0


async def say(leg: Leg, verb: Verb) -> None:
    """Speak and wait until it is said."""
    utter(leg, verb)
    await leg.line.while_up(leg.line.speaker.drained())


async def play(leg: Leg, verb: Verb) -> None:
    """Play a sound, or send keys into the line."""
    if digits := verb.get("digits"):
        leg.exchange.log.record("dtmf", leg.call.sid, digit=digits, speaker="agent")
    if verb.text:
        await say(leg, verb)


async def pause(leg: Leg, verb: Verb) -> None:
    """Wait in silence."""
    await leg.line.while_up(leg.exchange.pace.sleep(utter(leg, verb)))


async def redirect(leg: Leg, verb: Verb) -> Instructions:
    """Go on with another document."""
    return Instructions(leg.resolve(verb.text), verb.get("method", "POST"), purpose="redirect")


async def hangup(leg: Leg, _verb: Verb) -> None:
    """End the call."""
    leg.line.hang_up("agent")
    raise HungUpError


async def reject(leg: Leg, verb: Verb) -> None:
    """Refuse an inbound call that was not answered yet; later it is a hang-up."""
    reason = verb.get("reason", "rejected")
    leg.exchange.log.record("call.rejected", leg.call.sid, reason=reason)
    leg.line.hang_up(f"reject:{reason}")
    raise HungUpError


async def refuse_enqueue(_leg: Leg, verb: Verb) -> None:
    """Refuse queues, which this network does not have."""
    raise ApplicationError(_UNSUPPORTED, f"<Enqueue>{verb.text}: this network has no queues, use <Dial>")

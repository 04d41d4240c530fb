"""What somebody hears in a conference while nobody talks with them: waiting for the start, or on hold.

Source: twilio.com/docs/voice/twiml/conference (waitUrl) and the participant resource (HoldUrl).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.phone_network.calls import Instructions
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.twiml import ApplicationError
from localcloud.phone_network.verbs import SOUND_SECONDS, utter

if TYPE_CHECKING:
    import asyncio

    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.twiml import Verb

_ALLOWED = frozenset({"Say", "Play", "Pause"})
_UNSUPPORTED = 13210


async def entertain(leg: Leg, noun: Verb, started: asyncio.Event) -> None:
    """Let somebody hear the waitUrl's document, or Twilio's own music, until the conference starts."""
    if started.is_set() or noun.attributes.get("waitUrl") == "":
        return
    try:
        await _play(leg, noun)
        await started.wait()
        leg.line.speaker.purge()
    except HungUpError:
        return
    except ApplicationError as error:
        leg.exchange.log.record_error(error.code, error.message, leg.call.sid)


async def _play(leg: Leg, noun: Verb) -> None:
    if not noun.get("waitUrl"):
        leg.line.speaker.enqueue_sound("hold music", SOUND_SECONDS)
        return
    url, present = leg.resolve(noun.get("waitUrl")), leg.document_url
    document = await leg.load(Instructions(url, noun.get("waitMethod", "POST"), purpose="wait"))
    for verb in document:
        if verb.name not in _ALLOWED:
            raise ApplicationError(_UNSUPPORTED, f"waitUrl: <{verb.name}> is not played while waiting")
        utter(leg, verb)
    leg.document_url = present

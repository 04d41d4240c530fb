"""Following TwiML from document to document until the call is over or redirected."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from localcloud.phone_network import connect, dial, gather, record, verbs
from localcloud.phone_network.calls import Instructions
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.tasks import cancel
from localcloud.phone_network.twiml import ApplicationError
from localcloud.phone_network.webhooks import TOO_MANY_REDIRECTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.twiml import Verb

_APOLOGY = "We are sorry, an application error has occurred. Goodbye."
_MOST_EMPTY_DOCUMENTS = 50
_BEFORE_ANSWER = frozenset({"Reject", "Pause", "Redirect"})

HANDLERS: dict[str, Callable[[Leg, Verb], Awaitable[Instructions | None]]] = {
    "Say": verbs.say,
    "Play": verbs.play,
    "Pause": verbs.pause,
    "Redirect": verbs.redirect,
    "Hangup": verbs.hangup,
    "Reject": verbs.reject,
    "Enqueue": verbs.refuse_enqueue,
    "Gather": gather.gather,
    "Record": record.record,
    "Start": record.start,
    "Connect": connect.connect,
    "Dial": dial.dial,
}


async def execute(leg: Leg, instructions: Instructions) -> None:
    """Follow the instructions, and those that the REST API puts in their place, to the end."""
    while True:
        following = asyncio.ensure_future(follow(leg, instructions))
        redirected = asyncio.ensure_future(leg.call.redirects.get())
        try:
            await asyncio.wait({following, redirected}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                return following.result()
            instructions = redirected.result()
        finally:
            await cancel(following, redirected)
        leg.line.listen(None)
        leg.line.speaker.purge()
        leg.exchange.log.record("call.redirected", leg.call.sid, url=instructions.url)


async def follow(leg: Leg, instructions: Instructions) -> None:
    """Follow one chain of documents; at its end the line is hung up."""
    following: Instructions | None = instructions
    while following is not None:
        present = following
        try:
            following = await perform(leg, await leg.load(present))
        except HungUpError:
            return
        except ApplicationError as error:
            following = await _recover(leg, present, error)
    leg.line.hang_up("agent")


async def whisper(leg: Leg, instructions: Instructions) -> None:
    """Perform what a dialled person hears before being joined; afterwards the line stays up."""
    following: Instructions | None = instructions
    try:
        while following is not None:
            following = await perform(leg, await leg.load(following))
    except HungUpError:
        leg.line.hang_up("agent")
    except ApplicationError as error:
        leg.exchange.log.record_error(error.code, error.message, leg.call.sid)
        leg.line.hang_up("agent")


async def perform(leg: Leg, document: tuple[Verb, ...]) -> Instructions | None:
    """Perform a document's verbs in order until one leads elsewhere."""
    _check_progress(leg, document)
    for verb in document:
        if verb.name not in _BEFORE_ANSWER:
            leg.answer()
        if leg.line.down:
            raise HungUpError
        leading = await HANDLERS[verb.name](leg, verb)
        if leading is not None:
            return leading
    return None


def _check_progress(leg: Leg, document: tuple[Verb, ...]) -> None:
    """Refuse to be sent around in a circle by documents that only redirect."""
    leg.empty_documents = leg.empty_documents + 1 if document and document[0].name == "Redirect" else 0
    if leg.empty_documents > _MOST_EMPTY_DOCUMENTS:
        raise ApplicationError(TOO_MANY_REDIRECTS, "too many documents that only redirect")


async def _recover(leg: Leg, failed: Instructions, error: ApplicationError) -> Instructions | None:
    """Turn to the fallback URL once; otherwise let the person hear the apology."""
    leg.exchange.log.record_error(error.code, error.message, leg.call.sid, url=failed.url)
    if leg.fallback is not None and failed.purpose != "fallback":
        params = {"ErrorCode": str(error.code), "ErrorUrl": leg.document_url or failed.url}
        fallback = leg.fallback
        return Instructions(fallback.url, fallback.method, params, purpose="fallback")
    leg.answer()
    leg.line.speaker.enqueue(_APOLOGY)
    try:
        await leg.line.while_up(leg.line.speaker.drained())
    except HungUpError:
        return None
    return None

"""How one leg rings, is answered, lives and ends; which TwiML it follows is decided elsewhere."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from localcloud.phone_network import recordings
from localcloud.phone_network.callees import Answer, Callee
from localcloud.phone_network.calls import Call, Status
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.pace import now
from localcloud.phone_network.person import Person
from localcloud.phone_network.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from localcloud.phone_network.exchange import Exchange

_SETUP_SECONDS = 0.5

# What the carrier reports for each refusal: Twilio's status and the SIP response (RFC 3261).
_REFUSALS = {
    Answer.BUSY: (Status.BUSY, 486),
    Answer.REJECTED: (Status.BUSY, 603),
    Answer.FAILED: (Status.FAILED, 404),
    Answer.CANCELED: (Status.CANCELED, 487),
    Answer.NO_ANSWER: (Status.NO_ANSWER, 487),
}
_NEVER_RINGS = frozenset({Answer.BUSY, Answer.FAILED})


async def ring(exchange: Exchange, call: Call, callee: Callee) -> bool:
    """Call the person; tell whether they answered. Otherwise the call has ended."""
    call.started_at = now()
    exchange.log.record("call.initiated", call.sid, to=call.to, from_=call.from_)
    exchange.progress.call_event(call, "initiated")
    try:
        await call.line.while_up(exchange.pace.sleep(_SETUP_SECONDS))
        refusal = await call.line.while_up(_ringing(exchange, call, callee))
    except HungUpError:
        refusal = Answer.CANCELED
    if refusal:
        end(exchange, call, *_REFUSALS[refusal])
        return False
    answered(exchange, call)
    return True


async def _ringing(exchange: Exchange, call: Call, callee: Callee) -> Answer | None:
    if callee.answer in _NEVER_RINGS:
        return callee.answer
    call.become(Status.RINGING)
    exchange.log.record("call.ringing", call.sid)
    exchange.progress.call_event(call, "ringing")
    patient = call.request.timeout
    if callee.answer is Answer.NO_ANSWER or callee.ring_seconds > patient:
        await exchange.pace.sleep(patient)
        return Answer.NO_ANSWER
    await exchange.pace.sleep(callee.ring_seconds)
    return None if callee.answer is Answer.ANSWERS else callee.answer


def answered(exchange: Exchange, call: Call) -> None:
    """Begin the conversation, and its time."""
    call.become(Status.IN_PROGRESS)
    call.answered_tick = exchange.pace.tick()
    exchange.log.record("call.answered", call.sid)
    exchange.progress.call_event(call, "answered")
    if call.request.recording:
        recordings.begin(exchange, call, call.request.recording)


async def talk(exchange: Exchange, call: Call, callee: Callee, conduct: Awaitable[None]) -> None:
    """Let the person live on the line while the network conducts its side; then the call has ended."""
    living = exchange.tasks.start(_live(exchange, call, callee))
    try:
        await conduct
    finally:
        call.line.hang_up("network")
        await cancel(living)
        call.line.speaker.purge()
        if not call.status.terminal:
            end(exchange, call, Status.COMPLETED, 200)


async def _live(exchange: Exchange, call: Call, callee: Callee) -> None:
    person = Person(callee, call.line, exchange.log, call.sid)
    async with asyncio.TaskGroup() as group:
        group.create_task(call.line.speaker.run())
        group.create_task(person.live())
        group.create_task(_limit(exchange, call))


async def _limit(exchange: Exchange, call: Call) -> None:
    await exchange.pace.sleep(call.request.time_limit)
    call.line.hang_up("time limit")


def end(exchange: Exchange, call: Call, status: Status, sip_code: int) -> None:
    """Close the books on a call and tell who asked."""
    call.line.hang_up("network")
    call.ended_at = now()
    call.sip_code = sip_code
    call.become(status)
    if call.answered_tick is not None:
        call.duration = math.ceil(exchange.pace.simulated(call.answered_tick))
    recordings.finish_all(exchange, call)
    exchange.log.record(
        "call.ended",
        call.sid,
        status=status.value,
        by=call.line.hung_up_by,
        duration=call.duration,
        sip_code=sip_code,
    )
    exchange.progress.call_event(call, "completed")
    exchange.keep_call(call)

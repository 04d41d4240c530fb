"""A call's way through the network: placed, queued, answered, conducted; its legs are in ``ringing``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from localcloud.phone_network.calls import (
    Call,
    Callback,
    CallRequest,
    Direction,
    Instructions,
    Status,
)
from localcloud.phone_network.detection import detect
from localcloud.phone_network.execute import execute, whisper
from localcloud.phone_network.leg import Leg
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.pace import now
from localcloud.phone_network.ringing import answered, end, ring, talk
from localcloud.phone_network.tasks import cancel

if TYPE_CHECKING:
    from localcloud.phone_network.callees import Callee
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.numbers import OwnedNumber

NO_VOICE_URL = 11100


def place(exchange: Exchange, to: str, from_: str, request: CallRequest) -> Call:
    """Accept an outbound call; it proceeds in the background."""
    call = exchange.new_call(to, from_, Direction.OUTBOUND_API, request)
    exchange.log.record("call.created", call.sid, to=to, from_=from_, direction=call.direction.value)
    exchange.tasks.start(_outbound(exchange, call))
    return call


async def _outbound(exchange: Exchange, call: Call) -> None:
    try:
        await call.line.while_up(exchange.starts.turn())
    except HungUpError:
        return end(exchange, call, Status.CANCELED, 487)
    callee = exchange.callee(call.to)
    if await ring(exchange, call, callee):
        await talk(exchange, call, callee, _conduct(exchange, call, callee))
    return None


async def _conduct(exchange: Exchange, call: Call, callee: Callee) -> None:
    request = call.request
    leg = Leg(exchange, call, whisper=whisper, fallback=_fallback(request.instructions))
    if request.send_digits:
        exchange.log.record("dtmf", call.sid, digit=request.send_digits, speaker="agent")
    if not request.detection.mode:
        return await execute(leg, request.instructions)
    if request.detection.asynchronous:
        detecting = asyncio.ensure_future(detect(exchange, call, callee))
        try:
            return await execute(leg, request.instructions)
        finally:
            await cancel(detecting)
    try:
        await call.line.while_up(detect(exchange, call, callee))
    except HungUpError:
        return None
    return await execute(leg, request.instructions)


def _fallback(instructions: Instructions) -> Instructions | None:
    if not instructions.fallback_url:
        return None
    return Instructions(instructions.fallback_url, instructions.fallback_method, purpose="fallback")


def receive(exchange: Exchange, number: OwnedNumber, from_: str, caller: Callee) -> Call:
    """Take an inbound call to an owned number; it proceeds in the background."""
    instructions = Instructions(
        number.voice_url,
        number.voice_method,
        fallback_url=number.voice_fallback_url,
        fallback_method=number.voice_fallback_method,
    )
    callback = Callback(number.status_callback, number.status_callback_method)
    request = CallRequest(instructions, callback)
    call = exchange.new_call(number.phone_number, from_, Direction.INBOUND, request)
    call.started_at = now()
    call.become(Status.RINGING)
    exchange.log.record("call.created", call.sid, to=call.to, from_=from_, direction="inbound")
    exchange.log.record("call.ringing", call.sid)
    exchange.tasks.start(_inbound(exchange, call, caller))
    return call


async def _inbound(exchange: Exchange, call: Call, caller: Callee) -> None:
    instructions = call.request.instructions
    if not instructions.url:
        exchange.log.record_error(NO_VOICE_URL, f"{call.to} has no voice_url; set it on the number", call.sid)
        return end(exchange, call, Status.FAILED, 404)
    picked_up = asyncio.Event()

    def answer() -> None:
        if not picked_up.is_set():
            picked_up.set()
            answered(exchange, call)

    leg = Leg(exchange, call, answer, whisper=whisper, fallback=_fallback(instructions))
    conducting = exchange.tasks.start(execute(leg, instructions))
    waiting = asyncio.ensure_future(picked_up.wait())
    try:
        await asyncio.wait({conducting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if picked_up.is_set():
            return await talk(exchange, call, caller, conducting)
        return _unanswered(exchange, call)
    finally:
        await cancel(conducting, waiting)


def _unanswered(exchange: Exchange, call: Call) -> None:
    """End an inbound call that no verb answered."""
    refused = {"reject:busy": (Status.BUSY, 486), "reject:rejected": (Status.FAILED, 603)}
    status, sip_code = refused.get(call.line.hung_up_by, (Status.NO_ANSWER, 487))
    end(exchange, call, status, sip_code)

"""Answering machine detection: what Twilio would say of who picked up.

Source: twilio.com/docs/voice/answering-machine-detection.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from localcloud.phone_network import machines
from localcloud.phone_network.callees import AnsweredBy, Callee

if TYPE_CHECKING:
    from localcloud.phone_network.calls import Call, MachineDetection
    from localcloud.phone_network.exchange import Exchange


def verdict(detection: MachineDetection, callee: Callee) -> tuple[str, float]:
    """Return what detection says, and after how many simulated seconds."""
    if callee.amd_seconds > detection.timeout:
        return AnsweredBy.UNKNOWN.value, detection.timeout
    is_machine = callee.answered_by.value.startswith("machine")
    if is_machine and detection.mode == "Enable":
        return AnsweredBy.MACHINE_START.value, callee.amd_seconds
    if callee.answered_by is AnsweredBy.MACHINE_START:
        return AnsweredBy.MACHINE_END_OTHER.value, callee.amd_seconds
    return callee.answered_by.value, callee.amd_seconds


async def _end_of_greeting(
    exchange: Exchange, call: Call, callee: Callee, answered_by: str
) -> tuple[str, float]:
    """Wait until the machine has greeted; silence after it is only noticed some time later.

    The time that the machine gave the product to listen at all is not counted.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(machines.LISTENER_GRACE):
            await call.line.greeting.wait()
    began = exchange.pace.tick()
    try:
        async with asyncio.timeout(exchange.pace.real(call.request.detection.timeout)):
            await call.line.greeted.wait()
            if answered_by != AnsweredBy.MACHINE_END_BEEP:
                await exchange.pace.sleep(callee.amd_seconds)
    except TimeoutError:
        answered_by = AnsweredBy.UNKNOWN.value
    return answered_by, exchange.pace.simulated(began)


async def detect(exchange: Exchange, call: Call, callee: Callee) -> None:
    """Decide who answered; an asynchronous request is told by its callback."""
    detection = call.request.detection
    answered_by, seconds = verdict(detection, callee)
    if callee.machine and answered_by.startswith("machine_end"):
        answered_by, seconds = await _end_of_greeting(exchange, call, callee, answered_by)
    else:
        await exchange.pace.sleep(seconds)
    call.answered_by = answered_by
    milliseconds = round(seconds * 1000)
    exchange.log.record("amd.decided", call.sid, answered_by=answered_by, ms=milliseconds)
    if detection.asynchronous:
        params = {
            "CallSid": call.sid,
            "AccountSid": call.account_sid,
            "AnsweredBy": answered_by,
            "MachineDetectionDuration": str(milliseconds),
        }
        exchange.progress.send(call.sid, "amd", detection.callback, params)

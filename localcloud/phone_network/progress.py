"""Telling the product how things proceed: callbacks of every kind, and the faults that befall them."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING

from localcloud.phone_network.faults import Effect, parties
from localcloud.phone_network.pace import now, rfc2822
from localcloud.phone_network.webhooks import Request, WebhookFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.phone_network.calls import Call, Callback
    from localcloud.phone_network.faults import Faults
    from localcloud.phone_network.log import CarrierLog
    from localcloud.phone_network.tasks import Tasks
    from localcloud.phone_network.webhooks import Webhooks

_HELD_AT_MOST = 2.0

# Twilio's event names on the left, the CallStatus they carry on the right; the rest are terminal.
_EVENT_STATUS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


class Progress:
    """Sends callbacks in the background: one subject's in order, except where a fault strikes."""

    def __init__(self, webhooks: Webhooks, faults: Faults, log: CarrierLog, tasks: Tasks) -> None:
        self._webhooks = webhooks
        self._faults = faults
        self._log = log
        self._tasks = tasks
        self._tails: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, asyncio.Event] = {}

    def call_event(self, call: Call, event: str, callback: Callback | None = None) -> None:
        """Report an event of a call to who asked for it.

        Source: twilio.com/docs/voice/api/call-resource#statuscallbackevent. ``completed`` covers every
        terminal status; ``SequenceNumber`` counts the callbacks of the call from 0.
        """
        callback = callback or call.request.callback
        if not callback.url or event not in callback.events:
            return
        params = call.parameters() | {
            "CallStatus": _EVENT_STATUS.get(event, call.status.value),
            "CallbackSource": "call-progress-events",
            "Timestamp": rfc2822(now()) or "",
            "SequenceNumber": str(call.callbacks_sent),
        }
        if event == "completed":
            params |= _closing(call)
        call.callbacks_sent += 1
        self.send(call.sid, f"status.{event}", callback, params)

    def send(self, subject: str, purpose: str, callback: Callback, params: Mapping[str, str]) -> None:
        """Send one callback about a subject, after the subject's earlier ones."""
        if not callback.url:
            return
        if self._faults.strike(Effect.CALLBACK_LOST, purpose, parties(params)):
            self._log.record("callback.lost", subject, purpose=purpose, params=dict(params))
            return
        twice = self._faults.strike(Effect.CALLBACK_DUPLICATED, purpose, parties(params))
        copies = 2 if twice else 1
        request = Request(subject, purpose, callback.url, callback.method, params)
        for _ in range(copies):
            self._dispatch(request)

    def _dispatch(self, request: Request) -> None:
        subject, numbers = request.call_sid, parties(request.params)
        if delayed := self._faults.strike(Effect.CALLBACK_DELAYED, request.purpose, numbers):
            self._tasks.start(self._after(delayed.seconds, request))
        elif self._faults.strike(Effect.CALLBACK_REORDERED, request.purpose, numbers):
            released = self._held[subject] = asyncio.Event()
            self._tasks.start(self._when_released(released, request))
        else:
            previous = self._tails.get(subject)
            self._tails[subject] = self._tasks.start(self._in_order(previous, request))

    async def _in_order(self, previous: asyncio.Task[None] | None, request: Request) -> None:
        if previous:
            await asyncio.wait({previous})
        await self._deliver(request)
        if released := self._held.pop(request.call_sid, None):
            released.set()

    async def _when_released(self, released: asyncio.Event, request: Request) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(released.wait(), _HELD_AT_MOST)
        await self._deliver(request)

    async def _after(self, seconds: float, request: Request) -> None:
        await asyncio.sleep(seconds)
        await self._deliver(request)

    async def _deliver(self, request: Request) -> None:
        with contextlib.suppress(WebhookFailedError):
            await self._webhooks.fetch(request)


def _closing(call: Call) -> dict[str, str]:
    seconds = call.duration or 0
    closing = {"SipResponseCode": str(call.sip_code), "CallDuration": str(seconds)}
    if call.status.value == "completed":
        closing["Duration"] = str(math.ceil(seconds / 60))
    return closing

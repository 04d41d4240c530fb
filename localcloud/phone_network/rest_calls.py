"""The Calls resource: create, fetch, list, update, and a call's recordings.

Source: twilio.com/docs/voice/api/call-resource.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.phone_network.calls import (
    Call,
    CallRequest,
    Instructions,
    MachineDetection,
    RecordingRequest,
    Status,
)
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.lifecycle import place
from localcloud.phone_network.paging import page_of
from localcloud.phone_network.rest_form import RestForm, destination, origin

if TYPE_CHECKING:
    from localcloud.phone_network.exchange import Exchange

_EVENTS = {"initiated", "ringing", "answered", "completed"}
_RECORDING_EVENTS = {"in-progress", "completed", "absent"}
_LONGEST_TWIML = 4_000
_LONGEST_RING, _LONGEST_CALL = 600, 86_400


class CallsResource:
    """Handlers of ``/Calls``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, base: str) -> list[web.RouteDef]:
        """Return the resource's routes."""
        return [
            web.post(f"{base}/Calls.json", self.create),
            web.get(f"{base}/Calls.json", self.list),
            web.get(f"{base}/Calls/{{sid}}.json", self.fetch),
            web.post(f"{base}/Calls/{{sid}}.json", self.update),
            web.get(f"{base}/Calls/{{sid}}/Recordings.json", self.recordings),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Accept an outbound call."""
        form = RestForm(await request.post())
        to = destination(self._exchange, form)
        from_ = origin(self._exchange, form)
        call = place(self._exchange, to, from_, call_request(form))
        return web.json_response(call.view(), status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        """Show one call."""
        return web.json_response(self._call(request).view())

    async def list(self, request: web.Request) -> web.Response:
        """Show the calls that match, the newest first."""
        calls = [call for call in reversed(self._exchange.calls.values()) if _matches(call, request)]
        return web.json_response(page_of(request, "calls", [call.view() for call in calls]))

    async def update(self, request: web.Request) -> web.Response:
        """End a call or give it other instructions."""
        call = self._call(request)
        form = RestForm(await request.post())
        if call.status.terminal:
            raise RestError(21220, f"Call is not in-progress. Cannot redirect. It is {call.status.value}.")
        if status := form.choice("Status", {"canceled", "completed"}):
            _end(call, status)
        else:
            self._redirect(call, form)
        return web.json_response(call.view())

    async def recordings(self, request: web.Request) -> web.Response:
        """Show a call's recordings."""
        call = self._call(request)
        found = [self._exchange.recordings[sid] for sid in reversed(call.recordings)]
        return web.json_response(page_of(request, "recordings", [item.view() for item in found]))

    def _redirect(self, call: Call, form: RestForm) -> None:
        if call.status is not Status.IN_PROGRESS:
            raise RestError(21220, "Call is not in-progress. Cannot redirect.")
        instructions = _instructions(form)
        self._exchange.log.record("call.updated", call.sid, url=instructions.url, twiml=instructions.twiml)
        call.redirects.put_nowait(instructions)

    def _call(self, request: web.Request) -> Call:
        call = self._exchange.calls.get(request.match_info["sid"])
        if call is None:
            raise RestError(20404, request.path)
        return call


def call_request(form: RestForm, *, instructions: Instructions | None = None) -> CallRequest:
    """Read how a call is to be placed; raise ``RestError`` when Twilio would refuse it."""
    digits = form.digits("SendDigits")
    return CallRequest(
        instructions=instructions or _instructions(form),
        callback=form.callback("StatusCallback", _EVENTS),
        send_digits=digits,
        timeout=form.number("Timeout", 60, 1, _LONGEST_RING),
        time_limit=form.number("TimeLimit", 14_400, 1, _LONGEST_CALL),
        detection=MachineDetection() if digits else _detection(form),
        recording=_recording(form),
    )


def _instructions(form: RestForm) -> Instructions:
    """Read where the TwiML comes from; a URL wins over TwiML in hand."""
    url, twiml = form.url("Url"), form.text("Twiml")
    if not url and not twiml:
        raise RestError(21205, "(none was given)")
    if not url and len(twiml) > _LONGEST_TWIML:
        raise RestError(20001, f"Twiml is longer than {_LONGEST_TWIML} characters")
    return Instructions(
        url=url,
        method=form.method("Method"),
        twiml="" if url else twiml,
        fallback_url=form.url("FallbackUrl"),
        fallback_method=form.method("FallbackMethod"),
    )


def _detection(form: RestForm) -> MachineDetection:
    return MachineDetection(
        mode=form.choice("MachineDetection", {"Enable", "DetectMessageEnd"}),
        timeout=form.number("MachineDetectionTimeout", 30, 3, 59),
        asynchronous=form.choice("AsyncAmd", {"true", "false"}, "false") == "true",
        callback=form.callback("AsyncAmdStatusCallback", {"completed"}),
    )


def _recording(form: RestForm) -> RecordingRequest | None:
    if not form.flag("Record"):
        return None
    channels = 2 if form.choice("RecordingChannels", {"mono", "dual"}, "mono") == "dual" else 1
    callback = form.callback("RecordingStatusCallback", _RECORDING_EVENTS)
    return RecordingRequest("OutboundAPI", callback, channels)


def _end(call: Call, status: str) -> None:
    """End a call; ``canceled`` leaves a call alone that is already in progress."""
    if status == "completed" or call.status is not Status.IN_PROGRESS:
        call.line.hang_up("api")


def _matches(call: Call, request: web.Request) -> bool:
    wanted = request.query
    plain = {
        "To": call.to,
        "From": call.from_,
        "Status": call.status.value,
        "ParentCallSid": call.parent_sid,
    }
    if any(name in wanted and wanted[name] != value for name, value in plain.items()):
        return False
    return _within(call.started_at, "StartTime", request) and _within(call.ended_at, "EndTime", request)


def _within(moment: datetime | None, name: str, request: web.Request) -> bool:
    """Compare to the second, as Twilio's timestamps do; a call not yet dialled has no start time."""
    bounds = {sign: request.query.get(f"{name}{sign}") for sign in ("", "<", ">")}
    limits = {sign: _moment(text, name) for sign, text in bounds.items() if text}
    if not limits:
        return True
    if moment is None:
        return False
    second = moment.replace(microsecond=0)
    return (
        second >= limits.get(">", second)
        and second <= limits.get("<", second)
        and second.date() == limits.get("", second).date()
    )


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(20001, f"{name}={text}") from None
    return moment.replace(microsecond=0, tzinfo=moment.tzinfo or UTC)

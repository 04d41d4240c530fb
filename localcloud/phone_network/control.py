"""The control API: scripts people, starts inbound calls, shows the log, sets faults. Loopback only."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localcloud.phone_network.callees import Callee, parse_callee
from localcloud.phone_network.destinations import is_e164
from localcloud.phone_network.exchange import DEFAULT_CALLEE
from localcloud.phone_network.faults import parse_faults
from localcloud.phone_network.forms import ControlError, Fields
from localcloud.phone_network.lifecycle import receive
from localcloud.phone_network.messages import receive_message
from localcloud.phone_network.pace import iso

if TYPE_CHECKING:
    from localcloud.phone_network.calls import Call
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.numbers import OwnedNumber

_LONGEST_WAIT = 60.0


class ControlApi:
    """Handlers of ``/control``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Return the API's routes."""
        return [
            web.get("/control/health", self.health),
            web.get("/control/callees", self.list_callees),
            web.put("/control/callees/{number}", self.put_callee),
            web.get("/control/callees/{number}", self.get_callee),
            web.delete("/control/callees/{number}", self.delete_callee),
            web.post("/control/inbound", self.inbound),
            web.post("/control/inbound-sms", self.inbound_sms),
            web.get("/control/log", self.log),
            web.get("/control/calls", self.calls),
            web.get("/control/calls/{sid}", self.call),
            web.put("/control/faults", self.put_faults),
            web.get("/control/faults", self.get_faults),
            web.post("/control/reset", self.reset),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """Say that the network is up, and what it owns."""
        exchange = self._exchange
        return web.json_response(
            {
                "status": "ok",
                "account_sid": exchange.options.account_sid,
                "numbers": [number.phone_number for number in exchange.numbers.all()],
                "time_scale": exchange.options.time_scale,
                "live_calls": len(exchange.live_calls()),
                "last_seq": exchange.log.last_seq,
            }
        )

    async def list_callees(self, _request: web.Request) -> web.Response:
        """Show all scripts."""
        scripts = {number: callee.script for number, callee in self._exchange.callees.items()}
        return web.json_response({"callees": scripts})

    async def put_callee(self, request: web.Request) -> web.Response:
        """Script the person at a number, or ``default`` for everybody else."""
        number = _callee_key(request)
        callee = parse_callee(await _body(request))
        self._exchange.callees[number] = callee
        return web.json_response({"number": number, "callee": callee.script})

    async def get_callee(self, request: web.Request) -> web.Response:
        """Show one script."""
        number = _callee_key(request)
        return web.json_response({"number": number, "callee": self._scripted(number).script})

    async def delete_callee(self, request: web.Request) -> web.Response:
        """Make the person at a number a friendly stranger again."""
        number = _callee_key(request)
        self._scripted(number)
        del self._exchange.callees[number]
        return web.json_response({"number": number, "deleted": True})

    def _scripted(self, number: str) -> Callee:
        callee = self._exchange.callees.get(number)
        if callee is None:
            raise ControlError("number", f"{number} has no script; PUT one first", 404)
        return callee

    async def inbound(self, request: web.Request) -> web.Response:
        """Let a person call one of the account's numbers."""
        fields = Fields(await _body(request), "body")
        from_, number = _e164(fields, "from"), self._owned(fields)
        inline = fields.any("callee")
        fields.finish()
        caller = self._exchange.callee(from_) if inline is None else parse_callee(inline, "body.callee")
        call = receive(self._exchange, number, from_, caller)
        return web.json_response({"call_sid": call.sid}, status=201)

    async def inbound_sms(self, request: web.Request) -> web.Response:
        """Let a person write to one of the account's numbers."""
        fields = Fields(await _body(request), "body")
        from_, number, text = _e164(fields, "from"), self._owned(fields), fields.text("body")
        handles_words = fields.flag("handles_words", default=True)
        fields.finish()
        message = receive_message(self._exchange, number, from_, text, handles_words=handles_words)
        return web.json_response({"message_sid": message.sid}, status=201)

    def _owned(self, fields: Fields) -> OwnedNumber:
        owned = self._exchange.numbers.all()
        to = fields.text("to", owned[0].phone_number if owned else None)
        number = self._exchange.numbers.get(to)
        if number is None:
            known = ", ".join(item.phone_number for item in owned)
            raise ControlError("body.to", f"must be a number of the account: {known}")
        return number

    async def log(self, request: web.Request) -> web.Response:
        """Show the events after ``since``; ``wait`` holds the answer until there is one."""
        since = int(_number(request, "since", 0))
        wait = min(_number(request, "wait", 0), _LONGEST_WAIT)
        log, query = self._exchange.log, request.query

        def matching() -> list[dict[str, Any]]:
            return log.since(since, query.get("call_sid", ""), query.get("kind", ""))

        await log.changed.within(wait, lambda: bool(matching()))
        return web.json_response({"events": matching(), "last_seq": log.last_seq})

    async def calls(self, _request: web.Request) -> web.Response:
        """Show all calls, the oldest first."""
        return web.json_response({"calls": [_summary(call) for call in self._exchange.calls.values()]})

    async def call(self, request: web.Request) -> web.Response:
        """Show one call and what was really heard on it."""
        call = self._exchange.calls.get(request.match_info["sid"])
        if call is None:
            raise ControlError("sid", "no such call; see /control/calls", 404)
        return web.json_response(_summary(call) | {"transcript": call.line.transcript})

    async def put_faults(self, request: web.Request) -> web.Response:
        """Put fault rules in force, in place of the former ones."""
        self._exchange.faults.replace(*parse_faults(await _body(request)))
        return await self.get_faults(request)

    async def get_faults(self, _request: web.Request) -> web.Response:
        """Show the fault rules and how often each struck."""
        faults = self._exchange.faults
        return web.json_response({"seed": faults.seed, "rules": [rule.view() for rule in faults.rules]})

    async def reset(self, _request: web.Request) -> web.Response:
        """Forget calls, messages, scripts, faults, opt-outs and the log; numbers keep their URLs."""
        await asyncio.shield(self._exchange.reset())
        return web.json_response({"status": "ok", "last_seq": self._exchange.log.last_seq})


async def _body(request: web.Request) -> Any:
    try:
        return json.loads(await request.text())
    except (ValueError, LookupError, RecursionError):
        raise ControlError("body", "must be JSON") from None


def _callee_key(request: web.Request) -> str:
    number = request.match_info["number"]
    if number != DEFAULT_CALLEE and not is_e164(number):
        raise ControlError("number", "must be in E.164, such as +12125550100, or 'default'")
    return number


def _e164(fields: Fields, name: str) -> str:
    value = fields.text(name)
    if not is_e164(value):
        raise ControlError(f"body.{name}", "must be in E.164, such as +12125550100")
    return value


def _number(request: web.Request, name: str, default: float) -> float:
    value = request.query.get(name, str(default))
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ControlError(name, "must be a number of at least 0")
    return number


def _summary(call: Call) -> dict[str, Any]:
    moments = {"created_at": call.created_at, "started_at": call.started_at, "ended_at": call.ended_at}
    return {
        "sid": call.sid,
        "to": call.to,
        "from": call.from_,
        "direction": call.direction.value,
        "status": call.status.value,
        "parent_call_sid": call.parent_sid,
        "answered_by": call.answered_by,
        "duration": call.duration,
        "hung_up_by": call.line.hung_up_by,
        **{name: iso(moment) if moment else None for name, moment in moments.items()},
    }

"""The /control side of the server: pace, faults, inline rules, recorded requests; not the model API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localcloud.model_server.errors import InvalidInput
from localcloud.model_server.faults import parse_fault
from localcloud.model_server.fields import Fields
from localcloud.model_server.options import Timing
from localcloud.model_server.script_book import parse_script

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from localcloud.model_server.state import State

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ROOT = "/control"
MOST_DIGITS = 18
ROUTES = "GET health, GET/PUT timing, PUT faults, PUT script, GET requests, POST reset"


class Control:
    """Handlers under /control over one state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /control."""
        return [
            web.get("/control/health", self.health),
            web.get("/control/timing", self.show_timing),
            web.put("/control/timing", self.set_timing),
            web.put("/control/faults", self.set_faults),
            web.put("/control/script", self.set_script),
            web.get("/control/requests", self.requests),
            web.post("/control/reset", self.reset),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """Tell that the server is up."""
        return web.json_response({"status": "ok"})

    async def show_timing(self, _request: web.Request) -> web.Response:
        """Show the pace in force."""
        return self._timing_view()

    async def set_timing(self, request: web.Request) -> web.Response:
        """Change the pace: `{first_token_ms?, tokens_per_second?, times?}`."""
        fields = Fields(await _json(request), "")
        base = self._state.timing
        timing = Timing(
            fields.number("first_token_ms", base.first_token_ms),
            fields.number("tokens_per_second", base.tokens_per_second),
        )
        times = fields.integer("times", 0)
        fields.finish()
        self._state.set_timing(timing, times)
        return self._timing_view()

    async def set_faults(self, request: web.Request) -> web.Response:
        """Plan faults instead of those planned before: a list of `{kind, times?, when?, …}`."""
        items = await _json(request)
        if not isinstance(items, list):
            raise InvalidInput(
                "faults", "is not a list", 'send a list such as [{"kind": "error_500", "times": 1}]'
            )
        patterns = self._state.book.vocabulary.patterns
        faults = [parse_fault(item, f"faults[{index}]", patterns) for index, item in enumerate(items)]
        self._state.faults.replace(faults)
        return web.json_response({"faults": len(faults)})

    async def set_script(self, request: web.Request) -> web.Response:
        """Use inline rules before all others: a list of rules, or a whole script."""
        raw = await _json(request)
        script = parse_script(
            {"rules": raw} if isinstance(raw, list) else raw, "", self._state.book.vocabulary
        )
        self._state.use_script(script)
        return web.json_response({"rules": len(script.rules)})

    async def requests(self, request: web.Request) -> web.Response:
        """Show recorded requests after `since`, oldest first."""
        since = request.query.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < MOST_DIGITS):
            raise InvalidInput("since", "is not a number", "give the `last` of the answer before, or 0")
        journal = self._state.journal
        entries = [entry.view() for entry in journal.since(int(since))]
        return web.json_response({"requests": entries, "last": journal.last_seq})

    async def reset(self, _request: web.Request) -> web.Response:
        """Go back to the state after the start."""
        self._state.reset()
        return web.json_response({"status": "reset"})

    def _timing_view(self) -> web.Response:
        timing = self._state.timing
        brief = self._state.brief_timing if self._state.brief_times else None
        view: dict[str, Any] = {
            "first_token_ms": timing.first_token_ms,
            "tokens_per_second": timing.tokens_per_second,
            "next": None,
        }
        if brief is not None:
            view["next"] = {
                "first_token_ms": brief.first_token_ms,
                "tokens_per_second": brief.tokens_per_second,
                "times": self._state.brief_times,
            }
        return web.json_response(view)


async def _json(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise InvalidInput("body", "is not JSON", "send JSON") from error


@web.middleware
async def control_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer control input that cannot be used with the field and the remedy."""
    try:
        return await handler(request)
    except InvalidInput as error:
        return web.json_response(error.body(), status=400)
    except web.HTTPException as error:
        found = InvalidInput(f"{request.method} {request.path}", error.reason, f"use {ROOT}/…: {ROUTES}")
        return web.json_response(found.body(), status=error.status)

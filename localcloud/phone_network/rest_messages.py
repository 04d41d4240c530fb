"""The Messages resource: create, fetch, list.

Source: twilio.com/docs/messaging/api/message-resource.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.phone_network.calls import Callback
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.messages import send
from localcloud.phone_network.paging import page_of
from localcloud.phone_network.rest_form import RestForm, destination, origin

if TYPE_CHECKING:
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.messages import Message

_LONGEST_BODY = 1_600
_COMPARED = {"DateSent": operator.eq, "DateSent>": operator.ge, "DateSent<": operator.le}


class MessagesResource:
    """Handlers of ``/Messages``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, base: str) -> list[web.RouteDef]:
        """Return the resource's routes."""
        return [
            web.post(f"{base}/Messages.json", self.create),
            web.get(f"{base}/Messages.json", self.list),
            web.get(f"{base}/Messages/{{sid}}.json", self.fetch),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Accept a message, unless the recipient has opted out."""
        form = RestForm(await request.post())
        to = destination(self._exchange, form, 21604)
        from_ = origin(self._exchange, form, 21603, 21606)
        body = form.text("Body")
        if not body:
            raise RestError(21602)
        if len(body) > _LONGEST_BODY:
            raise RestError(21617)
        if (from_, to) in self._exchange.opted_out:
            raise RestError(21610, to)
        callback = Callback(form.url("StatusCallback", 21502))
        return web.json_response(send(self._exchange, to, from_, body, callback).view(), status=201)

    async def fetch(self, request: web.Request) -> web.Response:
        """Show one message."""
        message = self._exchange.messages.get(request.match_info["sid"])
        if message is None:
            raise RestError(20404, request.path)
        return web.json_response(message.view())

    async def list(self, request: web.Request) -> web.Response:
        """Show messages, the newest first."""
        to, from_ = request.query.get("To"), request.query.get("From")
        found = [
            message.view()
            for message in reversed(self._exchange.messages.values())
            if to in (None, message.to) and from_ in (None, message.from_) and _is_on(request, message)
        ]
        return web.json_response(page_of(request, "messages", found))


def _is_on(request: web.Request, message: Message) -> bool:
    """Tell whether a message is of the days that are asked for: when it was sent, or else made."""
    day = (message.sent_at or message.created_at).date().isoformat()
    return all(
        compare(day, request.query[name][: len(day)])
        for name, compare in _COMPARED.items()
        if name in request.query
    )

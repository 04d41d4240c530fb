"""The IncomingPhoneNumbers resource: the account's numbers and where calls to them lead.

Source: twilio.com/docs/phone-numbers/api/incomingphonenumber-resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.phone_network.destinations import normalised
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.numbers import METHOD_FIELDS, URL_FIELDS
from localcloud.phone_network.paging import page_of
from localcloud.phone_network.rest_form import RestForm

if TYPE_CHECKING:
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.numbers import OwnedNumber


class NumbersResource:
    """Handlers of ``/IncomingPhoneNumbers``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, base: str) -> list[web.RouteDef]:
        """Return the resource's routes."""
        path = f"{base}/IncomingPhoneNumbers"
        return [
            web.post(f"{path}.json", self.create),
            web.get(f"{path}.json", self.list),
            web.get(f"{path}/{{sid}}.json", self.fetch),
            web.post(f"{path}/{{sid}}.json", self.update),
        ]

    async def create(self, request: web.Request) -> web.Response:
        """Acquire a number."""
        form = RestForm(await request.post())
        phone_number = normalised(form.text("PhoneNumber"))
        if phone_number is None or self._exchange.numbers.get(phone_number):
            raise RestError(21422, form.text("PhoneNumber"))
        changes = _changes(form)
        number = self._exchange.numbers.acquire(phone_number)
        return self._show(self._exchange.numbers.update(number, changes), 201)

    async def fetch(self, request: web.Request) -> web.Response:
        """Show one number."""
        return self._show(self._number(request))

    async def list(self, request: web.Request) -> web.Response:
        """Show the numbers; ``PhoneNumber`` selects by a part of it."""
        wanted = request.query.get("PhoneNumber", "")
        account_sid = self._exchange.options.account_sid
        found = [
            item.view(account_sid) for item in self._exchange.numbers.all() if wanted in item.phone_number
        ]
        return web.json_response(page_of(request, "incoming_phone_numbers", found))

    async def update(self, request: web.Request) -> web.Response:
        """Change where a number leads."""
        number = self._number(request)
        form = RestForm(await request.post())
        return self._show(self._exchange.numbers.update(number, _changes(form)))

    def _number(self, request: web.Request) -> OwnedNumber:
        number = self._exchange.numbers.by_sid(request.match_info["sid"])
        if number is None:
            raise RestError(20404, request.path)
        return number

    def _show(self, number: OwnedNumber, status: int = 200) -> web.Response:
        return web.json_response(number.view(self._exchange.options.account_sid), status=status)


def _changes(form: RestForm) -> dict[str, str]:
    changes = {name: form.url(_form_name(name), 21502) for name in URL_FIELDS if form.has(_form_name(name))}
    changes |= {name: form.method(_form_name(name)) for name in METHOD_FIELDS if form.has(_form_name(name))}
    if form.has("FriendlyName"):
        changes["friendly_name"] = form.text("FriendlyName")
    return changes


def _form_name(field: str) -> str:
    return "".join(word.capitalize() for word in field.split("_"))

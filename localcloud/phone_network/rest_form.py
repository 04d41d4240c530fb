"""Reading the forms of REST requests under Twilio's rules; what the resources do is elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from localcloud.phone_network.calls import Callback
from localcloud.phone_network.destinations import country, normalised
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.forms import is_whole
from localcloud.phone_network.webhooks import is_web_url

if TYPE_CHECKING:
    from aiohttp import web
    from multidict import MultiMapping

    from localcloud.phone_network.exchange import Exchange

_SEND_DIGITS = re.compile(r"[0-9*#w]{0,32}")
_LONGEST_URL = 4_000


class RestForm:
    """A request's form, each field checked as it is read; raises ``RestError`` with Twilio's code."""

    def __init__(self, form: MultiMapping[str | bytes | bytearray | web.FileField]) -> None:
        self._form = form

    def text(self, name: str, default: str = "") -> str:
        """Return a field as text."""
        value = self._form.get(name, default)
        return value if isinstance(value, str) else default

    def has(self, name: str) -> bool:
        """Tell whether the field was sent."""
        return name in self._form

    def every(self, name: str) -> list[str]:
        """Return all values of a repeatable field, which may also be separated by blanks."""
        return [
            word for value in self._form.getall(name, []) if isinstance(value, str) for word in value.split()
        ]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return self.text(name, str(default)).lower() == "true"

    def url(self, name: str, code: int = 21205) -> str:
        """Return a URL that Twilio would call, or nothing."""
        value = self.text(name)
        if value and (not is_web_url(value) or len(value) > _LONGEST_URL):
            raise RestError(code, value)
        return value

    def method(self, name: str) -> str:
        """Return GET or POST."""
        value = self.text(name, "POST").upper()
        if value not in {"GET", "POST"}:
            raise RestError(21209, value)
        return value

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        value = self.text(name, str(default))
        if not is_whole(value) or not low <= int(value) <= high:
            raise RestError(21208 if name == "Timeout" else 20001, f"{name}={value}")
        return int(value)

    def choice(self, name: str, allowed: set[str], default: str = "") -> str:
        """Return one of the allowed values."""
        value = self.text(name, default)
        if value != default and value not in allowed:
            raise RestError(20001, f"{name}={value}")
        return value

    def digits(self, name: str) -> str:
        """Return keys to press."""
        value = self.text(name)
        if not _SEND_DIGITS.fullmatch(value):
            raise RestError(21206, value)
        return value

    def callback(self, prefix: str, allowed: set[str], default: str = "completed") -> Callback:
        """Return the callback asked for by ``<prefix>``, ``<prefix>Method`` and ``<prefix>Event``."""
        events = self.every(f"{prefix}Event") or [default]
        for event in events:
            if event not in allowed:
                raise RestError(21626, event)
        return Callback(self.url(prefix), self.method(f"{prefix}Method"), frozenset(events))


def destination(exchange: Exchange, form: RestForm, missing: int = 21201) -> str:
    """Return the number to call or write to; raise ``RestError`` when Twilio would refuse it."""
    value = form.text("To")
    if not value:
        raise RestError(missing)
    number = normalised(value)
    if number is None:
        raise RestError(21211, value)
    if country(number) not in exchange.options.countries:
        raise RestError(21215, number)
    return number


def origin(exchange: Exchange, form: RestForm, missing: int = 21213, not_owned: int = 21210) -> str:
    """Return the account's number to call from; raise ``RestError`` when it is not the account's."""
    value = form.text("From")
    if not value:
        raise RestError(missing)
    number = normalised(value)
    if number is None:
        raise RestError(21212, value)
    if exchange.numbers.get(number) is None:
        raise RestError(not_owned, number)
    return number

"""Twilio's own client at a configured address, and what its refusals mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_TWILIO = "https://api.twilio.com"
# Two requests fit into what the function may run that does what a caller waits for (20 s).
_TIMEOUT_S = 8
_UNAUTHORIZED, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _SERVER_ERROR = 401, 404, 408, 429, 500


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # untyped vendor
    """Twilio's HTTP client with a time-out, and with another base address where one is configured."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=_TIMEOUT_S)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Send a request to the configured address."""
        return super().request(method, self._api_url + url.removeprefix(_TWILIO), *args, **options)


def client_of(account_sid: str, auth_token: str, api_url: str) -> Client:
    """Build Twilio's client of an account at the configured address."""
    return Client(account_sid, auth_token, http_client=RedirectedHttpClient(api_url))


@contextmanager
def ordering() -> Iterator[None]:
    """Say what it means when an order fails: it was refused, or nobody knows whether it was taken."""
    try:
        yield
    except TwilioRestException as error:
        raise refusal(error) from error
    except (TwilioException, requests.RequestException) as error:
        raise Unavailable(
            "The carrier's answer was lost.", retryable=False, code="carrier_unclear"
        ) from error


@contextmanager
def asking() -> Iterator[None]:
    """Say what it means when a question fails: it can be asked again."""
    try:
        yield
    except (TwilioException, requests.RequestException) as error:
        raise Unavailable(
            "The carrier cannot be asked.", retryable=True, code="carrier_unreachable"
        ) from error


def refusal(error: TwilioRestException) -> Forbidden | NotFound | Unavailable:
    """Say what a refusal means: 401 and 429: not processed; 408 and 5xx: nobody knows; the rest is final."""
    code = f"carrier_{error.code or error.status}"
    if error.status in {_UNAUTHORIZED, _TOO_MANY}:
        return Unavailable("The carrier takes no more calls now.", retryable=True, code=code)
    if error.status == _TIMEOUT or error.status >= _SERVER_ERROR:
        return Unavailable("The carrier failed.", retryable=False, code=code)
    return Forbidden(f"The carrier refused the call: {error.msg}", code=code)

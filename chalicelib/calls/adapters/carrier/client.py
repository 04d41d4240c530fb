"""Twilio's own client at a configured address, and what its refusals mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twilio.http.http_client import TwilioHttpClient

from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable

if TYPE_CHECKING:
    from twilio.base.exceptions import TwilioRestException

_TWILIO = "https://api.twilio.com"
_TIMEOUT_S = 10
_UNAUTHORIZED, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _SERVER_ERROR = 401, 404, 408, 429, 500


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # untyped vendor
    """Twilio's HTTP client with a time-out, and with another base address where one is configured."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=_TIMEOUT_S)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Send a request to the configured address."""
        return super().request(method, self._api_url + url.removeprefix(_TWILIO), *args, **options)


def refusal(error: TwilioRestException) -> Forbidden | NotFound | Unavailable:
    """Say what a refusal means: 401 and 429: not processed; 408 and 5xx: nobody knows; the rest is final."""
    code = f"carrier_{error.code or error.status}"
    if error.status in {_UNAUTHORIZED, _TOO_MANY}:
        return Unavailable("The carrier takes no more calls now.", retryable=True, code=code)
    if error.status == _TIMEOUT or error.status >= _SERVER_ERROR:
        return Unavailable("The carrier failed.", retryable=False, code=code)
    return Forbidden(f"The carrier refused the call: {error.msg}", code=code)

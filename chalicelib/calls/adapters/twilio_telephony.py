"""The carrier: Twilio's REST API through its own client; not imported on a webhook's path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from chalicelib.calls.domain.lifecycle import Report
from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from twilio.rest.api.v2010.account.call import CallInstance

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.lifecycle import Call
    from chalicelib.calls.ports.telephony import PlaceOrder

_TWILIO = "https://api.twilio.com"
_TIMEOUT_S = 10
_RING_S = 30
_UNAUTHORIZED, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _SERVER_ERROR = 401, 404, 408, 429, 500


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # untyped vendor
    """Twilio's HTTP client with a time-out, and with another base address where one is configured."""

    def __init__(self, api_url: str) -> None:
        super().__init__(timeout=_TIMEOUT_S)
        self._api_url = api_url.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Send a request to the configured address."""
        return super().request(method, self._api_url + url.removeprefix(_TWILIO), *args, **options)


class TwilioTelephony:
    """Places calls and finds out about them."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str, addresses: Addresses) -> None:
        client = Client(account_sid, auth_token, http_client=RedirectedHttpClient(api_url))
        # Taken now, because the client imports and builds this part when it is first asked for.
        self._calls = client.calls
        self._addresses = addresses

    def place(self, order: PlaceOrder) -> str:
        """Place a call, give the carrier's id; see `Telephony.place` for how it can fail."""
        try:
            call = self._calls.create(
                to=order.number,
                from_=order.line,
                url=self._addresses.answer(order.call_id),
                fallback_url=self._addresses.fallback(),
                status_callback=self._addresses.status(order.call_id),
                status_callback_event=["completed"],  # that it was answered, the request for TwiML says
                timeout=_RING_S,
                time_limit=order.max_duration_s,
            )
        except TwilioRestException as error:
            raise _refusal(error) from error
        except (TwilioException, requests.RequestException) as error:
            raise Unavailable(
                "The carrier's answer was lost.", retryable=False, code="carrier_unclear"
            ) from error
        return str(call.sid)

    def find(self, call: Call) -> Report | None:
        """Ask what became of a call, by its id or by number and time; never places anything."""
        try:
            found = self._fetch(call.sid) if call.sid else self._search(call)
        except (TwilioException, requests.RequestException) as error:
            raise Unavailable(
                "The carrier cannot be asked.", retryable=True, code="carrier_unreachable"
            ) from error
        return found and _report(found, call.created_at)

    def _fetch(self, sid: str) -> CallInstance | None:
        try:
            return self._calls(sid).fetch()
        except TwilioRestException as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _search(self, call: Call) -> CallInstance | None:
        """Look for the one call to this number since we asked: while it lives, no other is dialed."""
        since = call.dialed_at or call.created_at
        found = [
            row
            for row in self._calls.list(to=call.number, from_=call.line, limit=50)
            if row.direction == "outbound-api"
            and row.date_created
            and row.date_created >= since.replace(microsecond=0)
        ]
        return min(found, key=lambda row: row.date_created, default=None)


def _refusal(error: TwilioRestException) -> Forbidden | NotFound | Unavailable:
    """Say what a refusal means: 401 and 429: not processed; 408 and 5xx: nobody knows; the rest is final."""
    code = f"carrier_{error.code or error.status}"
    if error.status in {_UNAUTHORIZED, _TOO_MANY}:
        return Unavailable("The carrier takes no more calls now.", retryable=True, code=code)
    if error.status == _TIMEOUT or error.status >= _SERVER_ERROR:
        return Unavailable("The carrier failed.", retryable=False, code=code)
    return Forbidden(f"The carrier refused the call: {error.msg}", code=code)


def _report(row: CallInstance, otherwise: datetime) -> Report:
    return Report(
        status=str(row.status),
        sid=str(row.sid),
        at=row.end_time or row.start_time or row.date_created or otherwise,
        duration_s=int(row.duration) if row.duration else None,
    )

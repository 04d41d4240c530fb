"""The carrier's calls: placed, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from chalicelib.calls.adapters.carrier.client import RedirectedHttpClient, refusal
from chalicelib.calls.domain.lifecycle import Report
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from twilio.rest.api.v2010.account.call import CallInstance

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.lifecycle import Call
    from chalicelib.calls.ports.telephony import PlaceOrder

_RING_S = 30
_NOT_FOUND = 404


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
            raise refusal(error) from error
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


def _report(row: CallInstance, otherwise: datetime) -> Report:
    return Report(
        status=str(row.status),
        sid=str(row.sid),
        at=row.end_time or row.start_time or row.date_created or otherwise,
        duration_s=int(row.duration) if row.duration else None,
    )

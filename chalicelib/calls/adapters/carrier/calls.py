"""The carrier's calls: placed, found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.base.exceptions import TwilioRestException

from chalicelib.calls.adapters.carrier.client import asking, client_of, ordering
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.templates import OnMachine

if TYPE_CHECKING:
    from datetime import datetime

    from twilio.rest.api.v2010.account.call import CallInstance

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.telephony import PlaceOrder

_RING_S = 30
_NOT_FOUND = 404
_DETECTION = {OnMachine.HANG_UP: "Enable", OnMachine.LEAVE_MESSAGE: "DetectMessageEnd"}
_NOT_IN_PROGRESS = 21220  # twilio.com/docs/api/errors/21220: the call is over


class TwilioTelephony:
    """Places calls and finds out about them."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str, addresses: Addresses) -> None:
        client = client_of(account_sid, auth_token, api_url)
        # Taken now, because the client imports and builds this part when it is first asked for.
        self._calls = client.calls
        self._addresses = addresses

    def place(self, order: PlaceOrder) -> str:
        """Place a call, give the carrier's id; see `Telephony.place` for how it can fail."""
        with ordering():
            call = self._calls.create(
                to=order.number,
                from_=order.line,
                url=self._addresses.answer(order.call_id),
                fallback_url=self._addresses.call_fallback(order.call_id),
                status_callback=self._addresses.status(order.call_id),
                status_callback_event=["completed"],  # that it was answered, the request for TwiML says
                timeout=_RING_S,
                time_limit=order.max_duration_s,
                **self._detection(order),
            )
        return str(call.sid)

    def hang_up(self, sid: str) -> bool:
        """End a call that rings or goes on; see `Telephony.hang_up` for how it can fail.

        `completed` ends both, `canceled` only one that rings: nobody can answer in between.
        """
        return self._update(sid, status="completed")

    def _update(self, sid: str, **changes: str) -> bool:
        with ordering():
            try:
                self._calls(sid).update(**changes)
            except TwilioRestException as error:
                if error.status == _NOT_FOUND or error.code == _NOT_IN_PROGRESS:
                    return False
                raise
        return True

    def _detection(self, order: PlaceOrder) -> dict[str, str]:
        """Ask who answers, beside the call: it must not begin with silence until that is known.

        Source: Twilio, docs/voice/answering-machine-detection.
        """
        mode = _DETECTION.get(order.on_machine)
        if mode is None:
            return {}
        return {
            "machine_detection": mode,
            "async_amd": "true",
            "async_amd_status_callback": self._addresses.answered_by(order.call_id),
        }

    def take_over(self, sid: str, call_id: str) -> bool:
        """Send a live call where machines are met; see `Telephony.take_over` for how it can fail."""
        return self._update(sid, url=self._addresses.machine(call_id), method="POST")

    def find(self, call: Call) -> Report | None:
        """Ask what became of a call, by its id or by number and time; never places anything."""
        with asking():
            found = self._fetch(call.sid) if call.sid else self._search(call)
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

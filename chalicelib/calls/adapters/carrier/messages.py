"""The carrier's text messages: sent, found again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from twilio.base.exceptions import TwilioRestException

from chalicelib.calls.adapters.carrier.client import asking, client_of, ordering
from chalicelib.calls.domain.messages import StatusReport

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from twilio.rest.api.v2010.account.message import MessageInstance

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.messages import Message
    from chalicelib.calls.ports.messages import SendOrder

_NOT_FOUND = 404
_LISTED = 200


class TwilioTexting:
    """Sends text messages and finds out about them; implements `Texting`."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str, addresses: Addresses) -> None:
        client = client_of(account_sid, auth_token, api_url)
        # Taken now, because the client imports and builds this part when it is first asked for.
        self._messages = client.messages
        self._addresses = addresses

    def send(self, order: SendOrder) -> StatusReport:
        """Send a message, give what the carrier says of it; see `Telephony.place` for how it can fail."""
        with ordering():
            sent = self._messages.create(
                to=order.number,
                from_=order.line,
                body=order.body,
                status_callback=self._addresses.message_status(order.place),
            )
        return _report(sent, order.place.at)

    def find(self, message: Message, taken: Collection[str]) -> StatusReport | None:
        """Ask what became of a message, by its id, or by numbers, text and time; never sends anything."""
        with asking():
            found = self._fetch(message.sid) if message.sid else self._search(message, taken)
        return found and _report(found, message.created_at)

    def _fetch(self, sid: str) -> MessageInstance | None:
        try:
            return self._messages(sid).fetch()
        except TwilioRestException as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _search(self, message: Message, taken: Collection[str]) -> MessageInstance | None:
        """Look for the message among those since we asked; the list can only be asked for whole days."""
        since = (message.asked_at or message.created_at).replace(microsecond=0)
        rows = self._messages.list(
            to=message.number,
            from_=message.line,
            date_sent_after=since - timedelta(days=1),
            limit=_LISTED,
        )
        found = [
            row
            for row in rows
            if str(row.direction).startswith("outbound")
            and row.body == message.body
            and row.sid not in taken
            and row.date_created
            and row.date_created >= since
        ]
        return min(found, key=lambda row: row.date_created, default=None)


def _report(row: MessageInstance, otherwise: datetime) -> StatusReport:
    return StatusReport(
        status=str(row.status),
        sid=str(row.sid),
        at=row.date_updated or row.date_created or otherwise,
        error=f"carrier_{row.error_code}" if row.error_code else "",
    )

"""What is held about numbers: suppression and the call that uses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, UpdateError

from chalicelib.calls.adapters.tables import NumberItem
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164


@unavailable_on(PynamoDBException)
class NumberRepository:
    """One row a number; both facts stand in it, so that one condition of the dial checks both."""

    def status(self, number: E164) -> NumberStatus:
        """Give suppression and live call of a number, consistently."""
        try:
            item = NumberItem.get(f"NUMBER#{number}", "NUMBER", consistent_read=True)
        except DoesNotExist:
            return NumberStatus()
        return NumberStatus(
            suppressed_at=from_iso(item.suppressed_at) if item.suppressed_at else None,
            suppression_source=item.suppression_source or "",
            live_call_id=item.live_call_id or "",
            live_until=from_iso(item.live_until) if item.live_until else None,
        )

    def suppress(self, number: E164, source: str, now: datetime) -> None:
        """Never dial this number again; the first suppression's time stands."""
        _row(number).update(
            actions=[
                NumberItem.suppressed_at.set(NumberItem.suppressed_at | iso(now)),
                NumberItem.suppression_source.set(NumberItem.suppression_source | source),
                NumberItem.changed_by.set(actor()),
                NumberItem.kind.set(NumberItem),  # an update that makes the row says not what it is
            ]
        )

    def release(self, number: E164, call_id: str) -> None:
        """Say that this call no longer uses the number; nothing when another call does."""
        try:
            _row(number).update(
                actions=[NumberItem.live_call_id.remove(), NumberItem.live_until.remove()],
                condition=NumberItem.live_call_id == call_id,
            )
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


def _row(number: E164) -> NumberItem:
    return NumberItem(f"NUMBER#{number}", "NUMBER")

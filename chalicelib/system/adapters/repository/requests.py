"""Repeated requests in DynamoDB: who serves one, what came of it, and when it first came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from pynamodb.exceptions import DoesNotExist, UpdateError

from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.storage_errors import response_code
from chalicelib.system.adapters.tables import RequestItem

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.kernel.clock import Clock

_IN_PROGRESS = "INPROGRESS"


class RequestRepository(BasePersistenceLayer):
    """The storage of one repeated request, for Powertools' idempotency handler.

    Other than the library's own layer it keeps, when a request is served again after a failure or a
    crash, the instant at which it first came: `first_at_millis`, of which ids are made.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Powertools
        self.first_at_millis = 0
        self._clock = clock

    def _get_record(self, idempotency_key: str) -> DataRecord:
        try:
            item = RequestItem.get(f"REQUEST#{idempotency_key}", "REQUEST", consistent_read=True)
        except DoesNotExist as error:
            raise IdempotencyItemNotFoundError from error
        return DataRecord(
            idempotency_key=idempotency_key,
            status=item.status,
            expiry_timestamp=int(item.expires_at),
            in_progress_expiry_timestamp=int(item.in_flight_until),
            response_data=item.answer or "",
            payload_hash=item.fingerprint,
        )

    def _put_record(self, data_record: DataRecord) -> None:
        """Take the request, unless it is being served or was served in the last 24 hours."""
        expires_at = _instant(data_record.expiry_timestamp)
        now = expires_at - self.expires_after_seconds
        lapsed = (RequestItem.status == _IN_PROGRESS) & (RequestItem.in_flight_until < now * 1000)
        mine = (
            lapsed & (RequestItem.fingerprint == data_record.payload_hash) & (RequestItem.expires_at >= now)
        )
        first_at = RequestItem.first_at | to_millis(self._clock.now())
        if self._take(
            data_record, RequestItem.pk.does_not_exist() | mine, RequestItem.first_at.set(first_at)
        ):
            return
        old = self._get_record(data_record.idempotency_key)
        anew = RequestItem.first_at.set(to_millis(self._clock.now()))
        if old.is_expired and self._take(data_record, RequestItem.expires_at == old.expiry_timestamp, anew):
            return
        self._validate_payload(data_payload=data_record, stored_data_record=old)
        raise IdempotencyItemAlreadyExistsError(old_data_record=old)

    def _take(self, record: DataRecord, condition: Condition, first_at: Action) -> bool:
        item = RequestItem(f"REQUEST#{record.idempotency_key}", "REQUEST")
        actions = [
            first_at,
            RequestItem.status.set(_IN_PROGRESS),
            RequestItem.in_flight_until.set(_instant(record.in_progress_expiry_timestamp)),
            RequestItem.fingerprint.set(record.payload_hash),
            RequestItem.expires_at.set(_instant(record.expiry_timestamp)),
        ]
        try:
            item.update(actions=actions, condition=condition)
        except UpdateError as error:
            if response_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        self.first_at_millis = int(item.first_at)
        return True

    def _update_record(self, data_record: DataRecord) -> None:
        item = RequestItem(f"REQUEST#{data_record.idempotency_key}", "REQUEST")
        item.update(
            actions=[
                RequestItem.status.set(data_record.status),
                RequestItem.answer.set(data_record.response_data),
                RequestItem.expires_at.set(_instant(data_record.expiry_timestamp)),
            ]
        )

    def _delete_record(self, data_record: DataRecord) -> None:
        """Let the request be served again at once; when it first came is still known."""
        item = RequestItem(f"REQUEST#{data_record.idempotency_key}", "REQUEST")
        item.update(actions=[RequestItem.in_flight_until.set(0)])


def _instant(timestamp: int | None) -> int:
    """Give a time-stamp that the library has set whenever it stores."""
    if timestamp is None:
        raise ValueError("The record has no time-stamp: the handler knows no time limit.")
    return timestamp

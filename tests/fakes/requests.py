"""What the middleware keeps, in memory: counts of requests, and repeated requests with their answers."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from chalicelib.kernel.clock import to_millis

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock


class FakeCounters:
    """Counts in a dict; implements `Counters`."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, int], int] = {}

    def count(self, key: str, window: int, expires_at: datetime) -> int:
        """Add one."""
        self._used[key, window] = self._used.get((key, window), 0) + 1
        return self._used[key, window]


class FakeRequests:
    """Repeated requests by their key; `store` gives the storage of one."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.lock = Lock()

    def store(self, clock: Clock) -> FakeRequestStore:
        """Give the storage of one repeated request."""
        return FakeRequestStore(self, clock)


class FakeRequestStore(BasePersistenceLayer):
    """The storage of one repeated request, like `RequestRepository`."""

    def __init__(self, kept: FakeRequests, clock: Clock) -> None:
        super().__init__()
        self.first_at_millis = 0
        self._kept = kept
        self._clock = clock

    def _get_record(self, idempotency_key: str) -> DataRecord:
        row = self._kept.rows.get(idempotency_key)
        if row is None:
            raise IdempotencyItemNotFoundError
        return DataRecord(
            idempotency_key=idempotency_key, **{k: v for k, v in row.items() if k != "first_at"}
        )

    def _put_record(self, data_record: DataRecord) -> None:
        with self._kept.lock:
            now = data_record.expiry_timestamp - self.expires_after_seconds
            row = self._kept.rows.get(data_record.idempotency_key)
            first_at = to_millis(self._clock.now())
            if row is not None and row["expiry_timestamp"] >= now:
                old = self._get_record(data_record.idempotency_key)
                self._validate_payload(data_payload=data_record, stored_data_record=old)
                if row["status"] != "INPROGRESS" or row["in_progress_expiry_timestamp"] >= now * 1000:
                    raise IdempotencyItemAlreadyExistsError(old_data_record=old)
                first_at = row["first_at"]
            self.first_at_millis = first_at
            self._kept.rows[data_record.idempotency_key] = {
                "status": "INPROGRESS",
                "expiry_timestamp": data_record.expiry_timestamp,
                "in_progress_expiry_timestamp": data_record.in_progress_expiry_timestamp,
                "payload_hash": data_record.payload_hash,
                "response_data": "",
                "first_at": first_at,
            }

    def _update_record(self, data_record: DataRecord) -> None:
        row = self._kept.rows[data_record.idempotency_key]
        row |= {"status": "COMPLETED", "response_data": data_record.response_data}

    def _delete_record(self, data_record: DataRecord) -> None:
        self._kept.rows[data_record.idempotency_key]["in_progress_expiry_timestamp"] = 0

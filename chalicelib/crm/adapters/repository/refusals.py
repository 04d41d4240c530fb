"""Why DynamoDB did not write: a condition did not hold, or another transaction was in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from pynamodb.exceptions import PynamoDBException, TransactWriteError

REFUSED, COLLIDED = "ConditionalCheckFailed", "TransactionConflict"


def cancelled_for(error: TransactWriteError, *reasons: str) -> bool:
    """Tell whether a transaction was cancelled for one of these reasons, of any of its writes."""
    return any(reason and reason.code in reasons for reason in error.cancellation_reasons)


def is_refused(error: PynamoDBException) -> bool:
    """Tell whether a single write was refused by its condition, rather than by the table."""
    return response_code(error) == f"{REFUSED}Exception"

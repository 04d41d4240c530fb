"""What writing rows of the scheduling table has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from pynamodb.exceptions import TransactWriteError

REFUSED, COLLIDED = "ConditionalCheckFailed", "TransactionConflict"
MAX_TRIES = 10


def done(write: Callable[[], Any], *, or_collided: bool = False) -> bool:
    """Put, update or delete; tell whether the condition for it held.

    `or_collided`: also False when a transaction was just writing the row, for whoever reads it again then.
    """
    passing = {f"{REFUSED}Exception", f"{COLLIDED}Exception" if or_collided else ""}
    try:
        write()
    except (PutError, UpdateError, DeleteError) as error:
        if response_code(error) in passing:
            return False
        raise
    return True


def refused_of(error: TransactWriteError) -> set[int]:
    """Give the places of the writes whose condition did not hold.

    Empty when the transaction only collided with another, and is to be tried again; any other cancellation
    is raised.
    """
    codes = [reason.code if reason else None for reason in error.cancellation_reasons]
    if not {REFUSED, COLLIDED} & set(codes):
        raise error
    return {place for place, code in enumerate(codes) if code == REFUSED}

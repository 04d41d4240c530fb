"""Messages of a batch, each by itself: one that fails is delivered again, the others are done."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from chalicelib.kernel.logs import log_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent


def each_of(event: SQSEvent, serve: Callable[[SQSRecord], None]) -> Any:
    """Serve every message; give Lambda those that failed."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event.to_dict(), serve, processor, event.context)


@contextmanager
def logging_failure(kind: str) -> Iterator[None]:
    """Log that a message of this kind failed, and why; it fails all the same."""
    try:
        yield
    except Exception as error:
        log_failure("message.failed", error, kind=kind)
        raise

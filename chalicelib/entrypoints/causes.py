"""Why messages fail, noted where it is known: in the functions that work on queues."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.kernel.logs import log_failure
from chalicelib.system.services.failures import note_cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


@contextmanager
def noting_causes(record: SQSRecord) -> Iterator[None]:
    """Note why what is done inside fails, for whoever finds the message among the dead letters."""
    try:
        yield
    except Exception as error:
        _note(record, error)
        raise


def _note(record: SQSRecord, error: Exception) -> None:
    attempts = int(record.attributes.approximate_receive_count or 1)
    try:
        note_cause(container().system, record.message_id, error, attempts)
    except Exception as silence:  # noqa: BLE001  the failure itself must be reported, noted or not
        log_failure("cause.not_noted", silence)

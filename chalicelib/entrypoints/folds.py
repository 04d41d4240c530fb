"""Changes of contacts, calls and numbers as the streams tell them: into search, counters and timelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

if TYPE_CHECKING:
    from chalice.app import DynamoDBEvent

# Chalice takes one literal ARN; the packaged template has the streams of two tables.
_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y"

bp = Blueprint(__name__)


@bp.on_dynamodb_record(stream_arn=_STREAM, name="fold")  # type: ignore[untyped-decorator]  # Chalice
def fold(event: DynamoDBEvent) -> None:
    """Fold what changed; a batch that the table did not take comes again, whole."""
    del event

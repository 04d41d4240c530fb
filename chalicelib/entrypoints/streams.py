"""Changes of the tables as their streams tell them: into the audit log, and on the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.bootstrap.news import watches
from chalicelib.kernel.logs import log_failure
from chalicelib.system.adapters.stream_records import read_record
from chalicelib.system.domain.stories import Story, story_of
from chalicelib.system.services.telling import tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import DynamoDBEvent

# Chalice takes one literal ARN; the packaged template has the streams of all five tables.
_STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y"

bp = Blueprint(__name__)


@bp.on_dynamodb_record(stream_arn=_STREAM, name="changes")  # type: ignore[untyped-decorator]  # Chalice
def changes(event: DynamoDBEvent) -> None:
    """Tell what changed; a batch that the log or the bus did not take is delivered again, whole.

    A record that cannot be told goes to the news queue, so that the records after it need not wait.
    """
    stories: list[Story] = []
    later: list[tuple[Mapping[str, Any], Exception]] = []
    for record in event.to_dict()["Records"]:
        try:
            stories += filter(None, [_story(record)])
        except Exception as fault:  # noqa: BLE001  logged and queued below, whatever is wrong with it
            later.append((record, fault))
    tell(container().system, stories)
    # Only now: a batch that comes again must not put the same record aside at every try.
    for record, error in later:
        _put_aside(record, error)


def publish_change(record: Mapping[str, Any]) -> None:
    """Tell one stream record; what it raises says that it must be tried again."""
    story = _story(record)
    if story:
        tell(container().system, [story])


def _put_aside(record: Mapping[str, Any], error: Exception) -> None:
    log_failure("change.failed", error, record=str(record.get("eventID", "")))
    container().system.news.tell_change(record)


def _story(record: Mapping[str, Any]) -> Story | None:
    change = read_record(record)
    watch = watches().get(change.row)
    return story_of(change, watch) if watch else None

"""Which changes of which tables reach the function `changes`; what it tells of them is not decided here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.news import watched_rows
from infra.stack.queues import CHANGES_DEAD_LETTERS
from infra.stack.tables import TABLES

if TYPE_CHECKING:
    from infra.stack.functions import FunctionSettings

FUNCTION = "changes"
_BATCH_SIZE = 25
_WINDOW_SECONDS = 1  # an invocation for each write would cost more than the news is late by this
# Only an outage makes a batch fail: what cannot be told is put aside by the function. Trying goes on for 23
# hours of the 24 that a stream keeps its records; the last is left to whoever reads them by hand.
_RETRY_SECONDS = 23 * 3600
_RETRIES = 10_000  # the most that Lambda takes: the age ends the tries


def stream_resources(functions: list[FunctionSettings]) -> dict[str, Any]:
    """Attach every table's stream to the function; a batch that it cannot take ends as a dead letter."""
    reader = next(function for function in functions if function.name == FUNCTION)
    return {reader.logical_id: {"Properties": {"Events": _event_sources(reader)}}}


def _event_sources(function: FunctionSettings) -> dict[str, Any]:
    # Chalice can name one stream, and only by a literal ARN: that source becomes the first table's.
    first, *others = TABLES
    names = {first: f"{function.logical_id}DynamodbEventSource"} | {
        table: f"{table}Changes" for table in others
    }
    return {name: {"Type": "DynamoDB", "Properties": _source(table)} for table, name in names.items()}


def _source(table: str) -> dict[str, Any]:
    destination = {"Type": "SQS", "Destination": {"Fn::GetAtt": [CHANGES_DEAD_LETTERS, "Arn"]}}
    source = {
        "Stream": {"Fn::GetAtt": [table, "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": _BATCH_SIZE,
        "MaximumBatchingWindowInSeconds": _WINDOW_SECONDS,
        "BisectBatchOnFunctionError": True,
        "MaximumRecordAgeInSeconds": _RETRY_SECONDS,
        "MaximumRetryAttempts": _RETRIES,
        "DestinationConfig": {"OnFailure": destination},
    }
    return source | {"FilterCriteria": {"Filters": _filters(*watched_rows()[table])}}


def _filters(attribute: str, kinds: tuple[str, ...]) -> list[dict[str, str]]:
    # Nobody pays for telling nothing of a turn. A deleted row has only an old image, a new one only a new.
    watched = {attribute: {"S": sorted(kinds)}}
    return [{"Pattern": json.dumps({"dynamodb": {image: watched}})} for image in ("NewImage", "OldImage")]

"""Which changes of which tables reach which function; what they do with them is not decided here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.news import watched_rows
from chalicelib.crm.adapters.message_entries import SHOWN_STATES
from infra.stack.queues import CHANGES_DEAD_LETTERS
from infra.stack.tables import TABLES

if TYPE_CHECKING:
    from infra.stack.functions import FunctionSettings

TELLER, FOLDER = "changes", "fold"
_BATCH_SIZE = 25
_WINDOW_SECONDS = 1  # an invocation for each write would cost more than the news is late by this
# Only an outage makes a batch fail: what cannot be told is put aside by the function. Trying goes on for 23
# hours of the 24 that a stream keeps its records; the last is left to whoever reads them by hand.
_RETRY_SECONDS = 23 * 3600
_RETRIES = 10_000  # the most that Lambda takes: the age ends the tries


def stream_resources(functions: list[FunctionSettings]) -> dict[str, Any]:
    """Attach the tables' streams to their readers; a batch that one cannot take ends as a dead letter."""
    told = {table: _filters(*watched_rows()[table]) for table in TABLES}
    readers = {TELLER: told, FOLDER: _FOLDED}
    found = [(function, readers[function.name]) for function in functions if function.name in readers]
    return {
        function.logical_id: {"Properties": {"Events": _event_sources(function, tables)}}
        for function, tables in found
    }


def _event_sources(function: FunctionSettings, tables: dict[str, Any]) -> dict[str, Any]:
    # Chalice can name one stream, and only by a literal ARN: that source becomes the first table's.
    first, *others = tables
    names = {first: f"{function.logical_id}DynamodbEventSource"} | {
        table: f"{table}{function.logical_id}" for table in others
    }
    return {
        name: {"Type": "DynamoDB", "Properties": _source(table, tables[table])}
        for table, name in names.items()
    }


def _source(table: str, filters: list[dict[str, str]]) -> dict[str, Any]:
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
    return source | {"FilterCriteria": {"Filters": filters}}


def _filters(attribute: str, kinds: tuple[str, ...]) -> list[dict[str, str]]:
    # Nobody pays for telling nothing of a turn. A deleted row has only an old image, a new one only a new.
    watched = {attribute: {"S": sorted(kinds)}}
    return [_pattern(image, watched) for image in ("NewImage", "OldImage")]


def _pattern(image: str, attributes: dict[str, Any]) -> dict[str, str]:
    return {"Pattern": json.dumps({"dynamodb": {image: attributes}})}


_GIVEN = {"S": [{"exists": True}]}
# A call is folded once, when nothing more will change, a message when it was sent and when it arrived; of
# numbers, only whether they are suppressed counts.
_FOLDED = {
    "CrmTable": _filters("row", ("contact", "consent", "gone")),
    "CallsTable": [
        _pattern("NewImage", {"kind": {"S": ["call"]}, "finished_at": _GIVEN}),
        _pattern("NewImage", {"kind": {"S": ["message"]}, "state": {"S": sorted(SHOWN_STATES)}}),
        *(
            _pattern(image, {"kind": {"S": ["number"]}, "suppressed_at": _GIVEN})
            for image in ("NewImage", "OldImage")
        ),
    ],
    "SchedulingTable": [_pattern("NewImage", {"kind": {"S": ["booking"]}})],
}

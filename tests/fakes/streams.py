"""Streams of tables: records as Lambda gets them, made by hand or read from the tables that moto plays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import boto3

_KINDS = {(False, True): "INSERT", (True, True): "MODIFY", (True, False): "REMOVE"}


def a_record(
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    event_id: str = "record-1",
    at: float = 1772539200.0,
    sequence: int = 1,
) -> dict[str, Any]:
    """Make a record of images with plain texts and numbers."""
    images = {name: _image(image) for name, image in (("OldImage", old), ("NewImage", new)) if image}
    return {
        "eventID": event_id,
        "eventName": _KINDS.get((old is not None, new is not None), "MODIFY"),
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": at,
            "Keys": {},
            "SequenceNumber": str(sequence),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **images,
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y",
    }


def stream_event(*records: dict[str, Any]) -> dict[str, Any]:
    """Make the event of a batch."""
    return {"Records": list(records)}


def _image(image: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in image.items() if value is not None}


def _value(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case _:
            return {"S": value}


class Streams:
    """Reads what the streams of all tables have told since it was asked last.

    Always from the beginning: moto keeps what a failed transaction wrote for iterators made before it.
    """

    def __init__(self) -> None:
        self._client = boto3.client("dynamodbstreams")
        self._seen: set[str] = set()

    def read(self) -> list[dict[str, Any]]:
        """Give new records, in the order of each table."""
        told = [record for arn in self._arns() for record in self._read(arn)]
        new = [record for record in told if record["eventID"] not in self._seen]
        self._seen |= {record["eventID"] for record in new}
        return new

    def _arns(self) -> list[str]:
        return [stream["StreamArn"] for stream in self._client.list_streams()["Streams"]]

    def _read(self, arn: str) -> list[dict[str, Any]]:
        shard = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
        start = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        place = self._client.get_shard_iterator(StreamArn=arn, **start)["ShardIterator"]
        records = self._client.get_records(ShardIterator=place)["Records"]
        return [_as_lambda_gets_it(record, arn) for record in records]


def _as_lambda_gets_it(record: dict[str, Any], arn: str) -> dict[str, Any]:
    told = dict(record["dynamodb"])
    at = told["ApproximateCreationDateTime"]
    told["ApproximateCreationDateTime"] = at.timestamp() if isinstance(at, datetime) else at
    return {**record, "dynamodb": told, "eventSourceARN": arn}

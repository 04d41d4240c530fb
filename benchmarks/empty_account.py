"""An empty AWS account in moto: the stack's tables with their indexes, and one queue for all messages."""

from __future__ import annotations

from typing import Any

import boto3

from benchmarks.product import REGION, TABLES
from infra.stack.tables import CALLS_INDEXES


def create_resources() -> str:
    """Create the tables and the queue; give the queue's address."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table in TABLES:
        dynamodb.create_table(**_table(table, CALLS_INDEXES if table == "CALLS_TABLE" else {}))
    url: str = boto3.client("sqs", region_name=REGION).create_queue(QueueName="queue")["QueueUrl"]
    return url


def _table(name: str, indexes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    attributes = ["pk", "sk", *(key for keys in indexes.values() for key in keys)]
    table: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in attributes],
        "KeySchema": _keys("pk", "sk"),
    }
    if indexes:
        table["GlobalSecondaryIndexes"] = [
            {"IndexName": index, "KeySchema": _keys(*keys), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for index, keys in indexes.items()
        ]
    return table


def _keys(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]

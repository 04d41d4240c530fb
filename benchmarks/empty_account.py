"""An empty AWS account in moto: the stack's tables with their indexes, and one queue for all messages."""

from __future__ import annotations

from typing import Any

import boto3

from benchmarks.product import REGION
from infra.stack.tables import TABLES, table_resources

_CREATED_WITH = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")


def create_resources() -> str:
    """Create the tables and the queue; give the queue's address."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table, resource in table_resources().items():
        dynamodb.create_table(TableName=TABLES[table], **_described(resource["Properties"]))
    url: str = boto3.client("sqs", region_name=REGION).create_queue(QueueName="queue")["QueueUrl"]
    return url


def _described(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in _CREATED_WITH if name in properties}

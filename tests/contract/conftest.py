"""What contract tests share: DynamoDB as moto plays it."""

from __future__ import annotations

from threading import Lock

import boto3
import pytest
from botocore.client import BaseClient
from moto import mock_aws

from infra.stack.tables import table_resources


@pytest.fixture
def aws(monkeypatch):
    """Play AWS in process, one request at a time: moto copies its state while it runs a transaction."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    call, one_at_a_time = BaseClient._make_api_call, Lock()

    def locked(client, operation, parameters):
        with one_at_a_time:
            return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", locked)
    with mock_aws():
        yield boto3.client("dynamodb")


@pytest.fixture
def make_table(aws):
    """Create a table as the template does, with indexes and stream of `resource` when it is named."""

    def make(name, resource=None):
        described = table_resources()[resource]["Properties"] if resource else {}
        indexes, stream = described.get("GlobalSecondaryIndexes", []), described.get("StreamSpecification")
        keys = {key["AttributeName"] for index in indexes for key in index["KeySchema"]} | {"pk", "sk"}
        aws.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
        )
        return name

    return make

"""The five tables, one per domain; which items lie in them is the domains' affair."""

from __future__ import annotations

from typing import Any

EXPIRY_ATTRIBUTE = "expires_at"
TABLES = {
    "CrmTable": "CRM_TABLE",
    "CallsTable": "CALLS_TABLE",
    "AiTable": "AI_TABLE",
    "SchedulingTable": "SCHEDULING_TABLE",
    "SystemTable": "SYSTEM_TABLE",
}
# index: hash key, range key. Keys only: a due request or a call is read whole afterwards, by its own key.
CALLS_INDEXES = {"by_due_time": ("due_shard", "due_at"), "by_contact": ("contact_id", "started_key")}


def table_resources() -> dict[str, Any]:
    """Describe the tables, kept when the stack goes; on AWS protected and recoverable to a second."""
    return {name: _table(CALLS_INDEXES if name == "CallsTable" else {}) for name in TABLES}


def _table(indexes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    keys = ["pk", "sk", *(key for pair in indexes.values() for key in pair)]
    properties: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _key_schema("pk", "sk"),
        "TimeToLiveSpecification": {"AttributeName": EXPIRY_ATTRIBUTE, "Enabled": True},
        "DeletionProtectionEnabled": {"Fn::If": ["IsAws", True, False]},
        "PointInTimeRecoverySpecification": {
            "PointInTimeRecoveryEnabled": {"Fn::If": ["IsAws", True, False]}
        },
    }
    if indexes:
        properties["GlobalSecondaryIndexes"] = [_index(name, *pair) for name, pair in indexes.items()]
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _index(name: str, hash_key: str, range_key: str) -> dict[str, Any]:
    schema = _key_schema(hash_key, range_key)
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": "KEYS_ONLY"}}


def _key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]

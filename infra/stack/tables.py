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
CALLS_INDEXES = {
    "by_due_time": ("due_shard", "due_at"),
    "by_contact": ("contact_id", "started_key"),
    "by_listed": ("listed_in", "listed_at"),
    "by_suppressed": ("suppression_shard", "suppressed_key"),
}
CRM_INDEXES = {
    "by_created": ("list_shard", "created_key"),
    "by_name": ("list_shard", "name_key"),
    "by_updated": ("list_shard", "updated_key"),
    "by_contacted": ("list_shard", "contacted_key"),
    "by_status": ("status_shard", "created_key"),
    "by_source": ("source_shard", "created_key"),
    "by_owner": ("owner_shard", "created_key"),
    "by_company": ("company_shard", "created_key"),
    "by_time": ("timeline_id", "timeline_key"),
    "by_task": ("task_list", "task_key"),
}
SCHEDULING_INDEXES = {
    "by_due": ("due_list", "due_at"),
}
SYSTEM_INDEXES = {
    "by_due_time": ("due_shard", "due_at"),
    "by_actor": ("actor_key", "audit_at"),
    "by_object": ("object_key", "audit_at"),
}
# The audit log, a contact's timeline, the tasks and the suppression list are read by these alone, so they
# carry all of it.
_WHOLE = frozenset({"by_actor", "by_object", "by_time", "by_task", "by_suppressed"})
_INDEXES = {
    "CrmTable": CRM_INDEXES,
    "CallsTable": CALLS_INDEXES,
    "SchedulingTable": SCHEDULING_INDEXES,
    "SystemTable": SYSTEM_INDEXES,
}


def table_resources() -> dict[str, Any]:
    """Describe the tables, kept when the stack goes; on AWS protected and recoverable to a second.

    Each streams what changes, before and after: news and the audit log are made of that.
    """
    return {name: _table(_INDEXES.get(name, {})) for name in TABLES}


def _table(indexes: dict[str, tuple[str, str]]) -> dict[str, Any]:
    keys = dict.fromkeys(["pk", "sk", *(key for pair in indexes.values() for key in pair)])
    properties: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "KeySchema": _key_schema("pk", "sk"),
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
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
    projection = {"ProjectionType": "ALL" if name in _WHOLE else "KEYS_ONLY"}
    return {"IndexName": name, "KeySchema": schema, "Projection": projection}


def _key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]

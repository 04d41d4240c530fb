from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.enable_socket

CREDENTIALS = (
    "import os\n"
    "def handler(event, context):\n"
    "    names = 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'\n"
    "    return [os.environ[f'AWS_{name}'] for name in names]\n"
)
REQUESTS = ("put_item", "get_item", "query", "batch_get_item", "transact_write_items")


def _item(key):
    return {"pk": {"S": key}, "sk": {"S": "x"}}


def _arguments(request, key):
    table, put = {"TableName": "items"}, {"TableName": "items", "Item": _item(key)}
    question = {
        "KeyConditionExpression": "#0 = :0",
        "ExpressionAttributeNames": {"#0": "pk"},
        "ExpressionAttributeValues": {":0": {"S": key}},
    }
    return {
        "put_item": put,
        "get_item": table | {"Key": _item(key)},
        "query": table | question,
        "batch_get_item": {"RequestItems": {"items": {"Keys": [_item("MINE#1"), _item(key + "#2")]}}},
        "transact_write_items": {"TransactItems": [{"Put": put}]},
    }[request]


@pytest.fixture(scope="module")
def limited(cloud):
    """Give a client with the rights of a function whose role is granted items by their key."""
    table = cloud.client("dynamodb").create_table(
        TableName="items",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )["TableDescription"]["TableArn"]
    grant = {
        "Effect": "Allow",
        "Action": [f"dynamodb:{name}" for name in ("PutItem", "GetItem", "Query", "BatchGetItem")],
        "Resource": [table],
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["MINE#*"]}},
    }
    condition = {"dynamodb:LeadingKeys": ["MINE#*"], "dynamodb:Attributes": ["pk", "sk", "used"]}
    noting = grant | {"Action": ["dynamodb:UpdateItem"], "Condition": {"ForAllValues:StringLike": condition}}
    cloud.function("keyed", CREDENTIALS, cloud.role("keyed-role", grant, noting))
    key, secret, token = cloud.invoke("keyed")
    return boto3.client(
        "dynamodb",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )


@pytest.mark.parametrize("request_name", REQUESTS)
def test_items_are_granted_by_their_keys(limited, request_name):
    """A role with a condition on keys reaches the items that it names and no others, as on AWS."""
    request = getattr(limited, request_name)
    request(**_arguments(request_name, "MINE#1"))
    with pytest.raises(ClientError, match="AccessDenied"):
        request(**_arguments(request_name, "OTHER#1"))


def test_attributes_of_an_update_are_granted(limited):
    """A role with a condition on attributes changes those that it names and no others, as on AWS."""
    update = {
        "TableName": "items",
        "Key": _item("MINE#1"),
        "UpdateExpression": "SET #0 = :0",
        "ConditionExpression": "attribute_not_exists (#1)",
        "ExpressionAttributeValues": {":0": {"S": "x"}},
    }
    limited.update_item(**update, ExpressionAttributeNames={"#0": "used", "#1": "used"})
    with pytest.raises(ClientError, match="AccessDenied"):
        limited.update_item(**update, ExpressionAttributeNames={"#0": "scope", "#1": "scope"})


def test_a_role_makes_schedules_in_its_own_group_only(cloud):
    """The group that a request names, in its body or its query, is part of what the role must be granted."""
    admin = cloud.client("scheduler")
    for group in ("mine", "other"):
        admin.create_schedule_group(Name=group)
    grant = {
        "Effect": "Allow",
        "Action": ["scheduler:CreateSchedule", "scheduler:GetSchedule"],
        "Resource": ["arn:aws:scheduler:us-east-1:000000000000:schedule/mine/*"],
    }
    cloud.function("scheduling", CREDENTIALS, cloud.role("scheduling-role", grant))
    key, secret, token = cloud.invoke("scheduling")
    client = boto3.client(
        "scheduler",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )
    wanted = {
        "Name": "each-minute",
        "ScheduleExpression": "rate(1 minute)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "DISABLED",
        "Target": {
            "Arn": "arn:aws:sqs:us-east-1:000000000000:x",
            "RoleArn": "arn:aws:iam::000000000000:role/x",
        },
    }
    client.create_schedule(GroupName="mine", **wanted)
    assert client.get_schedule(GroupName="mine", Name="each-minute")["State"] == "DISABLED"
    for group in ("other", "default"):
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            client.create_schedule(GroupName=group, **wanted)
    with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
        client.get_schedule(GroupName="other", Name="each-minute")

"""What the page gives for a batch of changes works: it tells the records of the batch, and no others."""

from __future__ import annotations

import io
import json
import re

import boto3
import pytest
from moto import mock_aws
from unit.docs.pages import pages, section

from chalicelib.system.adapters.stream_records import read_record

PROGRAM = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
KEYS = [f"CAUSE#{number:03}" for number in range(60)]


class _Functions:
    """Stands for Lambda: takes events, or fails."""

    def __init__(self, answer):
        self.events = []
        self._answer = answer

    def invoke(self, FunctionName, Payload):  # noqa: N803  the names are boto3's
        assert FunctionName == "changes"
        self.events.append(json.loads(Payload))
        return self._answer | {"Payload": io.BytesIO(b"no luck")}

    def keys(self):
        return [read_record(record).new["pk"] for event in self.events for record in event["Records"]]


@pytest.fixture
def stream(monkeypatch):
    """Give the page's function, a stream of sixty records, and a way to name those from one to another."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    names = {}
    (source,) = PROGRAM.findall(section(pages()["docs/operations.md"], "A batch of changes"))
    exec(source, names)
    with mock_aws():
        table = boto3.client("dynamodb")
        arn = table.create_table(
            TableName="system",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]["LatestStreamArn"]
        for key in KEYS:
            table.put_item(TableName="system", Item={"pk": {"S": key}, "row": {"S": "cause"}})
        streams = boto3.client("dynamodbstreams")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        found = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in found]

        def batch(first, last):
            span = {"startSequenceNumber": numbers[first], "endSequenceNumber": numbers[last]}
            return {"streamArn": arn, "shardId": shard, **span}

        yield names["tell_again"], batch, monkeypatch


def _tell(stream, span, answer):
    tell_again, batch, monkeypatch = stream
    functions, client = _Functions(answer), boto3.client
    monkeypatch.setattr(boto3, "client", lambda name: functions if name == "lambda" else client(name))
    return tell_again(batch(*span), "changes"), functions.keys()


@pytest.mark.parametrize("span", [(0, 59), (3, 3), (10, 34), (5, 50)])
def test_the_records_of_the_batch_are_told(stream, span):
    """From the first to the last, each once, in the shape that the function reads."""
    first, last = span
    told, keys = _tell(stream, span, {})
    assert (told, keys) == (last - first + 1, KEYS[first : last + 1])


def test_a_function_that_fails_is_noticed(stream):
    """Nobody discards failed work for records that were not told."""
    with pytest.raises(RuntimeError, match="no luck"):
        _tell(stream, (0, 5), {"FunctionError": "Unhandled"})

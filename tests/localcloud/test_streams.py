"""Changes of tables reach functions as on AWS: beside the queues, filtered, and over restarts."""

from __future__ import annotations

import json
import signal
import time

import psutil
import pytest

from localcloud import processes

pytestmark = pytest.mark.enable_socket
# Takes long over some rows, and fails over others.
READER = """
import time
def handler(event, context):
    for record in event["Records"]:
        keys = record["dynamodb"]["Keys"]["pk"]["S"]
        if keys.startswith("slow"):
            time.sleep(3)
        if keys.startswith("broken"):
            raise ValueError("no luck")
    return None
"""
SOON_SECONDS = 1.5


def _table(cloud, name):
    return cloud.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]


def _put(cloud, table, key, row="watched"):
    cloud.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": key}, "row": {"S": row}})


def _reader(cloud, name, *tables, filters=None):
    source = READER + "\n# " + name
    cloud.function(name, source)
    more = {"FilterCriteria": {"Filters": filters}} if filters else {}
    for table in tables:
        cloud.client("lambda").create_event_source_mapping(
            FunctionName=name,
            EventSourceArn=_table(cloud, table),
            StartingPosition="TRIM_HORIZON",
            BatchSize=5,
            **more,
        )


def _invocations(cloud, name):
    """Count how often a function has been invoked."""
    try:
        events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    except cloud.client("logs").exceptions.ResourceNotFoundException:
        return 0
    return sum(event["message"].startswith("START") for event in events)


def _wait_for(condition, seconds=8.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_a_function_reads_several_tables(cloud):
    """One function is told of the changes of each table that it is attached to."""
    _reader(cloud, "two-tables", "left", "right")
    _put(cloud, "left", "1")
    assert _wait_for(lambda: _invocations(cloud, "two-tables") == 1)
    _put(cloud, "right", "1")
    assert _wait_for(lambda: _invocations(cloud, "two-tables") == 2)


def test_rows_that_are_not_watched_cost_nothing(cloud):
    """A filter on the kind of a row keeps the function from being invoked, for new and for deleted rows."""
    images = ("NewImage", "OldImage")
    filters = [{"Pattern": json.dumps({"dynamodb": {i: {"row": {"S": ["watched"]}}}})} for i in images]
    _reader(cloud, "filtered", "bulk", filters=filters)
    _put(cloud, "bulk", "1", row="turn")
    cloud.client("dynamodb").delete_item(TableName="bulk", Key={"pk": {"S": "1"}})
    time.sleep(SOON_SECONDS)
    assert _invocations(cloud, "filtered") == 0
    _put(cloud, "bulk", "2")
    assert _wait_for(lambda: _invocations(cloud, "filtered") == 1)
    cloud.client("dynamodb").delete_item(TableName="bulk", Key={"pk": {"S": "2"}})
    assert _wait_for(lambda: _invocations(cloud, "filtered") == 2)


def test_a_slow_reader_does_not_hold_up_messages(cloud):
    """A message is served while the function of a stream is still at work: a dial never waits for news."""
    _reader(cloud, "slow-reader", "slowly")
    cloud.function("prompt", "def handler(event, context):\n    return None\n# prompt\n")
    cloud.invoke("prompt")
    before = _invocations(cloud, "prompt")
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName="prompt")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cloud.client("lambda").create_event_source_mapping(FunctionName="prompt", EventSourceArn=arn)
    _put(cloud, "slowly", "slow")
    time.sleep(0.5)  # the reader has begun by now
    sqs.send_message(QueueUrl=queue, MessageBody="now")
    assert _wait_for(lambda: _invocations(cloud, "prompt") > before, SOON_SECONDS)


def test_changes_that_were_not_read_survive_a_kill(cloud):
    """After a restart the reader goes on where it was: neither passes over what is new nor begins again."""
    _reader(cloud, "steady", "steadily")
    for number in range(3):
        _put(cloud, "steadily", str(number))
        assert _wait_for(lambda wanted=number + 1: _invocations(cloud, "steady") >= wanted)
    _put(cloud, "steadily", "broken")
    time.sleep(4)  # saved by now, and tried in vain
    process = processes.find(cloud.workspace, "ministack")
    children = process.children(recursive=True)
    process.send_signal(signal.SIGKILL)
    psutil.wait_procs([process, *children], timeout=5)
    cloud.start()
    cloud.update("steady", READER.replace("broken", "mended") + "\n# steady, mended")
    tried = _invocations(cloud, "steady")
    assert _wait_for(lambda: _invocations(cloud, "steady") > tried)
    time.sleep(SOON_SECONDS)
    quiet = _invocations(cloud, "steady")
    _put(cloud, "steadily", "after")
    assert _wait_for(lambda: _invocations(cloud, "steady") == quiet + 1)

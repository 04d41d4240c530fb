"""A message that nobody can work on travels to its dead letters, is seen with its cause, and is settled."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from e2e.world import eventually

from localcloud.api import ApiError

if TYPE_CHECKING:
    from e2e.world import Stack

WORK = "/v1/failed-work"
NUMBER = "+14155550166"


def _open(stack: Stack, queue: str, kind: str) -> list[dict[str, Any]]:
    items = stack.api.get(WORK, queue=queue)["items"]
    return [item for item in items if item["kind"] == kind]


def _send(stack: Stack, queue: str, body: str) -> str:
    url = stack.resource("AWS::SQS::Queue", queue)
    stack.aws("sqs").send_message(QueueUrl=url, MessageBody=body)
    return url


def _left(stack: Stack, url: str) -> int:
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    found = stack.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(counts))["Attributes"]
    return sum(int(found[count]) for count in counts)


def test_a_poisoned_message_is_listed_with_its_cause(stack: Stack) -> None:
    """Five deliveries fail; the message is then failed work that says why, and is given up with a reason."""
    sqs, url = stack.aws("sqs"), stack.resource("AWS::SQS::Queue", "PostCallQueue")
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        _send(stack, "PostCallQueue", json.dumps({"v": 9, "kind": "poison"}))
        (work,) = eventually(lambda: _open(stack, "post_call", "poison"))
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)
    assert (work["cause"], work["attempts"]) == ("bad_message", 5)
    given_up = stack.api.post(f"{WORK}/{work['id']}/discard", {"reason": "nobody writes such messages"})
    assert (given_up["state"], given_up["version"]) == ("discarded", 2)
    assert _open(stack, "post_call", "poison") == []


def test_a_replayed_message_is_worked_on(stack: Stack) -> None:
    """A wish that ended among the dead letters is honoured once it is replayed, and leaves both queues."""
    kind, unknown = "suppress", f"letter-{uuid.uuid4().hex}"
    body = json.dumps({"v": 1, "kind": kind, "number": NUMBER, "source": unknown})
    letters = _send(stack, "UrgentQueueDeadLetters", body)
    (work,) = eventually(lambda: _open(stack, "urgent", kind))
    assert (work["subject"], work["cause"], NUMBER in json.dumps(work)) == ("+14…66", None, False)
    assert stack.api.post(f"{WORK}/{work['id']}/replay", {})["state"] == "replayed"
    key = {"pk": {"S": f"NUMBER#{NUMBER}"}, "sk": {"S": "NUMBER"}}
    table = stack.resource("AWS::DynamoDB::Table", "CallsTable")
    row = eventually(lambda: stack.aws("dynamodb").get_item(TableName=table, Key=key).get("Item"))
    assert unknown in json.dumps(row)
    eventually(lambda: _left(stack, letters) == 0)
    assert _open(stack, "urgent", kind) == []
    with pytest.raises(ApiError, match="failed_work_settled"):
        stack.api.post(f"{WORK}/{work['id']}/replay", {})


def test_an_event_that_the_bus_could_not_deliver_is_replayed(stack: Stack) -> None:
    """The bus puts an event among the dead letters as it is; replayed, it is news like any other."""
    kind, event = "contact.created", f"event_{uuid.uuid4().hex}"
    told = {"id": event, "type": kind, "version": 1, "timestamp": "2026-03-03T12:00:00.000Z"}
    letter = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": "ai-call-system",
        "time": "2026-03-03T12:00:00Z",
        "detail": told | {"subject": "contact_1", "data": {}},
    }
    _send(stack, "NewsQueueDeadLetters", json.dumps(letter))
    (work,) = eventually(lambda: _open(stack, "news", kind))
    assert stack.api.post(f"{WORK}/{work['id']}/replay", {})["state"] == "replayed"
    news = stack.resource("AWS::SQS::Queue", "NewsQueue")
    eventually(lambda: _left(stack, news) == 0)
    assert _open(stack, "news", kind) == []

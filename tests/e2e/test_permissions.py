"""The roles of the functions, enforced by the local cloud, are enough for what the functions do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from e2e.world import Stack

EVENT = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


def test_the_schedule_may_look_for_due_calls(stack: Stack) -> None:
    """The dispatcher runs with its own role."""
    name = stack.resource("AWS::Lambda::Function", "Dispatch")
    answer = stack.aws("lambda").invoke(FunctionName=name, Payload=json.dumps(EVENT))
    assert "FunctionError" not in answer, answer["Payload"].read()


# What a function says where it goes on although it could not write: no refusal is in the message.
TOLERATED = ("token.use_not_noted", "cause.not_noted")


def test_no_function_was_denied_anything(stack: Stack) -> None:
    """In all that happened in these tests no function met a closed door."""
    logs = stack.aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            found = [words for words in ("AccessDenied", *TOLERATED) if words in event["message"]]
            assert not found, (group["logGroupName"], event["message"])

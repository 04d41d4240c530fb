"""The bus that carries events to other programs, and the rule that brings them to our own webhooks."""

from __future__ import annotations

from typing import Any

SOURCE = "ai-call-system"  # who sends the events; the adapter of the bus names the same
QUEUE, DEAD_LETTERS = "NewsQueue", "NewsQueueDeadLetters"
# The longest that EventBridge tries, and what it does by default; written down because events depend on it.
_RETRY = {"MaximumEventAgeInSeconds": 24 * 3600, "MaximumRetryAttempts": 185}


def news_resources() -> dict[str, Any]:
    """Describe the bus, its rule on every event of ours, and the permissions of exactly that rule."""
    return {
        "EventBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": {"Ref": "AWS::StackName"}}},
        "NewsRule": {"Type": "AWS::Events::Rule", "Properties": _rule()},
        **{f"{queue}Policy": _permission(queue) for queue in (QUEUE, DEAD_LETTERS)},
    }


def _rule() -> dict[str, Any]:
    # An undelivered event is put among the dead letters as it is, so that it can be replayed as any message.
    target = {
        "Id": QUEUE,
        "Arn": {"Fn::GetAtt": [QUEUE, "Arn"]},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": [DEAD_LETTERS, "Arn"]}},
        "RetryPolicy": _RETRY,
    }
    return {
        "Description": "Every event of the call system, for its webhooks",
        "EventBusName": {"Ref": "EventBus"},
        "EventPattern": {"source": [SOURCE]},
        "Targets": [target],
    }


def _permission(queue: str) -> dict[str, Any]:
    statement = {
        "Sid": "NewsRule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [{"Fn::GetAtt": [queue, "Arn"]}],
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["NewsRule", "Arn"]}}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"Queues": [{"Ref": queue}], "PolicyDocument": document}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}

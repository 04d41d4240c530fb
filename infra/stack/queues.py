"""The queues, their dead-letter queues and who consumes them; messages are `chalicelib`'s affair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.stack.functions import RESERVED

if TYPE_CHECKING:
    from infra.stack.functions import FunctionSettings

QUEUES = {"dial": "DialQueue", "urgent": "UrgentQueue", "post_call": "PostCallQueue"}
_TWO_WEEKS_SECONDS = 14 * 24 * 3600  # the longest that SQS keeps a message
_MAX_RECEIVES = 5
# AWS asks for six times the function's limit, so that throttled batches are not delivered twice.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_VISIBILITY_FACTOR = 6


def queue_resources(functions: list[FunctionSettings]) -> dict[str, Any]:
    """All queues with their dead-letter queues, and each consumer's event source."""
    resources: dict[str, Any] = {}
    for function in functions:
        if queue := QUEUES.get(function.name):
            resources[queue] = _queue(f"{queue}DeadLetters", function.timeout * _VISIBILITY_FACTOR)
            resources[f"{queue}DeadLetters"] = _dead_letters()
            resources[function.logical_id] = {"Properties": {"Events": _event_source(function, queue)}}
    return resources


def _queue(dead_letters: str, visibility_seconds: int) -> dict[str, Any]:
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]}, "maxReceiveCount": _MAX_RECEIVES}
    properties = {
        "VisibilityTimeout": visibility_seconds,
        "MessageRetentionPeriod": _TWO_WEEKS_SECONDS,
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": redrive,
    }
    return {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"} | {
        "Properties": properties
    }


def _dead_letters() -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"MessageRetentionPeriod": _TWO_WEEKS_SECONDS, "SqsManagedSseEnabled": True},
    }


def _event_source(function: FunctionSettings, queue: str) -> dict[str, Any]:
    # Chalice can name a queue only by a literal ARN: the decorator carries a placeholder, replaced here.
    properties = {
        "Queue": {"Fn::GetAtt": [queue, "Arn"]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        # No more pollers than processes: a throttled message would be late by the whole visibility time.
        "ScalingConfig": {"MaximumConcurrency": RESERVED[function.name]},
    }
    return {f"{function.logical_id}SqsEventSource": {"Type": "SQS", "Properties": properties}}

"""The queues, their dead-letter queues and who consumes them; messages are `chalicelib`'s affair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.stack.functions import RESERVED

if TYPE_CHECKING:
    from infra.stack.functions import FunctionSettings

QUEUES = {
    "dial": "DialQueue",
    "urgent": "UrgentQueue",
    "post_call": "PostCallQueue",
    "news": "NewsQueue",
    "jobs": "JobsQueue",
    "campaigns": "CampaignsQueue",
}
CHANGES_DEAD_LETTERS = "ChangesDeadLetters"  # batches of the tables' streams that could not be told
DEAD_LETTERS = (*(f"{queue}DeadLetters" for queue in QUEUES.values()), CHANGES_DEAD_LETTERS)
_TWO_WEEKS_SECONDS = 14 * 24 * 3600  # the longest that SQS keeps a message
_MAX_RECEIVES = 5
_DRAIN = "failures"  # keeps as rows what ends in the dead-letter queues
_DRAINS_PER_QUEUE = 2  # the least that Lambda takes
# AWS asks for six times the function's limit, so that throttled batches are not delivered twice.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_VISIBILITY_FACTOR = 6
# Not where a caller waits for the next try: a message of `urgent` comes again as soon as its function must
# have ended. No poller is throttled there (see `_event_source`), and what comes twice is harmless.
_URGENT, _URGENT_VISIBILITY_FACTOR = "urgent", 1.25


def queue_resources(functions: list[FunctionSettings]) -> dict[str, Any]:
    """All queues with their dead-letter queues, and each consumer's event source."""
    resources: dict[str, Any] = {}
    by_name = {function.name: function for function in functions}
    for name, queue in QUEUES.items():
        function = by_name[name]
        factor = _URGENT_VISIBILITY_FACTOR if name == _URGENT else _VISIBILITY_FACTOR
        resources[queue] = _queue(queue, int(function.timeout * factor))
        resources[function.logical_id] = {"Properties": {"Events": _event_source(function, queue)}}
    drain = by_name[_DRAIN]
    resources |= {name: _dead_letters(drain) for name in DEAD_LETTERS}
    resources[drain.logical_id] = {"Properties": {"Events": _drained(drain), "Environment": _sources()}}
    return resources


def _dead_letters(drain: FunctionSettings) -> dict[str, Any]:
    properties = {
        "MessageRetentionPeriod": _TWO_WEEKS_SECONDS,
        "SqsManagedSseEnabled": True,
        "VisibilityTimeout": drain.timeout * _VISIBILITY_FACTOR,
    }
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return {"Type": "AWS::SQS::Queue", **kept, "Properties": properties}


def _queue(name: str, visibility_seconds: int) -> dict[str, Any]:
    dead_letters = {"Fn::GetAtt": [f"{name}DeadLetters", "Arn"]}
    redrive = {"deadLetterTargetArn": dead_letters, "maxReceiveCount": _MAX_RECEIVES}
    properties = {
        "VisibilityTimeout": visibility_seconds,
        "MessageRetentionPeriod": _TWO_WEEKS_SECONDS,
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": redrive,
    }
    return {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"} | {
        "Properties": properties
    }


def _event_source(function: FunctionSettings, queue: str) -> dict[str, Any]:
    # Chalice can name a queue only by a literal ARN: the decorator carries a placeholder, replaced here.
    # No more pollers than processes: a throttled message would be late by the whole visibility time.
    return {f"{function.logical_id}SqsEventSource": _source(queue, RESERVED[function.name])}


def _drained(function: FunctionSettings) -> dict[str, Any]:
    first, *others = DEAD_LETTERS
    sources = {f"{function.logical_id}SqsEventSource": _source(first, _DRAINS_PER_QUEUE)}
    return sources | {f"{queue}Drain": _source(queue, _DRAINS_PER_QUEUE) for queue in others}


def _sources() -> dict[str, Any]:
    # A queue's name is made by the deployment: only this says whose letters lie in it.
    names = {f"{queue}DeadLetters": name for name, queue in QUEUES.items()} | {
        CHANGES_DEAD_LETTERS: "changes"
    }
    pairs = ",".join(f"{name}=${{{queue}.QueueName}}" for queue, name in names.items())
    return {"Variables": {"DEAD_LETTER_QUEUES": {"Fn::Sub": pairs}}}


def _source(queue: str, concurrency: int) -> dict[str, Any]:
    properties = {
        "Queue": {"Fn::GetAtt": [queue, "Arn"]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": concurrency},
    }
    return {"Type": "SQS", "Properties": properties}

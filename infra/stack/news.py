"""The bus that carries events to other programs, and the rule that brings them to our own webhooks."""

from __future__ import annotations

from typing import Any

SOURCE = "ai-call-system"  # who sends the events; the adapter of the bus names the same


def news_resources() -> dict[str, Any]:
    """Describe the bus, its rule on every event of ours, and the queue's permission for exactly that rule."""
    return {
        "EventBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": {"Ref": "AWS::StackName"}}},
        "NewsRule": {"Type": "AWS::Events::Rule", "Properties": _rule()},
        "NewsQueuePolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": _permission()},
    }


def _rule() -> dict[str, Any]:
    return {
        "Description": "Every event of the call system, for its webhooks",
        "EventBusName": {"Ref": "EventBus"},
        "EventPattern": {"source": [SOURCE]},
        "Targets": [{"Id": "NewsQueue", "Arn": {"Fn::GetAtt": ["NewsQueue", "Arn"]}}],
    }


def _permission() -> dict[str, Any]:
    statement = {
        "Sid": "NewsRule",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [{"Fn::GetAtt": ["NewsQueue", "Arn"]}],
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["NewsRule", "Arn"]}}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Queues": [{"Ref": "NewsQueue"}], "PolicyDocument": document}

"""The group of the campaigns' schedules, and the role by which they wake the campaigns' queue."""

from __future__ import annotations

from typing import Any

QUEUE, GROUP, ROLE = "CampaignsQueue", "CampaignSchedules", "CampaignScheduleRole"
# A group has no other name in the account and region: the stack's own, so that two stacks stand side by side.
GROUP_NAME = {"Fn::Sub": "${AWS::StackName}-campaigns"}
_OF_GROUP = "schedule-group/${AWS::StackName}-campaigns"


def schedule_resources() -> dict[str, Any]:
    """Describe the group, which goes with all its schedules, and a role that may do one thing."""
    return {
        GROUP: {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": GROUP_NAME}},
        ROLE: {"Type": "AWS::IAM::Role", "Properties": _role()},
    }


def _role() -> dict[str, Any]:
    group = {"Fn::Sub": f"arn:${{AWS::Partition}}:scheduler:${{AWS::Region}}:${{AWS::AccountId}}:{_OF_GROUP}"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": ["sts:AssumeRole"],
        # No schedule of another group, nor of another account, may act by this role (confused deputy).
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": group},
        },
    }
    send = {
        "Sid": "Wake",
        "Effect": "Allow",
        "Action": ["sqs:SendMessage"],
        "Resource": [{"Fn::GetAtt": [QUEUE, "Arn"]}],
    }
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [
            {"PolicyName": "Wake", "PolicyDocument": {"Version": "2012-10-17", "Statement": [send]}}
        ],
    }


def schedule_environment() -> dict[str, Any]:
    """Tell the functions of the group, the queue and the role."""
    return {
        "SCHEDULE_GROUP": GROUP_NAME,
        "CAMPAIGNS_QUEUE_ARN": {"Fn::GetAtt": [QUEUE, "Arn"]},
        "SCHEDULE_ROLE_ARN": {"Fn::GetAtt": [ROLE, "Arn"]},
    }

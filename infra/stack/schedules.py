"""The groups of the campaigns' and of the reminders' schedules, and the role by which they wake the queue."""

from __future__ import annotations

from typing import Any

QUEUE, GROUP, ROLE = "CampaignsQueue", "CampaignSchedules", "CampaignScheduleRole"
# A group has no other name in the account and region: the stack's own, so that two stacks stand side by side.
GROUP_NAME = {"Fn::Sub": "${AWS::StackName}-campaigns"}
APPOINTMENTS, APPOINTMENTS_NAME = "AppointmentSchedules", {"Fn::Sub": "${AWS::StackName}-appointments"}
_SCHEDULER = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}"
_OF_GROUP = "schedule-group/${AWS::StackName}"


def schedule_resources() -> dict[str, Any]:
    """Describe the groups, which go with all their schedules, and a role that may do one thing."""
    return {
        GROUP: {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": GROUP_NAME}},
        APPOINTMENTS: {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": APPOINTMENTS_NAME}},
        ROLE: {"Type": "AWS::IAM::Role", "Properties": _role()},
    }


def _role() -> dict[str, Any]:
    groups = [{"Fn::Sub": f"{_SCHEDULER}:{_OF_GROUP}-{name}"} for name in ("campaigns", "appointments")]
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": ["sts:AssumeRole"],
        # No schedule of another group, nor of another account, may act by this role (confused deputy).
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": groups},
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
        "APPOINTMENTS_GROUP": APPOINTMENTS_NAME,
        "CAMPAIGNS_QUEUE_ARN": {"Fn::GetAtt": [QUEUE, "Arn"]},
        "SCHEDULE_ROLE_ARN": {"Fn::GetAtt": [ROLE, "Arn"]},
    }

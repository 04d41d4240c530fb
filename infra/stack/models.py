"""The right to ask models on Amazon Bedrock: for the functions that ask, and the models that are named."""

from __future__ import annotations

from typing import Any

CONDITION = "AsksBedrock"
# Functions that ask models: in calls, in chats, after calls, and in evaluations.
ASKING = ("ApiHandlerRole", "HookRole", "JobsRole", "PostCallRole", "WebsocketMessageRole")
_ACTIONS = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


def model_parameters() -> dict[str, Any]:
    """List what a deployment may say of Bedrock."""
    description = "ARNs of the Bedrock models and inference profiles that are asked, comma separated"
    pattern = {"AllowedPattern": "^(arn:[^,*]+(,arn:[^,*]+)*)?$"}
    return {"BedrockModels": {"Type": "String", "Default": "", "Description": description, **pattern}}


def model_conditions() -> dict[str, Any]:
    """List the branch: whether any model of Bedrock is named."""
    return {CONDITION: {"Fn::Not": [{"Fn::Equals": [{"Ref": "BedrockModels"}, ""]}]}}


def model_resources() -> dict[str, Any]:
    """Describe the grant; without named models there is none."""
    arns = {"Fn::Split": [",", {"Ref": "BedrockModels"}]}
    statement = {"Effect": "Allow", "Action": _ACTIONS, "Resource": arns}
    policy = {
        "PolicyName": "models",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "Roles": [{"Ref": role} for role in ASKING],
    }
    return {"ModelsPolicy": {"Type": "AWS::IAM::Policy", "Condition": CONDITION, "Properties": policy}}

"""Assembles the merge template: everything that `chalice package` deep-merges over its own output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.stack import connections
from infra.stack.files import BUCKET, file_resources
from infra.stack.functions import configured_functions, function_resources
from infra.stack.gateway import gateway_responses
from infra.stack.models import model_conditions, model_parameters, model_resources
from infra.stack.news import news_resources
from infra.stack.queues import QUEUES, queue_resources
from infra.stack.schedules import schedule_resources
from infra.stack.streams import stream_resources
from infra.stack.tables import TABLES, table_resources
from infra.stack.users import CONDITION, user_resources

if TYPE_CHECKING:
    from infra.layout import Architecture, Checkout

_REST_BURST, _REST_RATE_PER_SECOND = 200, 100


def merge_template(checkout: Checkout, architecture: Architecture) -> dict[str, Any]:
    """Build the template to merge: dictionaries merge, lists and scalars replace, nothing can be removed."""
    functions = configured_functions(checkout)
    resources = function_resources(functions, architecture)
    for more in (
        queue_resources(functions),
        stream_resources(functions),
        table_resources(),
        news_resources(),
        schedule_resources(),
        file_resources(),
        user_resources(),
        model_resources(),
        _api_resources(),
        gateway_responses(),
        _layer(architecture),
    ):
        _merge(resources, more)
    return {
        "Parameters": connections.parameters() | model_parameters(),
        "Conditions": connections.conditions() | model_conditions(),
        "Globals": {
            "Function": {"Environment": {"Variables": connections.environment()}, "Layers": _layers()}
        },
        "Resources": resources | _secrets(),
        "Outputs": _outputs(),
    }


def _api_resources() -> dict[str, Any]:
    throttle = {
        "ResourcePath": "/*",
        "HttpMethod": "*",
        "ThrottlingBurstLimit": _REST_BURST,
        "ThrottlingRateLimit": _REST_RATE_PER_SECOND,
    }
    # The stage deploys itself when a route changes. A Deployment resource would not, because its logical name
    # stays the same; a merge cannot remove it, and the local cloud refuses its type.
    stage = {"AutoDeploy": True, "DeploymentId": {"Ref": "AWS::NoValue"}}
    return {
        "RestAPI": {"Properties": {"MethodSettings": [throttle]}},
        "WebsocketAPIDeployment": {"Condition": "IsAws"},
        "WebsocketAPIStage": {"Properties": stage},
        "Hook": {"Properties": {"FunctionUrlConfig": {"AuthType": "NONE"}}},
    }


def _secrets() -> dict[str, Any]:
    return {
        "ConnectionsSecret": connections.secret_resource(),
        "SigningKey": connections.signing_key_resource(),
    }


def _layer(architecture: Architecture) -> dict[str, Any]:
    properties = {
        "Description": "Runtime dependencies of the call system",
        "ContentUri": "./layer.zip",
        "CompatibleArchitectures": [str(architecture)],
        "RetentionPolicy": "Delete",
    }
    return {"DependenciesLayer": {"Type": "AWS::Serverless::LayerVersion", "Properties": properties}}


def _layers() -> list[dict[str, str]]:
    return [{"Ref": "DependenciesLayer"}]


def _outputs() -> dict[str, Any]:
    values: dict[str, Any] = {name: {"Ref": name} for name in (*TABLES, *QUEUES.values(), "EventBus", BUCKET)}
    api = "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"
    values |= {
        "ApiUrl": {"Fn::Sub": api},
        "HookUrl": {"Fn::GetAtt": ["HookUrl", "FunctionUrl"]},
        "HookName": {"Ref": "Hook"},
        "WebhookUrl": connections.webhook_url(),
        "SocketUrl": connections.socket_url(),
        "ConnectionsSecretName": connections.SECRET_NAME,
    }
    made = {"UserPoolId": {"Ref": "UserPool"}, "UserPoolClientId": {"Ref": "UserPoolClient"}}
    outputs = {name: {"Value": value} for name, value in values.items()}
    return outputs | {name: {"Condition": CONDITION, "Value": value} for name, value in made.items()}


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value

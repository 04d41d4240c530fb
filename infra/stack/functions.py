"""The functions as the stack sees them: names, limits, reserved capacity, logs; not their code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.layout import Checkout

LOG_RETENTION_DAYS = 30

# Concurrent executions set aside for a function, and its limit. Whatever one way in receives, the others
# still answer, so that a burst of REST requests cannot keep Twilio waiting. Lambda insists on 100 unreserved
# ones besides, so these need an account limit of 1,000, the default of established accounts.
RESERVED = {
    "api_handler": 100,
    "authorize": 100,
    "hook": 200,
    "websocket_connect": 50,
    "websocket_message": 200,
    "websocket_disconnect": 50,
    "dial": 20,
    "urgent": 50,
    "post_call": 20,
    "changes": 40,  # one for each shard of the five streams; a new table has about four
    "news": 20,
    "fold": 12,
    "jobs": 20,
    "campaigns": 6,
    "failures": 10,
    "dispatch": 1,  # two dispatchers at once would only contend for the same requests
}


@dataclass(frozen=True)
class FunctionSettings:
    """One function of the configuration; `timeout` is its limit in seconds."""

    name: str
    logical_id: str
    timeout: int

    @property
    def logs_id(self) -> str:
        """The log group's name in the template."""
        return f"{self.name.title().replace('_', '')}Logs"


def configured_functions(checkout: Checkout) -> list[FunctionSettings]:
    """Every function named in the Chalice configuration."""
    config = json.loads((checkout.chalice / "config.json").read_text())
    functions = config["stages"]["main"]["lambda_functions"]
    return [
        FunctionSettings(name, _logical_id(name), entry["lambda_timeout"])
        for name, entry in functions.items()
    ]


def function_resources(functions: list[FunctionSettings], architecture: str) -> dict[str, Any]:
    """Describe what is added to each function, and its log group."""
    resources: dict[str, Any] = {}
    for function in functions:
        resources[function.logical_id] = {"Properties": _properties(function, architecture)}
        resources[function.logs_id] = _log_group(function)
    return resources


def _properties(function: FunctionSettings, architecture: str) -> dict[str, Any]:
    reserved = {"Fn::If": ["ReservesCapacity", RESERVED[function.name], {"Ref": "AWS::NoValue"}]}
    return {
        "Architectures": [architecture],
        "LoggingConfig": {"LogGroup": {"Ref": function.logs_id}},
        "ReservedConcurrentExecutions": reserved,
    }


def _log_group(function: FunctionSettings) -> dict[str, Any]:
    name = {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}/{function.name}"}
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {"LogGroupName": name, "RetentionInDays": LOG_RETENTION_DAYS},
    }


def _logical_id(name: str) -> str:
    # Chalice names the REST function itself; every other name is turned into camel case.
    return "APIHandler" if name == "api_handler" else name.title().replace("_", "")

"""Creates and updates the stack in the local CloudFormation; what is in it comes from `infra`."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from samtranslator.translator.transform import transform

from infra.stack.tables import EXPIRY_ATTRIBUTE, TABLES
from localcloud.failures import LocalCloudError
from localcloud.programs import REGION, ROOT_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.package import Package

STACK_NAME = "ai-call-system"
BUCKET = "local-artifacts"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_SETTLED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_POLL_SECONDS = 0.1
_DEPLOY_SECONDS = 120.0
_FAILED_EVENTS = 8


class DeployFailedError(LocalCloudError):
    """The stack did not settle; the message lists the resources that failed and why."""


@dataclass(frozen=True)
class Deployed:
    """The outputs of the stack, and whether this run changed or created it."""

    outputs: dict[str, str]
    changed: bool
    created: bool


class LocalStack:
    """The stack in the MiniStack at `endpoint`."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def deploy(self, package: Package, parameters: dict[str, str], tick: Callable[[], None]) -> Deployed:
        """Bring the stack to `package` and `parameters`; an unchanged stack is left alone."""
        wanted = _fingerprint(package, parameters)
        stack = self._described()
        if stack and stack["StackStatus"] in _SETTLED and _tag(stack) == wanted:
            return Deployed(_outputs(stack), changed=False, created=False)
        template = self._uploaded(package)
        created = self._apply(template, parameters, wanted, stack)
        outputs = _outputs(self._settled(tick))
        self._expire_items(outputs)
        return Deployed(outputs, changed=True, created=created)

    def function_environment(self, name: str) -> dict[str, str]:
        """Return a function's environment, completed so that its code runs outside of Lambda."""
        configuration = self._client("lambda").get_function_configuration(FunctionName=name)
        variables: dict[str, str] = configuration["Environment"]["Variables"]
        local = {"AWS_ENDPOINT_URL": self._endpoint, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}
        return variables | local | ROOT_CREDENTIALS

    def _described(self) -> dict[str, Any] | None:
        try:
            stacks: list[dict[str, Any]] = self._client("cloudformation").describe_stacks(
                StackName=STACK_NAME
            )["Stacks"]
        except ClientError:
            return None
        return stacks[0] if stacks and stacks[0]["StackStatus"] != "DELETE_COMPLETE" else None

    def _uploaded(self, package: Package) -> str:
        # MiniStack does not fetch what is named relatively, and leaves SAM to whoever has its translator.
        s3 = self._client("s3")
        s3.create_bucket(Bucket=BUCKET)
        template = json.loads((package.folder / "template.json").read_text(encoding="utf-8"))
        addresses = {}
        for artifact in package.artifacts:
            key = f"{artifact.sha256}-{artifact.path.name}"
            s3.put_object(Bucket=BUCKET, Key=key, Body=artifact.path.read_bytes())
            addresses[f"./{artifact.path.name}"] = {"Bucket": BUCKET, "Key": key}
        text = json.dumps(_native(_located(template, addresses)), sort_keys=True)
        key = f"{hashlib.sha256(text.encode()).hexdigest()}-template.json"
        s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        return f"{self._endpoint}/{BUCKET}/{key}"

    def _apply(
        self, template_url: str, parameters: dict[str, str], fingerprint: str, stack: dict[str, Any] | None
    ) -> bool:
        cloudformation = self._client("cloudformation")
        request = {
            "StackName": STACK_NAME,
            "TemplateURL": template_url,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            "Capabilities": _CAPABILITIES,
            "Tags": [{"Key": "fingerprint", "Value": fingerprint}],
        }
        if stack and stack["StackStatus"] in {"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED"}:
            cloudformation.delete_stack(StackName=STACK_NAME)
            stack = None
        start = cloudformation.update_stack if stack else cloudformation.create_stack
        try:
            start(**request)
        except ClientError as error:
            raise DeployFailedError(f"the stack was refused: {error.response['Error']['Message']}") from error
        return stack is None

    def _settled(self, tick: Callable[[], None]) -> dict[str, Any]:
        deadline = time.monotonic() + _DEPLOY_SECONDS
        while time.monotonic() < deadline:
            stack = self._described()
            status = stack["StackStatus"] if stack else "missing"
            if stack and status in _SETTLED:
                return stack
            if "IN_PROGRESS" not in status:
                raise DeployFailedError(f"the stack is {status}\n{self._failures()}")
            tick()
            time.sleep(_POLL_SECONDS)
        raise DeployFailedError(
            f"the stack did not settle within {_DEPLOY_SECONDS:.0f} s\n{self._failures()}"
        )

    def _failures(self) -> str:
        events = self._client("cloudformation").describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        failed = [e for e in events if "FAILED" in str(e.get("ResourceStatus"))]
        lines = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed]
        return "\n".join(lines[:_FAILED_EVENTS])

    def _expire_items(self, outputs: dict[str, str]) -> None:
        # MiniStack accepts and ignores the template's TimeToLiveSpecification.
        dynamodb = self._client("dynamodb")
        expiry = {"Enabled": True, "AttributeName": EXPIRY_ATTRIBUTE}
        for table in TABLES:
            dynamodb.update_time_to_live(TableName=outputs[table], TimeToLiveSpecification=expiry)

    def _client(self, service: str) -> Any:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        retries = Config(retries={"max_attempts": 2}, connect_timeout=2, read_timeout=60, proxies={})
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self._endpoint,
            region_name=REGION,
            config=retries,
            **keys,
        )


def _located(template: dict[str, Any], addresses: dict[str, dict[str, str]]) -> dict[str, Any]:
    located = copy.deepcopy(template)
    for resource in located["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            local = resource.get("Properties", {}).get(name)
            if local in addresses:
                resource["Properties"][name] = addresses[local]
    return located


class _NoManagedPolicies:
    """SAM asks for AWS's managed policies by name; the template names none."""

    def load(self) -> dict[str, str]:
        return {}


def _native(template: dict[str, Any]) -> dict[str, Any]:
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)  # SAM asks boto3 for the region
    native: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return native


def _fingerprint(package: Package, parameters: dict[str, str]) -> str:
    parts = [package.fingerprint, *(artifact.sha256 for artifact in package.artifacts)]
    parts.append((package.folder / "template.json").read_text(encoding="utf-8"))
    parts.append(json.dumps(parameters, sort_keys=True))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _tag(stack: dict[str, Any]) -> str | None:
    return next((tag["Value"] for tag in stack.get("Tags", []) if tag["Key"] == "fingerprint"), None)


def _outputs(stack: dict[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

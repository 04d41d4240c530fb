"""A MiniStack of the tests' own, started by the launcher in a temporary folder."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from localcloud import processes
from localcloud.programs import Program, programs
from localcloud.settings import load_settings
from localcloud.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


class Cloud:
    """A running MiniStack and the shortest way to create things in it."""

    def __init__(self, workspace: Workspace, program: Program) -> None:
        self.workspace = workspace
        self.program = program
        self.url = f"http://127.0.0.1:{program.port}"

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        processes.ensure_running(self.workspace, self.program)
        processes.wait_ready(self.workspace, self.program)

    def client(self, service: str) -> Any:
        """Give a boto3 client with the account's own rights."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}),
        )

    def role(self, name: str, *statements: dict[str, Any]) -> str:
        """Create a role for functions; returns its ARN."""
        iam = self.client("iam")
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
        return arn

    def function(self, name: str, source: str, role: str | None = None) -> str:
        """Create a function whose module is `source`; its handler is named `handler`. Returns its ARN."""
        arn: str = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=role or self.role(f"{name}-role"),
            Handler="code.handler",
            Timeout=10,
            Code={"ZipFile": zipped(source)},
        )["FunctionArn"]
        return arn

    def update(self, name: str, source: str) -> None:
        """Give a function new code."""
        self.client("lambda").update_function_code(FunctionName=name, ZipFile=zipped(source))

    def invoke(self, name: str, event: Any = None) -> Any:
        """Invoke a function and return its answer."""
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())
        return json.loads(answer["Payload"].read())


def zipped(source: str) -> bytes:
    """Zip one module named `code`."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(zipfile.ZipInfo("code.py"), source)
    return memory.getvalue()


@pytest.fixture(scope="session")
def cloud_root(tmp_path_factory) -> Path:
    """Give a folder that looks like a checkout: the package, and the environment with MiniStack."""
    if not (ROOT / ".local" / "cloud-venv" / "bin" / "python").exists():
        pytest.fail("MiniStack is not installed; run `make test`, which installs it")
    root = tmp_path_factory.mktemp("checkout")
    (root / "localcloud").symlink_to(ROOT / "localcloud")
    (root / ".local").mkdir()
    (root / ".local" / "cloud-venv").symlink_to(ROOT / ".local" / "cloud-venv")
    return root


@pytest.fixture(scope="session")
def cloud(cloud_root) -> Iterator[Cloud]:
    """Give a running MiniStack; stopped at the end, with every process that it started."""
    workspace = Workspace(cloud_root)
    workspace.prepare()
    ministack = programs(workspace, load_settings(workspace, {}))[0]
    running = Cloud(workspace, ministack)
    running.start()
    yield running
    processes.stop(workspace, ministack.name)

from __future__ import annotations

import io
import json
import time
import zipfile
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from infra.stack.tables import TABLES
from localcloud import processes
from localcloud import stack as stacks
from localcloud.stack import DeployFailedError, LocalStack

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket


@dataclass(frozen=True)
class _Zip:
    path: Path
    sha256: str


def _package(folder, answer, *, broken=False):
    """Package one function that returns `answer`, with the tables that every stack has."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(zipfile.ZipInfo("code.py"), f"def handler(event, context):\n    return {answer!r}\n")
    path = folder / "app.zip"
    path.write_bytes(memory.getvalue())
    keys = {
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    }
    resources = {
        name: {"Type": "AWS::DynamoDB::Table", "Properties": keys | {"BillingMode": "PAY_PER_REQUEST"}}
        for name in TABLES
    }
    function = {"Runtime": "python3.11", "Handler": "code.handler", "CodeUri": "./app.zip"}
    resources["Answer"] = {"Type": "AWS::Serverless::Function", "Properties": function}
    if broken:
        resources["Broken"] = {"Type": "AWS::Budgets::Budget", "Properties": {}}
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Word": {"Type": "String"}},
        "Resources": resources,
        "Outputs": {n: {"Value": {"Ref": n}} for n in [*TABLES, "Answer"]}
        | {"Word": {"Value": {"Ref": "Word"}}},
    }
    (folder / "template.json").write_text(json.dumps(template))
    fingerprint = f"{answer}"
    return SimpleNamespace(folder=folder, fingerprint=fingerprint, artifacts=(_Zip(path, fingerprint),))


@pytest.fixture
def deploy(cloud, tmp_path, monkeypatch):
    """Give a way to deploy one's own stack: `deploy(answer, word)`."""
    monkeypatch.setattr(stacks, "STACK_NAME", f"stack-{tmp_path.name}".replace("_", "-"))

    def run(answer, word="w", **options):
        package = _package(tmp_path, answer, **options)
        return LocalStack(cloud.url).deploy(package, {"Word": word}, lambda: None)

    return run


def test_stack_is_created_with_its_outputs(cloud, deploy):
    """A first deployment translates SAM, uploads the code and returns the outputs."""
    deployed = deploy("one")
    assert (deployed.created, deployed.changed, deployed.outputs["Word"]) == (True, True, "w")
    assert cloud.invoke(deployed.outputs["Answer"]) == "one"


def test_unchanged_stack_is_left_alone(deploy):
    """The same package and parameters change nothing."""
    first = deploy("one")
    again = deploy("one")
    assert (again.changed, again.outputs) == (False, first.outputs)


def test_new_code_and_parameters_reach_the_stack(cloud, deploy):
    """A change of code or of a parameter updates the stack in place."""
    name = deploy("one").outputs["Answer"]
    assert cloud.invoke(name) == "one"
    updated = deploy("two", "x")
    assert (updated.created, updated.changed, updated.outputs["Word"]) == (False, True, "x")
    assert updated.outputs["Answer"] == name
    assert cloud.invoke(name) == "two"


def test_items_expire(cloud, deploy):
    """Every table expires items by `expires_at`, which the local CloudFormation ignores in a template."""
    outputs = deploy("one").outputs
    for table in TABLES:
        described = cloud.client("dynamodb").describe_time_to_live(TableName=outputs[table])
        assert described["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_failure_names_the_resource(deploy):
    """A stack that cannot be created is reported with its cause; a corrected one is then created."""
    with pytest.raises(DeployFailedError, match="Budget"):
        deploy("one", broken=True)
    assert deploy("two").changed


def test_unchanged_stack_is_left_alone_after_a_restart(cloud, deploy):
    """State saved by the last run is used as it is: restarting does not deploy again."""
    first = deploy("one")
    time.sleep(3)
    processes.stop(cloud.workspace, "ministack")
    cloud.start()
    again = deploy("one")
    assert (again.changed, again.outputs) == (False, first.outputs)
    assert cloud.invoke(again.outputs["Answer"]) == "one"

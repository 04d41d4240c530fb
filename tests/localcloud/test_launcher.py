from __future__ import annotations

import asyncio
import json
import re
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import aiohttp
import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from localcloud import processes
from localcloud.programs import cloud_python

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.enable_socket


def _in_cloud_python(root, program):
    """Run a program in MiniStack's own environment."""
    done = subprocess.run(
        [cloud_python(root), "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.strip(), done.stderr


def _milliseconds(action):
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def test_version_is_pinned_everywhere(cloud_root):
    """The launcher, the requirements and the installation name the same MiniStack."""
    locked = re.search(
        r"^ministack==(\S+)", (ROOT / "requirements-cloud.txt").read_text(), re.MULTILINE
    ).group(1)
    program = "from localcloud.ministack_launcher import PINNED_VERSION; print(PINNED_VERSION)"
    assert _in_cloud_python(cloud_root, program)[0] == locked


def test_another_version_is_refused(cloud_root):
    """An upgrade that nobody looked at does not start."""
    program = (
        "from localcloud import ministack_launcher as launcher\n"
        "launcher.PINNED_VERSION = '0.0.0'\n"
        "launcher.require_pinned_version()\n"
    )
    assert "WrongVersionError" in _in_cloud_python(cloud_root, program)[1]


def test_cloud_environment_holds_only_ministack(cloud_root):
    """None of the product's libraries lies beside MiniStack, where it could stand in for a packaged one."""
    program = (
        "import importlib.util as u\n"
        "names = ('pydantic', 'openai', 'pynamodb', 'twilio', 'chalice', 'jinja2')\n"
        "print([name for name in names if u.find_spec(name)])"
    )
    assert _in_cloud_python(cloud_root, program)[0] == "[]"


def test_listens_on_the_loopback_interface_only(cloud):
    """Nothing of MiniStack can be reached from another machine."""
    family = [processes.find(cloud.workspace, "ministack")]
    family += family[0].children(recursive=True)
    listening = {c.laddr.ip for p in family for c in p.net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_silent_function_answers_at_once(cloud):
    """A warm invocation without log lines does not wait 50 ms for one."""
    cloud.function("silent", "def handler(event, context):\n    return 1\n")
    cloud.invoke("silent")
    assert statistics.median(_milliseconds(lambda: cloud.invoke("silent")) for _ in range(20)) < 45


def test_function_sees_no_packages_of_ministack(cloud):
    """A function imports the standard library and its own package, nothing of MiniStack's environment."""
    source = (
        "import importlib.util, sys\n"
        "def handler(event, context):\n"
        "    found = [m for m in ('ministack', 'yaml', 'botocore', 'h11') if importlib.util.find_spec(m)]\n"
        "    return [found, [p for p in sys.path if 'site-packages' in p]]\n"
    )
    cloud.function("isolated", source)
    assert cloud.invoke("isolated") == [[], []]


def test_environment_survives_an_exception(cloud):
    """An exception of a handler fails its invocation and leaves the process for the next one."""
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    if event.get('fail'):\n"
        "        raise ValueError('no luck')\n"
        "    return os.getpid()\n"
    )
    cloud.function("unlucky", source)
    before = cloud.invoke("unlucky")
    assert cloud.invoke("unlucky", {"fail": True})["errorMessage"] == "no luck"
    assert cloud.invoke("unlucky") == before


def test_code_is_unpacked_once(cloud):
    """Two functions of the same code run from the same files."""
    source = "import os\ndef handler(event, context):\n    return os.path.realpath(__file__)\n# shared\n"
    cloud.function("first-of-two", source)
    cloud.function("second-of-two", source)
    assert cloud.invoke("first-of-two") == cloud.invoke("second-of-two")


def test_new_code_is_used_after_an_update(cloud):
    """Sharing unpacked code does not keep old code alive."""
    cloud.function("updated", "def handler(event, context):\n    return 'old'\n")
    assert cloud.invoke("updated") == "old"
    cloud.update("updated", "def handler(event, context):\n    return 'new'\n")
    assert cloud.invoke("updated") == "new"


def test_roles_are_enforced(cloud):
    """A function may do what its role allows, and nothing else."""
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    names = 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'\n"
        "    return [os.environ[f'AWS_{name}'] for name in names]\n"
    )
    cloud.client("dynamodb").create_table(
        TableName="guarded",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    allowed = {
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem"],
        "Resource": "arn:aws:dynamodb:us-east-1:000000000000:table/guarded",
    }
    cloud.function("limited", source, cloud.role("limited-role", allowed))
    key, secret, token = cloud.invoke("limited")
    table = boto3.client(
        "dynamodb",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )
    assert "Item" not in table.get_item(TableName="guarded", Key={"pk": {"S": "1"}})
    with pytest.raises(ClientError, match="AccessDenied"):
        table.put_item(TableName="guarded", Item={"pk": {"S": "1"}})


def test_imported_api_keeps_what_its_definition_says(cloud):
    """A Swagger import keeps binary media types, answers of the gateway itself, and preflight answers."""
    preflight = {
        "responses": {"200": {"headers": {"Access-Control-Allow-Origin": {"type": "string"}}}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseParameters": {
                        "method.response.header.Access-Control-Allow-Origin": "'https://x.example'"
                    },
                }
            },
        },
    }
    swagger = {
        "swagger": "2.0",
        "info": {"title": "t", "version": "1"},
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": {"statusCode": "404"}},
        "paths": {"/thing": {"options": preflight}},
    }
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "imported", "Body": swagger}},
        "Now": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Now"}, "StageName": "api"},
        },
    }
    template = json.dumps({"Resources": resources, "Outputs": {"Id": {"Value": {"Ref": "Api"}}}})
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName="imported", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="imported", WaiterConfig={"Delay": 0.2})
    api = cloudformation.describe_stacks(StackName="imported")["Stacks"][0]["Outputs"][0]["OutputValue"]
    assert cloud.client("apigateway").get_rest_api(restApiId=api)["binaryMediaTypes"] == ["image/png"]
    request = urllib.request.Request(
        f"{cloud.url}/api/thing", method="OPTIONS", headers={"Host": f"{api}.execute-api.localhost"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "https://x.example"
    unknown = urllib.request.Request(
        f"{cloud.url}/api/nothing", headers={"Host": f"{api}.execute-api.localhost"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(unknown)
    refusal.value.close()
    assert refusal.value.code == 404


def test_schedules_fire_within_a_second_or_two(cloud):
    """A schedule due now is not kept waiting for a sweep of ten seconds."""
    sqs = cloud.client("sqs")
    queue = sqs.create_queue(QueueName="scheduled")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    due = time.strftime("at(%Y-%m-%dT%H:%M:%S)", time.gmtime(time.time() + 1))
    cloud.client("scheduler").create_schedule(
        Name="soon",
        ScheduleExpression=due,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": cloud.role("scheduler-role"), "Input": "due"},
    )
    messages = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5).get("Messages", [])
    assert [message["Body"] for message in messages] == ["due"]


def test_rules_are_swept_every_second(cloud_root):
    """Rules fire within a second of their minute: MiniStack still reads the interval that the patch sets."""
    program = (
        "import inspect\n"
        "from ministack.services import eventbridge as e\n"
        "before = e._SCHEDULER_TICK_INTERVAL\n"
        "from localcloud.ministack_launcher import sweep_schedules_every_second\n"
        "sweep_schedules_every_second()\n"
        "used = 'sleep(_SCHEDULER_TICK_INTERVAL)' in inspect.getsource(e)\n"
        "print(before, e._SCHEDULER_TICK_INTERVAL, used)\n"
    )
    assert _in_cloud_python(cloud_root, program)[0] == "10 1 True"


SOCKET = """
import json, os, time, urllib.request
def handler(event, context):
    body = event.get("body")
    if body == "slow":
        time.sleep(1.5)
    if body == "fail":
        raise ValueError("no luck")
    context_of = event["requestContext"]
    if context_of["eventType"] == "CONNECT" and event["headers"].get("x-refuse"):
        return {"statusCode": 403}
    if context_of["eventType"] == "MESSAGE":
        address = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{context_of['apiId']}/api/@connections/"
        credential = "Credential=test/20260101/us-east-1/execute-api/aws4_request"
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
        address += context_of["connectionId"]
        urllib.request.urlopen(urllib.request.Request(address, data=body.encode(), headers=headers))
    return {"statusCode": 200}
"""


@pytest.fixture(scope="module")
def socket_address(cloud):
    """Give the address of a WebSocket API whose messages are answered by a function."""
    function = cloud.function("socket", SOCKET)
    client = cloud.client("apigatewayv2")
    api = client.create_api(
        Name="s", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    integration = client.create_integration(ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri)[
        "IntegrationId"
    ]
    for route in ("$connect", "$default"):
        client.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{integration}")
    client.create_stage(ApiId=api, StageName="api", AutoDeploy=True)
    cloud.client("lambda").add_permission(
        FunctionName="socket",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    return f"{cloud.url}/_aws/execute-api/{api}/api"


async def test_messages_do_not_wait_for_each_other(socket_address):
    """A quick message sent while a slow one is served is answered first: an interruption gets through."""
    async with aiohttp.ClientSession() as session, session.ws_connect(socket_address) as socket:
        await socket.send_str("slow")
        await asyncio.sleep(0.1)
        await socket.send_str("quick")
        assert [await socket.receive_str(timeout=8) for _ in range(2)] == ["quick", "slow"]


async def test_failed_message_is_told_and_the_socket_stays(socket_address):
    """A function that raises sends API Gateway's error frame; the connection serves the next message."""
    async with aiohttp.ClientSession() as session, session.ws_connect(socket_address) as socket:
        await socket.send_str("fail")
        assert json.loads(await socket.receive_str(timeout=8))["message"] == "Internal server error"
        await socket.send_str("quick")
        assert await socket.receive_str(timeout=8) == "quick"


async def test_refused_handshake_is_refused(socket_address):
    """A connect handler that answers 403 rejects the handshake."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await session.ws_connect(socket_address, headers={"X-Refuse": "1"})
    assert refusal.value.status == 403


async def test_socket_functions_write_logs(cloud, socket_address):
    """What a socket's function prints reaches its log group, as every other function's does."""
    async with aiohttp.ClientSession() as session, session.ws_connect(socket_address) as socket:
        await socket.send_str("quick")
        await socket.receive_str(timeout=8)
    groups = cloud.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/socket")["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/lambda/socket"]


def test_state_survives_a_kill(cloud):
    """What was written three seconds before SIGKILL is there after a restart."""
    tables = cloud.client("dynamodb")
    tables.create_table(
        TableName="kept",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )
    tables.put_item(TableName="kept", Item={"pk": {"S": "written"}})
    time.sleep(4)
    process = processes.find(cloud.workspace, "ministack")
    children = process.children(recursive=True)
    process.send_signal(signal.SIGKILL)
    gone, alive = psutil.wait_procs([process, *children], timeout=5)
    assert (bool(gone), alive) == (True, [])
    cloud.start()
    assert cloud.client("dynamodb").get_item(TableName="kept", Key={"pk": {"S": "written"}})["Item"]

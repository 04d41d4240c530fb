from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

CONNECTIONS = {
    "twilio_account_sid": "AC" + "0" * 32,
    "twilio_auth_tokens": "12345",
    "twilio_api_url": "http://127.0.0.1:9",
    "twilio_from_numbers": "+15005550006",
    "openai_api_key": "none",
    "openai_base_url": "http://127.0.0.1:9/v1",
    "openai_model": "none",
    "webhook_url": "https://hooks.example.com",
    "socket_url": "wss://socket.example.com/api",
}
# What AWS would answer from empty tables and queues; everything else is answered with an empty object.
ANSWERS = {
    "secretsmanager.GetSecretValue": {"Name": "connections", "SecretString": json.dumps(CONNECTIONS)},
    "DynamoDB_20120810.Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "DynamoDB_20120810.BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "DynamoDB_20120810.BatchWriteItem": {"UnprocessedItems": {}},
}
SOCKET_CONTEXT = {
    "connectionId": "c1",
    "requestId": "r1",
    "requestTimeEpoch": 1767225600000,
    "domainName": "d",
    "stage": "api",
    "apiId": "a",
    "identity": {"sourceIp": "127.0.0.1"},
}
REST_EVENT = {
    "resource": "/health",
    "path": "/health",
    "httpMethod": "GET",
    "headers": {},
    "multiValueHeaders": {},
    "queryStringParameters": None,
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "body": None,
    "isBase64Encoded": False,
    "requestContext": {
        "resourcePath": "/health",
        "httpMethod": "GET",
        "path": "/api/health",
        "requestId": "r1",
        "stage": "api",
        "identity": {"sourceIp": "127.0.0.1"},
    },
}
UNSIGNED_WEBHOOK = {
    "version": "2.0",
    "rawPath": "/voice/inbound",
    "rawQueryString": "",
    "headers": {"content-type": "application/x-www-form-urlencoded"},
    "requestContext": {
        "http": {"method": "POST", "path": "/voice/inbound", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
        "accountId": "anonymous",
        "apiId": "a",
        "domainName": "d",
        "domainPrefix": "d",
        "requestId": "r1",
        "routeKey": "$default",
        "stage": "$default",
        "time": "01/Jan/2026:00:00:00 +0000",
        "timeEpoch": 1767225600000,
    },
    "body": "CallSid=CA1",
    "isBase64Encoded": False,
}
METHOD_ARN = "arn:aws:execute-api:us-east-1:000000000000:a/api/GET/v1/crm/contacts"
SCHEDULED = {
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "time": "2026-01-01T00:00:00Z",
    "detail": {},
}
UNREADABLE_BATCH = {
    "Records": [
        {
            "messageId": "m1",
            "receiptHandle": "h1",
            "body": "not json",
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
            "awsRegion": "us-east-1",
        }
    ]
}

UNWATCHED_CHANGE = {
    "eventID": "e1",
    "eventName": "INSERT",
    "eventSource": "aws:dynamodb",
    "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
    "dynamodb": {
        "ApproximateCreationDateTime": 1767225600,
        "Keys": {"pk": {"S": "x"}, "sk": {"S": "x"}},
        "NewImage": {"pk": {"S": "x"}, "sk": {"S": "x"}, "row": {"S": "x"}},
        "SequenceNumber": "1",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    },
}


def _socket_event(kind, **more):
    return {"requestContext": {**SOCKET_CONTEXT, "eventType": kind, "routeKey": "$default"}, **more}


EVENTS = {
    "APIHandler": REST_EVENT,
    "Authorize": {"type": "TOKEN", "authorizationToken": "Bearer unknown", "methodArn": METHOD_ARN},
    "Hook": UNSIGNED_WEBHOOK,
    "WebsocketConnect": _socket_event("CONNECT", headers={}),
    "WebsocketMessage": _socket_event("MESSAGE", body="not json"),
    "WebsocketDisconnect": _socket_event("DISCONNECT"),
    "Dial": UNREADABLE_BATCH,
    "PostCall": UNREADABLE_BATCH,
    "Urgent": UNREADABLE_BATCH,
    "News": UNREADABLE_BATCH,
    "Failures": UNREADABLE_BATCH,
    "Changes": {"Records": [UNWATCHED_CHANGE]},
    "Dispatch": SCHEDULED
    | {"version": "0", "id": "1", "account": "0", "region": "us-east-1", "resources": []},
}

# Runs one handler as Lambda does: only the package and the standard library can be imported.
PROGRAM = """
import importlib, json, sys
task, opt, handler, event = sys.argv[1:]
sys.path[:0] = [task, f"{opt}/python"]
class Context:
    function_name = "f"; memory_limit_in_mb = 512; aws_request_id = "r1"; function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    log_group_name = log_stream_name = "l"; identity = client_context = None
    def get_remaining_time_in_millis(self): return 10_000
module, name = handler.rsplit(".", 1)
function = getattr(importlib.import_module(module), name)
outside = [m.__file__ for m in sys.modules.values() if "-packages" in (getattr(m, "__file__", None) or "")]
result = function(json.loads(event), Context())
print("\\nRESULT " + json.dumps({"result": result, "outside": outside}))
"""


def _environment(template):
    """Give a value for every variable: a parameter's default where there is one."""
    defaults = {name: p.get("Default") for name, p in template["Parameters"].items()}
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    return {name: str(defaults.get(value.get("Ref")) or "value") for name, value in variables.items()}


class _EmptyAws(BaseHTTPRequestHandler):
    """Answers every AWS call as an account without any items would."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps(ANSWERS.get(self.headers.get("X-Amz-Target"), {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Stay silent."""


@pytest.fixture(scope="module")
def aws():
    """Give the address of an empty AWS account."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _EmptyAws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def invoke(aws, built):
    """Give a way to run a packaged handler in a fresh interpreter: `invoke(logical name)`."""

    def run(name):
        variables = _environment(built.template)
        variables |= {"AWS_ENDPOINT_URL": aws, "SOCKET_API_ENDPOINT": aws, "AWS_DEFAULT_REGION": "us-east-1"}
        variables |= {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        variables |= {"LOG_LEVEL": "INFO", "ALLOWED_COUNTRIES": "US", "AWS_LAMBDA_FUNCTION_NAME": "f"}
        handler = built.functions()[name]["Handler"]
        arguments = [str(built.task), str(built.opt), handler, json.dumps(EVENTS[name])]
        command = [sys.executable, "-I", "-S", "-c", PROGRAM, *arguments]
        environ = variables | {"PATH": os.environ["PATH"]}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        results = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        return json.loads(results[-1].removeprefix("RESULT ")) if results else {"error": done.stderr}

    return run


def test_health_is_answered(invoke):
    """The packaged REST handler answers /health with 200."""
    assert invoke("APIHandler")["result"]["statusCode"] == 200


def test_unknown_token_is_refused(invoke):
    """The packaged authorizer lets no unknown token through."""
    outcome = invoke("Authorize")
    allowed = "Allow" in json.dumps(outcome.get("result"))
    assert not allowed
    assert "ImportError" not in outcome.get("error", "")
    assert "ModuleNotFoundError" not in outcome.get("error", "")


def test_unsigned_webhook_is_refused(invoke):
    """The packaged webhook answers 403 to a request without a signature."""
    assert invoke("Hook")["result"]["statusCode"] == 403


def test_unsigned_handshake_is_refused(invoke):
    """The packaged connect handler admits no unsigned handshake: it fails or answers otherwise than 2xx."""
    outcome = invoke("WebsocketConnect")
    assert outcome.get("result", {}).get("statusCode") != 200
    assert "ModuleNotFoundError" not in outcome.get("error", "")


@pytest.mark.parametrize("name", ["WebsocketMessage", "WebsocketDisconnect"])
def test_socket_events_are_survived(invoke, name):
    """A frame that is not JSON, and the end of a connection, end without an exception."""
    assert invoke(name)["result"]["statusCode"] == 200


@pytest.mark.parametrize("name", ["Dial", "Urgent", "PostCall", "News", "Failures"])
def test_batches_are_answered_in_part(invoke, name):
    """A message that cannot be read does not fail its batch: the answer lists failures by identifier."""
    failures = invoke(name)["result"]["batchItemFailures"]
    assert [failure["itemIdentifier"] for failure in failures] in ([], ["m1"])


def test_a_change_that_nobody_watches_is_read(invoke):
    """The packaged reader of streams takes a row of a kind that it does not know."""
    assert "result" in invoke("Changes")


def test_dispatcher_finds_nothing_to_do(invoke):
    """The packaged schedule handler ends without an exception on empty tables."""
    assert "result" in invoke("Dispatch")


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_only_the_package_is_imported(invoke, name):
    """No module of a handler comes from an environment's site-packages."""
    assert invoke(name).get("outside", []) == []

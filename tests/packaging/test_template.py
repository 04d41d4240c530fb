from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from samtranslator.translator.transform import transform

from chalicelib.bootstrap.news import watched_rows
from chalicelib.calls.adapters.carrier.client import RedirectedHttpClient
from chalicelib.system.domain.tokens import Scope
from infra.stack.functions import RESERVED, configured_functions
from infra.stack.news import SOURCE
from infra.stack.queues import DEAD_LETTERS, QUEUES
from infra.stack.tables import CALLS_INDEXES, SYSTEM_INDEXES, TABLES

FUNCTIONS = {
    "APIHandler",
    "Authorize",
    "Hook",
    "WebsocketConnect",
    "WebsocketMessage",
    "WebsocketDisconnect",
    "Dial",
    "PostCall",
    "Urgent",
    "Dispatch",
    "Changes",
    "News",
    "Failures",
    "Fold",
    "Campaigns",
    "Jobs",
}
UNRESERVED_MINIMUM, ACCOUNT_LIMIT = 100, 1000
MOST_RETRIES = 10_000  # that Lambda takes for a stream; the age of the records ends the tries before


class _NoPolicies:
    def load(self):
        return {}


def _lint(path):
    program = Path(sys.executable).with_name("cfn-lint")
    command = [program, "--template", path, "--regions", "us-east-1"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _reserved(function):
    """Concurrent executions that are set aside for a function when capacity is reserved."""
    return function["ReservedConcurrentExecutions"]["Fn::If"][1]


def _references(value):
    """Every logical name that a part of the template refers to."""
    if isinstance(value, list):
        return set().union(*map(_references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(_references, value.values())) if value else set()
    if isinstance(value.get("Ref"), str):
        found.add(value["Ref"])
    if isinstance(value.get("Fn::GetAtt"), list):
        found.add(value["Fn::GetAtt"][0])
    return found


def test_template_has_exactly_the_functions(built):
    """Each handler of the application is one function of the template."""
    assert set(built.functions()) == FUNCTIONS


def test_template_passes_cfn_lint(template, tmp_path):
    """The packaged template is clean for cfn-lint, which is all that checks what the local cloud ignores."""
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    done = _lint(path)
    assert (done.returncode, done.stdout) == (0, "")


def test_translated_template_passes_cfn_lint(template, tmp_path, monkeypatch):
    """What SAM makes of the template is clean too, once the code's addresses are filled in."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    text = json.dumps(template)
    for name in ("app", "layer"):
        text = text.replace(f'"./{name}.zip"', json.dumps({"Bucket": "bucket", "Key": f"{name}.zip"}))
    path = tmp_path / "native.json"
    path.write_text(json.dumps(transform(json.loads(text), {}, _NoPolicies())))
    done = _lint(path)
    assert (done.returncode, done.stdout) == (0, "")


def test_no_placeholder_is_left(template):
    """No literal ARN of Chalice's placeholders and no path of Chalice's own zip survives the merge."""
    text = json.dumps(template)
    assert not re.search(r"arn:aws:(sqs|dynamodb):[a-z]", text)
    assert "deployment.zip" not in text


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_function_is_fully_described(built, template, name):
    """Every function has a limit, a log group with retention, the layer, and capacity of its own."""
    function = built.functions()[name]
    logs = template["Resources"][function["LoggingConfig"]["LogGroup"]["Ref"]]
    assert logs["Type"] == "AWS::Logs::LogGroup"
    assert logs["Properties"]["RetentionInDays"] > 0
    assert 0 < function["Timeout"] <= 120
    assert function["ReservedConcurrentExecutions"]["Fn::If"][0] == "ReservesCapacity"
    assert (function["CodeUri"], function["MemorySize"] >= 512) == ("./app.zip", True)


def test_answers_in_time_for_their_callers(built):
    """Limits end before the caller gives up: 15 s for Twilio's webhooks, 29 s for a socket message."""
    limits = {name: function["Timeout"] for name, function in built.functions().items()}
    assert limits["Hook"] <= 15
    assert limits["WebsocketMessage"] <= 29
    assert limits["APIHandler"] <= 30


def test_the_urgent_function_outlives_two_requests_to_the_carrier(built):
    """Each is given up by its client first, so that what became of it is stored and not only lost."""
    assert built.functions()["Urgent"]["Timeout"] > 2 * RedirectedHttpClient("").timeout + 2


def test_reserved_capacity_leaves_what_lambda_insists_on(built):
    """Reservations fit a limit of 1,000 with 100 left over; REST cannot take what webhooks need."""
    reserved = {name: _reserved(function) for name, function in built.functions().items()}
    assert sum(reserved.values()) == sum(RESERVED.values()) <= ACCOUNT_LIMIT - UNRESERVED_MINIMUM
    assert reserved["Hook"] >= reserved["APIHandler"]


def test_every_function_knows_its_surroundings(template):
    """The environment names every table and queue, and the secret by name only."""
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert set(TABLES.values()) <= set(variables)
    assert {
        "DIAL_QUEUE_URL",
        "URGENT_QUEUE_URL",
        "POST_CALL_QUEUE_URL",
        "NEWS_QUEUE_URL",
        "JOBS_QUEUE_URL",
        "CAMPAIGNS_QUEUE_URL",
        "CAMPAIGNS_QUEUE_ARN",
        "SCHEDULE_GROUP",
        "APPOINTMENTS_GROUP",
        "SCHEDULE_ROLE_ARN",
        "FILES_BUCKET",
        "EVENT_BUS_NAME",
        "SIGNING_KEY_SECRET",
        "TOKEN_REQUESTS_PER_MINUTE",
        "ADDRESS_REQUESTS_PER_MINUTE",
        "CORS_ORIGINS",
        "WEBHOOK_ALLOWED_NETWORKS",
        "SOCKET_API_ENDPOINT",
        "ALLOWED_COUNTRIES",
        "CALLING_HOURS",
        "DIALING_ENABLED",
        "LOG_LEVEL",
    } <= set(variables)
    assert not {"ConnectionsSecret", "SigningKey"} & _references(variables)


def test_no_secret_reaches_the_environment(template):
    """Tokens and keys are parameters without echo that only the secret refers to."""
    hidden = {name for name, p in template["Parameters"].items() if p.get("NoEcho")}
    assert hidden == {"TwilioAuthTokens", "OpenaiApiKey", "ModelProviderKeys"}
    users = {n for n, r in template["Resources"].items() if any(f"${{{h}}}" in json.dumps(r) for h in hidden)}
    assert users == {"ConnectionsSecret"}
    assert not hidden & _references(template["Resources"])


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_are_protected_on_aws(template, table):
    """A table expires items, survives its stack, and on AWS can be restored and not be deleted by mistake."""
    resource = template["Resources"][table]
    properties = resource["Properties"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsAws", True, False]}
    recovery = properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert recovery == {"Fn::If": ["IsAws", True, False]}


def test_calls_are_found_by_due_time_and_by_contact(template):
    """Both questions are answered by an index of keys; suppressed numbers are listed by a whole one."""
    indexes = template["Resources"]["CallsTable"]["Properties"]["GlobalSecondaryIndexes"]
    found = {i["IndexName"]: tuple(k["AttributeName"] for k in i["KeySchema"]) for i in indexes}
    assert found == CALLS_INDEXES
    projections = {i["IndexName"]: i["Projection"]["ProjectionType"] for i in indexes}
    keys_only = dict.fromkeys(["by_due_time", "by_contact", "by_listed"], "KEYS_ONLY")
    assert projections == keys_only | {"by_suppressed": "ALL"}


def test_audit_and_deliveries_are_found_by_their_indexes(template):
    """The system table finds what is due by keys alone, and the audit log whole by actor and by object."""
    indexes = template["Resources"]["SystemTable"]["Properties"]["GlobalSecondaryIndexes"]
    found = {i["IndexName"]: tuple(k["AttributeName"] for k in i["KeySchema"]) for i in indexes}
    assert found == SYSTEM_INDEXES
    projections = {i["IndexName"]: i["Projection"]["ProjectionType"] for i in indexes}
    assert projections == {"by_due_time": "KEYS_ONLY", "by_actor": "ALL", "by_object": "ALL"}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_table_streams_to_the_one_who_tells(template, table):
    """A table's changes, with what was before, reach `changes`: rows that are watched, new or deleted."""
    assert template["Resources"][table]["Properties"]["StreamSpecification"] == {
        "StreamViewType": "NEW_AND_OLD_IMAGES"
    }
    sources = template["Resources"]["Changes"]["Properties"]["Events"].values()
    stream = {"Fn::GetAtt": [table, "StreamArn"]}
    (source,) = [s["Properties"] for s in sources if s["Properties"]["Stream"] == stream]
    attribute, kinds = watched_rows()[table]
    patterns = [json.loads(each["Pattern"])["dynamodb"] for each in source["FilterCriteria"]["Filters"]]
    watched = {attribute: {"S": sorted(kinds)}}
    assert patterns == [{"NewImage": watched}, {"OldImage": watched}]


def test_streams_lose_nothing_in_an_outage(template):
    """A batch is tried for nearly as long as the stream keeps it, split when it fails, then a dead letter."""
    readers = {name: template["Resources"][name]["Properties"]["Events"] for name in ("Changes", "Fold")}
    assert {name: len(events) for name, events in readers.items()} == {"Changes": len(TABLES), "Fold": 3}
    for source in (event["Properties"] for events in readers.values() for event in events.values()):
        assert (source["StartingPosition"], source["BisectBatchOnFunctionError"]) == ("TRIM_HORIZON", True)
        # Not to the last minute: whoever finds the dead letter must have time to read the records.
        assert 22 * 3600 <= source["MaximumRecordAgeInSeconds"] <= 23 * 3600
        assert source["MaximumRetryAttempts"] == MOST_RETRIES
        assert source["MaximumBatchingWindowInSeconds"] <= 1
        destination = source["DestinationConfig"]["OnFailure"]
        assert destination == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["ChangesDeadLetters", "Arn"]}}


def test_the_bucket_is_closed_and_emptied(template):
    """Files are encrypted, never public, taken over TLS only; what was forgotten goes by age."""
    bucket = template["Resources"]["FilesBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if rule["Status"] == "Enabled"} == {
        "imports/": 7,
        "recordings/": 3650,
    }
    policy = template["Resources"]["FilesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert (policy["Effect"], policy["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_finished_calls_alone_are_folded(template):
    """The fold is not woken while a call goes on or a message waits, nor by a number that is in a call."""
    sources = [s["Properties"] for s in template["Resources"]["Fold"]["Properties"]["Events"].values()]
    (calls,) = [s for s in sources if s["Stream"] == {"Fn::GetAtt": ["CallsTable", "StreamArn"]}]
    patterns = [json.loads(f["Pattern"])["dynamodb"] for f in calls["FilterCriteria"]["Filters"]]
    given = {"S": [{"exists": True}]}
    assert patterns[0] == {"NewImage": {"kind": {"S": ["call"]}, "finished_at": given}}
    told = {"S": ["delivered", "failed", "received", "sent", "undelivered"]}
    assert patterns[1] == {"NewImage": {"kind": {"S": ["message"]}, "state": told}}
    assert all(
        image["kind"] == {"S": ["number"]} and image["suppressed_at"] == given
        for pattern in patterns[2:]
        for image in pattern.values()
    )


def test_turns_are_not_told(template):
    """What a conversation writes most wakes nobody: its stream lets neither turns nor briefs through."""
    text = json.dumps(template["Resources"]["Changes"]["Properties"]["Events"])
    assert not re.search(r'\\"(turn|brief|connection)\\"', text)


@pytest.mark.parametrize("queue", ["NewsQueue", "NewsQueueDeadLetters"])
def test_only_the_rule_may_send_news(template, queue):
    """EventBridge may put on the queues what the rule on our own events matches, and nobody else may."""
    resources = template["Resources"]
    (statement,) = resources[f"{queue}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    assert resources[f"{queue}Policy"]["Properties"]["Queues"] == [{"Ref": queue}]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sqs:SendMessage"])
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["NewsRule", "Arn"]}}}
    assert statement["Resource"] == [{"Fn::GetAtt": [queue, "Arn"]}]


def test_an_event_that_cannot_reach_its_queue_is_failed_work(template):
    """The rule tells every event of ours; what it cannot deliver for a day is a dead letter of the queue."""
    rule = template["Resources"]["NewsRule"]["Properties"]
    assert (rule["EventBusName"], rule["EventPattern"]) == ({"Ref": "EventBus"}, {"source": [SOURCE]})
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["NewsQueue", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["NewsQueueDeadLetters", "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 24 * 3600, "MaximumRetryAttempts": 185}
    assert "Input" not in target  # the message is the event itself, also among the dead letters
    assert "InputPath" not in target


def test_every_dead_letter_is_drained(template):
    """Whatever ends as a dead letter reaches `failures`, which knows whose letter it is."""
    function = template["Resources"]["Failures"]["Properties"]
    drained = [source["Properties"]["Queue"]["Fn::GetAtt"][0] for source in function["Events"].values()]
    assert sorted(drained) == sorted(DEAD_LETTERS)
    known = function["Environment"]["Variables"]["DEAD_LETTER_QUEUES"]["Fn::Sub"]
    assert all(f"${{{queue}.QueueName}}" in known for queue in DEAD_LETTERS)
    for queue in DEAD_LETTERS:
        assert template["Resources"][queue]["DeletionPolicy"] == "Retain"
        assert template["Resources"][queue]["Properties"]["VisibilityTimeout"] >= 6 * function["Timeout"]


def test_the_signing_key_is_made_by_the_deployment(template):
    """Nobody chooses or sees the key that signs page tokens."""
    properties = template["Resources"]["SigningKey"]["Properties"]
    assert properties["GenerateSecretString"]["PasswordLength"] >= 32
    assert "SecretString" not in properties


def test_a_user_pool_is_made_only_when_asked_for(template):
    """By default there is none; with one, nobody can sign up, and each scope has its group."""
    assert template["Parameters"]["CognitoUserPool"]["Default"] == ""
    made = {n: r for n, r in template["Resources"].items() if r["Type"].startswith("AWS::Cognito")}
    assert {resource["Condition"] for resource in made.values()} == {"CreatesUserPool"}
    groups = {r["Properties"]["GroupName"] for n, r in made.items() if n.endswith("Group")}
    assert groups == {scope.value for scope in Scope}
    pool = made["UserPool"]["Properties"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert made["UserPoolClient"]["Properties"]["EnableTokenRevocation"] is True


@pytest.mark.parametrize(
    ("way_in", "functions"),
    [
        ("REST", {"APIHandler", "Authorize"}),
        ("the carrier's webhooks", {"Hook"}),
        ("the socket", {"WebsocketConnect", "WebsocketMessage", "WebsocketDisconnect"}),
        ("our webhooks", {"News"}),
    ],
)
def test_each_way_in_has_functions_and_capacity_of_its_own(built, way_in, functions):
    """Whatever one way in receives, the others answer: no function serves two, each has its share."""
    handlers = {name: function["Handler"] for name, function in built.functions().items()}
    mine = {handlers[name] for name in functions}
    assert not mine & {handler for name, handler in handlers.items() if name not in functions}, way_in
    assert len(mine) == len(functions)
    assert all(_reserved(built.functions()[name]) >= 20 for name in functions), way_in


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_queues_outlive_their_consumers(checkout, template, name):
    """Messages stay hidden longer than the consumer may run; poison ends in a dead-letter queue.

    Six times its limit, as AWS asks, except where a caller waits for the next try.
    """
    function = next(f for f in configured_functions(checkout) if f.name == name)
    queue = template["Resources"][QUEUES[name]]["Properties"]
    (source,) = template["Resources"][function.logical_id]["Properties"]["Events"].values()
    if name == "urgent":
        assert function.timeout < queue["VisibilityTimeout"] <= 30
    else:
        assert queue["VisibilityTimeout"] >= 6 * function.timeout
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": [f"{QUEUES[name]}DeadLetters", "Arn"]
    }
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": [QUEUES[name], "Arn"]}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_function_url_is_public_for_the_carrier(template, monkeypatch):
    """Anyone may call the webhooks, which check signatures: both permissions that Lambda wants are there."""
    monkeypatch.setitem(os.environ, "AWS_DEFAULT_REGION", "us-east-1")
    native = transform(json.loads(json.dumps(template).replace("./", "s3://b/")), {}, _NoPolicies())
    permissions = [
        r["Properties"] for r in native["Resources"].values() if r["Type"] == "AWS::Lambda::Permission"
    ]
    public = {
        p["Action"] for p in permissions if p["Principal"] == "*" and p["FunctionName"] == {"Ref": "Hook"}
    }
    assert public == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}


def test_socket_stage_deploys_itself(template):
    """A changed route reaches callers without a Deployment resource, whose name would never change."""
    stage = template["Resources"]["WebsocketAPIStage"]["Properties"]
    assert (stage["AutoDeploy"], stage["DeploymentId"]) == (True, {"Ref": "AWS::NoValue"})

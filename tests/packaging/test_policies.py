from __future__ import annotations

import json

import pytest

from infra.stack.functions import configured_functions
from infra.stack.queues import DEAD_LETTERS
from infra.stack.tables import TABLES

# Actions that AWS defines without a resource level, with the reason why a function needs them. None so far.
WITHOUT_RESOURCE_LEVEL: dict[str, str] = {}


def _policies(checkout):
    config = json.loads((checkout.chalice / "config.json").read_text())
    functions = config["stages"]["main"]["lambda_functions"]
    return {
        name: json.loads((checkout.chalice / entry["iam_policy_file"]).read_text())
        for name, entry in functions.items()
    }


def _statements(checkout):
    return [(name, s) for name, policy in _policies(checkout).items() for s in policy["Statement"]]


def test_policies_are_never_generated(checkout):
    """Chalice does not guess permissions; each function has a file of its own, and no file is left over."""
    config = json.loads((checkout.chalice / "config.json").read_text())
    functions = config["stages"]["main"]["lambda_functions"]
    assert config["autogen_policy"] is False
    named = [entry["iam_policy_file"] for entry in functions.values()]
    assert sorted(named) == sorted(path.name for path in checkout.chalice.glob("policy-*.json"))


def test_every_function_has_its_policy(checkout, template):
    """The role of each function of the template carries exactly the statements of its file."""
    policies = _policies(checkout)
    for function in configured_functions(checkout):
        role = template["Resources"][function.logical_id]["Properties"]["Role"]["Fn::GetAtt"][0]
        (inline,) = template["Resources"][role]["Properties"]["Policies"]
        assert inline["PolicyDocument"] == policies[function.name]


def test_no_action_is_a_wildcard(checkout):
    """Every permission is named in full, and only granted."""
    for name, statement in _statements(checkout):
        assert statement["Effect"] == "Allow", name
        assert not [action for action in statement["Action"] if "*" in action], name


def test_every_resource_is_exact(checkout):
    """No statement covers all resources, except for actions that know none."""
    for name, statement in _statements(checkout):
        if set(statement["Action"]) <= set(WITHOUT_RESOURCE_LEVEL):
            continue
        for resource in statement["Resource"]:
            text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
            assert text != "*", name
            # A connection's id and a secret's suffix are made by AWS; everything before them is exact.
            exact = text.removesuffix("/@connections/*").removesuffix("-??????")
            assert not set("*?") & set(exact), name


def test_nothing_scans_a_table(checkout):
    """No request path may scan: no function has the permission."""
    actions = {action for _, statement in _statements(checkout) for action in statement["Action"]}
    assert not {a for a in actions if a.endswith((":Scan", ":PartiQLSelect"))}


@pytest.mark.parametrize(
    ("name", "queue"),
    [("dial", "DialQueue"), ("urgent", "UrgentQueue"), ("post_call", "PostCallQueue"), ("news", "NewsQueue")],
)
def test_only_the_consumer_receives(checkout, name, queue):
    """One function receives from a queue, with what Lambda needs to poll for it."""
    receivers = [
        n
        for n, s in _statements(checkout)
        if "sqs:ReceiveMessage" in s["Action"] and {"Fn::GetAtt": [queue, "Arn"]} in s["Resource"]
    ]
    assert receivers == [name]


@pytest.mark.parametrize("queue", DEAD_LETTERS)
def test_only_the_drain_receives_dead_letters(checkout, queue):
    """One function takes dead letters from their queues."""
    receivers = [
        n
        for n, s in _statements(checkout)
        if "sqs:ReceiveMessage" in s["Action"] and {"Fn::GetAtt": [queue, "Arn"]} in s["Resource"]
    ]
    assert receivers == ["failures"]


def test_only_the_teller_reads_streams(checkout):
    """One function reads what changes, of exactly the five streams, and may tell it on the bus."""
    readers = [(n, s) for n, s in _statements(checkout) if "dynamodb:GetRecords" in s["Action"]]
    ((name, statement),) = readers
    assert name == "changes"
    assert sorted(r["Fn::GetAtt"][0] for r in statement["Resource"]) == sorted(TABLES)
    assert {r["Fn::GetAtt"][1] for r in statement["Resource"]} == {"StreamArn"}


def test_only_those_who_tell_reach_the_bus(checkout):
    """Events come from the function that reads streams, and from the one that tries again."""
    tellers = [n for n, s in _statements(checkout) if "events:PutEvents" in s["Action"]]
    assert sorted(tellers) == ["changes", "news"]


def test_each_function_writes_only_its_own_log(checkout):
    """The log permissions of a function name its own log group."""
    policies = _policies(checkout)
    for function in configured_functions(checkout):
        logs = [
            s["Resource"] for s in policies[function.name]["Statement"] if "logs:PutLogEvents" in s["Action"]
        ]
        assert logs == [[{"Fn::GetAtt": [function.logs_id, "Arn"]}]]

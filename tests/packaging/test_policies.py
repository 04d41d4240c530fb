from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from chalicelib.system.adapters.tables import SystemTable
from infra.stack.functions import configured_functions
from infra.stack.queues import DEAD_LETTERS
from infra.stack.tables import TABLES

# Actions that AWS defines without a resource level, with the reason why a function needs them. None so far.
WITHOUT_RESOURCE_LEVEL: dict[str, str] = {}

# Which items of the system table a function may read and write, by their partition keys. The condition on
# them holds on AWS for the table itself; an index is named by the resource, and holds no secrets.
_WRITES = {f"dynamodb:{action}" for action in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")}
MAY_READ = {
    "api_handler": {
        *("TOKEN#*", "TOKENS", "REQUEST#*", "SETTINGS", "WEBHOOKS", "WEBHOOK#*"),
        *("AUDIT", "AUDIT#*", "FAILED#*", "PROBE"),
    },
    "authorize": {"TOKEN#*"},
    "hook": {"SETTINGS"},
    "websocket_message": {"SETTINGS"},
    "dial": {"SETTINGS"},
    "urgent": {"SETTINGS"},
    "post_call": {"SETTINGS"},
    "dispatch": {"SETTINGS"},
    "campaigns": {"SETTINGS"},
    "changes": {"SETTINGS"},
    "news": {"SETTINGS", "WEBHOOKS", "WEBHOOK#*"},
    "jobs": {"SETTINGS", "WEBHOOKS", "WEBHOOK#*", "FAILED#*"},
    "failures": {"CAUSE#*", "FAILED#*"},
}
MAY_WRITE = {
    "api_handler": {
        *("TOKEN#*", "TOKENS", "REQUEST#*", "COUNT#*", "SETTINGS", "WEBHOOKS", "WEBHOOK#*", "FAILED#*"),
    },
    "authorize": {"TOKEN#*"},
    "dial": {"CAUSE#*"},
    "urgent": {"CAUSE#*"},
    "post_call": {"CAUSE#*"},
    "campaigns": {"CAUSE#*"},
    "changes": {"AUDIT", "AUDIT#*"},
    "news": {"CAUSE#*", "AUDIT", "AUDIT#*", "WEBHOOKS", "WEBHOOK#*"},
    "jobs": {"CAUSE#*", "WEBHOOK#*", "FAILED#*"},
    "failures": {"FAILED#*"},
}


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
            # A connection's id and a secret's suffix are made by AWS, names of files and schedules by us; all
            # else is exact.
            exact = text
            ends = ("/@connections/*", "-??????", "/imports/*", "/recordings/*")
            for open_end in (*ends, "-campaigns/*", "-appointments/*"):
                exact = exact.removesuffix(open_end)
            assert not set("*?") & set(exact), name


def test_nothing_scans_a_table(checkout):
    """No request path may scan: no function has the permission."""
    actions = {action for _, statement in _statements(checkout) for action in statement["Action"]}
    assert not {a for a in actions if a.endswith((":Scan", ":PartiQLSelect"))}


@pytest.mark.parametrize("name", ["api_handler", "campaigns", "jobs"])
def test_who_adds_or_foretells_members_may_read_many_contacts_at_once(checkout, name):
    """Without it no forecast of a running campaign is ever made, and nobody but the log says so."""
    table = {"Fn::GetAtt": ["CrmTable", "Arn"]}
    found = [s for s in _policies(checkout)[name]["Statement"] if table in s["Resource"]]
    assert "dynamodb:BatchGetItem" in {action for each in found for action in each["Action"]}


def _item_statements(checkout):
    """Give every statement on the items of the system table, with the function that has it."""
    table = {"Fn::GetAtt": ["SystemTable", "Arn"]}
    return [(name, s) for name, s in _statements(checkout) if table in s["Resource"]]


def _keys(statement):
    return set(statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])


def _granted(checkout, *, writing):
    granted = {}
    for name, statement in _item_statements(checkout):
        actions = set(statement["Action"])
        if actions & _WRITES if writing else actions - _WRITES:
            granted[name] = granted.get(name, set()) | _keys(statement)
    return granted


def _partitions():
    """Give an example of every partition key, as the items of the table describe them."""
    kinds = [*SystemTable.__subclasses__()]
    keys = [re.match(r"`([^`]+)` / `", kind.__doc__)[1] for kind in kinds]
    return {re.sub(r"<[^>]+>", "x", key) for key in keys}


def test_items_of_the_system_table_are_granted_by_their_keys(checkout):
    """Each function reads and writes the kinds of items that its work needs, and no others."""
    assert _granted(checkout, writing=False) == MAY_READ
    assert _granted(checkout, writing=True) == MAY_WRITE


def test_every_grant_on_the_system_table_is_by_key(checkout):
    """No statement covers the table whole: not a single one without keys, and no key that is all wildcard.

    `ForAllValues` holds for a request without keys, so every action must be one that always has a key.
    """
    keyed = {"GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}
    for name, statement in _item_statements(checkout):
        assert list(statement["Condition"]) == ["ForAllValues:StringLike"], name
        assert all(re.fullmatch(r"[A-Z]+(#\*)?", key) for key in _keys(statement)), name
        assert {action.partition(":")[2] for action in statement["Action"]} <= keyed, name


def test_only_the_api_makes_and_changes_tokens(checkout):
    """Nobody else can, except that the authorizer notes when one was used.

    An update makes a row that is not there: without a scope, which it may not name, that is no token.
    """
    writers = {
        name: {action for action in s["Action"] if action in _WRITES}
        for name, s in _item_statements(checkout)
        if any(fnmatchcase(token, key) for token in ("TOKEN#x", "TOKENS") for key in _keys(s))
    }
    assert set(writers) == {"api_handler", "authorize"}
    assert writers["authorize"] == {"dynamodb:UpdateItem"}
    (noting,) = [s for n, s in _item_statements(checkout) if n == "authorize" and set(s["Action"]) & _WRITES]
    named = noting["Condition"]["ForAllValues:StringLike"]["dynamodb:Attributes"]
    assert sorted(named) == ["last_used_at", "pk", "sk"]


def test_the_kill_switch_is_in_the_hands_of_the_api(checkout):
    """No function but the API's, which asks for the scope, can change the settings."""
    assert [name for name, keys in _granted(checkout, writing=True).items() if "SETTINGS" in keys] == [
        "api_handler"
    ]


def test_audit_entries_are_never_changed(checkout):
    """Whoever writes the audit log puts entries; nobody may update or delete one."""
    actions = {
        action
        for _, s in _item_statements(checkout)
        if any(fnmatchcase(key, each) for key in ("AUDIT", "AUDIT#x") for each in _keys(s))
        for action in s["Action"]
    }
    assert actions == {"dynamodb:PutItem", "dynamodb:Query"}


def test_every_kind_of_item_is_granted_to_somebody(checkout):
    """A new kind of item needs a grant: each key that the table knows is one that some function writes."""
    written = set().union(*_granted(checkout, writing=True).values())
    for partition in _partitions():
        assert any(fnmatchcase(partition, key) for key in written), partition


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("dial", "DialQueue"),
        ("urgent", "UrgentQueue"),
        ("post_call", "PostCallQueue"),
        ("news", "NewsQueue"),
        ("jobs", "JobsQueue"),
        ("campaigns", "CampaignsQueue"),
    ],
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


def test_only_two_functions_read_streams(checkout):
    """One reads what changes in every table, to tell it; one what counts, in three of them."""
    readers = {n: s for n, s in _statements(checkout) if "dynamodb:GetRecords" in s["Action"]}
    tables = {n: sorted(r["Fn::GetAtt"][0] for r in s["Resource"]) for n, s in readers.items()}
    assert tables == {"changes": sorted(TABLES), "fold": ["CallsTable", "CrmTable", "SchedulingTable"]}
    assert {r["Fn::GetAtt"][1] for s in readers.values() for r in s["Resource"]} == {"StreamArn"}


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

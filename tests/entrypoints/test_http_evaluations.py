"""Evaluations over HTTP, through the queue, and by commands; and calls that become scenarios."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import yaml
from fakes.calls import NOW, FakeCalls, FakeVoice, connected, furnished
from fakes.events import queue_event

from chalicelib.ai.adapters.messages import PlayScenario, encode
from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.ai.ports.models import ToolCall
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.calls.services.turns import TurnRequest, interrupt_turn, take_turn
from chalicelib.crm.domain.contacts import ContactChanges
from chalicelib.crm.services.contacts import change_contact
from chalicelib.entrypoints import jobs
from chalicelib.system.domain.tokens import Scope
from localcloud.commands import evaluations as commands
from localcloud.commands import following

EVALUATIONS = "/v1/ai/evaluations"
AGENT = {"prompt": "You call {{ contact.name }}.", "greeting": "Hello.", "tools": ["add_note"]}
NUMBERS = ToolRun(
    "1", "add_note", '{"phone": 14155552671, "count": 3, "is_new": true}', "Noted.", done=True, took_ms=1
)
LONG = ToolRun("2", "schedule_callback", "{}", "z" * 3000, done=True, took_ms=1)
REACHED = "ada@lovelace.org or +44 20 7946 0958"
GOOD = {"name": "good", "agent": AGENT, "steps": [{"caller": "Hi", "expect": [{"ends": "listen"}]}]}
BAD = {"name": "bad", "agent": AGENT, "steps": [{"caller": "Hi", "expect": [{"uses": "add_note"}]}]}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API and the queue."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)
    return container.calls


def work(calls) -> None:
    """Deliver what was sent as the queue does."""
    while calls.ai.evaluation_work.sent:
        message = PlayScenario(*calls.ai.evaluation_work.sent.pop(0))
        assert jobs.jobs(queue_event(encode(message)), None) == {"batchItemFailures": []}


def test_a_fourth_evaluation_waits(api, calls):
    """409 while three are running."""
    statuses = [api.ask("POST", EVALUATIONS, body={"scenarios": [GOOD]}).status for _ in range(4)]
    assert statuses == [202, 202, 202, 409]


def test_an_evaluation_is_accepted_played_and_read(api, calls):
    """202 at once; the queue plays it; the report and each word can be read by viewers."""
    started = api.ask("POST", EVALUATIONS, body={"name": "Nightly", "scenarios": [GOOD, BAD], "repeat": 2})
    assert (started.status, started.body["state"], started.body["total"]) == (202, "running", 4)
    work(calls)
    read = api.get(f"{EVALUATIONS}/{started.body['id']}", scope=Scope.VIEWER).body
    assert (read["state"], read["passed"], read["failed"]) == ("done", 2, 2)
    assert [line["verdict"] for line in read["report"]] == ["passed", "failed"]
    assert "Expected: uses add_note" in read["report"][1]["failures"][0]
    page = api.get(f"{EVALUATIONS}/{started.body['id']}/results?page_size=3", scope=Scope.VIEWER).body
    assert [item["attempt"] for item in page["items"]] == [1, 1, 2]
    assert page["items"][0]["turns"][1]["seen"][0]["text"] == "Hello there."
    assert page["next_page_token"]
    listed = api.get(EVALUATIONS, scope=Scope.VIEWER).body["items"]
    assert [item["id"] for item in listed] == [read["id"]]


def test_a_repeated_request_starts_one_evaluation(api, calls):
    """The same key gives the same evaluation."""
    key = {"Idempotency-Key": "one"}
    first, second = (
        api.ask("POST", EVALUATIONS, body={"scenarios": [GOOD]}, headers=key).body["id"] for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scenarios": []}, "/scenarios"),
        ({"scenarios": [GOOD, GOOD]}, ""),
        ({"scenarios": [{**GOOD, "steps": []}]}, "/scenarios/0"),
        ({"scenarios": [{**GOOD, "steps": [{"caller": "Hi", "keys": "1"}]}]}, "/scenarios/0/steps/0"),
        ({"scenarios": [{**GOOD, "expect": [{"says": "a", "uses": "b"}]}]}, "/scenarios/0/expect/0"),
        ({"scenarios": [{**GOOD, "at": "2026-03-03T10:00:00Z"}]}, "/scenarios/0/at"),
        ({"scenarios": [{**GOOD, "typo": 1}]}, "/scenarios/0/typo"),
        ({"scenarios": [GOOD], "repeat": 11}, "/repeat"),
    ],
)
def test_a_mistake_is_named_by_its_place(api, calls, body, pointer):
    """400 or 422 with a pointer into what was sent; nothing is played."""
    refused = api.ask("POST", EVALUATIONS, body=body)
    assert refused.status in {400, 422}
    assert refused.body["errors"][0]["pointer"] == pointer
    assert calls.ai.evaluation_work.sent == []


def test_what_cannot_be_played_is_refused(api, calls):
    """With its code, and the place of the scenario."""
    wrong = {**GOOD, "agent": {**AGENT, "tools": ["fly"]}}
    refused = api.ask("POST", EVALUATIONS, body={"scenarios": [GOOD | {"name": "ok"}, wrong]})
    assert (refused.status, refused.body["code"]) == (400, "unknown_tool")
    assert refused.body["errors"][0]["pointer"] == "/scenarios/1"
    refused = api.ask("POST", EVALUATIONS, body={"scenarios": [GOOD], "template_id": "template_9"})
    assert (refused.status, refused.body["code"]) == (404, "template_not_found")


def test_an_evaluation_that_is_not_there(api, calls):
    """404, for its results too."""
    for path in (f"{EVALUATIONS}/eval_1", f"{EVALUATIONS}/eval_1/results"):
        assert api.get(path).body["code"] == "evaluation_not_found"


@pytest.fixture
def talked(calls):
    """Hold a call in which somebody says what must not be in a scenario."""
    contact = calls.crm.contacts.find_by_phone("+14155552671")
    details = ContactChanges(name="Ada Lovelace", email="ada@lovelace.org", company="Engines Ltd")
    change_contact(calls.crm, contact.id, details)
    connected(calls)
    note = ToolCall("1", "add_note", '{"text": "Ada Lovelace has a new number, +44 20 7946 0958"}')
    calls.ai.model.scripts = [["Once upon a time."], [note], ["Noted."], ["Thank you."]]
    events = [
        CallerSaid("Hello?"),
        CallerSaid(f"I am ada lovelace of Engines Ltd, {REACHED}, card 4111 1111 1111 1111."),
        CallerPressed("739150", is_complete=True),
        CallerSilent(),
    ]
    for place, event in enumerate(events, start=1):
        at = NOW + timedelta(seconds=20 * place)
        take_turn(calls, TurnRequest("call_1", event, at, 20.0), lambda _: FakeVoice())
        if place == 1:
            from chalicelib.ai.domain.conversation import CallerInterrupted  # noqa: PLC0415

            interrupt_turn(calls, "call_1", CallerInterrupted("Once"), at + timedelta(seconds=1))
    return calls


def test_a_call_becomes_a_scenario_without_its_people(api, talked):
    """Names, addresses and numbers are made up, the same each time; what was done is expected."""
    answer = api.get("/v1/calls/call_1/scenario")
    written = json.dumps(answer.body).lower()
    for secret in ("lovelace", "ada", "engines", "7946", "4111", "739150", "415555267"):
        assert secret not in written, secret
    found = ScenarioIn.model_validate(answer.body["scenario"]).scenario()
    said = found.steps[1]
    assert said.caller.startswith("I am Alex Example of Example Company, alex@example.com or +1202555")
    assert said.heard == "Once"
    number = said.caller.partition("+")[2][:11]
    assert said.expect[0].uses == "add_note"
    assert said.expect[0].arguments == {"text": f"Alex Example has a new number, +{number}"}
    assert (found.steps[2].keys, found.steps[3].silent) == ("123456", True)
    assert found.agent.prompt == "You sell to {{ contact.name }}."


def test_a_scenario_of_a_call_can_be_played(api, talked):
    """It is accepted as it is."""
    scenario = api.get("/v1/calls/call_1/scenario").body["scenario"]
    assert api.ask("POST", EVALUATIONS, body={"scenarios": [scenario]}).status == 202


def test_a_long_call_becomes_a_scenario_that_is_taken(api, calls):
    """Whatever was said: texts are cut, unknown tags shortened, turns without words left out."""
    connected(calls)
    turns = [
        Turn(1, TurnKind.UNCLEAR, NOW, said="x" * 300),
        Turn(2, TurnKind.SPEECH, NOW, said=" ", language="es-419"),
        Turn(3, TurnKind.SPEECH, NOW, said="hola " * 500, language="es-419", heard="y" * 3000),
        Turn(4, TurnKind.SPEECH, NOW, said="ok", language="zh-Hant-TW", tools=(NUMBERS, LONG)),
    ]
    for turn in turns:
        calls.turns.open("call_1", turn)
    document = api.get("/v1/calls/call_1/scenario").body["scenario"]
    steps = document["steps"]
    assert [step.get("language") for step in steps] == [None, "es", "zh"]
    assert api.ask("POST", EVALUATIONS, body={"scenarios": [document]}).status == 202
    (used,) = (each for each in steps[2]["expect"] if each["uses"] == "add_note")
    assert used["arguments"] == {"phone": 12345678901, "count": 3, "is_new": True}


def test_a_call_without_words_is_no_scenario(api, calls):
    """409; and viewers may not read any."""
    connected(calls)
    assert api.get("/v1/calls/call_1/scenario").body["code"] == "nothing_was_said"
    assert api.get("/v1/calls/call_1/scenario", scope=Scope.VIEWER).status == 403


@pytest.fixture
def files(tmp_path, line, calls, monkeypatch):
    """Write scenarios, and let the queue work between requests."""
    monkeypatch.setattr(following, "_EVERY_S", 0)
    line.before = lambda _method: work(calls)
    content = {
        "defaults": {"agent": AGENT, "tags": ["all"]},
        "scenarios": [
            {"name": "good", "tags": ["some"], "steps": GOOD["steps"]},
            {"name": "bad", "steps": BAD["steps"], "agent": {"greeting": "Hi."}},
        ],
    }
    (tmp_path / "all.yaml").write_text(yaml.safe_dump(content))
    return str(tmp_path)


def test_scenarios_are_played_from_files(run, files):
    """The report is a table; the exit code is 1 when something failed, and why stands beside it."""
    result = run("evaluate", "run", files)
    assert result.exit_code == 1
    assert [row.split("\t")[:2] for row in result.stdout.splitlines()[1:]] == [
        ["good", "passed"],
        ["bad", "failed"],
    ]
    assert "bad: turn 1: Expected: uses add_note" in result.stderr
    assert "1 of 2 passed" in result.stderr


def test_scenarios_are_chosen_by_tag(run, files):
    """The exit code is 0 when all pass; --json gives the reports and nothing else."""
    result = run("evaluate", "run", files, "--tag", "some", "--repeat", "3", "--json")
    assert result.exit_code == 0, result.output
    (report,) = json.loads(result.stdout)
    assert (report["passed"], report["total"]) == (3, 3)
    assert run("evaluate", "run", files, "--tag", "none").exit_code == 1


def test_what_was_said_is_printed(run, files):
    """By the evaluation's id, or only what failed."""
    run("evaluate", "run", files)
    (found,) = json.loads(run("evaluate", "list", "--json").stdout)
    shown = run("evaluate", "show", found["id"])
    assert "good\tpassed" in shown.stdout
    printed = run("evaluate", "transcript", found["id"], "--failed").stdout
    assert "bad, 1: failed" in printed
    assert "caller  Hi" in printed
    assert "good" not in printed


def test_prompts_are_compared_by_outcome(run, files, api, calls):
    """The same scenarios with two prompts; 0 when none is worse."""
    result = run("evaluate", "compare", files, "--prompts", "prompt_1", "prompt_1@1", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)[0] == {
        "scenario": "good",
        "first": "1/1",
        "second": "1/1",
        "change": "same",
        "why": "",
    }
    assert run("evaluate", "compare", files, "--prompts", "prompt_1", "prompt_1@x").exit_code == 2


def test_prompts_are_compared_under_their_names(run, files, calls):
    """Under the names of the two prompts."""
    result = run("evaluate", "compare", files, "--prompts", "prompt_1", "prompt_1@1")
    heading = result.stdout.splitlines()[0].split("\t")
    name = calls.ai.prompts.get("prompt_1").name
    assert heading == ["scenario", name, f"{name}@1", "change", "why"]


def test_the_reason_is_what_the_first_did_not_have():
    """Only where it got worse."""
    before = {"scenario": "a", "passed": 2, "played": 3, "failures": ["turn 1: old"]}
    after = {"scenario": "a", "passed": 1, "played": 3, "failures": ["turn 1: old", "turn 2: new"]}
    worse = {"scenario": "a", "first": "2/3", "second": "1/3", "change": "worse", "why": "turn 2: new"}
    assert commands._compared(before, after) == worse
    assert commands._compared(after, before)["why"] == ""
    assert commands._compared(before, {**before, "passed": 1})["why"] == "turn 1: old"


def test_a_call_is_written_as_a_file(run, files, talked, tmp_path):
    """It can be read by a run; without a file it is printed."""
    path = tmp_path / "call.yml"
    assert run("evaluate", "from-call", "call_1", "--to", str(path)).exit_code == 0
    assert yaml.safe_load(path.read_text())["tags"] == ["from-call"]
    assert run("evaluate", "from-call", "call_1").stdout == path.read_text()


def test_a_file_that_is_none_is_refused(run, files, tmp_path):
    """With its name."""
    for text in ("- 1", "scenarios: 1", "a: [", "defaults: {}\nscenarios: [1]", "name: good\nsteps: []"):
        (tmp_path / "wrong.yaml").write_text(text)
        result = run("evaluate", "run", files)
        assert result.exit_code == 1
        assert "wrong.yaml" in result.output

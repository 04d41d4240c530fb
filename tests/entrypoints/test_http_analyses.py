"""What calls came to over HTTP: read again when asked, and proposals decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, connected, furnished

from chalicelib.ai.domain.analysis import Analysis, AnalysisState, Sentiment
from chalicelib.ai.domain.findings import ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.proposals import Proposal
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.clock import iso
from chalicelib.system.domain.tokens import Scope

CALL = "/v1/calls/call_1"
FAILED = Analysis(
    "Not summarised.",
    Sentiment.NEUTRAL,
    (),
    (ActionItem("Send it", "agent", "2026-03-05"),),
    "rules",
    findings=Findings(
        "unclear",
        callback=PromisedCallback("2026-03-05T10:00", "at ten", 1),
        facts=(Learnt("pet", "a cat", "my cat", 1),),
    ),
    state=AnalysisState.FAILED,
    error="bad_analysis",
)


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls with one that has ended and was not read, and one proposal."""
    ports = container.calls = FakeCalls(clock, container.crm)
    ports.system = container.system
    furnished(ports)
    call = connected(ports)
    ports.shelf.calls["call_1"] = replace(call, state=CallState.ENDED, ended_at=NOW, finished_at=NOW)
    ports.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi", answer="Hi.", end=TurnEnd.LISTEN))
    ports.book.put_aftermath("call_1", Aftermath(FAILED, ()))
    ports.proposals.add(Proposal("call_1", "mail", "email", "ada@example.com", "mail me", 1, NOW))
    return ports


def test_a_call_shows_what_it_came_to(api, calls):
    """With state and reason, days, promise, facts and proposals."""
    shown = api.get(CALL).body
    analysis = shown["analysis"]
    assert (analysis["state"], analysis["error"]) == ("failed", "bad_analysis")
    assert analysis["action_items"] == [{"text": "Send it", "owner": "agent", "due_on": "2026-03-05"}]
    assert analysis["findings"] == {
        "outcome": "unclear",
        "goal_reached": None,
        "confidence": None,
        "callback": {"at": "2026-03-05T10:00", "said": "at ten", "turn": 1},
        "facts": [{"key": "pet", "value": "a cat", "said": "my cat", "turn": 1}],
    }
    (proposal,) = shown["proposals"]
    assert (proposal["maps_to"], proposal["value"], proposal["state"]) == ("email", "ada@example.com", "open")


def test_a_call_is_read_again(api, calls):
    """In the background; the answer is the call."""
    answer = api.post(f"{CALL}/analysis", None, scope=Scope.OPERATOR)
    assert (answer.status, answer.body["id"]) == (202, "call_1")
    assert calls.wakeups.analyses == ["call_1"]
    calls.book.put_analysis("call_1", replace(FAILED, state=AnalysisState.DONE), AnalysisState.FAILED)
    again = api.post(f"{CALL}/analysis", None)
    assert (again.status, again.body["code"]) == (409, "analysis_done")
    assert api.post("/v1/calls/call_x/analysis", None).status == 404


def test_a_span_is_read_again(api, calls):
    """From one instant on and before another."""
    span = {"from": "2026-03-03T00:00:00Z", "to": "2026-03-04T00:00:00Z"}
    answer = api.post("/v1/calls/analyses", span, scope=Scope.OPERATOR)
    assert (answer.status, answer.body) == (202, {"requested": True})
    assert calls.wakeups.spans == [(iso(NOW.replace(hour=0)), iso(NOW.replace(day=4, hour=0)), None)]
    backwards = api.post("/v1/calls/analyses", {"from": span["to"], "to": span["from"]})
    assert (backwards.status, backwards.body["code"]) == (400, "bad_span")


def test_a_proposal_is_accepted(api, calls):
    """The contact has the value, and the proposal says who decided."""
    answer = api.post(f"{CALL}/proposals/mail", {"decision": "accept"}, scope=Scope.OPERATOR)
    assert (answer.status, answer.body["state"]) == (200, "accepted")
    assert answer.body["decided_by"].startswith("token:")
    assert find_contact(calls.crm, NUMBER).email == "ada@example.com"
    other = api.post(f"{CALL}/proposals/mail", {"decision": "refuse"})
    assert (other.status, other.body["code"]) == (409, "proposal_decided")
    assert api.post(f"{CALL}/proposals/x", {"decision": "accept"}).body["code"] == "proposal_not_found"


@pytest.mark.parametrize("path", ["/analysis", "/proposals/mail"])
def test_a_viewer_decides_nothing(api, calls, path):
    """Reading is all that a viewer may do."""
    body = {"decision": "accept"} if "proposals" in path else None
    assert api.post(CALL + path, body, scope=Scope.VIEWER).status == 403
    assert calls.wakeups.analyses == []

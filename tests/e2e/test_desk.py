"""What an operator sees and does, over the wire: lists, a growing transcript, a hang-up, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from e2e.world import JAMES, MARIA, Stack, eventually, own_prompt

if TYPE_CHECKING:
    from localcloud.api import Api

# Somebody who talks on for as long as one lets them.
PATIENT: dict[str, Any] = {
    "answer": 0.5,
    "steps": [{"hears": "minute", "say": "Yes, sure. What is it about?"}],
    "rules": [],
    "patience_seconds": 600,
}


def template_of(api: Api, **fields: Any) -> dict[str, Any]:
    """Make a call template that begins like the sample's."""
    body = {
        "name": "Desk",
        "prompt_id": own_prompt(api),
        "greeting": "Hello {{ first_name }}, do you have a minute?",
    }
    made: dict[str, Any] = api.post("/v1/calls/templates", body | fields)
    return made


def test_a_live_call_is_read_along_and_hung_up(stack: Stack) -> None:
    """Its transcript grows while it goes on; the carrier ends it when an operator says so."""
    template = template_of(stack.api)
    stack.script(MARIA, PATIENT)
    wish = {"contact_id": stack.data.contacts[MARIA], "template_id": template["id"]}
    call_id = stack.api.post("/v1/calls/initiate", wish)["id"]
    seen: dict[int, dict[str, Any]] = {}
    cursors = [0]

    def answered() -> bool:
        told = stack.api.get(f"/v1/calls/{call_id}/transcript", since=str(cursors[-1]))
        seen.update({turn["number"]: turn for turn in told["turns"]})
        cursors.append(told["next_since"])
        assert told["more"]
        return bool(seen.get(1, {}).get("answer"))

    eventually(answered)
    assert seen[0]["answer"] == "Hello Maria, do you have a minute?"
    assert seen[1]["said"] == "Yes, sure. What is it about?"
    live = stack.api.get("/v1/calls/live")
    assert [call["id"] for call in live["items"]] == [call_id]
    note = stack.api.post(f"/v1/calls/{call_id}/notes", {"body": "Sounds interested."})
    assert (note["call_id"], note["contact_id"]) == (call_id, wish["contact_id"])

    answer = stack.ask("POST", f"/v1/calls/{call_id}/hangup")
    assert answer.status_code == 202
    call = stack.finished(call_id)
    hung_up = [event for event in stack.log(call_sid=call["sid"]) if event.get("by") == "api"]
    (carried,) = stack.carrier_calls(MARIA)
    assert carried["status"] == "completed"
    assert hung_up
    assert "hung_up_by_operator" in {event["kind"] for event in call["events"]}
    assert call["outcome"] == "completed"
    assert call["reason"] == "operator"
    over = stack.ask("POST", f"/v1/calls/{call_id}/hangup")
    assert (over.status_code, over.json()["code"]) == (409, "call_over")
    assert call_id not in {each["id"] for each in stack.api.get("/v1/calls/live")["items"]}
    last = stack.api.get(f"/v1/calls/{call_id}/transcript")
    assert not last["more"]
    assert [turn["said"] for turn in last["turns"]] == [turn["said"] for turn in call["turns"]]


def test_a_call_that_waits_is_hung_up_before_it_is_dialed(stack: Stack) -> None:
    """The carrier never hears of it."""
    before = len(stack.carrier_calls(JAMES))
    call_id = stack.initiate(JAMES, not_before="2027-01-01T00:00:00Z")
    assert stack.ask("POST", f"/v1/calls/{call_id}/hangup").json()["state"] == "ended"
    call = stack.finished(call_id)
    assert (call["outcome"], call["reason"]) == ("canceled", "operator")
    stack.wake(call_id)
    assert len(stack.carrier_calls(JAMES)) == before


def test_a_call_keeps_the_version_that_it_is_held_by(stack: Stack) -> None:
    """The template goes on, and then away; the call, and its version, stay; lists find it."""
    template = template_of(stack.api, extract=[{"key": "topic", "type": "text"}])
    path = f"/v1/calls/templates/{template['id']}"
    body = {name: value for name, value in template.items() if name not in {"id", "version"}}
    body = {name: value for name, value in body.items() if name not in {"created_at", "updated_at"}}
    body |= {"greeting": "Hi {{ first_name }}, do you have a minute?"}
    assert stack.ask("PUT", path, json=body).ok
    stack.script(JAMES, {"answer": 0.5, "steps": [{"hears": "minute", "say": "No.", "hang_up": True}]})
    wish = {"contact_id": stack.data.contacts[JAMES], "template_id": template["id"]}
    call = stack.finished(stack.api.post("/v1/calls/initiate", wish)["id"])
    assert call["template_version"] == 2
    assert call["turns"][0]["answer"].startswith("Hi James")
    assert [each["key"] for each in call["analysis"]["extracted"]] == ["topic"]
    assert stack.ask("DELETE", path).status_code == 204
    held_by = stack.api.get(f"{path}/versions/{call['template_version']}")
    assert held_by["greeting"].startswith("Hi ")
    assert stack.api.get(f"{path}/versions/1")["greeting"].startswith("Hello ")

    def found(**filters: str) -> list[str]:
        page = stack.api.get("/v1/calls", template_id=template["id"], **filters)
        return [each["id"] for each in page["items"]]

    assert found(state="ended", direction="outbound", contact_id=wish["contact_id"]) == [call["id"]]
    assert found(**{"from": call["created_at"]}) == [call["id"]]
    assert found(to=call["created_at"]) == found(direction="inbound") == found(state="queued") == []

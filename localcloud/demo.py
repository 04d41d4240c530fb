"""Demonstration calls with simulated people, printed as they are spoken."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests

from localcloud.api import Api
from localcloud.failures import LocalCloudError
from localcloud.sample_data import load_sample_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from localcloud.sample_data import SampleData

    Echo = Callable[[str], None]

_CALL_TIMEOUT_S = 120.0
_POLL_S = 0.25
_AISHAS_ZONE = "America/New_York"
_HOURS = {13: "one", 14: "two", 15: "three", 16: "four"}
_MARIA, _JAMES, _AISHA = "+14155550132", "+12125550147", "+13055550188"

_MARIA_SCRIPT: dict[str, Any] = {
    "answer": 1,
    "steps": [
        {"hears": "do you have a minute", "say": "Yes, sure. What is it about?"},
        {"hears": "mornings or afternoons", "say": "Mornings are best for me."},
        {"interrupt_after_words": 5, "say": "Hold on, are you a robot?"},
        {"hears": "AI assistant", "say": "All right. How much is a check-up?"},
        {"hears": "dollars", "say": "Good. Thank you, that's all. Goodbye."},
    ],
    "rules": [{"hears": "goodbye", "say": "Bye!", "hang_up": True}],
    "patience_seconds": 30,
}
_JAMES_SCRIPT: dict[str, Any] = {
    "answer": 1,
    "steps": [
        {"hears": "since your visit", "say": "Quite well, thank you. Everything is fine."},
        {"hears": "six months", "say": "Please call me back next week."},
        {"hears": "anything else", "say": "No, that's all."},
    ],
    "rules": [{"hears": "goodbye", "hang_up": True}],
    "patience_seconds": 30,
}
_AISHA_SCRIPT: dict[str, Any] = {
    "steps": [
        {"hears": "how can I help", "say": "Hi, when are you open?"},
        {"hears": "Saturdays", "say": "Then I would like to make an appointment."},
        {"hears": "suit you", "say": "{time}, please."},
        {"hears": "Shall I book", "say": "Yes, please."},
        {"hears": "You are booked", "say": "Thanks. And please stop calling me about check-ups."},
    ],
    "rules": [{"hears": "goodbye", "hang_up": True}],
    "patience_seconds": 30,
}


@dataclass(frozen=True)
class _Scene:
    """What the demonstration works with."""

    api: Api
    network: str
    line: str
    data: SampleData
    echo: Echo


def run_demo(endpoints: Mapping[str, str], echo: Echo) -> dict[str, Any]:
    """Hold an outbound relay call, an outbound gather call and an inbound one that books; report them."""
    scene = _scene(endpoints, echo)
    started = [  # all at once; they are shown one after the other
        ("outbound, relay", _call_out(scene, _MARIA, _MARIA_SCRIPT, "Sales call")),
        ("outbound, gather", _call_out(scene, _JAMES, _JAMES_SCRIPT, "Follow-up call")),
        ("inbound", _call_in(scene, _AISHA, _asking_for(scene, _AISHA_SCRIPT))),
    ]
    calls = [_show(scene, title, call_id) for title, call_id in started]
    is_done = all(call["outcome"] in {"completed", "opted_out"} for call in calls)
    return {"ok": is_done and bool(calls[-1]["booked"]), "calls": calls}


def run_first_call(endpoints: Mapping[str, str], echo: Echo) -> dict[str, Any]:
    """Load the sample data and hold one outbound relay call."""
    scene = _scene(endpoints, echo)
    return _show(scene, "outbound, relay", _call_out(scene, _MARIA, _MARIA_SCRIPT, "Sales call"))


def has_simulated_people(endpoints: Mapping[str, str]) -> bool:
    """Tell whether the phone network is the simulated one, whose people can be scripted."""
    return bool(_simulated_numbers(endpoints))


def _simulated_numbers(endpoints: Mapping[str, str]) -> list[str]:
    try:
        health = requests.get(f"{endpoints['phone_network_url']}/control/health", timeout=5)
        numbers: list[str] = health.json()["numbers"]
    except (requests.RequestException, ValueError, KeyError):
        return []
    return numbers


def _scene(endpoints: Mapping[str, str], echo: Echo) -> _Scene:
    numbers = _simulated_numbers(endpoints)
    if not numbers:
        raise LocalCloudError(
            "the demonstration needs the simulated phone network; start without TWILIO_* settings"
        )
    api = Api(endpoints["api_url"], endpoints["admin_token"])
    network = endpoints["phone_network_url"]
    return _Scene(api, network, numbers[0], load_sample_data(api, numbers[0]), echo)


def _script(scene: _Scene, number: str, script: dict[str, Any]) -> None:
    requests.put(f"{scene.network}/control/callees/{number}", json=script, timeout=5).raise_for_status()


def _asking_for(scene: _Scene, script: dict[str, Any]) -> dict[str, Any]:
    """Let a person ask for a time that is free in the sample calendar by now, one within a week."""
    first = datetime.now(UTC).date() + timedelta(days=2)
    days = f"from={first}&to={first + timedelta(days=4)}&time_zone={_AISHAS_ZONE}"
    path = f"/v1/scheduling/time-slots/availability?calendar_id={scene.data.calendar}&{days}&page_size=100"
    starts = [datetime.fromisoformat(each["local_start"]) for each in scene.api.get(path)["items"]]
    found = next((each for each in starts if not each.minute and each.hour in _HOURS), None)
    if found is None:
        raise LocalCloudError("the sample calendar has no time that is free")
    said = f"{found:%A} at {_HOURS[found.hour]}"
    steps = [step | {"say": step["say"].replace("{time}", said)} for step in script["steps"]]
    return script | {"steps": steps}


def _call_out(scene: _Scene, number: str, script: dict[str, Any], template: str) -> str:
    _script(scene, number, script)
    wish = {"contact_id": scene.data.contacts[number], "template_id": scene.data.templates[template]}
    return str(scene.api.post("/v1/calls/initiate", wish)["id"])


def _call_in(scene: _Scene, number: str, script: dict[str, Any]) -> str:
    """Let a person call us; the call is found by what the carrier's own log names in our addresses."""
    body: dict[str, Any] = {"from": number, "to": scene.line, "callee": script}
    answer = requests.post(f"{scene.network}/control/inbound", json=body, timeout=5)
    answer.raise_for_status()
    sid = answer.json()["call_sid"]
    deadline = time.monotonic() + _CALL_TIMEOUT_S
    while time.monotonic() < deadline:
        log = requests.get(f"{scene.network}/control/log", params={"call_sid": sid}, timeout=5).json()
        for event in log["events"]:
            if event["kind"] == "socket.sent" and event.get("frame", {}).get("type") == "setup":
                return str(event["frame"]["customParameters"]["call_id"])
        time.sleep(_POLL_S)
    raise LocalCloudError("the inbound call was not connected")


def _show(scene: _Scene, title: str, call_id: str) -> dict[str, Any]:
    """Print a call's conversation as it grows, and give its report when it is finished."""
    scene.echo(f"\n— {title} · {call_id}")
    shown = 0
    deadline = time.monotonic() + _CALL_TIMEOUT_S
    while time.monotonic() < deadline:
        call = scene.api.get(f"/v1/calls/{call_id}")
        lines = _lines(call)
        for line in lines[shown:]:
            scene.echo(line)
        shown = len(lines)
        if call["finished_at"]:
            return _report(scene, title, call)
        time.sleep(_POLL_S)
    raise LocalCloudError(f"the call {call_id} did not end within {_CALL_TIMEOUT_S:.0f} s")


def _lines(call: dict[str, Any]) -> list[str]:
    """Write the turns that are complete, the newest last; what is written once never changes."""
    lines: list[str] = []
    heard = None
    for turn in call["turns"]:
        if turn["end"] is None:
            break
        lines.extend(_turn_lines(turn, heard))
        heard = turn["heard"]
    return lines


def _turn_lines(turn: dict[str, Any], heard_before: str | None) -> Iterator[str]:
    if heard_before is not None:
        yield f"          [interrupted; heard until: {heard_before} —]"
    if turn["said"]:
        yield f"  person  {turn['said']}"
    for run in turn["tools"]:
        yield f"          [{run['name']}: {run['result']}]"
    yield f"  agent   {turn['answer'].strip()}" if turn["answer"] else "          [the agent hangs up]"


def _report(scene: _Scene, title: str, call: dict[str, Any]) -> dict[str, Any]:
    first = [turn["timing"]["first_words_ms"] for turn in call["turns"] if turn["timing"]["first_words_ms"]]
    analysis = call["analysis"] or {}
    scene.echo(f"  outcome {call['outcome']} · {call['duration_s']} s · {call['cost'] / 1e6:.4f} $")
    scene.echo(f"  summary {analysis.get('summary', 'nobody spoke')}")
    booked = _booked(scene, call)
    for start in booked:
        scene.echo(f"  booked {start}")
    return {
        "title": title,
        "id": call["id"],
        "outcome": call["outcome"],
        "turns": len(call["turns"]),
        "interrupted": [turn["heard"] for turn in call["turns"] if turn["heard"] is not None],
        "first_words_ms": first,
        "sentiment": analysis.get("sentiment"),
        "booked": booked,
        "cost_micro_dollars": call["cost"],
        "transcript": [
            {"person": turn["said"], "agent": turn["answer"] if turn["heard"] is None else turn["heard"]}
            for turn in call["turns"]
        ],
    }


def _booked(scene: _Scene, call: dict[str, Any]) -> list[str]:
    """Give when the appointments begin that were booked in a call, by the contact's clock."""
    bookings = scene.api.get(f"/v1/scheduling/bookings?contact_id={call['contact_id']}")["items"]
    return [each["local_start"] for each in bookings if each["call_id"] == call["id"]]

"""Transfers, conferences and supervisors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.situations.base import BOTH, RELAY, Expect, Situation
from e2e.world import eventually

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

_ASKS = {"hears": "minute", "say": "I want to speak to a person."}
_CALLER = {
    "answer": 0.5,
    "steps": [_ASKS],
    "rules": [
        {"hears": "help you with something", "say": "No, thank you. Goodbye.", "hang_up": True},
        {"hears": "goodbye", "hang_up": True},
    ],
    "patience_seconds": 300,
}
_BLIND = {"transfer_to": "{colleague}", "transfer_mode": "blind"}
_WARM = {"transfer_to": "{colleague}", "transfer_mode": "warm"}
_GOES_ON = "Can I help you with something else?"
_HINT = "Offer a refund."
_STANDS_BY = {
    "answer": 0.5,
    "steps": [{"hears": "press 1", "press": "1"}],
    "patience_seconds": 300,
}
_TAKES_IT = {
    "answer": 0.5,
    "steps": [
        {"hears": "press 1", "press": "1"},
        *({"wait": "none", "delay": 6, "say": "Hello, this is Ben."} for _ in range(10)),
        {"wait": "none", "delay": 6, "hang_up": True},
    ],
    "patience_seconds": 90,
}


def _colleague_was_dialed_once(trial: Trial) -> None:
    assert len(trial.legs("colleague")) == 1


def _ringing_stopped(trial: Trial) -> None:
    """Nobody answers a call that has no caller any more; it may even have ended before the dial."""
    eventually(lambda: not {leg["status"] for leg in trial.legs("colleague")} & {"queued", "ringing"}, 60)
    assert {leg["status"] for leg in trial.legs("colleague")} <= {"canceled", "no-answer"}
    assert len(trial.legs("colleague")) <= 1


def _conference(trial: Trial) -> str:
    """Call two people together and wait until they talk; give the conference's id."""
    people = [{"number": trial.numbers[name], "label": name} for name in ("ann", "ben")]
    made = trial.ask("POST", "/v1/calls/conferences", {"participants": people, "label": trial.id})
    assert made.status_code == 201, made.text
    room = made.json()["id"]
    eventually(lambda: _states(trial, room) == ["joined", "joined"], 60)
    return str(room)


def _states(trial: Trial, room: str) -> list[str]:
    found = trial.ask("GET", f"/v1/calls/conferences/{room}").json()
    return [each["state"] for each in found["participants"]]


def _participant(trial: Trial, room: str, name: str) -> dict[str, object]:
    found = trial.ask("GET", f"/v1/calls/conferences/{room}").json()["participants"]
    return next(each for each in found if each["number"] == trial.numbers[name])


def _three_in_a_conference(trial: Trial) -> None:
    """Two, then a third; one is muted and held, one removed; then it is ended."""
    room = _conference(trial)
    path = f"/v1/calls/conferences/{room}"
    assert trial.ask("POST", f"{path}/participants", {"number": trial.numbers["cem"]}).status_code == 201
    eventually(lambda: _states(trial, room) == ["joined"] * 3, 60)
    ben = _participant(trial, room, "ben")["id"]
    trial.ask("PATCH", f"{path}/participants/{ben}", {"muted": True, "held": True})
    eventually(lambda: _flags(trial, room) == (True, True), 60)
    trial.ask("PATCH", f"{path}/participants/{ben}", {"muted": False, "held": False})
    eventually(lambda: _flags(trial, room) == (False, False), 60)
    cem = _participant(trial, room, "cem")["id"]
    assert trial.ask("DELETE", f"{path}/participants/{cem}").status_code == 204
    eventually(lambda: _participant(trial, room, "cem")["state"] == "left", 60)
    assert trial.ask("POST", f"{path}/end").status_code == 202
    eventually(lambda: set(_states(trial, room)) == {"left"}, 60)


def _flags(trial: Trial, room: str) -> tuple[object, object]:
    found = _participant(trial, room, "ben")
    return found["muted"], found["held"]


def _supervise(trial: Trial) -> None:
    """A supervisor listens, then whispers to the colleague, then is heard by all."""
    room = "room_" + trial.call_id.partition("_")[2]
    early = trial.ask("POST", f"/v1/calls/conferences/{trial.call_id}/supervisors", _supervisor(trial))
    assert early.json()["code"] == "call_not_in_conference", early.text
    eventually(lambda: _talks(trial, room), 90)
    asked = trial.ask("POST", f"/v1/calls/conferences/{trial.call_id}/supervisors", _supervisor(trial))
    assert asked.status_code == 201, asked.text
    path = f"/v1/calls/conferences/{room}/supervisors/{asked.json()['id']}"
    eventually(lambda: _participant(trial, room, "boss")["state"] == "joined", 60)
    said = trial.heard("boss").count(("person", _HINT))
    eventually(lambda: trial.heard("boss").count(("person", _HINT)) > said + 1, 60)
    assert _HINT not in trial.words() + trial.words("colleague")
    assert trial.ask("PATCH", path, {"mode": "whisper"}).status_code == 202
    eventually(lambda: _HINT in trial.words("colleague"), 60)
    assert _HINT not in trial.words()
    assert trial.ask("PATCH", path, {"mode": "barge"}).status_code == 202
    eventually(lambda: _HINT in trial.words(), 60)
    assert trial.ask("POST", f"/v1/calls/conferences/{room}/end").status_code == 202


def _talks(trial: Trial, room: str) -> bool:
    found = trial.ask("GET", f"/v1/calls/conferences/{room}")
    people = found.json().get("participants", []) if found.ok else []
    return [each["state"] for each in people] == ["joined", "joined"]


def _supervisor(trial: Trial) -> dict[str, str]:
    return {"number": trial.numbers["boss"], "mode": "listen"}


def _take_over(trial: Trial) -> None:
    """An operator hands the call over while the AI talks."""
    eventually(lambda: "minute" in trial.words(), 60)
    wish = {"number": trial.numbers["colleague"], "mode": "warm"}
    answer = trial.ask("POST", f"/v1/calls/{trial.call_id}/transfer", wish)
    assert answer.status_code == 202, answer.text


SITUATIONS = [
    Situation(
        "A colleague is dialed through and takes the call",
        _CALLER,
        Expect("transferred", heard=["Of course.", "Hello, this is Ben."], events=["transfer_joined"]),
        BOTH,
        template=_BLIND,
        people={
            "colleague": {
                "answer": 0.5,
                "steps": [
                    {"wait": "none", "delay": 1, "say": "Hello, this is Ben."},
                    {"wait": "none", "delay": 3, "hang_up": True},
                ],
            }
        },
    ),
    Situation(
        "The colleague is busy, and the AI goes on",
        _CALLER,
        Expect(
            heard=["Of course.", "I am sorry, my colleague is on another call.", _GOES_ON],
            events=["transfer_failed"],
        ),
        BOTH,
        template=_BLIND,
        people={"colleague": {"answer": "busy", "ring_seconds": 0.5}},
    ),
    Situation(
        "The colleague does not answer, and the AI goes on",
        _CALLER,
        Expect(heard=["I am sorry, my colleague does not answer.", _GOES_ON], events=["transfer_failed"]),
        BOTH,
        template=_BLIND,
        people={"colleague": {"answer": "no_answer"}},
    ),
    Situation(
        "Nobody is reached, and the call ends politely",
        _CALLER,
        Expect(heard=["my colleague is on another call.", "Please call again later. Goodbye."]),
        (RELAY,),
        template=_BLIND | {"when_nobody": "hang_up"},
        people={"colleague": {"answer": "busy", "ring_seconds": 0.5}},
    ),
    Situation(
        "The colleague is busy, and the caller leaves a message",
        _CALLER | {"steps": [_ASKS, {"hears": "after the beep", "say": "Call me back.", "hang_up": True}]},
        Expect(
            None,
            heard=["I am sorry, my colleague is on another call.", "Please leave a message after the beep."],
        ),
        (RELAY,),
        template=_BLIND | {"when_nobody": "voicemail"},
        people={"colleague": {"answer": "busy", "ring_seconds": 0.5}},
    ),
    Situation(
        "A colleague hears what it is about, presses 1 and takes the call",
        _CALLER,
        Expect(
            "transferred",
            heard=["Of course.", "Please hold the line.", "Hello, this is Ben."],
            heard_by={"colleague": ["would like to talk to you", "speak to a person", "Press 1"]},
            events=["transfer_begun", "transfer_joined"],
            more=_colleague_was_dialed_once,
        ),
        BOTH,
        template=_WARM,
        people={"colleague": _TAKES_IT},
    ),
    Situation(
        "The colleague declines after the whisper",
        _CALLER,
        Expect(
            heard=[
                "Please hold the line.",
                "I am sorry, my colleague cannot take the call right now.",
                _GOES_ON,
            ],
            events=["transfer_failed"],
        ),
        BOTH,
        template=_WARM,
        # rings until the caller was asked to hold the line
        people={"colleague": {"answer": 15, "steps": [{"hears": "press 1", "press": "2"}]}},
    ),
    Situation(
        "The colleague's voicemail does not swallow the call",
        _CALLER,
        Expect(
            heard=["I am sorry, my colleague cannot take the call right now."], events=["transfer_failed"]
        ),
        (RELAY,),
        template=_WARM,
        people={"colleague": {"answer": 0.5, "machine": {"greeting": "This is Ben. Leave a message."}}},
    ),
    Situation(
        "The caller hangs up while the colleague's phone rings",
        {
            "answer": 0.5,
            "steps": [_ASKS, {"hears": "course", "silent": 25, "hang_up": True}],
            "patience_seconds": 300,
        },
        Expect("completed", heard=["Of course."], events=["transfer_failed"], more=_ringing_stopped),
        (RELAY,),
        template=_WARM,
        people={"colleague": {"answer": 60}},
        does="asks for a person and hangs up while waiting",
    ),
    Situation(
        "An operator hands a call over that the AI holds",
        {
            "answer": 0.5,
            "steps": [],
            "rules": [{"hears": "goodbye", "hang_up": True}],
            "patience_seconds": 90,
        },
        Expect("transferred", heard=["Hello, this is Ben."], events=["transfer_joined"]),
        BOTH,
        people={"colleague": _TAKES_IT},
        during=_take_over,
    ),
    Situation(
        "A conference of three: called together, muted, held, removed, ended",
        expect=Expect(
            None,
            heard_by={"ann": ["You are invited to a conference call."], "ben": ["hold music"]},
        ),
        transports=(RELAY,),
        direction="none",
        people={"ann": _STANDS_BY, "ben": _STANDS_BY, "cem": _STANDS_BY},
        during=_three_in_a_conference,
    ),
    Situation(
        "A supervisor listens, whispers to the colleague, and barges in",
        {"answer": 0.5, "steps": [_ASKS], "patience_seconds": 300},
        Expect("transferred", heard=[_HINT], heard_by={"colleague": [_HINT]}),
        (RELAY,),
        template=_WARM,
        people={
            "colleague": _STANDS_BY,
            "boss": {
                "answer": 0.5,
                "steps": [
                    {"hears": "press 1", "press": "1"},
                    *({"wait": "none", "delay": 3, "say": _HINT} for _ in range(100)),
                ],
                "patience_seconds": 300,
            },
        },
        during=_supervise,
        does="the supervisor says one sentence again and again; at first nobody, then the colleague, "
        "then everybody hears it",
        within=150.0,
    ),
]

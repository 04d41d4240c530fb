"""Comparing what a run came to with what its situation expects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

_SENTENCE = re.compile(r"[^.?!…]*(?:[.?!](?!\s|$)[^.?!…]*)*[.?!…]*")


def judge(trial: Trial) -> None:
    """Assert all that the situation expects."""
    expect, words = trial.situation.expect, trial.words()
    assert trial.refusal == expect.refused, f"the API refused: {trial.refusal or 'nothing'}"
    for part in trial.filled(list(expect.heard)):
        assert found(part, words), f"not heard: {part}"
    for part in trial.filled(list(expect.not_heard)):
        assert not found(part, words), f"heard, and must not be: {part}"
    for who, parts in expect.heard_by.items():
        for part in trial.filled(list(parts)):
            assert found(part, trial.words(who)), f"{who} did not hear: {part}"
    for part in trial.filled(list(expect.texted)):
        assert any(found(part, text) for text in trial.texts()), f"not texted: {part}"
    _judge_call(trial)
    if expect.more:
        expect.more(trial)


def _judge_call(trial: Trial) -> None:
    expect, call = trial.situation.expect, trial.call
    if expect.dials is not None:
        assert len(trial.legs()) == expect.dials, f"the carrier had {len(trial.legs())} calls"
    if expect.refused:
        assert trial.legs() == [], "it was dialed although it was refused"
    if not expect.outcome:
        return
    assert call["outcome"] == expect.outcome, f"outcome {call['outcome']}, reason {call['reason']!r}"
    if expect.reason is not None:
        assert call["reason"] == expect.reason, f"reason {call['reason']!r}"
    kinds = [event["kind"] for event in call["events"]]
    assert set(expect.events) <= set(kinds), f"no event {set(expect.events) - set(kinds)}"
    assert not set(expect.no_events) & set(kinds), f"events {set(expect.no_events) & set(kinds)}"


def found(part: str, words: str) -> str:
    """Give what a part matched: the sentences around it, or only the match of a /regular expression/."""
    if len(part) > 1 and part[0] == part[-1] == "/":
        match = re.search(part[1:-1], words, re.IGNORECASE)
        return match[0] if match else ""
    start = words.casefold().find(part.casefold())
    return _sentences(words, start, start + len(part)) if start >= 0 else ""


def _sentences(words: str, start: int, end: int) -> str:
    spans = [match.span() for match in _SENTENCE.finditer(words) if match[0].strip()]
    touched = [words[a:b] for a, b in spans if a < end and b > start]
    return "".join(touched).strip()


def account_of(trial: Trial) -> str:
    """Tell what happened, for whoever has to find out why a run failed."""
    call = trial.call
    lines = [f"{speaker}: {text}" for speaker, text in trial.heard()]
    for who in trial.situation.people:
        lines += [f"[{who}] {speaker}: {text}" for speaker, text in trial.heard(who)]
    kept = [f"{name}: {call.get(name)}" for name in ("id", "state", "outcome", "reason", "carrier_status")]
    kept += [
        f"turn {turn['number']} {turn['kind']}: {turn['said']!r} -> {turn['answer']!r}, {turn['end']} "
        f"{turn['reason']}, tools {[(run['name'], run['result']) for run in turn['tools']]}"
        for turn in call.get("turns", [])
    ]
    kept += [f"event {event['kind']} {event['detail']}" for event in call.get("events", [])]
    return "\n".join([f"situation {trial.id}, person {trial.number}", *lines, *kept])

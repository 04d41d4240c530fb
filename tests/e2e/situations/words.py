"""What a script has somebody do, told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANSWERS = {
    "busy": "is on the phone",
    "no_answer": "does not answer",
    "rejected": "declines",
    "failed": "cannot be reached",
    "canceled": "is not rung any more",
}
_SCREENED = {"connect": "lets the call through", "decline": "declines", "voicemail": "goes to a mailbox"}
_SAYS, _HANGS_UP = "says ", "hangs up"
_FAREWELLS = frozenset({"bye", "goodbye"})


def in_words(script: Mapping[str, Any]) -> str:
    """Tell what somebody does, machines before them included."""
    if script.get("answer") in _ANSWERS:
        return _ANSWERS[script["answer"]]
    acts = [*_screening(script.get("screening")), *_machine(script.get("machine")), *_person(script)]
    return ", ".join(acts)


def _screening(screening: Mapping[str, Any] | None) -> list[str]:
    if not screening:
        return []
    then = _SCREENED[screening.get("then", "connect")]
    return [f"has calls screened: “{_line(screening['prompt'])}”", f"then {then}"]


def _machine(machine: Mapping[str, Any] | None) -> list[str]:
    if not machine:
        return []
    beep = "beeps" if machine.get("beep", True) else "does not beep"
    return [f"has a machine that says “{_line(machine['greeting'])}”", f"and {beep}"]


def _person(script: Mapping[str, Any]) -> list[str]:
    """Tell the steps, and the rules where no step ends the call; nothing where a machine takes it."""
    screening = script.get("screening")
    if screening.get("then", "connect") != "connect" if screening else script.get("machine"):
        return []
    steps = [_step(step) for step in script.get("steps", ())]
    ends = [place for place, step in enumerate(steps) if step.endswith(_HANGS_UP)]
    if ends:
        return _joined(steps[: ends[0] + 1])
    rules = [words for rule in script.get("rules", ()) if (words := _rule(rule, alone=not steps))]
    return [*_joined(steps), *rules] or ["says nothing"]


def _joined(acts: Sequence[str]) -> list[str]:
    """Tell acts one after the other: a repeated one once, and "says" once for several lines."""
    told: list[str] = []
    previous = ""
    for act in acts:
        if act == previous:
            continue
        again = previous.startswith(_SAYS) and act.startswith(_SAYS)
        told.append(f"then {act.removeprefix(_SAYS)}" if again else act)
        previous = act
    return told


def _step(step: Mapping[str, Any]) -> str:
    words = step.get("interrupt_after_words")
    over = f"talks over the agent after {words} words: " if words else ""
    return over + _action(step)


def _rule(rule: Mapping[str, Any], *, alone: bool) -> str:
    """Tell a rule; nothing of the courtesy to hang up after a goodbye, beside what else is done."""
    heard = rule.get("hears", "").strip("/").replace("|", "” or “")
    if not alone and heard in _FAREWELLS and _action(rule) == _HANGS_UP:
        return ""
    return f"{_action(rule)} on “{heard}”" if heard else f"{_action(rule)} in the end"


def _action(action: Mapping[str, Any]) -> str:
    acts = {
        "is silent": action.get("silent"),
        "makes noise": action.get("noise"),
        f"{_SAYS}“{_line(action.get('say', ''))}”": action.get("say"),
        f"presses {action.get('press', '').replace('w', '')}": action.get("press"),
        _HANGS_UP: action.get("hang_up"),
    }
    return " and ".join(words for words, happens in acts.items() if happens)


def _line(said: str | Sequence[str]) -> str:
    return said if isinstance(said, str) else " ".join(said)

"""Machines that pick up: one that takes messages after its beep, and one that asks who calls.

How they are scripted, and how they act on a line; who else may pick up is in ``callees`` and ``person``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.forms import ControlError, Fields

if TYPE_CHECKING:
    from localcloud.phone_network.line import Line
    from localcloud.phone_network.log import CarrierLog

_BEFORE_TALK = 0.5
# The product answers in real time however fast the simulation runs: greetings are long beside that.
LISTENER_GRACE, ANSWER_GRACE = 10.0, 10.0
_LANGUAGE, _CONFIDENCE = "en-US", 0.9


class Then(StrEnum):
    """What follows when somebody was told who calls."""

    CONNECT = "connect"  # the person takes the call: their steps follow
    DECLINE = "decline"
    VOICEMAIL = "voicemail"  # the machine of the same script takes the call


@dataclass(frozen=True, slots=True)
class Machine:
    """An answering machine. Seconds are simulated.

    ``greeting`` are its sentences, ``pause_seconds`` apart and before the beep; from then on it records for
    ``hears_for`` seconds, and hangs up.
    """

    greeting: tuple[str, ...]
    beep: bool = True
    pause_seconds: float = 1.0
    hears_for: float = 30.0


@dataclass(frozen=True, slots=True)
class Screening:
    """A machine that asks who calls and why, says ``holding``, and asks its owner for ``rings_for`` seconds.

    When nobody answers it within ``hears_for`` seconds, it declines.
    """

    prompt: tuple[str, ...]
    then: Then = Then.CONNECT
    holding: str = ""
    rings_for: float = 3.0
    hears_for: float = 10.0


def parse_machine(body: Any, path: str) -> Machine | None:
    """Read an answering machine, if there is one; raise ``ControlError`` naming the field and the remedy."""
    if body is None:
        return None
    fields = Fields(body, path)
    machine = Machine(
        greeting=_lines(fields.any("greeting"), f"{path}.greeting"),
        beep=fields.flag("beep", default=True),
        pause_seconds=fields.number("pause_seconds", 1.0),
        hears_for=fields.number("hears_for", 30.0),
    )
    fields.finish()
    return machine


def parse_screening(body: Any, path: str) -> Screening | None:
    """Read a screening machine, if there is one; raise ``ControlError`` naming the field and the remedy."""
    if body is None:
        return None
    fields = Fields(body, path)
    screening = Screening(
        prompt=_lines(fields.any("prompt"), f"{path}.prompt"),
        then=Then(fields.choice("then", list(Then), "connect")),
        holding=fields.text("holding", ""),
        rings_for=fields.number("rings_for", 3.0),
        hears_for=fields.number("hears_for", 10.0),
    )
    fields.finish()
    return screening


def _lines(value: Any, path: str) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if isinstance(value, list) and value and all(isinstance(line, str) and line for line in value):
        return tuple(value)
    raise ControlError(path, "must be what it says, or a list of its sentences")


async def take_message(machine: Machine, line: Line, log: CarrierLog, call_sid: str) -> None:
    """Greet, beep, record what is said from then on, and hang up; what was recorded is always logged."""
    await _begin(line)
    for sentence in machine.greeting:
        await line.say((sentence,), _LANGUAGE, _CONFIDENCE)
        await line.pace.sleep(machine.pause_seconds)
    if machine.beep:
        log.record("machine.beep", call_sid)
    recorded: list[str] = []
    line.speaker.on_piece.append(recorded.append)
    line.greeted.set()
    try:
        await line.pace.sleep(machine.hears_for)
        line.hang_up("machine")
    finally:
        line.speaker.on_piece.remove(recorded.append)
        log.record("machine.recorded", call_sid, text=" ".join("".join(recorded).split()))


async def screen(screening: Screening, line: Line, log: CarrierLog, call_sid: str) -> Then:
    """Ask who calls, listen, ask the owner; tell what the owner wants."""
    await _begin(line)
    for sentence in screening.prompt:
        await line.say((sentence,), _LANGUAGE, _CONFIDENCE)
    before = len(line.heard)

    def answered() -> bool:
        return len(line.heard) > before and not line.speaker.speaking

    heard = await line.changed.within(max(line.pace.real(screening.hears_for), ANSWER_GRACE), answered)
    log.record("screening.heard", call_sid, text=" ".join(line.heard[before:]))
    if not heard:
        return Then.DECLINE
    if screening.holding:
        await line.say((screening.holding,), _LANGUAGE, _CONFIDENCE)
    await line.pace.sleep(screening.rings_for)
    return screening.then


async def _begin(line: Line) -> None:
    """Wait as long as a machine does that picks up, and until somebody listens."""
    await line.pace.sleep(_BEFORE_TALK)
    await line.changed.within(LISTENER_GRACE, lambda: line.listener is not None)
    line.greeting.set()

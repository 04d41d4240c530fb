"""Scripted people: who answers, what they say and when; acting the script out is in ``person``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from localcloud.phone_network.forms import ControlError, Fields
from localcloud.phone_network.machines import Machine, Screening, Then, parse_machine, parse_screening

_DIGITS = re.compile(r"[0-9*#w]*")
_REGEX = re.compile(r"/(.*)/", re.DOTALL)


class Answer(StrEnum):
    """What becomes of a call to this person."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELED = "canceled"


class AnsweredBy(StrEnum):
    """Who or what picks up, as answering machine detection reports it."""

    HUMAN = "human"
    MACHINE_START = "machine_start"
    MACHINE_END_BEEP = "machine_end_beep"
    MACHINE_END_SILENCE = "machine_end_silence"
    MACHINE_END_OTHER = "machine_end_other"
    FAX = "fax"
    UNKNOWN = "unknown"


class Wait(StrEnum):
    """What a step waits for."""

    AGENT = "agent"
    NONE = "none"


class AtEnd(StrEnum):
    """What a person does when the script is over."""

    LISTEN = "listen"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class Hears:
    """What the agent must have said: a case-insensitive substring, or a ``/regular expression/``."""

    text: str

    def matches(self, heard: str) -> bool:
        """Tell whether the heard words fit; an empty pattern fits everything."""
        if expression := _REGEX.fullmatch(self.text):
            return re.search(expression[1], heard, re.IGNORECASE) is not None
        return self.text.casefold() in heard.casefold()


@dataclass(frozen=True, slots=True)
class Action:
    """What a person does, in this order: be silent, make noise, say, press keys, hang up.

    Seconds are simulated. Of ``noise`` nothing is recognised.
    """

    delay: float = 0.5
    silent: float = 0.0
    noise: float = 0.0
    say: tuple[str, ...] = ()
    press: str = ""
    hang_up: bool = False
    lang: str = "en-US"
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Step:
    """One action in the script's order, and what it waits for.

    ``interrupt_after_words`` talks over the agent once that many words of an utterance were heard.
    """

    action: Action
    wait: Wait = Wait.AGENT
    hears: Hears | None = None
    interrupt_after_words: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer to whatever the agent says that matches, at most ``times`` times."""

    hears: Hears
    action: Action
    times: int | None = None


@dataclass(frozen=True, slots=True)
class SmsReply:
    """A text message back to one that matches, at most ``times`` times."""

    hears: Hears
    text: str
    delay: float = 1.0
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Callee:
    """A person, or a machine, at the other end of the line. Seconds are simulated."""

    answer: Answer = Answer.ANSWERS
    ring_seconds: float = 2.0
    answered_by: AnsweredBy = AnsweredBy.HUMAN
    amd_seconds: float = 2.0
    machine: Machine | None = None
    screening: Screening | None = None
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    at_end: AtEnd = AtEnd.LISTEN
    patience_seconds: float = 60.0
    sms_status: str = "delivered"
    sms_replies: tuple[SmsReply, ...] = ()
    script: dict[str, Any] = field(default_factory=dict, compare=False)


def friendly() -> Callee:
    """Return the person who answers when nobody was scripted."""
    return Callee(
        steps=(Step(Action(delay=0.0, say=("Hello?",)), wait=Wait.NONE),),
        rules=(
            Rule(Hears("bye"), Action(say=("Goodbye.",), hang_up=True)),
            Rule(Hears("?"), Action(say=("Yes, that is fine.",)), times=6),
            Rule(Hears(""), Action(say=("All right, thank you.",)), times=6),
        ),
        patience_seconds=20.0,
    )


def parse_callee(body: Any, path: str = "callee") -> Callee:
    """Read a script; raise ``ControlError`` naming the field and the remedy."""
    fields = Fields(body, path)
    answer, ring_seconds = _answer(fields, path)
    machine, screening = _machines(fields, path)
    callee = Callee(
        answer=answer,
        ring_seconds=ring_seconds,
        answered_by=AnsweredBy(fields.choice("answered_by", list(AnsweredBy), _verdict(machine))),
        amd_seconds=fields.number("amd_seconds", 2.0),
        machine=machine,
        screening=screening,
        steps=tuple(_step(item, f"{path}.steps[{i}]") for i, item in enumerate(fields.items("steps"))),
        rules=tuple(_rule(item, f"{path}.rules[{i}]") for i, item in enumerate(fields.items("rules"))),
        at_end=AtEnd(fields.choice("at_end", list(AtEnd), "listen")),
        patience_seconds=fields.number("patience_seconds", 60.0),
        sms_status=fields.choice("sms_status", ["delivered", "undelivered", "failed"], "delivered"),
        sms_replies=tuple(
            _sms_reply(item, f"{path}.sms_replies[{i}]") for i, item in enumerate(fields.items("sms_replies"))
        ),
        script=body,
    )
    fields.finish()
    return callee


def _machines(fields: Fields, path: str) -> tuple[Machine | None, Screening | None]:
    machine = parse_machine(fields.any("machine"), f"{path}.machine")
    screening = parse_screening(fields.any("screening"), f"{path}.screening")
    if screening and screening.then is Then.VOICEMAIL and machine is None:
        raise ControlError(f"{path}.screening.then", "voicemail needs a machine in the same script")
    return machine, screening


def _verdict(machine: Machine | None) -> str:
    """Say what detection finds where the script does not: the truth."""
    if machine is None:
        return AnsweredBy.HUMAN.value
    return (AnsweredBy.MACHINE_END_BEEP if machine.beep else AnsweredBy.MACHINE_END_SILENCE).value


def _answer(fields: Fields, path: str) -> tuple[Answer, float]:
    ring_seconds = fields.number("ring_seconds", 2.0)
    value = fields.any("answer", "answers")
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        return Answer.ANSWERS, float(value)
    if value not in list(Answer):
        remedy = f"must be the seconds until the answer, or one of {', '.join(Answer)}"
        raise ControlError(f"{path}.answer", remedy)
    return Answer(value), ring_seconds


def _step(body: Any, path: str) -> Step:
    fields = Fields(body, path)
    hears = fields.any("hears")
    step = Step(
        wait=Wait(fields.choice("wait", list(Wait), "agent")),
        hears=None if hears is None else _hears(hears, path),
        interrupt_after_words=fields.integer("interrupt_after_words", None),
        action=_action(fields, path),
    )
    fields.finish()
    return step


def _rule(body: Any, path: str) -> Rule:
    fields = Fields(body, path)
    rule = Rule(
        hears=_hears(fields.any("hears"), path),
        times=fields.integer("times", None),
        action=_action(fields, path),
    )
    fields.finish()
    return rule


def _sms_reply(body: Any, path: str) -> SmsReply:
    fields = Fields(body, path)
    reply = SmsReply(
        hears=_hears(fields.any("hears", ""), path),
        text=fields.text("say"),
        delay=fields.number("delay", 1.0),
        times=fields.integer("times", None),
    )
    fields.finish()
    return reply


def _hears(value: Any, path: str) -> Hears:
    if not isinstance(value, str):
        raise ControlError(
            f"{path}.hears", "must be a part of what the agent says, or a /regular expression/"
        )
    if expression := _REGEX.fullmatch(value):
        try:
            re.compile(expression[1])
        except re.error as error:
            raise ControlError(f"{path}.hears", f"must be a regular expression: {error}") from None
    return Hears(value)


def _action(fields: Fields, path: str) -> Action:
    press = fields.text("press", "")
    if not _DIGITS.fullmatch(press):
        raise ControlError(f"{path}.press", "must consist of 0-9, *, # and w (half a second)")
    return Action(
        delay=fields.number("delay", 0.5),
        silent=fields.number("silent", 0.0),
        noise=fields.number("noise", 0.0),
        say=_say(fields.any("say", ""), path),
        press=press,
        hang_up=fields.flag("hang_up", default=False),
        lang=fields.text("lang", "en-US"),
        confidence=fields.number("confidence", 0.9, maximum=1.0),
    )


def _say(value: Any, path: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ControlError(f"{path}.say", "must be a line, or a list of the parts in which it is recognised")

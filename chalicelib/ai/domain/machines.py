"""Who is at the other end of an outbound call, told by what is said: a machine, one that screens, a person.

English, Spanish, German and French. A model is never asked: a machine must not cost a token, and a person
must never wait for the answer. What is doubtful is a person. Pure; the carrier's own detection is elsewhere.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import (
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    Hangup,
    Listen,
    Say,
)
from chalicelib.ai.domain.speaking import speakable
from chalicelib.ai.domain.wording import is_farewell

if TYPE_CHECKING:
    from re import Pattern

    from chalicelib.ai.domain.conversation import Conversation, Directive, Event

# Why a turn of a machine ended as it did.
MACHINE_GREETING = "machine_greeting"  # nothing is answered to a recorded greeting
MACHINE_WAITS = "machine_waits"  # silence after it: it records by now
SCREENING_ANSWERED = "screening_answered"
SCREENING_HOLDS = "screening_holds"
GREETED_AGAIN = "greeted_again"
MACHINE = "machine"
_MOST_SCREENING_ANSWERS = 2
_MOST_SILENCES = 3
# Longer texts need not be searched: what gives a machine away is said at once.
_LONGEST_HELLO, _LONGEST_TEXT = 60, 2000


class Stage(StrEnum):
    """Who has been heard so far."""

    NOBODY = "nobody"
    SPOKE = "spoke"  # one utterance that could be anybody's: a person's, or how a machine begins
    TALKS = "talks"  # a person
    SCREENS = "screens"  # a machine that asks who calls; its owner may come to the phone
    MACHINE = "machine"
    AFTER_MACHINE = "after_machine"  # one more utterance after a machine's greeting


@dataclass(frozen=True)
class OtherEnd:
    """What is known of the other end of an outbound call.

    `screenings` counts the answers to screening machines so far; `patient`: the carrier may still tell when
    a machine's greeting is over, so the first silence after it decides nothing.
    """

    stage: Stage = Stage.NOBODY
    screening_answer: str = ""
    screenings: int = 0
    patient: bool = False


def _phrases(name: str) -> Pattern[str]:
    """Give patterns by name; their compiling takes 10 ms, which a process that never hears a word saves."""
    from chalicelib.ai.domain import machine_phrases  # noqa: PLC0415

    pattern: Pattern[str] = getattr(machine_phrases, name)
    return pattern


def is_machine_greeting(text: str) -> bool:
    """Tell whether these words are a recorded greeting, or a menu, that no person says."""
    plain = _plain(text)
    return not is_screening(text) and _phrases("GREETING").search(plain) is not None


def is_screening(text: str) -> bool:
    """Tell whether a machine asks for name and reason, to tell its owner; who asks politely is a person."""
    plain = _plain(text)
    if _phrases("SURE_SCREENING").search(plain):
        return True
    is_polite = _phrases("POLITE_QUESTION").search(plain) is not None
    return not is_polite and _phrases("SCREENING").search(plain) is not None


def is_hello(text: str) -> bool:
    """Tell whether somebody only answers the phone: "Hello?", "Yes?", "This is Ada speaking"."""
    plain = _plain(text)
    return len(plain) <= _LONGEST_HELLO and _phrases("HELLO").fullmatch(plain) is not None


def is_introduction(text: str) -> bool:
    """Tell whether somebody only says who they are and asks nothing: a mailbox may begin so."""
    plain = _plain(text)
    is_short = len(plain) <= _LONGEST_HELLO and "?" not in plain
    return is_short and _phrases("INTRODUCTION").fullmatch(plain) is not None


def stage_after(stage: Stage, text: str) -> Stage:
    """Give who is there when this was said too. A person who has talked on stays a person."""
    if stage is Stage.TALKS:
        return stage
    if is_screening(text):
        return Stage.SCREENS
    if is_machine_greeting(text):
        return Stage.MACHINE
    if _goes_on(stage, text):
        return stage
    return _NEXT[stage]


_NEXT = {
    Stage.NOBODY: Stage.SPOKE,
    Stage.SPOKE: Stage.TALKS,
    Stage.SCREENS: Stage.TALKS,
    Stage.MACHINE: Stage.AFTER_MACHINE,
    Stage.AFTER_MACHINE: Stage.TALKS,
}


def _goes_on(stage: Stage, text: str) -> bool:
    """Tell whether a machine that has begun to speak only speaks on."""
    if stage is Stage.SCREENS:
        return _phrases("HOLDING").search(_plain(text)) is not None
    if stage is Stage.MACHINE:
        return not is_hello(text) and (is_farewell(text) or _phrases("TAIL").search(_plain(text)) is not None)
    return False


def answer_to_machine(conversation: Conversation, event: Event) -> tuple[Directive, ...]:
    """Decide what is said to a machine, or to the person whom a screening machine let through.

    Empty: this is not about a machine.
    """
    other = conversation.other_end
    if other is None:
        return ()
    match event:
        case CallerSaid(text=text):
            return _answer_to_words(other, text, conversation)
        case CallerUnclear(text=text) if is_machine_greeting(text) or is_screening(text):
            return _answer_to_words(other, text, conversation)
        case CallerSilent() | CallerUnclear() if other.stage is Stage.MACHINE:
            return _answer_to_silence(other, conversation.silences)
    return ()


def _answer_to_words(other: OtherEnd, text: str, conversation: Conversation) -> tuple[Directive, ...]:
    stage, language = stage_after(other.stage, text), conversation.own_language
    if stage is Stage.MACHINE:
        return (Listen(MACHINE_GREETING),)
    if stage is Stage.SCREENS:
        if is_screening(text) and other.screenings < _MOST_SCREENING_ANSWERS:
            return (Say(speakable(other.screening_answer, language), last=True), Listen(SCREENING_ANSWERED))
        return (Listen(SCREENING_HOLDS),)
    if other.stage is Stage.SCREENS and is_hello(text):
        return (Say(speakable(conversation.greeting, language), last=True), Listen(GREETED_AGAIN))
    return ()


def _answer_to_silence(other: OtherEnd, silences: int) -> tuple[Directive, ...]:
    if silences >= _MOST_SILENCES:
        return (Hangup(MACHINE),)
    if other.patient and silences == 0:
        return (Listen(MACHINE_GREETING),)
    return (Listen(MACHINE_WAITS),)


def _plain(text: str) -> str:
    """Lower the case, drop accents, and write every apostrophe in one way, as transcripts differ in them."""
    letters = text[:_LONGEST_TEXT].casefold().replace("\u2019", "'")
    if letters.isascii():
        return " ".join(letters.split())
    letters = unicodedata.normalize("NFKD", letters)
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())

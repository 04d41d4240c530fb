"""Machines that answer a call: what is known of the other end, and what a machine is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.machines import (
    SCREENING_ANSWERED,
    OtherEnd,
    Stage,
    is_introduction,
    is_machine_greeting,
    is_screening,
    stage_after,
)
from chalicelib.ai.domain.sentences import Sentence, has_sentences, sentence
from chalicelib.calls.domain.calls import CallEvent, Direction, add_event
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.calls.domain.turns import TurnKind
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn

# Twilio, docs/voice/answering-machine-detection: the values of `AnsweredBy`.
FAX, MACHINE_START, _MACHINE = "fax", "machine_start", "machine"
# What is written where nobody but its own words gave a machine away.
HEARD = "heard"
VERDICTS = (Happening.PERSON, Happening.MACHINE, Happening.MACHINE_DOUBTED)
# A worker that has not taken a call over by then has died: another may try, once.
_ATTEMPT_LASTS = timedelta(seconds=20)
_MOST_ATTEMPTS = 2


def usual_screening_answer(name: str, greeting: str, language: str) -> str:
    """Say for whom a call is, if that is known, and who calls: as the greeting says it."""
    knows = bool(name) and has_sentences(language)
    call_for = sentence(Sentence.CALL_FOR, language, name=name) if knows else ""
    return f"{call_for} {greeting}".strip()


def stage_of_turns(turns: tuple[Turn, ...]) -> Stage:
    """Give who has been heard on a call; keys are pressed by people."""
    stage = Stage.NOBODY
    for turn in turns:
        if turn.kind is TurnKind.KEYS:
            stage = Stage.TALKS
        elif turn.kind is TurnKind.SPEECH or _gives_away(turn):
            stage = stage_after(stage, turn.said)
    return stage


def _gives_away(turn: Turn) -> bool:
    """Tell whether words that were hardly understood are a machine's all the same."""
    return turn.kind is TurnKind.UNCLEAR and (is_machine_greeting(turn.said) or is_screening(turn.said))


def has_heard_machine_only(turns: tuple[Turn, ...]) -> bool:
    """Tell whether a machine's greeting was the last that was heard, and nobody talked on after it."""
    return stage_of_turns(turns) is Stage.MACHINE


def has_talked(file: CallFile) -> bool:
    """Tell whether somebody who may be a person said something, or pressed a key, on a call."""
    nobody = (Stage.NOBODY, Stage.MACHINE, Stage.SCREENS)
    return stage_of_turns(file.turns) not in nobody and not is_taken_over(file.call)


def other_end_of(file: CallFile) -> OtherEnd | None:
    """Give what is known of the other end of a call that we placed; None for a call to us."""
    if file.brief is None or file.call.direction is not Direction.OUTBOUND:
        return None
    undecided = not has_happened(file.call, *VERDICTS)
    return OtherEnd(
        stage=stage_of_turns(file.turns),
        screening_answer=file.brief.screening_answer or file.brief.greeting,
        screenings=sum(turn.reason == SCREENING_ANSWERED for turn in file.turns),
        patient=undecided and file.brief.on_machine is OnMachine.LEAVE_MESSAGE,
    )


def is_machine_verdict(answered_by: str) -> bool:
    """Tell whether the carrier found a machine; whatever it does not know is met as a person."""
    return answered_by == FAX or answered_by.startswith(_MACHINE)


def has_person(file: CallFile) -> bool:
    """Tell whether a person, or a machine that asks for one, was heard: the conversation is trusted then.

    A name alone is not yet a person: "Hi, this is Bob." may be the first piece of a recorded greeting.
    """
    stage = stage_of_turns(file.turns)
    if stage is Stage.SPOKE:
        return not any(is_introduction(turn.said) for turn in file.turns)
    return stage in {Stage.TALKS, Stage.SCREENS}


def may_begin(call: Call, brief: Brief | None) -> bool:
    """Tell whether the greeting of the machine is over; where it has just begun, a message must wait."""
    only_began = verdict_on(call) == MACHINE_START
    return not (only_began and brief is not None and brief.on_machine is OnMachine.LEAVE_MESSAGE)


def verdict_on(call: Call) -> str:
    """Give how a machine was found; empty when none was."""
    return next((event.detail for event in call.events if event.kind == Happening.MACHINE), "")


def message_for(call: Call, brief: Brief | None) -> str:
    """Give what is to be said to the machine that answers this call; empty: hang up."""
    verdict = verdict_on(call)
    is_fit = verdict not in {"", FAX} and not is_doubted(call)
    if not is_fit or brief is None or brief.on_machine is not OnMachine.LEAVE_MESSAGE:
        return ""
    return brief.voicemail_message


def was_detected(call: Call) -> bool:
    """Tell whether the carrier said who answered, which it charges for."""
    return any(event.kind in VERDICTS and event.detail not in {"", HEARD} for event in call.events)


def is_taken_over(call: Call) -> bool:
    """Tell whether the call was taken from the conversation, to leave a message or to hang up.

    A person who talked before any message began has it back.
    """
    if has_happened(call, Happening.MESSAGE_BEGUN):
        return True
    return has_happened(call, Happening.TAKEN_OVER) and not is_doubted(call)


def is_doubted(call: Call) -> bool:
    """Tell whether a person talked on a call that was said to be a machine's."""
    return has_happened(call, Happening.MACHINE_DOUBTED)


def claim(call: Call, now: datetime) -> Call:
    """Take the right to redirect this call, which at most one worker has at a time; or leave it unchanged."""
    if call.is_over or has_happened(call, Happening.MESSAGE_BEGUN):
        return call
    made = [event for event in call.events if event.kind == Happening.TAKEN_OVER]
    if len(made) >= _MOST_ATTEMPTS or (made and made[-1].at > iso(now - _ATTEMPT_LASTS)):
        return call
    key = f"{Happening.TAKEN_OVER}_{len(made) + 1}"
    return add_event(call, CallEvent(iso(now), key, Happening.TAKEN_OVER))


def unclaim(call: Call, claimed: Call) -> Call:
    """Give back the right that `claimed` took, which nothing came of: the carrier did nothing."""
    made = [event for event in claimed.events if event.kind == Happening.TAKEN_OVER]
    return replace(call, events=tuple(event for event in call.events if event not in made[-1:]))

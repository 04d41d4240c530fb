"""Words that reach us when the call cannot answer any more: kept as a turn, and obeyed where they must be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent, CallerUnclear
from chalicelib.ai.domain.wording import digits_of, pressed
from chalicelib.ai.engine import revokes_consent
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.turns import LAST_WORDS, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.judging import judged
from chalicelib.calls.services.masking import mask_late_turn
from chalicelib.calls.services.progress import get_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.clock import iso
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

SpokenEvent = CallerSaid | CallerPressed | CallerSilent | CallerUnclear
_MAX_TRIES = 5


def keep_last_words(
    calls: CallPorts, file: CallFile | None, call_id: str, heard: Turn, *, has_gone: bool
) -> None:
    """Keep what was said right before the end, which nobody can answer; safe to repeat.

    A wish not to be called is carried out first. `has_gone`: the carrier says with these words that the
    person has hung up. `heard` has the number that its transport gave it, or 0. Nothing is kept of an
    erased call, nor of one that still goes on.
    """
    if revokes_consent(event_of(heard), file.brief.menu if file and file.brief else ()):
        keep_wish(calls, file.call if file else get_call(calls, call_id))
    if file is None or file.brief is None or file.call.erased_at or not heard.said.strip():
        return
    if not (file.call.is_over or has_gone) or _is_known(file, heard):
        return
    turn = replace(heard, answer="", end=TurnEnd.CUT, reason=LAST_WORDS)
    _store(calls, file, judged(calls, file, turn))


def keep_wish(calls: CallPorts, call: Call) -> None:
    """Stop calling the number, and note it on the call, whose outcome it is unless the books are closed."""
    stop_calling(calls, call.number, source=f"call:{call.id}")
    event = CallEvent(iso(calls.clock.now()), Happening.OPTED_OUT, Happening.OPTED_OUT)
    calls.book.change(
        call.id, lambda known: known if known.finished_at or known.erased_at else add_event(known, event)
    )


def turn_of(event: SpokenEvent, received_at: datetime, number: int) -> Turn:
    """Give what the caller did as a turn that nobody has answered yet."""
    match event:
        case CallerSaid(text=text, language=language):
            return Turn(number, TurnKind.SPEECH, received_at, said=text, language=language)
        case CallerPressed(digits=digits):
            return Turn(number, TurnKind.KEYS, received_at, said=pressed(digits))
        case CallerUnclear(text=text):
            return Turn(number, TurnKind.UNCLEAR, received_at, said=text)
        case CallerSilent():
            return Turn(number, TurnKind.SILENCE, received_at)


def event_of(turn: Turn) -> SpokenEvent:
    """Give what a stored turn answers."""
    match turn.kind:
        case TurnKind.KEYS if turn.said:
            return CallerPressed(digits_of(turn.said))
        case TurnKind.SPEECH:
            return CallerSaid(turn.said, turn.language)
        case TurnKind.UNCLEAR:
            return CallerUnclear(turn.said)
        case _:
            return CallerSilent()


def _is_known(file: CallFile, heard: Turn) -> bool:
    """Tell whether a transport that counts turns brings words again that we have."""
    since = [turn for turn in file.turns if turn.number >= heard.number] if heard.number else []
    return any((turn.kind, turn.said) == (heard.kind, heard.said) for turn in since)


def _store(calls: CallPorts, file: CallFile, turn: Turn) -> None:
    """Store a turn by its number, or by the first that is free after those that are known."""
    first = max(turn.number, max((known.number for known in file.turns), default=0) + 1)
    for number in range(first, first + _MAX_TRIES):
        kept = replace(turn, number=number)
        if calls.turns.open(file.call.id, kept):
            mask_late_turn(calls, file.call.id, kept)
            log("turn.last_words", call_id=file.call.id, turn=number)
            return

"""What people hear around a hand-over: colleagues what it is about, made by rules; callers to wait."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import Sentence, has_sentences, sentence
from chalicelib.calls.domain.rooms import Role
from chalicelib.calls.domain.sayings import say_on
from chalicelib.calls.domain.turns import TurnKind
from chalicelib.crm.domain.contacts import known_name
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.rooms import Participant, RoomFile
    from chalicelib.calls.ports.calls import CallPorts

_LONGEST = 160
_SPOKEN = frozenset({TurnKind.SPEECH})


def whisper(calls: CallPorts, file: CallFile) -> str:
    """Say who waits and what they said: first, which is mostly why they call, and last."""
    said = [turn.said for turn in file.turns if turn.kind in _SPOKEN and turn.said.strip()]
    language = language_of(file)
    parts = [sentence(Sentence.WOULD_LIKE_TO_TALK, language, name=_name(calls, file, language))]
    if said:
        parts.append(sentence(Sentence.THEY_SAID, language, words=_cut(said[0])))
    else:
        parts.append(sentence(Sentence.THEY_SAID_NOTHING, language))
    if len(said) > 1:
        parts.append(sentence(Sentence.JUST_NOW, language, words=_cut(said[-1])))
    return "".join(parts)


def invitation(calls: CallPorts, there: RoomFile, leg: Participant) -> tuple[str, str]:
    """Say to somebody who was called in what it is about, and in which language (BCP 47; empty: English)."""
    file = calls.book.load(there.room.call_id) if there.room.call_id else None
    language = language_of(file)
    if leg.role is Role.COLLEAGUE and file:
        return whisper(calls, file), language
    key = Sentence.SUPERVISES if leg.role is Role.SUPERVISOR else Sentence.INVITED
    return sentence(key, language), language


def hold_the_line(calls: CallPorts, room_id: str) -> tuple[str, str]:
    """Ask whoever waits in a room for patience: callers in their own language (BCP 47; empty: English)."""
    there = calls.rooms.load(room_id)
    file = calls.book.load(there.room.call_id) if there and there.room.call_id else None
    if file is None:
        return sentence(Sentence.HOLD_THE_LINE), ""
    say = say_on(file, Sentence.HOLD_THE_LINE)
    return say.text, say.language or language_of(file)


def language_of(file: CallFile | None) -> str:
    """Give the language (BCP 47) in which colleagues are spoken to: the call's, if we have words in it."""
    language = file.brief.language if file and file.brief else ""
    return language if has_sentences(language) else ""


def _name(calls: CallPorts, file: CallFile, language: str) -> str:
    with suppress(NotFound):
        if name := known_name(get_contact(calls.crm, file.call.contact_id)):
            return name
    return sentence(Sentence.SOME_CALLER, language)


def _cut(text: str) -> str:
    """Keep the beginning, to the last whole word, as a sentence."""
    plain = " ".join(text.split())
    if len(plain) > _LONGEST:
        plain = plain[:_LONGEST].rpartition(" ")[0] or plain[:_LONGEST]
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."

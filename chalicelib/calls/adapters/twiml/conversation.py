"""Directives to TwiML: a relay session, or a document that speaks and listens; pure.

Source: Twilio, docs/voice/twiml.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from twilio.twiml.voice_response import Connect, Gather, VoiceResponse

from chalicelib.ai.domain.conversation import (
    AwaitKeys,
    GoOn,
    Hangup,
    Listen,
    Say,
    Transfer,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.calls.domain.handing import Resume
from chalicelib.calls.domain.templates import other_language
from chalicelib.calls.domain.turns import GREETING_TURN, MORE_KEYS, TurnEnd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.handing import Step
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn

_SILENCE_S = 5
# How long a Gather waits for the next key of a number.
_KEYS_S = 2
# Only so does the relay find out which language is spoken; it then names it without its country.
# Source: Twilio, changelog of 7 October 2025 (automatic language detection).
_HEARS_ALL = {"transcription_language": "multi", "transcription_provider": "Deepgram"}


def relay(
    call_id: str,
    brief: Brief,
    directives: Iterable[Step],
    addresses: Addresses,
    turn: int = GREETING_TURN,
) -> str:
    """Connect the call to our socket; what is spoken first plays while the first function still starts.

    `turn` is the newest turn; the session brings it back, with what it needs to notice a silent caller.
    """
    response = VoiceResponse()
    said = _say_others(response, brief, directives)
    greeting = spoken(said)
    connect = Connect(action=addresses.session_ended(call_id))
    hearing = _HEARS_ALL if brief.languages else {}
    session = connect.conversation_relay(
        url=addresses.socket_url,
        welcome_greeting=greeting,
        welcome_greeting_interruptible="any",
        language=brief.language,
        tts_provider="Google",
        voice=brief.voice,
        interruptible="any",
        dtmf_detection=True,
        **hearing,
    )
    for code in dict.fromkeys((brief.language, *brief.languages)) if brief.languages else ():
        session.language(code=code, tts_provider="Google", voice=_voice(brief, code))
    session.parameter(name="call_id", value=call_id)
    session.parameter(name="turn", value=str(turn))
    session.parameter(name="greeting_chars", value=str(len(greeting)))
    response.append(connect)
    return str(response)


def gather(file: CallFile, directives: Iterable[Step], addresses: Addresses, next_turn: int) -> str:
    """Speak, and then listen, hand over or hang up, as the directives say."""
    response = VoiceResponse()
    said: list[Step] = []
    for directive in directives:
        if isinstance(directive, Say):
            said.append(directive)
        elif isinstance(directive, Resume) and directive.by_relay and file.brief:
            return relay(file.call.id, file.brief, said, addresses, directive.next_turn - 1)
        elif isinstance(directive, Listen | Resume):
            number = directive.next_turn if isinstance(directive, Resume) else next_turn
            _listen(response, file, said, addresses.turn(file.call.id, number))
        elif isinstance(directive, AwaitKeys):
            _collect(response, addresses.turn(file.call.id, next_turn))
        elif isinstance(directive, GoOn):
            _say(response, file.brief, said)
            response.redirect(addresses.rest_of_turn(file.call.id, next_turn - 1))
        else:
            _say(response, file.brief, said)
            _leave(response, file, directive, addresses)
    return str(response)


def apology(text: str) -> str:
    """Say one sentence and hang up."""
    response = VoiceResponse()
    response.say(text)
    response.hangup()
    return str(response)


def hang_up() -> str:
    """Hang up without a word."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


@dataclass
class CollectedVoice:
    """Keeps a turn's directives until they are written as one document."""

    directives: list[Directive] = field(default_factory=list)
    chars_per_second: float = 0.0  # nothing is spoken before all is there

    def utter(self, directive: Directive) -> None:
        """Keep a directive."""
        self.directives.append(directive)


def replayed(turn: Turn, brief: Brief | None = None) -> tuple[Directive, ...]:
    """Give again what a turn that was already taken came to; one that broke is asked for once more.

    All of it is spoken in the language of the turn, also a sentence for which we had only the call's own.
    """
    language = other_language(brief, turn.language)
    if turn.filler:
        return (Say(turn.filler, last=True, language=language), GoOn())
    if turn.reason == MORE_KEYS:
        return (AwaitKeys(),)
    endings: dict[TurnEnd | None, Directive] = {
        TurnEnd.HANG_UP: Hangup(turn.reason),
        TurnEnd.TRANSFER: Transfer(turn.reason),
    }
    words = sentence(Sentence.REPEAT, turn.language) if turn.answer is None else turn.answer
    return (Say(words, last=True, language=language), endings.get(turn.end, Listen()))


def rest_of(turn: Turn, brief: Brief | None = None) -> tuple[Directive, ...]:
    """Give again what followed the filler of a turn."""
    rest = turn.answer.removeprefix(turn.filler) if turn.answer and turn.end else None
    return replayed(replace(turn, filler="", answer=rest), brief)


def spoken(directives: Iterable[Step]) -> str:
    """Give the text of the directives as one piece, with single spaces."""
    text = "".join(directive.text for directive in directives if isinstance(directive, Say))
    return " ".join(text.split())


def _listen(response: VoiceResponse, file: CallFile, said: list[Step], action: str) -> None:
    own = file.brief.language if file.brief else None
    others = [step.language for step in said if isinstance(step, Say) and step.text.strip()]
    gathering = Gather(
        input="speech dtmf",
        action=action,
        method="POST",
        timeout=_SILENCE_S,
        speech_timeout="auto",
        num_digits=1,
        finish_on_key="",  # `#` is a key like any other
        language=(others[-1] if others else "") or own,
        action_on_empty_result=True,
    )
    _say(gathering, file.brief, said)
    response.append(gathering)


def _collect(response: VoiceResponse, action: str) -> None:
    """Listen for the rest of a number whose first key was pressed, and speak no word meanwhile."""
    response.append(
        Gather(
            input="speech dtmf",
            action=action,
            method="POST",
            timeout=_KEYS_S,
            speech_timeout="auto",
            finish_on_key="#",
            action_on_empty_result=True,
        )
    )


def _voice(brief: Brief, language: str) -> str | None:
    """Give the same voice for another language; None, the provider's own choice, when it has no name for it.

    A voice's name begins with a language and a country.
    """
    prefix = f"{brief.language}-"
    if language == brief.language:
        return brief.voice
    if "-" not in language or not brief.voice.startswith(prefix):
        return None
    return f"{language}-{brief.voice.removeprefix(prefix)}"


def _say(parent: VoiceResponse | Gather, brief: Brief | None, said: Iterable[Step]) -> None:
    """Speak, each language by a voice of its own."""
    words = (step for step in said if isinstance(step, Say))
    for language, group in groupby(words, key=lambda say: say.language):
        if text := spoken(group):
            parent.say(text, **_sound(brief, language))


def _sound(brief: Brief | None, language: str) -> dict[str, str]:
    if brief is None:
        return {}
    spoken_in = language or brief.language
    voice = _voice(brief, spoken_in)
    named = {"voice": f"Google.{voice}"} if voice else {}
    return {**named, "language": spoken_in}


def _say_others(response: VoiceResponse, brief: Brief, said: Iterable[Step]) -> list[Step]:
    """Speak before a session what is in another language than its greeting; give the rest."""
    steps = list(said)
    others = [step for step in steps if isinstance(step, Say) and step.language]
    _say(response, brief, others)
    return [step for step in steps if step not in others]


def _leave(response: VoiceResponse, file: CallFile, step: Step, addresses: Addresses) -> None:
    """Hang up, or let somebody else have the caller."""
    if isinstance(step, Hangup):
        response.hangup()
    else:
        from chalicelib.calls.adapters.twiml.transfers import pass_on  # noqa: PLC0415  few calls need it

        pass_on(response, file.call, step, addresses)

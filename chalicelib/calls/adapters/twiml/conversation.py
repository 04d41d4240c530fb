"""Directives to TwiML: a relay session, or a document that speaks and listens; pure.

Source: Twilio, docs/voice/twiml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twilio.twiml.voice_response import Connect, Gather, VoiceResponse

from chalicelib.ai.domain.conversation import (
    Hangup,
    Listen,
    Say,
    Transfer,
)
from chalicelib.ai.domain.wording import REPEAT
from chalicelib.calls.domain.turns import TurnEnd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn

_SILENCE_S = 5
_LONGEST_TRANSFER_S = 3600
_DIAL_S = 25


def relay(call_id: str, brief: Brief, directives: Iterable[Directive], addresses: Addresses) -> str:
    """Connect the call to our socket; the greeting is spoken while the first function still starts."""
    response = VoiceResponse()
    connect = Connect(action=addresses.session_ended(call_id))
    session = connect.conversation_relay(
        url=addresses.socket_url,
        welcome_greeting=spoken(directives),
        welcome_greeting_interruptible="speech",
        language=brief.language,
        tts_provider="Google",
        voice=brief.voice,
        interruptible="speech",
        dtmf_detection=True,
    )
    session.parameter(name="call_id", value=call_id)
    response.append(connect)
    return str(response)


def gather(file: CallFile, directives: Iterable[Directive], addresses: Addresses, next_turn: int) -> str:
    """Speak, and then listen, hand over or hang up, as the directives say."""
    response = VoiceResponse()
    said: list[Directive] = []
    for directive in directives:
        if isinstance(directive, Say):
            said.append(directive)
        elif isinstance(directive, Listen):
            _listen(response, file, spoken(said), addresses.turn(file.call.id, next_turn))
        else:
            _say(response, file.brief, spoken(said))
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

    def utter(self, directive: Directive) -> None:
        """Keep a directive."""
        self.directives.append(directive)


def replayed(turn: Turn) -> tuple[Directive, ...]:
    """Give again what a turn that was already taken came to; one that broke is asked for once more."""
    endings: dict[TurnEnd | None, Directive] = {
        TurnEnd.HANG_UP: Hangup(turn.reason),
        TurnEnd.TRANSFER: Transfer(turn.reason),
    }
    words = REPEAT if turn.answer is None else turn.answer
    return (Say(words, last=True), endings.get(turn.end, Listen()))


def spoken(directives: Iterable[Directive]) -> str:
    """Give the text of the directives as one piece, with single spaces."""
    text = "".join(directive.text for directive in directives if isinstance(directive, Say))
    return " ".join(text.split())


def _listen(response: VoiceResponse, file: CallFile, text: str, action: str) -> None:
    gathering = Gather(
        input="speech dtmf",
        action=action,
        method="POST",
        timeout=_SILENCE_S,
        speech_timeout="auto",
        num_digits=1,
        language=file.brief.language if file.brief else None,
        action_on_empty_result=True,
    )
    _say(gathering, file.brief, text)
    response.append(gathering)


def _say(parent: VoiceResponse | Gather, brief: Brief | None, text: str) -> None:
    if text:
        sound = {"voice": f"Google.{brief.voice}", "language": brief.language} if brief else {}
        parent.say(text, **sound)


def _leave(response: VoiceResponse, file: CallFile, directive: Directive, addresses: Addresses) -> None:
    """Hang up, or dial the template's own target; with no target there is nobody to reach."""
    if isinstance(directive, Hangup):
        response.hangup()
    elif file.brief and file.brief.transfer_to:
        ended = addresses.transfer_ended(file.call.id)
        dial = response.dial(
            action=ended, timeout=_DIAL_S, time_limit=_LONGEST_TRANSFER_S, caller_id=file.call.line
        )
        dial.number(file.brief.transfer_to)
    else:
        response.redirect(addresses.transfer_ended(file.call.id))

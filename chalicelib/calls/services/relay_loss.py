"""How the conversation goes on when the carrier could not open the socket, or lost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Listen, Say
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.ai.domain.speaking import speakable
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.sayings import say_on
from chalicelib.kernel.clock import iso
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

# Errors of a session that was open (twilio.com/docs/api/errors): its socket ended, a message was refused.
_AFTER_OPENING = {"64105", "64107"}


def relay_lost(calls: CallPorts, file: CallFile, error: str) -> tuple[Directive, ...]:
    """Go on without the socket; who has not even heard the greeting hears it now. Safe to repeat."""
    lost = CallEvent(iso(calls.clock.now()), Happening.RELAY_LOST, Happening.RELAY_LOST, error)
    calls.book.change(file.call.id, lambda call: add_event(call, lost))
    was_open = len(file.turns) > 1 or error in _AFTER_OPENING
    greeting = speakable(file.brief.greeting, file.brief.language) if file.brief else ""
    log("relay.lost", call_id=file.call.id, error=error, was_open=was_open)
    bridge = say_on(file, Sentence.LINE_WAS_BAD)
    return (bridge if was_open or not greeting else Say(greeting, last=True), Listen())

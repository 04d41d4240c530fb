"""What a colleague is told before they take a caller: short, made by rules, so that nobody waits for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.calls.domain.turns import TurnKind
from chalicelib.crm.domain.contacts import known_name
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

_LONGEST = 160
_SPOKEN = frozenset({TurnKind.SPEECH})


def whisper(calls: CallPorts, file: CallFile) -> str:
    """Say who waits and what they said: first, which is mostly why they call, and last."""
    said = [turn.said for turn in file.turns if turn.kind in _SPOKEN and turn.said.strip()]
    first = f" They said: {_cut(said[0])}" if said else " They have not said what it is about."
    last = f" And just now: {_cut(said[-1])}" if len(said) > 1 else ""
    return f"{_name(calls, file.call.contact_id)} would like to talk to you.{first}{last}"


def _name(calls: CallPorts, contact_id: str) -> str:
    with suppress(NotFound):
        return known_name(get_contact(calls.crm, contact_id)) or "A caller"
    return "A caller"


def _cut(text: str) -> str:
    """Keep the beginning, to the last whole word, as a sentence."""
    plain = " ".join(text.split())
    if len(plain) > _LONGEST:
        plain = plain[:_LONGEST].rpartition(" ")[0] or plain[:_LONGEST]
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."

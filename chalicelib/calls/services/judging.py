"""The mood and the wish of a turn, told when it was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.services.judging import judge
from chalicelib.calls.domain.turns import TurnKind

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts


def judged(calls: CallPorts, file: CallFile, turn: Turn) -> Turn:
    """Add what the caller's words tell of their mood and wish; only speech that was answered is judged."""
    if turn.kind is not TurnKind.SPEECH or turn.end is None:
        return turn
    language = turn.language or (file.brief.language if file.brief else "")
    sentiment, intent = judge(calls.ai, turn.said, language)
    return replace(turn, sentiment=sentiment, intent=intent)

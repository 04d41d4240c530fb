"""Turns as they are kept when their words are masked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.privacy import masked, masked_run

if TYPE_CHECKING:
    from chalicelib.calls.domain.turns import Turn


def masked_turn(turn: Turn) -> Turn:
    """Hide what identifies people in all words of a turn and in its actions; again changes nothing."""
    return replace(
        turn,
        said=masked(turn.said),
        answer=None if turn.answer is None else masked(turn.answer),
        heard=None if turn.heard is None else masked(turn.heard),
        tools=tuple(map(masked_run, turn.tools)),
        corrected=tuple(map(masked, turn.corrected)),
    )

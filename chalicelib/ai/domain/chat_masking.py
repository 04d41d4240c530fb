"""Chats without the numbers and addresses that were written in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.privacy import masked, masked_run

if TYPE_CHECKING:
    from chalicelib.ai.domain.chats import ChatTurn


def masked_turn(turn: ChatTurn) -> ChatTurn:
    """Hide numbers of phones, cards and accounts, and e-mail addresses, in every word of a turn."""
    return replace(
        turn,
        said=masked(turn.said),
        answer=masked(turn.answer) if turn.answer else turn.answer,
        tools=tuple(map(masked_run, turn.tools)),
        corrected=tuple(map(masked, turn.corrected)),
    )

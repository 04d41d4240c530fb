"""Where in a call the values that were found stand, and when it was held, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn

_BETWEEN = re.compile(r"\W+")


def with_turns(analysis: Analysis, turns: tuple[Turn, ...]) -> Analysis:
    """Name the turn of each value: the last in which the caller said the words; None when in none."""
    extracted = tuple(replace(each, turn=_turn_of(each.said, turns)) for each in analysis.extracted)
    return replace(analysis, extracted=extracted)


def _turn_of(words: str, turns: tuple[Turn, ...]) -> int | None:
    wanted = _plain(words)
    if not wanted:
        return None
    found = [turn.number for turn in turns if f" {wanted} " in f" {_plain(turn.said)} "]
    return found[-1] if found else None


def _plain(words: str) -> str:
    return _BETWEEN.sub(" ", words.casefold()).strip()


def begun_at(file: CallFile) -> str:
    """Tell in words when a call began, in the time zone of the contact."""
    zone = ZoneInfo(file.brief.time_zone if file.brief else "UTC")
    at = file.call.answered_at or file.call.created_at
    return at.astimezone(zone).strftime("%A, %d %B %Y, %H:%M")

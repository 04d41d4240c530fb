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
    """Name the turn of each value and fact: the last in which the caller said the words; None when in none.

    A promise to call again may stand in the agent's words as well.
    """
    findings, callback = analysis.findings, analysis.findings.callback
    if callback is not None:
        callback = replace(callback, turn=_turn_of(callback.said, _both_sides(turns)))
    facts = tuple(replace(each, turn=_turn_of(each.said, _callers(turns))) for each in findings.facts)
    extracted = tuple(replace(each, turn=_turn_of(each.said, _callers(turns))) for each in analysis.extracted)
    findings = replace(findings, callback=callback, facts=facts)
    return replace(analysis, extracted=extracted, findings=findings)


def _callers(turns: tuple[Turn, ...]) -> list[tuple[int, str]]:
    return [(turn.number, turn.said) for turn in turns]


def _both_sides(turns: tuple[Turn, ...]) -> list[tuple[int, str]]:
    return [(turn.number, words) for turn in turns for words in (turn.said, turn.spoken)]


def _turn_of(words: str, said: list[tuple[int, str]]) -> int | None:
    wanted = _plain(words)
    if not wanted:
        return None
    found = [number for number, text in said if f" {wanted} " in f" {_plain(text)} "]
    return found[-1] if found else None


def _plain(words: str) -> str:
    return _BETWEEN.sub(" ", words.casefold()).strip()


def begun_at(file: CallFile) -> str:
    """Tell in words when a call began, in the time zone of the contact."""
    zone = ZoneInfo(file.brief.time_zone if file.brief else "UTC")
    at = file.call.answered_at or file.call.created_at
    return at.astimezone(zone).strftime("%A, %d %B %Y, %H:%M")

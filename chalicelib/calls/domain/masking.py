"""What is kept of a call when its words are masked: its turns, and what was read in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.privacy import masked, masked_run

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.extraction import Extracted
    from chalicelib.ai.domain.findings import Findings
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


def masked_analysis(analysis: Analysis, wanted: Collection[str]) -> Analysis:
    """Hide what identifies people in all that was read in a call; again changes nothing.

    The values of the `wanted` fields stay: they belong to the contact's record, and are of no use masked.
    """
    return replace(
        analysis,
        summary=masked(analysis.summary),
        intents=tuple(map(masked, analysis.intents)),
        action_items=tuple(replace(item, text=masked(item.text)) for item in analysis.action_items),
        extracted=tuple(_masked_value(each, stays=each.key in wanted) for each in analysis.extracted),
        findings=_masked_findings(analysis.findings),
    )


def _masked_value(found: Extracted, *, stays: bool) -> Extracted:
    found = replace(found, said=masked(found.said))
    if stays or found.value is None or isinstance(found.value, bool):
        return found
    words = str(found.value)
    hidden = masked(words)
    return found if hidden == words else replace(found, value=hidden)


def _masked_findings(findings: Findings) -> Findings:
    callback = findings.callback and replace(findings.callback, said=masked(findings.callback.said))
    facts = tuple(replace(fact, value=masked(fact.value), said=masked(fact.said)) for fact in findings.facts)
    return replace(findings, callback=callback, facts=facts)

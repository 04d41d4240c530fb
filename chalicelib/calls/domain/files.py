"""A call with everything that belongs to it, as one query gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.costs import CostLine
    from chalicelib.calls.domain.proposals import Proposal
    from chalicelib.calls.domain.recordings import Recording
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn


@dataclass(frozen=True)
class Aftermath:
    """What the post-call job found out; `analysis` is None when nobody spoke."""

    analysis: Analysis | None
    costs: tuple[CostLine, ...]


@dataclass(frozen=True)
class CallFile:
    """One call: its head, the brief it is held by, its turns in order, and what came after."""

    call: Call
    brief: Brief | None = None
    turns: tuple[Turn, ...] = ()
    aftermath: Aftermath | None = None
    recordings: tuple[Recording, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def usage(self) -> Usage:
        """Tokens that the conversation and its analysis consumed."""
        analysis = self.aftermath.analysis if self.aftermath else None
        return sum((turn.usage for turn in self.turns), analysis.usage if analysis else Usage())

    def asked(self, usual_model: str) -> tuple[ModelUse, ...]:
        """Give every question to a model; where it was not kept which one answered, it was the usual one."""
        return tuple(use for asked in self.asked_by_turn(usual_model) for use in asked)

    def asked_by_turn(self, usual_model: str) -> tuple[tuple[ModelUse, ...], ...]:
        """Give the questions of each turn, and those of the analysis at the end."""
        turns = (turn.asked or _unnamed(usual_model, turn.usage) for turn in self.turns)
        analysis = self.aftermath.analysis if self.aftermath else None
        if analysis is None:
            return tuple(turns)
        return (*turns, analysis.asked or _unnamed(analysis.source, analysis.usage))


def _unnamed(model: str, usage: Usage) -> tuple[ModelUse, ...]:
    return () if usage == Usage() else (ModelUse("", model, usage),)

"""A broken promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.events import Event


@dataclass(frozen=True)
class Violation:
    """Which promise was broken, how, and the numbers of the events that show it."""

    rule: str
    explanation: str
    events: tuple[int, ...] = ()

    @classmethod
    def of(cls, rule: str, explanation: str, *events: Event) -> Violation:
        """Name the events."""
        return cls(rule, explanation, tuple(event.seq for event in events))

"""Everything that may go wrong, by one seeded chance: how often, and whether it does now."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

_LONGEST_FUSE = 24


@dataclass
class Chance:
    """Faults come with the probability `faults`, unless something is said to be rarer."""

    seed: int
    faults: float
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def strikes(self, share: float = 1.0) -> bool:
        """Tell whether a fault comes now; `share` of the faults are of this kind."""
        return self._random.random() < self.faults * share

    def between(self, low: float, high: float) -> float:
        """Give something between two numbers."""
        return self._random.uniform(low, high)

    def rather_short(self, mean: float) -> float:
        """Give a span that is mostly short and seldom long."""
        return self._random.expovariate(1 / mean)

    def fuse(self) -> int | None:
        """Say after how many steps a worker dies; None: it lives."""
        return self._random.randint(1, _LONGEST_FUSE) if self.strikes() else None

    def sample(self, many: list[str], count: int) -> list[str]:
        """Choose some of many."""
        return self._random.sample(many, min(count, len(many)))

"""What a model server is started with; what control changes while it runs lives in state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Timing:
    """How fast answers come: milliseconds to the first token, then tokens a second (0 = unpaced)."""

    first_token_ms: float = 0.0
    tokens_per_second: float = 0.0

    @property
    def between_tokens_s(self) -> float:
        """Seconds between two tokens."""
        return 1.0 / self.tokens_per_second if self.tokens_per_second > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Options:
    """A server's settings: port (0 = any free one), extra script files, pace, models (empty = any name)."""

    port: int = 0
    scripts: tuple[Path, ...] = ()
    timing: Timing = field(default_factory=Timing)
    models: tuple[str, ...] = ()

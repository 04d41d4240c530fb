"""What is known of one question to a model: who was asked, how long it took, what it consumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.ai.domain.analysis import Usage

# Said when an answer broke off and another provider begins it anew.
SAY_AGAIN = "Sorry, let me say that again."


@dataclass(frozen=True)
class ModelUse:
    """One question to one provider; milliseconds by our clock.

    `first_ms` is None when nothing came. `error` is the code of what went wrong; empty when it answered.
    """

    provider: str
    model: str
    usage: Usage = field(default_factory=Usage)
    first_ms: int | None = None
    total_ms: int | None = None
    error: str = ""


Tell = Callable[[ModelUse], None]


def tell_nobody(_use: ModelUse) -> None:
    """Hear of a question, and keep nothing of it."""

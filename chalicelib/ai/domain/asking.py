"""What is known of one question to a model: who was asked, how long it took, what it consumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.ai.domain.analysis import Usage
from chalicelib.kernel.errors import Invalid


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


class UnreadableError(Invalid):
    """An answer came that is not what was asked for; `usage` is what it consumed all the same."""

    def __init__(self, message: str, *, code: str, usage: Usage) -> None:
        super().__init__(message, code=code)
        self.usage = usage


Tell = Callable[[ModelUse], None]


@dataclass
class Uses:
    """Keeps the questions that are over; its `note` is a `Tell`."""

    over: tuple[ModelUse, ...] = ()

    def note(self, use: ModelUse) -> None:
        """Hear of a question."""
        if use.total_ms is not None:
            self.over += (use,)

    @property
    def usage(self) -> Usage:
        """The tokens of all of them."""
        return sum((use.usage for use in self.over), Usage())


def tell_nobody(_use: ModelUse) -> None:
    """Hear of a question, and keep nothing of it."""

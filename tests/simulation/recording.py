"""Books of calls that tell the log what was stored, at the moment at which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakes.call_books import FakeBook, FakeNumbers
from simulation.events import Kind, Log

from chalicelib.calls.ports.books import Commit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from simulation.loop import Loop

    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.phones import E164


def facts_of(call: Call) -> dict[str, Any]:
    """Give what the log says of a call."""
    return {
        "call_id": call.id,
        "number": call.number,
        "campaign_id": call.campaign_id,
        "contact_id": call.contact_id,
        "attempt": call.attempt,
    }


@dataclass
class RecordingBook(FakeBook):
    """Calls; says which were wished, committed and ended."""

    log: Log = field(default_factory=Log)
    loop: Loop | None = None

    def create(self, call: Call) -> bool:
        """Keep a new call."""
        is_new = super().create(call)
        if is_new:
            self._tell(Kind.REQUESTED, call)
        return is_new

    def change(self, call_id: str, how: Callable[[Call], Call], *more: Any, **options: Any) -> Any:
        """Change a call."""
        old, new = super().change(call_id, how, *more, **options)
        if new.finished_at and not old.finished_at:
            self._tell(Kind.ENDED, new, detail=new.outcome or "none", value=new.cost)
        return old, new

    def commit_dial(self, call: Call, *more: Any, **options: Any) -> Any:
        """Commit a dial."""
        result = super().commit_dial(call, *more, **options)
        if result is Commit.DONE:
            self._tell(Kind.COMMITTED, call)
        return result

    def _tell(self, kind: Kind, call: Call, **more: Any) -> None:
        if self.loop:
            self.log.add(kind, self.loop.now(), **facts_of(call), **more)


@dataclass
class RecordingNumbers(FakeNumbers):
    """Numbers; says which were suppressed."""

    log: Log = field(default_factory=Log)

    def suppress(self, number: E164, source: str, now: datetime, reason: str = "") -> Any:
        """Suppress a number."""
        held = super().suppress(number, source, now, reason)
        self.log.add(Kind.SUPPRESSED, now, number=number, name=source)
        return held

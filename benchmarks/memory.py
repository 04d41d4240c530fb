"""Ports of a call in memory: what a turn costs without tables, sockets and queues."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn


@dataclass
class OneCall:
    """A book with one call in it that never changes: every turn is the seventh."""

    file: CallFile

    def load(self, _call_id: str) -> CallFile:
        """Give the call."""
        return self.file


class OpenTurns:
    """A book of turns in which every number is free and nobody interrupts."""

    def open(self, _call_id: str, _turn: Turn) -> bool:
        """Take the number."""
        return True

    def close(self, _call_id: str, turn: Turn) -> None:
        """Forget what was answered."""

    def holds(self, _call_id: str, _number: int) -> bool:
        """Keep the floor."""
        return True

    def call_of(self, _connection_id: str) -> str:
        """Give the one call."""
        return "call"


class NoWakeups:
    """Queues that nobody reads."""

    def check_silence(self, *_: object) -> None:
        """Forget that somebody shall look."""


@dataclass
class StampedSocket:
    """A socket that remembers when each frame was posted, in seconds of the performance counter."""

    stamps: list[float] = field(default_factory=list)

    def post(self, _connection_id: str, _frame: str) -> bool:
        """Note the time."""
        self.stamps.append(time.perf_counter())
        return True

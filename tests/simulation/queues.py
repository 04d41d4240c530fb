"""SQS as it is: messages come late, twice and out of order; what was not done comes five times at most."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.chance import Chance
    from simulation.loop import Loop

_MAX_RECEIVES = 5
_VISIBILITY_S = 180.0
_MEAN_DELAY_S = 0.05
_LATE_S = (5.0, 90.0)
_LOST = 0.1  # of the faults: SQS loses nothing, but who sends may die first


@dataclass
class Message:
    """What is to be done, and how often it was received."""

    work: Callable[[], bool]
    receives: int = 0


@dataclass
class Queue:
    """A queue and its workers, `width` of them at once."""

    name: str
    width: int
    loop: Loop
    chance: Chance
    waiting: deque[Message] = field(default_factory=deque)
    busy: int = 0
    sent: int = 0
    repeated: int = 0
    dead: int = 0

    def send(self, work: Callable[[], bool], delay_s: float = 0) -> None:
        """Have something done, after `delay_s` seconds; `work` tells whether it was."""
        self.sent += 1
        if self.chance.strikes(_LOST):
            return
        for _ in range(2 if self.chance.strikes() else 1):
            late = self.chance.between(*_LATE_S) if self.chance.strikes() else 0
            self._arrive(Message(work), delay_s + late + self.chance.rather_short(_MEAN_DELAY_S))

    def _arrive(self, message: Message, delay_s: float) -> None:
        self.loop.after(delay_s, lambda: self._receive(message))

    def _receive(self, message: Message) -> None:
        self.waiting.append(message)
        self._serve()

    def _serve(self) -> None:
        while self.waiting and self.busy < self.width:
            self.busy += 1
            message = self.waiting.popleft()
            self.loop.spawn(0, lambda message=message: self._work(message))

    def _work(self, message: Message) -> None:
        message.receives += 1
        if not message.work():
            self._repeat(message)
        self.busy -= 1
        self._serve()

    def _repeat(self, message: Message) -> None:
        if message.receives < _MAX_RECEIVES:
            self.repeated += 1
            self._arrive(message, _VISIBILITY_S)
        else:
            self.dead += 1

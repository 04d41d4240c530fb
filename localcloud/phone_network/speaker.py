"""The agent's voice on one line: text queued, spoken word by word, cut off when the person barges in."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localcloud.phone_network.pace import iso, now
from localcloud.phone_network.signals import Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.phone_network.pace import Pace

_WORDS = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a piece of speech may be stopped: by speech, by keys, by newer text."""

    speech: bool = True
    keys: bool = True
    preemptible: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    seconds: float
    manner: Manner


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the person heard of one talk cycle; ``milliseconds`` are simulated."""

    text: str
    at: str
    milliseconds: int
    interrupted: bool
    late: bool = False
    unterminated: bool = False


class Speaker:
    """Speaks what is queued, in order, at the pace of speech.

    A talk cycle begins with the first piece spoken and ends when the queue is empty after the last
    text, or when it is purged. ``open`` means that more text of this cycle is expected.
    """

    def __init__(self, pace: Pace, characters_per_second: float, stream_gap: float) -> None:
        self._pace = pace
        self._rate = characters_per_second
        self._gap = stream_gap
        self._queue: deque[_Piece] = deque()
        self._heard: list[str] = []
        self._began: tuple[float, str] = (0.0, "")
        self._purges = 0
        self._current: _Piece | None = None
        self._latest = Manner()
        self.open = False
        self.late = False
        self.changed = Signal()
        self.on_finished: list[Callable[[Utterance], None]] = []
        self.on_started: list[Callable[[], None]] = []
        self.on_piece: list[Callable[[str], None]] = []

    def enqueue(
        self, text: str, manner: Manner | None = None, *, last: bool = True, apart: bool = False
    ) -> None:
        """Queue text; ``last`` ends the talk cycle once it is spoken.

        What begins a cycle, or is ``apart``, stands apart from the words before it.
        """
        manner = manner or Manner()
        if not self.open and self._waiting() and self._all_preemptible():
            self.purge()
        for word in _WORDS.findall(self._apart(text) if apart or not self.open else text):
            self._queue.append(_Piece(word, len(word) / self._rate, manner))
        self.open = not last
        if last and not self._waiting():
            self._finish(interrupted=False)
        self.changed.notify()

    def close_cycle(self) -> None:
        """Expect no more text of the present talk cycle; what is queued is still spoken."""
        if self.open:
            self.enqueue("", last=True)

    def enqueue_sound(self, label: str, seconds: float, manner: Manner | None = None) -> None:
        """Queue a sound that takes simulated ``seconds`` and is noted as ``[label]``."""
        self._queue.append(_Piece(f"[{label}] ", seconds, manner or Manner()))
        self.changed.notify()

    @property
    def speaking(self) -> bool:
        """Whether a talk cycle is under way."""
        return bool(self._heard) or self._waiting() or self.open

    @property
    def words_heard(self) -> int:
        """The words of the present talk cycle that were heard."""
        return len("".join(self._heard).split())

    @property
    def manner(self) -> Manner:
        """How what is being said may be stopped."""
        if self._current is None and self._queue:
            return self._queue[0].manner
        return self._latest

    def purge(self) -> Utterance | None:
        """Stop at once and forget what was queued; return what was heard of the cycle."""
        self._queue.clear()
        self._purges += 1
        self._current = None
        self.open = False
        return self._finish(interrupted=True)

    async def drained(self) -> None:
        """Wait until nothing is left to say."""
        await self.changed.until(lambda: not self.speaking)

    async def run(self) -> None:
        """Speak for as long as the line is up; cancel to stop."""
        while True:
            await self._next_ready()
            await self._speak(self._queue.popleft())
            if not self._waiting() and not self.open:
                self._finish(interrupted=False)

    async def _next_ready(self) -> None:
        while not self._queue:
            if not await self.changed.within(self._gap, lambda: bool(self._queue)):
                self._close_abandoned()

    def _close_abandoned(self) -> None:
        """End a talk cycle whose last text never came."""
        if not self.open and not self._heard:
            return
        unterminated, self.open = self.open, False
        self._finish(interrupted=False, unterminated=unterminated)

    async def _speak(self, piece: _Piece) -> None:
        if not self._heard:
            self._began = (self._pace.tick(), iso(now()))
            _call(self.on_started)
        purges, self._current, self._latest = self._purges, piece, piece.manner
        await self._pace.sleep(piece.seconds)
        if purges != self._purges:
            return
        self._current = None
        self._heard.append(piece.text)
        for listener in self.on_piece:
            listener(piece.text)
        self.changed.notify()

    def _finish(self, *, interrupted: bool, unterminated: bool = False) -> Utterance | None:
        text = "".join(self._heard).strip()
        self._heard.clear()
        late, self.late = self.late, False
        utterance = None
        if text:
            began, at = self._began
            elapsed = round(self._pace.simulated(began) * 1000)
            utterance = Utterance(text, at, elapsed, interrupted, late, unterminated)
            for listener in self.on_finished:
                listener(utterance)
        self.changed.notify()
        return utterance

    def _apart(self, text: str) -> str:
        """Put a space between the last word and this text, which does not go on with it."""
        coming = [*([self._current] if self._current else []), *self._queue]
        ahead = [*self._heard, *(piece.text for piece in coming)]
        return f" {text}" if text and ahead and not ahead[-1][-1:].isspace() else text

    def _waiting(self) -> bool:
        return bool(self._queue) or self._current is not None

    def _all_preemptible(self) -> bool:
        pieces = [*self._queue, *([self._current] if self._current else [])]
        return all(piece.manner.preemptible for piece in pieces)


def _call(listeners: list[Callable[[], None]]) -> None:
    for listener in listeners:
        listener()

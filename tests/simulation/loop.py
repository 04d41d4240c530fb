"""Virtual time: everything that is to happen, in the order of time; what waits lets others go on meanwhile.

Whoever may have to wait is a fiber: a thread of which exactly one runs at a time, so that the same seed gives
the same run. Use cases are left at their ports, where the processes of a real cloud overtake each other.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Lock, Thread, local
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.pending import Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.kernel.pending import Pending


class _Fiber:
    """A thread that does one act after another, and waits for its turn in between."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._turn = Lock()
        self._turn.acquire()
        self.act: Callable[[], object] | None = None
        self.facts: dict[str, Any] = {}
        Thread(target=self._live, daemon=True).start()

    def go_on(self) -> None:
        """Let it have its turn; comes back when it waits or is done."""
        self._turn.release()
        self._loop.back.acquire()

    def wait(self) -> None:
        """Give the turn back, and wait for the next; called in the fiber's own thread."""
        self._loop.back.release()
        self._turn.acquire()

    def _live(self) -> None:
        _current.fiber = self
        self._turn.acquire()
        while self.act:
            try:
                self.act()
            except BaseException as error:  # noqa: BLE001  told where the loop runs
                self._loop.failure = error
            self.act, self.facts = None, {}
            self._loop.idle.append(self)
            self.wait()


_current = local()


def fiber_facts() -> dict[str, Any] | None:
    """Give what is kept with the fiber that runs, such as when it is to die; None outside of fibers."""
    fiber = getattr(_current, "fiber", None)
    return fiber.facts if fiber else None


@dataclass
class Loop:
    """The acts to come, by time; implements `Clock` for the use cases."""

    instant: datetime
    idle: list[_Fiber] = field(default_factory=list)
    back: Any = field(default_factory=Lock)
    failure: BaseException | None = None
    _acts: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.back.acquire()

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something done that never waits, in so many seconds."""
        heapq.heappush(self._acts, (self.instant + timedelta(seconds=seconds), next(self._order), act))

    def spawn(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something done that may wait, in so many seconds."""
        self.after(seconds, lambda: self._begin(act))

    def run(self, is_done: Callable[[], bool], until: datetime) -> bool:
        """Do one act after another until all is done; False when `until` came first."""
        while not is_done():
            if not self._acts or self._acts[0][0] > until:
                return False
            self.instant, _, act = heapq.heappop(self._acts)
            act()
            if self.failure:
                raise self.failure
        return True

    def _begin(self, act: Callable[[], object]) -> None:
        fiber = self.idle.pop() if self.idle else _Fiber(self)
        fiber.act = act
        fiber.go_on()

    def close(self) -> None:
        """Let the threads end that have nothing to do."""
        while self.idle:
            fiber = self.idle.pop()
            fiber.act = None
            fiber._turn.release()

    def now(self) -> datetime:
        """Return the virtual instant, in whole milliseconds."""
        return cut_to_millis(self.instant)

    def elapsed(self) -> float:
        """Return the virtual instant in seconds."""
        return self.instant.timestamp()

    def pause(self, seconds: float) -> None:
        """Let so much time pass; others go on meanwhile."""
        fiber = getattr(_current, "fiber", None)
        if fiber is None:
            self.instant += timedelta(seconds=seconds)
            return
        self.after(seconds, fiber.go_on)
        fiber.wait()

    def begin(self, work: Callable[[], Any]) -> Pending[Any]:
        """Do the work at once."""
        return Done(work, self.elapsed)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this when so much time has passed."""
        self.spawn(seconds, act)

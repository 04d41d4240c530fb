"""One way to wait for a change of shared state inside the event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Signal:
    """Wakes everyone who waits for a condition, each time the state may have changed."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        """Let all waiters look at their condition again."""
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; at once if it does."""
        while not condition():
            await self._event.wait()

    async def within(self, seconds: float, condition: Callable[[], bool]) -> bool:
        """Wait at most real ``seconds``; tell whether the condition came to hold."""
        try:
            async with asyncio.timeout(seconds):
                await self.until(condition)
        except TimeoutError:
            return condition()
        return True

"""Background work of the network: started, remembered, ended together."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

_T = TypeVar("_T")
_logger = logging.getLogger("phone_network")


class Tasks:
    """Keeps running work alive and says loudly when it breaks."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, _T], *, quiet: bool = False) -> asyncio.Task[_T]:
        """Run the work in the background; ``quiet`` work answers for its own errors."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._forget if quiet else self._ended)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _logger.error("background work broke", exc_info=error)

    async def cancel_all(self) -> None:
        """Stop everything, also what the stopping starts, and wait for it."""
        while self._running:
            await cancel(*self._running)


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    """Cancel the tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

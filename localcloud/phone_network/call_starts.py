"""The carrier's limit on how many calls begin per second; what exceeds it waits."""

from __future__ import annotations

import asyncio


class CallStarts:
    """Spaces the starts of calls to so many a real second, as Twilio's CPS limit does."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free_at = 0.0

    async def turn(self) -> None:
        """Wait until the next call may start."""
        present = asyncio.get_running_loop().time()
        start = max(present, self._free_at)
        self._free_at = start + self._gap
        await asyncio.sleep(start - present)

"""Time in the simulation: simulated seconds pass ``scale`` times faster than real ones."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """The rate at which simulated people live."""

    scale: float = 1.0

    async def sleep(self, seconds: float) -> None:
        """Wait for simulated seconds."""
        await asyncio.sleep(seconds / self.scale)

    def real(self, seconds: float) -> float:
        """Return the real seconds that simulated ``seconds`` take."""
        return seconds / self.scale

    def simulated(self, since: float) -> float:
        """Return the simulated seconds passed since a ``tick``."""
        return (time.monotonic() - since) * self.scale

    def tick(self) -> float:
        """Return a point in time for ``simulated``; it means nothing by itself."""
        return time.monotonic()


def now() -> datetime:
    """Return the real time, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """Return the moment as logs and the control API write it, to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def rfc2822(moment: datetime | None) -> str | None:
    """Return the moment as Twilio writes it, to the second, or nothing when it has not come."""
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000") if moment else None

"""Whether a webhook's receiver answers at all; one that does not must not take every worker's time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.system.domain.deliveries import Answer

PUT_OFF = timedelta(minutes=5)
_JITTER = 0.1
_SILENT = frozenset({"timeout", "connection"})


@dataclass(frozen=True)
class Health:
    """When something last arrived at a webhook, and until when its deliveries are put off.

    From `put_off_until` on one try may pass; whoever makes it puts all others off once more.
    """

    last_success_at: datetime | None = None
    put_off_until: datetime | None = None

    def puts_off(self, now: datetime) -> bool:
        """Tell whether nothing is to be tried now."""
        return self.put_off_until is not None and now < self.put_off_until


def silenced(health: Health, webhook_id: str, now: datetime) -> Health:
    """Put everything off for five minutes and up to a tenth more."""
    wait = PUT_OFF * (1 + _JITTER * share(f"{webhook_id}/{iso(now)}"))
    return replace(
        health, put_off_until=now + timedelta(milliseconds=round(wait / timedelta(milliseconds=1)))
    )


def learned(health: Health, webhook_id: str, answer: Answer, started: datetime, now: datetime) -> Health:
    """Give what a try that began at `started` says of the receiver.

    Silence puts off, any answer ends that, and what never reached the receiver says nothing.
    """
    if answer.accepted:
        return Health(last_success_at=started)
    if answer.error in _SILENT:
        return silenced(health, webhook_id, now)
    return replace(health, put_off_until=None) if answer.status is not None else health


def share(seed: str) -> float:
    """Give a number from 0 to 1, the same each time, by which things that happen together are spread."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") / 2**32

"""What the carrier saw and what the product acknowledged, in the order in which it happened; append-only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# Limits, stops and windows that hold for every call have this scope; others have the campaign's id.
ALL = "ALL"


class Kind(StrEnum):
    """What can happen, as a judge needs to know it."""

    LIMITED = "limited"  # a limit is in force from now on: `scope`, its `name`, its `value`; None: none
    ADDED = "added"  # somebody is a member of a campaign now
    CLOSED = "closed"  # the product calls a member no more; `detail` is its state
    REQUESTED = "requested"  # the product has accepted a wish to call
    COMMITTED = "committed"  # the product has stored that it is about to ask the carrier
    ASKED = "asked"  # an order has reached the carrier
    DENIED = "denied"  # the carrier did not take the order
    DIALED = "dialed"  # the carrier has made a call of the order
    OVER = "over"  # the carrier's call has ended; `detail` is its status, `value` its seconds
    OPTED_OUT = "opted_out"  # the person has said so, and the product has answered
    SUPPRESSED = "suppressed"  # the product has acknowledged that a number is never dialed again
    STOPPED = "stopped"  # the product has acknowledged that nothing of `scope` is dialed
    RELEASED = "released"  # somebody is about to let `scope` be dialed again
    ENDED = "ended"  # the product has closed its books on a call; `detail` is the outcome, `value` the cost


@dataclass(frozen=True)
class Event:
    """One thing that happened; `seq` names it, from 1 on."""

    seq: int
    at: datetime
    kind: Kind
    call_id: str = ""
    contact_id: str = ""
    number: str = ""
    campaign_id: str = ""
    attempt: int = 0
    scope: str = ""
    name: str = ""
    value: int | None = None
    detail: str = ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Give what limits it: what holds for every call, and what holds for its campaign."""
        return (ALL, self.campaign_id) if self.campaign_id else (ALL,)


@dataclass
class Log:
    """Events in order; nothing is ever changed or taken away."""

    events: list[Event] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)

    def add(self, kind: Kind, at: datetime, **facts: Any) -> Event:
        """Append what happened; give it with its number."""
        event = Event(len(self.events) + 1, at, kind, **facts)
        self.events.append(event)
        self.counts[kind] += 1
        return event

    def count(self, kind: Kind) -> int:
        """Give how many events of a kind there are."""
        return self.counts[kind]

    def of(self, *kinds: Kind) -> Iterator[Event]:
        """Give the events of some kinds, in order."""
        return (event for event in self.events if event.kind in kinds)

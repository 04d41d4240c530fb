"""A carrier in virtual time: takes orders, loses answers and callbacks, knows what became of each call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from simulation.events import Kind

from chalicelib.calls.domain.calls import Call, Report
from chalicelib.kernel.errors import Forbidden, Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from simulation.chance import Chance
    from simulation.events import Log
    from simulation.loop import Loop
    from simulation.people import Fate, People

    from chalicelib.calls.ports.telephony import PlaceOrder

_LATE_S = (2.0, 600.0)
_LAST = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
# What may happen to an order, and which share of the faults does it.
_BUSY, _LOST, _UNHEARD, _REFUSED = 0.4, 0.3, 0.2, 0.05


class Told(Protocol):
    """Whoever answers the carrier's webhooks."""

    def told(self, call_id: str, report: Report) -> None:
        """Take a status callback."""

    def connected(self, line: Line) -> None:
        """Talk to somebody who has answered."""


@dataclass
class Line:
    """A call as the carrier has it."""

    sid: str
    order: PlaceOrder
    fate: Fate
    made_at: datetime
    campaign_id: str = ""
    contact_id: str = ""
    attempt: int = 0
    status: str = "queued"
    answered_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def facts(self) -> dict[str, object]:
        """Give what the log says of it."""
        return {
            "call_id": self.order.call_id,
            "number": self.order.number,
            "campaign_id": self.campaign_id,
            "contact_id": self.contact_id,
            "attempt": self.attempt,
        }

    def report(self, status: str, at: datetime) -> Report:
        """Say what became of it."""
        seconds = int((at - self.answered_at).total_seconds()) if self.answered_at else 0
        duration_s = seconds if status in _LAST else None
        return Report(status, self.sid, at, duration_s=duration_s, sip_code=self.fate.sip_code)


@dataclass
class SimulatedCarrier:
    """Implements `Telephony`; `whose` gives the call of an id, for the log."""

    loop: Loop
    log: Log
    chance: Chance
    people: People
    desk: Told
    whose: dict[str, Call]
    lines: dict[str, Line] = field(default_factory=dict)
    by_number: dict[str, list[Line]] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    storm: bool = False  # every order is turned away: too many requests

    def place(self, order: PlaceOrder) -> str:
        """Take, refuse or lose an order."""
        if self.chance.strikes(_UNHEARD):
            self.happened["orders never heard"] += 1
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        self.log.add(Kind.ASKED, self.loop.now(), **self._facts(order))
        self._turn_away(order)
        sid = self._make(order)
        if self.chance.strikes(_LOST):
            self.happened["answers lost"] += 1
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return sid

    def find(self, call: Call) -> Report | None:
        """Look a call up by its id, or by number and time as Twilio's list does."""
        if self.chance.strikes():
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        line = self.lines.get(call.sid) or next(
            (line for line in self.by_number.get(call.number, ()) if not call.sid and _fits(line, call)), None
        )
        return line.report(line.status, line.ended_at or self.loop.now()) if line else None

    def hang_up(self, sid: str) -> bool:
        """End a call."""
        line = self.lines.get(sid)
        if line is None or line.ended_at:
            return False
        self._end(line, "completed" if line.answered_at else "canceled")
        return True

    def take_over(self, sid: str, call_id: str) -> bool:
        """Send a live call elsewhere: nobody is met there."""
        return sid in self.lines and self.lines[sid].ended_at is None

    def _turn_away(self, order: PlaceOrder) -> None:
        busy = self.storm or self.chance.strikes(_BUSY)
        if busy or self.chance.strikes(_REFUSED):
            self.happened["orders turned away" if busy else "orders refused"] += 1
            self.log.add(Kind.DENIED, self.loop.now(), **self._facts(order))
            if busy:
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            raise Forbidden("refused", code="carrier_21216")

    def _make(self, order: PlaceOrder) -> str:
        earlier = self.by_number.setdefault(order.number, [])
        fate = self.people.fate(order.number, len(earlier))
        facts = self._facts(order)
        sid = f"CA{len(self.lines) + 1:032x}"
        whose = {name: facts[name] for name in ("campaign_id", "contact_id", "attempt")}
        line = Line(sid, order, fate, self.loop.now(), **whose)
        self.lines[sid] = line
        earlier.append(line)
        self.log.add(Kind.DIALED, self.loop.now(), **facts)
        self.loop.after(1, lambda: self._ring(line))
        return sid

    def _facts(self, order: PlaceOrder) -> dict[str, object]:
        call = self.whose[order.call_id]
        return {
            "call_id": call.id,
            "number": order.number,
            "campaign_id": call.campaign_id,
            "contact_id": call.contact_id,
            "attempt": call.attempt,
        }

    def _ring(self, line: Line) -> None:
        if line.ended_at is None:
            line.status = "ringing"
            self.loop.after(line.fate.rings_s, lambda: self._pick_up(line))

    def _pick_up(self, line: Line) -> None:
        if line.ended_at:
            return
        if not line.fate.talks_s:
            self._end(line, line.fate.status)
            return
        line.status, line.answered_at = "in-progress", self.loop.now()
        self.loop.spawn(0, lambda: self.desk.connected(line))
        self.loop.after(line.fate.talks_s, lambda: self._end(line, "completed"))

    def _end(self, line: Line, status: str) -> None:
        if line.ended_at:
            return
        line.status, line.ended_at = status, self.loop.now()
        seconds = line.report(status, line.ended_at).duration_s
        self.log.add(Kind.OVER, self.loop.now(), **line.facts, detail=status, value=seconds)
        self._tell(line, status)

    def _tell(self, line: Line, status: str) -> None:
        """Send the callback that a call has ended: lost, late, twice, or as it should be.

        The product asks for no other (`StatusCallbackEvent=completed`).
        """
        report = line.report(status, self.loop.now())
        if self.chance.strikes():
            self.happened["callbacks lost"] += 1
            return
        for _ in range(2 if self.chance.strikes() else 1):
            late = self.chance.between(*_LATE_S) if self.chance.strikes() else self.chance.rather_short(0.05)
            self.loop.spawn(late, lambda: self.desk.told(line.order.call_id, report))


def _fits(line: Line, call: Call) -> bool:
    return line.made_at >= (call.dialed_at or call.created_at)

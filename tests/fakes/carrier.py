"""A carrier in memory that can refuse, be busy, lose its answer, and kill the process that asks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.calls import Call, Report
from chalicelib.kernel.errors import Forbidden, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.calls.ports.telephony import PlaceOrder
    from chalicelib.kernel.clock import Clock


class Killed(BaseException):
    """The process ends here; no `except Exception` sees it."""


@dataclass
class Fuse:
    """Counts steps and kills the process at one of them, once; None: never."""

    length: int | None = None
    burnt: int = 0

    def burn(self) -> None:
        """Go one step on."""
        self.burnt += 1
        if self.burnt == self.length:
            raise Killed


class Perilous:
    """A port that burns a fuse before and after each of its methods."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._port, name)
        return self._watched(target) if callable(target) else target

    def _watched(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self._fuse.burn()
            result = method(*args, **options)
            self._fuse.burn()
            return result

        return call


@dataclass
class CarrierCall:
    """A call as the carrier has it."""

    sid: str
    order: PlaceOrder
    created_at: datetime
    status: str = "queued"


@dataclass
class FakeCarrier:
    """Does with each order what `moods` says (the last mood stays). Implements `Telephony`.

    `accept` · `refuse` · `busy` (429, nothing was done) · `lost` (accepted, the answer is lost) ·
    `unheard` (never arrived, and nobody can tell) · `killed` (accepted, then the process dies).
    """

    clock: Clock
    moods: list[str] = field(default_factory=lambda: ["accept"])
    reachable: bool = True
    asked: int = 0
    accepted: list[CarrierCall] = field(default_factory=list)
    hang_up_mood: str = "accept"
    asked_to_end: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    taken_over: list[tuple[str, str]] = field(default_factory=list)

    def place(self, order: PlaceOrder) -> str:
        """Take, refuse or lose an order."""
        self.asked += 1
        mood = self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]
        match mood:
            case "refuse":
                raise Forbidden("refused", code="carrier_21215")
            case "busy":
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            case "unheard":
                raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        sid = f"CA{len(self.accepted):032x}"
        self.accepted.append(CarrierCall(sid, order, self.clock.now()))
        if mood == "killed":
            raise Killed
        if mood == "lost":
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return sid

    def hang_up(self, sid: str) -> bool:
        """End a call, or do what `hang_up_mood` says: accept · gone · refuse · busy · lost · unheard."""
        self.asked_to_end.append(sid)
        match self.hang_up_mood:
            case "gone":
                return False
            case "refuse":
                raise Forbidden("refused", code="carrier_20003")
            case "busy":
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            case "unheard":
                raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        self.ended.append(sid)
        if self.hang_up_mood == "lost":
            raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return True

    def take_over(self, sid: str, call_id: str) -> bool:
        """Send a call elsewhere; its mood is that of `hang_up`."""
        self.taken_over.append((sid, call_id))
        match self.hang_up_mood:
            case "gone":
                return False
            case "busy":
                raise Unavailable("busy", retryable=True, code="carrier_20429")
            case "lost":
                raise Unavailable("timeout", retryable=False, code="carrier_unclear")
        return True

    def find(self, call: Call) -> Report | None:
        """Look a call up by its id, or by number and time as Twilio's list does."""
        if not self.reachable:
            raise Unavailable("silent", retryable=True, code="carrier_unreachable")
        for mine in self.accepted:
            if mine.sid == call.sid or (not call.sid and self._fits(mine, call)):
                return Report(mine.status, mine.sid, self.clock.now(), duration_s=42)
        return None

    def _fits(self, mine: CarrierCall, call: Call) -> bool:
        return mine.order.number == call.number and mine.created_at >= (call.dialed_at or call.created_at)

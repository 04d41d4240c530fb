"""Workers that take messages as from SQS: a message whose worker dies or fails is delivered again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakes.calls import kill_switch
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.calls.services.dialing import attend, dispatch_due
from chalicelib.calls.services.dispatching import wake_next
from chalicelib.calls.services.finishing import finish_call
from chalicelib.kernel.errors import AppError

if TYPE_CHECKING:
    from fakes.calls import FakeCalls

_PORTS = (
    "book",
    "proposals",
    "numbers",
    "plans",
    "budgets",
    "pace",
    "slots",
    "line_uses",
    "telephony",
    "wakeups",
    "turns",
)
_LAST_TRY = 3


@dataclass
class Workers:
    """Everything that works on calls besides webhooks, one message at a time."""

    calls: FakeCalls
    fuse: Fuse = field(default_factory=Fuse)
    taken: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.wakeups = self.calls.wakeups
        self.carrier = self.calls.telephony
        self.settings = self.calls.system.settings
        self.calls.system.settings = Perilous(self.settings, self.fuse)
        for name in _PORTS:
            setattr(self.calls, name, Perilous(getattr(self.calls, name), self.fuse))

    def attend(self, call_id: str) -> bool:
        """Deliver one wake-up; False when it must be delivered again."""
        try:
            attend(self.calls, call_id)
        except (Killed, AppError):
            return False
        return True

    def wake_next(self, count: int) -> bool:
        """Deliver what wakes the next calls; False when it must be delivered again."""
        try:
            wake_next(self.calls, count)
        except (Killed, AppError):
            return False
        return True

    def finish(self, call_id: str) -> bool:
        """Deliver one post-call job; False when it must be delivered again."""
        try:
            finish_call(self.calls, call_id)
        except (Killed, AppError):
            return False
        return True

    def drain(self) -> None:
        """Deliver what was sent and not yet delivered, each message up to three times."""
        kinds = {"next_wakes": self.wake_next, "attends": self.attend, "finishes": self._finish}
        for kind, deliver in kinds.items():
            sent = getattr(self.wakeups, kind)
            while self.taken[kind] < len(sent):
                about = sent[self.taken[kind]]
                self.taken[kind] += 1
                any(deliver(about) for _ in range(_LAST_TRY))

    def _finish(self, call_id: str) -> bool:
        return any(self.finish(call_id) for _ in range(_LAST_TRY))

    def dispatch(self) -> None:
        """Run the schedule once; it may die like any other worker."""
        try:
            dispatch_due(self.calls)
        except Killed:
            return

    @property
    def is_stopped(self) -> bool:
        """Tell whether the kill switch is on, as stored."""
        stored = self.settings.stored
        return bool(stored and stored.sections["kill_switch"].on)

    def release(self) -> None:
        """Release the kill switch, safely."""
        watched, self.calls.system.settings = self.calls.system.settings, self.settings
        kill_switch(self.calls, on=False)
        self.calls.system.settings = watched

    def settle(self, minutes: int = 30) -> None:
        """Let time pass, with the schedule each minute; calls at the carrier end within one."""
        for _ in range(minutes):
            self.hang_up()
            self.dispatch()
            self.drain()
            self.calls.clock.advance(seconds=61)

    def hang_up(self) -> None:
        """End every call at the carrier; it is found out by asking."""
        for call in self.carrier.accepted:
            call.status = "completed"

"""The switching room: everything the network holds, in one place; what is done with it is elsewhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from localcloud.phone_network.call_starts import CallStarts
from localcloud.phone_network.callees import Callee, SmsReply, friendly
from localcloud.phone_network.calls import Call, CallRequest, Direction
from localcloud.phone_network.faults import Faults
from localcloud.phone_network.line import Line
from localcloud.phone_network.pace import Pace
from localcloud.phone_network.progress import Progress
from localcloud.phone_network.sids import new_sid
from localcloud.phone_network.tasks import Tasks
from localcloud.phone_network.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.phone_network.conferences import Conference
    from localcloud.phone_network.log import CarrierLog
    from localcloud.phone_network.messages import Message
    from localcloud.phone_network.numbers import NumberBook
    from localcloud.phone_network.options import Options
    from localcloud.phone_network.recordings import Recording

DEFAULT_CALLEE = "default"


class Exchange:
    """One account's calls, messages, recordings, numbers and the scripted world around them."""

    def __init__(
        self,
        options: Options,
        log: CarrierLog,
        numbers: NumberBook,
        keep_call: Callable[[Call], None],
    ) -> None:
        self.options = options
        self.log = log
        self.numbers = numbers
        self.pace = Pace(options.time_scale)
        self.keep_call = keep_call
        self.starts = CallStarts(options.calls_per_second)
        self.tasks = Tasks()
        self.faults = Faults()
        self.webhooks = Webhooks(options, log, self.faults)
        self.progress = Progress(self.webhooks, self.faults, log, self.tasks)
        self.callees: dict[str, Callee] = {}
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, Recording] = {}
        self.conferences: dict[str, Conference] = {}
        self.messages: dict[str, Message] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self.sms_replies: Counter[tuple[str, SmsReply]] = Counter()
        self.base_url = ""

    def callee(self, number: str) -> Callee:
        """Return the person at a number: scripted, the default one, or a friendly stranger."""
        return self.callees.get(number) or self.callees.get(DEFAULT_CALLEE) or friendly()

    def new_call(self, to: str, from_: str, direction: Direction, request: CallRequest) -> Call:
        """Register a call that has not begun."""
        return self._register(new_sid("CA"), to, from_, direction, request)

    def restored_call(self, sid: str, to: str, from_: str, direction: Direction) -> Call:
        """Register a call of an earlier run."""
        return self._register(sid, to, from_, direction, CallRequest())

    def _register(self, sid: str, to: str, from_: str, direction: Direction, request: CallRequest) -> Call:
        line = Line(sid, self.options, self.pace, self.log)
        call = Call(sid, self.options.account_sid, to, from_, direction, request, line)
        self.calls[sid] = call
        return call

    def live_calls(self) -> list[Call]:
        """Return the calls that have not ended."""
        return [call for call in self.calls.values() if not call.status.terminal]

    async def reset(self) -> None:
        """Hang up every call and forget all that tests have set; numbers and their URLs stay."""
        for call in self.live_calls():
            call.line.hang_up("reset")
        await self.tasks.cancel_all()
        self.faults.replace([], 0)
        for kept in (self.callees, self.calls, self.recordings, self.conferences, self.messages):
            kept.clear()
        self.opted_out.clear()
        self.sms_replies.clear()
        self.log.clear()

"""What control can change while the server runs: pace, planned faults, inline script, journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.model_server.faults import FaultQueue
from localcloud.model_server.journal import Journal
from localcloud.model_server.script_book import open_book

if TYPE_CHECKING:
    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.faults import Fault
    from localcloud.model_server.options import Options, Timing
    from localcloud.model_server.script_book import Chosen, Script


class State:
    """One server's changeable state; raises InvalidInput at the start when a script file is wrong."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._shipped = open_book(options.scripts)
        self.journal = Journal()
        self.faults = FaultQueue()
        self.reset()

    def reset(self) -> None:
        """Go back to what the server was started with and forget the journal."""
        self.book = self._shipped
        self.timing = self._options.timing
        self.brief_timing: Timing | None = None
        self.brief_times = 0
        self.faults.replace([])
        self.journal.clear()

    def use_script(self, script: Script) -> None:
        """Try these rules before all others, instead of those given before."""
        self.book = self._shipped.preceded_by(script)

    def set_timing(self, timing: Timing, times: int) -> None:
        """Change the pace: for the next `times` requests, or for good when that is 0."""
        if times:
            self.brief_timing, self.brief_times = timing, times
        else:
            self.timing, self.brief_timing, self.brief_times = timing, None, 0

    def choose(self, request: ChatRequest) -> tuple[Chosen | None, Fault | None, Timing]:
        """Return the rule, the fault and the pace of a request: planned faults win over a rule's own."""
        chosen = self.book.choose(request)
        rule = chosen.rule if chosen else None
        fault = self.faults.take(request) or (rule.fault if rule else None)
        timing = self._take_timing()
        return chosen, fault, (rule.timing or timing) if rule else timing

    def _take_timing(self) -> Timing:
        if self.brief_timing is None or self.brief_times == 0:
            return self.timing
        self.brief_times -= 1
        return self.brief_timing

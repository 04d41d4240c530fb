"""What is seen of one turn while it is rehearsed: words, actions and how it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conversation import Hangup, Listen, Say, Transfer
from chalicelib.ai.domain.rehearsals import ENDED, SAID, USED, Seen, TurnSeen
from chalicelib.ai.domain.scenarios import Ends
from chalicelib.kernel.clock import millis

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.kernel.clock import Clock

_ENDS = {Listen: Ends.LISTEN, Transfer: Ends.TRANSFER, Hangup: Ends.HANG_UP}


@dataclass
class WatchedTurn:
    """One turn while it goes on: what the caller said, and what is seen of the agent."""

    clock: Clock
    began: float
    words: str
    seen: list[Seen] = field(default_factory=list)
    runs: list[ToolRun] = field(default_factory=list)
    first_ms: int | None = None

    def add(self, directive: Directive) -> None:
        """Note words, put together with the words before them, or the end."""
        if isinstance(directive, Say):
            self._say(directive.text)
        elif isinstance(directive, Listen | Transfer | Hangup):
            self.seen.append(Seen(ENDED, directive.reason, _ENDS[type(directive)]))

    def _say(self, text: str) -> None:
        if self.first_ms is None and text.strip():
            self.first_ms = self._since_began()
        if self.seen and self.seen[-1].kind == SAID:
            self.seen[-1] = replace(self.seen[-1], text=self.seen[-1].text + text)
        else:
            self.seen.append(Seen(SAID, text))

    def used(self, run: ToolRun) -> None:
        """Note an action."""
        self.runs.append(run)
        self.seen.append(Seen(USED, run.result, run.name, _arguments(run.arguments), run.done))

    def told(self, number: int) -> TurnSeen:
        """Give the turn as it was."""
        seen = tuple(replace(each, text=each.text.strip()) for each in self.seen)
        seen = tuple(each for each in seen if each.kind != SAID or each.text)
        return TurnSeen(number, self.words, seen, self.first_ms, self._since_began())

    def _since_began(self) -> int:
        return millis(self.clock.elapsed() - self.began)


def _arguments(written: str) -> dict[str, Any]:
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return {"": written}
    return read if isinstance(read, dict) else {"": read}

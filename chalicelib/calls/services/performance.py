"""One turn on its way to the caller: words stream out until they end, are overtaken, or take too long."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, Hangup, Listen, Say, ToolResult, Transfer, UseTool
from chalicelib.ai.domain.wording import REPEAT
from chalicelib.ai.engine import Engine
from chalicelib.ai.ports import Finished, TextDelta
from chalicelib.calls.domain.phrases import Phrases
from chalicelib.calls.domain.turns import Timing, ToolRun, Turn, TurnEnd
from chalicelib.calls.services.tooling import run_tool
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from chalicelib.ai.domain.conversation import Conversation, Directive, Ending, Event
    from chalicelib.ai.ports import ChatModel, ModelPart, ModelRequest
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Voice

# A turn that was opened this recently needs no second look before its first words.
_FRESH_S = 0.25
# How much longer than a turn's limit the model may take: words on the way are broken off before it.
_GRACE_S = 2.0


@dataclass
class _Meter:
    """A model that notes how long its first words took and what it consumed."""

    model: ChatModel
    elapsed: Callable[[], float]
    deadline: float
    usage: Usage = field(default_factory=Usage)
    first_ms: int | None = None

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        asked = self.elapsed()
        if asked >= self.deadline:
            raise Unavailable("There is no time left to ask the model.", retryable=True, code="model_timeout")
        for part in self.model.stream(replace(request, time_left_s=self.deadline - asked)):
            if isinstance(part, Finished):
                self.usage += part.usage
            elif isinstance(part, TextDelta) and self.first_ms is None:
                self.first_ms = millis(self.elapsed() - asked)
            yield part


@dataclass
class Performance:
    """Speaks one opened turn. `started` is when it reached us, `time_limit_s` how long it may take.

    `is_fenced` says whether a newer turn, or the caller's voice, can overtake it: not where the
    transport itself counts the turns and waits for each.
    """

    calls: CallPorts
    file: CallFile
    turn: Turn
    voice: Voice
    started: float
    time_limit_s: float
    is_fenced: bool

    def __post_init__(self) -> None:
        self._opened = self.calls.clock.elapsed()
        self._phrases = Phrases()
        self._sent: list[str] = []
        self._tools: list[ToolRun] = []
        self._first_words_ms: int | None = None

    def play(self, conversation: Conversation, event: Event) -> Turn:
        """Stream the engine's directives out; give the turn as it was answered."""
        deadline = self.started + self.time_limit_s + _GRACE_S
        meter = _Meter(self.calls.ai.model, self.calls.clock.elapsed, deadline)
        end, reason = self._drive(Engine(meter).respond(conversation, event))
        return replace(
            self.turn,
            answer="".join(self._sent),
            end=end,
            reason=reason,
            tools=tuple(self._tools),
            usage=meter.usage,
            timing=Timing(meter.first_ms, self._first_words_ms, self._since_start()),
        )

    def _drive(self, responding: Generator[Directive, ToolResult | None, None]) -> tuple[TurnEnd, str]:
        result: ToolResult | None = None
        ending: Ending = Listen()
        try:
            while True:
                directive = responding.send(result)
                result = None
                if self._is_overdue(directive):
                    return self._break_off()
                if isinstance(directive, UseTool):
                    if not self._may_act(directive):
                        return TurnEnd.CUT, "overtaken"
                    result = self._use(directive)
                elif not isinstance(directive, Say):
                    ending = directive
                elif not self._speak(directive):
                    return TurnEnd.CUT, "overtaken"
        except StopIteration:
            return self._end(ending)
        finally:
            responding.close()

    def _speak(self, say: Say) -> bool:
        """Send what is ready; False when a newer turn, or the caller's voice, has overtaken this one."""
        ready = self._phrases.add(say.text, self.calls.clock.elapsed())
        if say.last:
            ready += self._phrases.rest()
        if not ready and not say.last:
            return True
        if not self._holds():
            return False
        self.voice.utter(Say(ready, last=say.last))
        self._sent.append(ready)
        if self._first_words_ms is None:
            self._first_words_ms = self._since_start()
        return True

    def _holds(self) -> bool:
        """Tell whether this turn still has the floor; nothing can interrupt words that were not spoken."""
        is_fresh = not self._sent and self.calls.clock.elapsed() - self._opened < _FRESH_S
        return is_fresh or self._has_floor()

    def _may_act(self, use: UseTool) -> bool:
        """Tell whether an action is still wanted: not when the caller has spoken on; a revocation always."""
        return use.name == OPT_OUT_TOOL or self._has_floor()

    def _has_floor(self) -> bool:
        return not self.is_fenced or self.calls.turns.holds(self.file.call.id, self.turn.number)

    def _is_overdue(self, directive: Directive) -> bool:
        """Tell whether there is no time for more of the answer; its last words and its end are let pass."""
        more = isinstance(directive, UseTool) or (isinstance(directive, Say) and not directive.last)
        return more and self.calls.clock.elapsed() - self.started > self.time_limit_s

    def _break_off(self) -> tuple[TurnEnd, str]:
        """Stop an endless answer before its transport stops us, and let the caller speak."""
        if not self._speak(Say("" if self._sent else REPEAT, last=True)):
            return TurnEnd.CUT, "overtaken"
        self.voice.utter(Listen())
        return TurnEnd.LISTEN, "time_limit"

    def _use(self, use: UseTool) -> ToolResult:
        run = run_tool(self.calls, self.file, use)
        self._tools.append(run)
        return ToolResult(run.result, run.done)

    def _end(self, ending: Ending) -> tuple[TurnEnd, str]:
        self.voice.utter(ending)
        match ending:
            case Hangup(reason=reason):
                return TurnEnd.HANG_UP, reason
            case Transfer(reason=reason):
                return TurnEnd.TRANSFER, reason
            case _:
                return TurnEnd.LISTEN, ""

    def _since_start(self) -> int:
        return millis(self.calls.clock.elapsed() - self.started)

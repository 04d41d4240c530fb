"""Taking a turn: the event is fenced, the engine answers, words stream out until they are overtaken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    Conversation,
    Hangup,
    Listen,
    Say,
    ToolResult,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.wording import pressed
from chalicelib.ai.engine import Engine
from chalicelib.ai.ports import Finished, TextDelta
from chalicelib.calls.domain.phrases import Phrases
from chalicelib.calls.domain.turns import (
    Timing,
    ToolRun,
    Turn,
    TurnEnd,
    TurnKind,
    history,
    interrupted_turn,
    silences_before_now,
)
from chalicelib.calls.services.tooling import run_tool
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime

    from chalicelib.ai.domain.conversation import CallerInterrupted, Directive, Ending
    from chalicelib.ai.ports import ChatModel, ModelPart, ModelRequest
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports import CallPorts, Voice

SpokenEvent = CallerSaid | CallerPressed | CallerSilent
_MAX_TRIES = 5
# A turn that was opened this recently needs no second look before its first words.
_FRESH_S = 0.25


@dataclass(frozen=True)
class TurnRequest:
    """What the caller did, and when it reached us; a transport that counts turns names the number."""

    call_id: str
    event: SpokenEvent
    received_at: datetime
    number: int | None = None


def take_turn(calls: CallPorts, request: TurnRequest, voice_of: Callable[[Turn], Voice]) -> Turn | None:
    """Answer one event of the caller; give the turn, or None when the call cannot talk any more.

    A numbered turn that was taken before is not taken again: it is given as it was stored.
    """
    started = calls.clock.elapsed()
    opened = _open(calls, request)
    if opened is None:
        return None
    file, turn, is_new = opened
    if not is_new:
        return turn
    performance = _Performance(calls, file, turn, voice_of(turn), started)
    done = performance.play(_conversation(calls, file), request.event)
    calls.turns.close(request.call_id, done)
    log("turn.taken", call_id=request.call_id, turn=turn.number, end=done.end, ms=done.timing.total_ms)
    return done


def interrupt_turn(calls: CallPorts, call_id: str, event: CallerInterrupted, received_at: datetime) -> None:
    """Remember how far the agent was heard; whoever is still speaking that turn sees it and stops."""
    file = calls.book.load(call_id)
    turn = interrupted_turn(file.turns, received_at) if file else None
    if turn is not None:
        calls.turns.interrupt(call_id, turn.number, event.heard)
        log("turn.interrupted", call_id=call_id, turn=turn.number)


def _open(calls: CallPorts, request: TurnRequest) -> tuple[CallFile, Turn, bool] | None:
    """Take the next turn's number; whoever speaks an older turn must now stop."""
    for _ in range(_MAX_TRIES):
        file = calls.book.load(request.call_id)
        if file is None or file.brief is None or file.call.is_over:
            return None
        numbers = {turn.number: turn for turn in file.turns}
        if request.number in numbers:
            return file, numbers[request.number], False
        turn = _turn(request, request.number or max(numbers, default=0) + 1)
        if calls.turns.open(request.call_id, turn):
            return file, turn, True
    return None


def _turn(request: TurnRequest, number: int) -> Turn:
    match request.event:
        case CallerSaid(text=text, language=language):
            return Turn(number, TurnKind.SPEECH, request.received_at, said=text, language=language)
        case CallerPressed(digits=digits):
            return Turn(number, TurnKind.KEYS, request.received_at, said=pressed(digits))
        case CallerSilent():
            return Turn(number, TurnKind.SILENCE, request.received_at)


def _conversation(calls: CallPorts, file: CallFile) -> Conversation:
    if file.brief is None:
        raise AssertionError("a turn is only opened on a call with a brief")
    specs = calls.tool_specs
    return Conversation(
        instructions=file.brief.instructions,
        greeting=file.brief.greeting,
        history=history(file.turns),
        tools=tuple(specs[name] for name in file.brief.tools if name in specs),
        on_failure=file.brief.on_failure,
        silences=silences_before_now(file.turns),
        turns=len(file.turns),
        closing=bool(file.turns) and file.turns[-1].end is TurnEnd.HANG_UP,
    )


@dataclass
class _Meter:
    """A model that notes how long its first words took and what it consumed."""

    model: ChatModel
    elapsed: Callable[[], float]
    usage: Usage = field(default_factory=Usage)
    first_ms: int | None = None

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        asked = self.elapsed()
        for part in self.model.stream(request):
            if isinstance(part, Finished):
                self.usage += part.usage
            elif isinstance(part, TextDelta) and self.first_ms is None:
                self.first_ms = _ms(self.elapsed() - asked)
            yield part


class _Performance:
    """One turn on its way to the caller."""

    def __init__(self, calls: CallPorts, file: CallFile, turn: Turn, voice: Voice, started: float) -> None:
        self._calls = calls
        self._file = file
        self._turn = turn
        self._voice = voice
        self._started = started
        self._opened = calls.clock.elapsed()
        self._phrases = Phrases()
        self._sent: list[str] = []
        self._tools: list[ToolRun] = []
        self._first_words_ms: int | None = None

    def play(self, conversation: Conversation, event: SpokenEvent) -> Turn:
        """Stream the engine's directives out; stop as soon as the turn is overtaken."""
        meter = _Meter(self._calls.ai.model, self._calls.clock.elapsed)
        end, reason = self._drive(Engine(meter).respond(conversation, event))
        return replace(
            self._turn,
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
                if isinstance(directive, Say):
                    if not self._speak(directive):
                        return TurnEnd.CUT, "overtaken"
                elif isinstance(directive, UseTool):
                    result = self._use(directive)
                else:
                    ending = directive
        except StopIteration:
            return self._end(ending)
        finally:
            responding.close()

    def _speak(self, say: Say) -> bool:
        """Send what is ready; False when a newer turn, or the caller's voice, has overtaken this one."""
        ready = self._phrases.add(say.text, self._calls.clock.elapsed())
        if say.last:
            ready += self._phrases.rest()
        if not ready and not say.last:
            return True
        if not self._holds():
            return False
        self._voice.utter(Say(ready, last=say.last))
        self._sent.append(ready)
        if self._first_words_ms is None:
            self._first_words_ms = self._since_start()
        return True

    def _holds(self) -> bool:
        """Tell whether this turn still has the floor; nothing can interrupt words that were not spoken."""
        if not self._sent and self._calls.clock.elapsed() - self._opened < _FRESH_S:
            return True
        return self._calls.turns.holds(self._file.call.id, self._turn.number)

    def _use(self, use: UseTool) -> ToolResult:
        run = run_tool(self._calls, self._file, use)
        self._tools.append(run)
        return ToolResult(run.result, run.done)

    def _end(self, ending: Ending) -> tuple[TurnEnd, str]:
        self._voice.utter(ending)
        match ending:
            case Hangup(reason=reason):
                return TurnEnd.HANG_UP, reason
            case Transfer(reason=reason):
                return TurnEnd.TRANSFER, reason
            case _:
                return TurnEnd.LISTEN, ""

    def _since_start(self) -> int:
        return _ms(self._calls.clock.elapsed() - self._started)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)

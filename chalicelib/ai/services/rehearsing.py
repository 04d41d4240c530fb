"""Playing a scenario: the engine answers its steps, or a persona's words; nothing leaves the house."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.checking import failures_of
from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    CallStarted,
    Hangup,
    Heard,
    Listen,
    Message,
    Say,
    Spoken,
    ToolResult,
    ToolUsed,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.languages import language_spoken
from chalicelib.ai.domain.rehearsals import ENDED, SAID, USED, Rehearsal, Seen, TurnSeen, cost_of
from chalicelib.ai.domain.scenarios import Ends
from chalicelib.ai.domain.tooling import agrees
from chalicelib.ai.domain.wording import pressed
from chalicelib.ai.engine import Engine
from chalicelib.ai.services.meter import Meter
from chalicelib.ai.services.personas import persona_says
from chalicelib.ai.services.stubs import rehearsed
from chalicelib.ai.services.tooling import Toolbox, run_tool
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import AppError

if TYPE_CHECKING:
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.conversation import Conversation, Directive, Event
    from chalicelib.ai.domain.scenarios import Scenario, Step
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.ai.ports.ai import AiPorts
    from chalicelib.ai.ports.evaluations import Cast, Stage
    from chalicelib.kernel.clock import Clock

# A playing that takes longer is broken off: the function that plays it has two minutes.
TIME_LIMIT_S = 90.0
_TURN_LIMIT_S = 20.0
TOO_DEAR = "spend_ceiling: The evaluation has cost what it may (max_spend)."
_ENDS = {Listen: Ends.LISTEN, Transfer: Ends.TRANSFER, Hangup: Ends.HANG_UP}
_PAUSES = frozenset({"[silent]", "[unclear]"})


@dataclass(frozen=True)
class Part:
    """Which playing of an evaluation this is; `run` counts all of them, `attempt` those of the scenario.

    `may_cost` is in micro-dollars; None: no limit.
    """

    run: int
    attempt: int
    may_cost: int | None = None


def play(ai: AiPorts, stage: Stage, scenario: Scenario, cast: Cast, part: Part) -> Rehearsal:
    """Play a scenario with this cast, and check it; what goes wrong is told in the result, never raised.

    Only when the storage does not answer is that raised.
    """
    started = ai.clock.elapsed()
    playing = _Playing(ai, scenario, cast, part.may_cost)
    error = ""
    try:
        playing.run()
    except _TooLongError:
        error = f"It took longer than {TIME_LIMIT_S:.0f} seconds."
    except _TooDearError:
        error = TOO_DEAR
    except AppError as failure:
        error = f"{failure.code}: {failure.message}"
    contact = replace(stage.look(cast), opted_out=playing.has_opted_out)
    played = Rehearsal(part.run, scenario.name, part.attempt, tuple(playing.turns), contact)
    return replace(
        played,
        failures=failures_of(scenario, played),
        usage=playing.usage,
        error=error,
        took_ms=millis(ai.clock.elapsed() - started),
        asked=tuple(playing.asked),
    )


class _TooDearError(Exception):
    """The playing has cost what it may."""


class _TooLongError(Exception):
    """The playing takes longer than it may."""


@dataclass
class _Playing:
    """A conversation while it is played."""

    ai: AiPorts
    scenario: Scenario
    cast: Cast
    may_cost: int | None = None
    turns: list[TurnSeen] = field(default_factory=list)
    history: list[Message] = field(default_factory=list)
    runs: list[ToolRun] = field(default_factory=list)
    latest: tuple[ToolRun, ...] = ()
    silences: int = 0
    language: str = ""
    usage: Usage = field(default_factory=Usage)
    asked: list[ModelUse] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._started = self.ai.clock.elapsed()
        self._deadline = self._started + TIME_LIMIT_S
        self._tools = rehearsed(self.cast.tools, self.scenario)

    @property
    def has_opted_out(self) -> bool:
        """Tell whether the wish not to be called was carried out."""
        return any(run.name == OPT_OUT_TOOL and run.done for run in self.runs)

    def run(self) -> None:
        """Greet, and take turns until the conversation or the scenario is over."""
        self._take(CallStarted(), "")
        for step in self.scenario.steps:
            if self._is_over():
                return
            self._cut(step)
            self._take(*_event_of(step))
        persona = self.scenario.persona
        for _ in range(persona.max_turns if persona else 0):
            if self._is_over() or not (words := self._persona_words()):
                return
            self._take(CallerSaid(words), words)

    def _persona_words(self) -> str:
        if self.scenario.persona is None:
            return ""
        meter = self._meter()
        try:
            return persona_says(meter, self.scenario.persona, self.scenario.contact, tuple(self.history))
        finally:
            self._note(meter)

    def _is_over(self) -> bool:
        if self.ai.clock.elapsed() > self._deadline:
            raise _TooLongError
        if self.may_cost is not None and cost_of(self.asked) >= self.may_cost:
            raise _TooDearError
        return self.turns[-1].end in {Ends.HANG_UP, Ends.TRANSFER}

    def _cut(self, step: Step) -> None:
        """Let only so much of the last answer have been heard."""
        if step.heard is not None and self.history and isinstance(self.history[-1], Spoken):
            self.history[-1:] = [Spoken(step.heard)] if step.heard else []

    def _take(self, event: Event, words: str) -> None:
        """Take one turn; what the caller did stands in the history before the agent answers the next."""
        turn = _Turn(self.ai.clock, self.ai.clock.elapsed(), words)
        self._hear(event)
        meter = self._meter()
        responding = Engine(meter).respond(self._conversation(), event)
        result: ToolResult | None = None
        try:
            while True:
                directive = responding.send(result)
                result = self._use(directive, turn) if isinstance(directive, UseTool) else None
                turn.add(directive)
        except StopIteration:
            self._keep(turn)
        finally:
            responding.close()
            self._note(meter)

    def _note(self, meter: Meter) -> None:
        self.usage += meter.usage
        self.asked += meter.asked

    def _meter(self) -> Meter:
        deadline = min(self._deadline, self.ai.clock.elapsed() + _TURN_LIMIT_S)
        return Meter(lambda: self.ai.model, self.ai.clock, deadline, lambda: None, lambda: None)

    def _conversation(self) -> Conversation:
        return replace(
            self.cast.conversation,
            history=tuple(self.history),
            turns=max(len(self.turns) - 1, 0),
            silences=self.silences,
            reasons=tuple(turn.reason for turn in self.turns[1:]),
            done=tuple(run.name for run in self.runs if run.done),
            language=self.language if self.language in self.cast.conversation.languages else "",
        )

    def _hear(self, event: Event) -> None:
        """Note the language of what was said; a conversation that has only one goes on in it."""
        base = self.cast.conversation
        if isinstance(event, CallerSaid) and base.languages:
            known = (base.own_language, *base.languages)
            self.language = language_spoken(known, self.language, event.text, event.language)

    def _keep(self, turn: _Turn) -> None:
        seen = turn.told(len(self.turns))
        self.turns.append(seen)
        self.runs += turn.runs
        self.latest = tuple(turn.runs)
        is_pause = turn.words in _PAUSES
        self.silences = self.silences + 1 if is_pause else 0
        said = [Heard(turn.words)] if turn.words and not is_pause else []
        used = [ToolUsed(run.id, run.name, run.arguments, run.result) for run in turn.runs]
        self.history += [*said, *used, *([Spoken(seen.words)] if seen.words else [])]

    def _use(self, use: UseTool, turn: _Turn) -> ToolResult:
        run = run_tool(self._box(turn.words), use, tuple(turn.runs))
        turn.used(run)
        return ToolResult(run.result, run.done)

    def _box(self, words: str) -> Toolbox:
        """Give what may be used; what was held in the turn before is agreed to by a yes in this one."""
        held = tuple(run for run in self.latest if run.held)
        return Toolbox(
            tools=self._tools,
            allowed=self.cast.allowed,
            context=self.cast.context,
            actor=f"call:{self.cast.context.call_id}",
            clock=self.ai.clock,
            conduct=self.cast.conversation.conduct,
            before=tuple(self.runs),
            agreed=held if agrees(words) else (),
            log_as={"call_id": self.cast.context.call_id},
        )


@dataclass
class _Turn:
    """What is seen in one turn while it goes on."""

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


def _event_of(step: Step) -> tuple[Event, str]:
    if step.silent:
        return CallerSilent(), "[silent]"
    if step.keys:
        return CallerPressed(step.keys, is_complete=True), pressed(step.keys)
    if step.unclear:
        return CallerUnclear(step.unclear), "[unclear]"
    return CallerSaid(step.caller, step.language), step.caller


def _arguments(written: str) -> dict[str, Any]:
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return {"": written}
    return read if isinstance(read, dict) else {"": read}

"""Playing a scenario: the engine answers its steps, or a persona's words; nothing leaves the house."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.checking import failures_of
from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    CallStarted,
    Heard,
    Message,
    Spoken,
    ToolResult,
    ToolUsed,
    UseTool,
)
from chalicelib.ai.domain.languages import language_spoken
from chalicelib.ai.domain.rehearsals import Rehearsal, TurnSeen, cost_of
from chalicelib.ai.domain.scenarios import Ends
from chalicelib.ai.domain.tooling import agrees_to
from chalicelib.ai.domain.wording import pressed
from chalicelib.ai.engine import Engine
from chalicelib.ai.services.meter import Meter
from chalicelib.ai.services.personas import persona_says
from chalicelib.ai.services.stubs import rehearsed
from chalicelib.ai.services.tooling import Toolbox, run_tool
from chalicelib.ai.services.watched_turns import WatchedTurn
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import AppError

if TYPE_CHECKING:
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.conversation import Conversation, Event
    from chalicelib.ai.domain.scenarios import Scenario, Step
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.ai.ports.ai import AiPorts
    from chalicelib.ai.ports.evaluations import Cast, Stage

# A playing that takes longer is broken off: the function that plays it has two minutes.
TIME_LIMIT_S = 90.0
_TURN_LIMIT_S = 20.0
TOO_DEAR = "spend_ceiling: The evaluation has cost what it may (max_spend)."
_SILENT, _UNCLEAR = "[silent]", "[unclear]"
_PAUSES = frozenset({_SILENT, _UNCLEAR})


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


@dataclass(frozen=True)
class _Question:
    """What the agent wanted to do in its last turn but for pauses, and what was heard of its words."""

    runs: tuple[ToolRun, ...] = ()
    spoken: str = ""
    was_silent: bool = False

    def agreed(self, words: str) -> tuple[ToolRun, ...]:
        """Give the actions to which these words say yes."""
        is_agreed = agrees_to(self.runs, self.spoken, words, was_silent=self.was_silent)
        return tuple(run for run in self.runs if run.held and is_agreed)


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
    question: _Question = field(default_factory=_Question)
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
            if not self.silences:
                self.question = replace(self.question, spoken=step.heard)

    def _take(self, event: Event, words: str) -> None:
        """Take one turn; what the caller did stands in the history before the agent answers the next."""
        turn = WatchedTurn(self.ai.clock, self.ai.clock.elapsed(), words)
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

    def _keep(self, turn: WatchedTurn) -> None:
        seen = turn.told(len(self.turns))
        self.turns.append(seen)
        self.runs += turn.runs
        is_pause = turn.words in _PAUSES
        self.question = (
            replace(self.question, was_silent=self.question.was_silent or turn.words == _SILENT)
            if is_pause
            else _Question(tuple(turn.runs), seen.words if seen.end is Ends.LISTEN else "")
        )
        self.silences = self.silences + 1 if is_pause else 0
        said = [Heard(turn.words)] if turn.words and not is_pause else []
        used = [ToolUsed(run.id, run.name, run.arguments, run.result, done=run.done) for run in turn.runs]
        self.history += [*said, *used, *([Spoken(seen.words)] if seen.words else [])]

    def _use(self, use: UseTool, turn: WatchedTurn) -> ToolResult:
        run = run_tool(self._box(turn.words), use, tuple(turn.runs))
        turn.used(run)
        return ToolResult(run.result, run.done)

    def _box(self, words: str) -> Toolbox:
        """Give what may be used; what was asked about last is agreed to by a yes now."""
        return Toolbox(
            tools=self._tools,
            allowed=self.cast.allowed,
            context=self.cast.context,
            actor=f"call:{self.cast.context.call_id}",
            clock=self.ai.clock,
            conduct=self.cast.conversation.conduct,
            before=tuple(self.runs),
            agreed=self.question.agreed(words),
            log_as={"call_id": self.cast.context.call_id},
        )


def _event_of(step: Step) -> tuple[Event, str]:
    if step.silent:
        return CallerSilent(), _SILENT
    if step.keys:
        return CallerPressed(step.keys, is_complete=True), pressed(step.keys)
    if step.unclear:
        return CallerUnclear(step.unclear), _UNCLEAR
    return CallerSaid(step.caller, step.language), step.caller

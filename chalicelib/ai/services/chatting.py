"""Answering one event of a chat: the engine, its model and its tools, without storage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.chats import (
    CHAT_RULES,
    Chat,
    ChatEnd,
    ChatKind,
    ChatTurn,
    agreed_runs,
    history,
    languages_of,
    silences_before,
)
from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallStarted,
    Conversation,
    Corrected,
    Hangup,
    Listen,
    Say,
    ToolResult,
    ToolSpec,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.languages import language_spoken, tag_for
from chalicelib.ai.domain.prices import DEAREST, token_cost
from chalicelib.ai.domain.wording import pressed
from chalicelib.ai.engine import Engine
from chalicelib.ai.services.judging import judge
from chalicelib.ai.services.meter import Meter
from chalicelib.ai.services.tooling import Toolbox, run_tool
from chalicelib.kernel.clock import millis
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.tools import ToolContext

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from chalicelib.ai.domain.chats import ChatBrief
    from chalicelib.ai.domain.conversation import Directive, Ending
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.ai.ports.ai import AiPorts
    from chalicelib.kernel.tools import Tool

ChatEvent = CallStarted | CallerSaid | CallerPressed | CallerSilent
# How long one turn may take (seconds): API Gateway gives up on a request after 29.
TIME_LIMIT_S = 24.0


def _keep_nothing(_run: ToolRun) -> None:
    """Hear of an action that was carried out, and keep nothing of it."""


def opened(ai: AiPorts, chat: Chat, event: ChatEvent, turn_id: str = "") -> ChatTurn:
    """Give the next turn of a chat as it is before it is answered."""
    kind, said, tag = _told(event)
    language = _language_of(chat, said, tag)
    number = max((turn.number for turn in chat.turns), default=0) + 1
    return ChatTurn(turn_id or new_id("turn"), number, kind, ai.clock.now(), said, language)


@dataclass(frozen=True)
class Opened:
    """A turn that storage knows already, with the actions that it has taken before it broke off.

    `keep` hears of each further action as soon as it was carried out.
    """

    turn: ChatTurn
    keep: Callable[[ToolRun], None] = _keep_nothing


def answer(
    ai: AiPorts, tools: Mapping[str, Tool], chat: Chat, event: ChatEvent, known: Opened | None = None
) -> ChatTurn:
    """Answer one event of a chat that is not over, and give the turn; `chat.after(turn)` is what follows.

    Everything comes from outside: the model and the clock are those of `ai`, and of `tools` the chat uses
    those that its brief allows. Nothing is raised for a model that fails: the turn says so.
    """
    return _Exchange(ai, tools, chat, known or Opened(opened(ai, chat, event))).play(event)


@dataclass
class _Exchange:
    """One turn while it is answered."""

    ai: AiPorts
    tools: Mapping[str, Tool]
    chat: Chat
    known: Opened
    written: list[str] = field(default_factory=list)
    runs: list[ToolRun] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    first_ms: int | None = None

    def __post_init__(self) -> None:
        self._started = self.ai.clock.elapsed()
        self.turn = self.known.turn
        self.runs.extend(self.turn.tools)

    def play(self, event: ChatEvent) -> ChatTurn:
        """Let the engine answer, and put down what it said and did."""
        deadline = self._started + TIME_LIMIT_S
        meter = Meter(lambda: self.ai.model, self.ai.clock, deadline, lambda: None, _go_on)
        ending = self._drive(Engine(meter).respond(self._conversation(event), event))
        end, reason = _end_of(ending)
        done = replace(
            self.turn,
            answer="".join(self.written).strip(),
            end=end,
            reason=reason,
            tools=tuple(self.runs),
            corrected=tuple(self.corrected),
            asked=meter.asked,
            first_ms=self.first_ms,
            total_ms=self._since_start(),
        )
        return self._judged(done)

    def _judged(self, turn: ChatTurn) -> ChatTurn:
        """Add what the person's words tell of their mood and wish."""
        if turn.kind is not ChatKind.MESSAGE:
            return turn
        sentiment, intent = judge(self.ai, turn.said, turn.language or self.chat.brief.language)
        return replace(turn, sentiment=sentiment, intent=intent)

    def _drive(self, responding: Generator[Directive, ToolResult | None, None]) -> Ending:
        result: ToolResult | None = None
        ending: Ending = Listen()
        try:
            while True:
                directive = responding.send(result)
                result = None
                match directive:
                    case Say(text=text):
                        self._write(text)
                    case UseTool():
                        result = self._use(directive)
                    case Corrected(text=text):
                        self.corrected.append(text)
                    case Listen() | Transfer() | Hangup():
                        ending = directive
        except StopIteration:
            return ending
        finally:
            responding.close()

    def _write(self, text: str) -> None:
        if text.strip() and self.first_ms is None:
            self.first_ms = self._since_start()
        self.written.append(text)

    def _use(self, use: UseTool) -> ToolResult:
        """Run an action for whoever the chat is with, and have it kept at once."""
        run = run_tool(self._box(), use, tuple(self.runs))
        self.runs.append(run)
        self.known.keep(run)
        return ToolResult(run.result, run.done)

    def _box(self) -> Toolbox:
        head, brief = self.chat.head, self.chat.brief
        now, turn_at = self.ai.clock.now(), self.turn.received_at
        before = self._before()
        return Toolbox(
            tools=self.tools,
            allowed=brief.tools,
            context=ToolContext(
                head.id, head.contact_id, head.number, brief.time_zone, now, turn_at, brief.language
            ),
            actor=f"chat:{head.id}",
            clock=self.ai.clock,
            conduct=brief.conduct,
            before=tuple(run for turn in before for run in turn.tools),
            agreed=agreed_runs(before, self.turn),
            log_as={"conversation_id": head.id},
        )

    def _conversation(self, event: ChatEvent) -> Conversation:
        """Tell the engine what it needs; silence needs neither the model nor its tools."""
        brief, turns = self.chat.brief, self._before()
        asks_model = not isinstance(event, CallerSilent)
        language = self.turn.language if self.turn.language in languages_of(brief) else ""
        names = self._names() if asks_model else ()
        allowed = [self.tools[name] for name in names if name in self.tools]
        return Conversation(
            instructions=brief.instructions + CHAT_RULES,
            greeting=brief.greeting,
            history=history(turns),
            tools=tuple(map(spec_of, allowed)),
            on_failure=brief.on_failure,
            silences=silences_before(turns),
            turns=len(turns),
            may_opt_out=bool(self.chat.head.number),
            menu=brief.menu,
            has_colleague=brief.has_colleague,
            is_spent=asks_model and _is_spent(self.chat.brief, turns),
            conduct=brief.conduct,
            reasons=tuple(turn.reason for turn in turns),
            done=tuple(run.name for turn in turns for run in turn.tools if run.done),
            own_language=brief.language,
            languages=brief.languages or ((language,) if language else ()),
            language=language,
            number=self.chat.head.number,
            is_written=True,
        )

    def _names(self) -> tuple[str, ...]:
        """Give the actions of which the model is told: none that needs a number that nobody knows."""
        has_number = bool(self.chat.head.number)
        return tuple(name for name in self.chat.brief.tools if has_number or name != OPT_OUT_TOOL)

    def _before(self) -> tuple[ChatTurn, ...]:
        return tuple(turn for turn in self.chat.turns if turn.number != self.turn.number)

    def _since_start(self) -> int:
        return millis(self.ai.clock.elapsed() - self._started)


def spec_of(tool: Tool) -> ToolSpec:
    """Give what the model is told of an action."""
    return ToolSpec(tool.name, tool.description, tool.arguments.model_json_schema(), tool.changes, tool.backs)


def _is_spent(brief: ChatBrief, turns: tuple[ChatTurn, ...]) -> bool:
    """Tell whether the chat has cost what it may; a model without a known price is taken for the dearest."""
    asked = (use for turn in turns for use in turn.asked)
    return brief.max_spend is not None and brief.max_spend <= sum(
        token_cost(use.model, use.usage, DEAREST).amount for use in asked
    )


def _language_of(chat: Chat, said: str, tag: str) -> str:
    """Give the language that somebody writes in; before that is known, the one that they prefer."""
    known = (chat.brief.language, *languages_of(chat.brief))
    before = next((turn.language for turn in reversed(chat.turns) if turn.language), "")
    before = before or tag_for(chat.brief.preferred_language, known)
    return language_spoken(known, before, said, tag) if said else before


def _told(event: ChatEvent) -> tuple[ChatKind, str, str]:
    match event:
        case CallerSaid(text=text, language=language):
            return ChatKind.MESSAGE, text, language
        case CallerPressed(digits=digits):
            return ChatKind.KEYS, pressed(digits), ""
        case CallerSilent():
            return ChatKind.SILENCE, "", ""
        case CallStarted():
            return ChatKind.GREETING, "", ""


def _end_of(ending: Ending) -> tuple[ChatEnd, str]:
    match ending:
        case Hangup(reason=reason):
            return ChatEnd.HANG_UP, reason
        case Transfer(reason=reason):
            return ChatEnd.TRANSFER, reason
        case Listen(reason=reason):
            return ChatEnd.LISTEN, reason


def _go_on() -> None:
    """Wait on: whoever reads needs no filler."""

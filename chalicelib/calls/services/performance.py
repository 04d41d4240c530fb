"""One turn on its way to the caller: words stream out until they end, are overtaken, or take too long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    AwaitKeys,
    Corrected,
    GoOn,
    Hangup,
    Listen,
    Say,
    ToolResult,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.saying import fixed_language
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.wording import filler
from chalicelib.ai.engine import Engine
from chalicelib.ai.services.meter import Meter, TooSlowError
from chalicelib.calls.domain.phrases import Phrases
from chalicelib.calls.domain.templates import other_language
from chalicelib.calls.domain.turns import KEYS_PAUSE_S, MORE_KEYS, Timing, Turn, TurnEnd
from chalicelib.calls.services.tooling import run_tool
from chalicelib.kernel.clock import millis
from chalicelib.kernel.logs import log_failure

if TYPE_CHECKING:
    from collections.abc import Generator

    from chalicelib.ai.domain.conversation import Conversation, Directive, Ending, Event
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Voice

# A turn that was opened this recently needs no second look before its first words.
_FRESH_S = 0.25
# How much longer than a turn's limit the model may take: words on the way are broken off before it.
_GRACE_S = 2.0
_OVERTAKEN = (TurnEnd.CUT, "overtaken")


@dataclass
class Performance:
    """Speaks one opened turn. `started` is when it reached us, `time_limit_s` how long it may take.

    `is_fenced` says whether a newer turn, or the caller's voice, can overtake it: not where the
    transport itself counts the turns and waits for each. Such a transport cannot speak while we still wait
    for the model either: there a filler is followed by `GoOn`, and the turn stays unanswered.
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
        self._phrases = Phrases(self.voice.chars_per_second)
        self._sent = [self.turn.filler] if self.turn.filler else []
        self._filler = self.turn.filler
        self._lock = RLock()  # words are spoken here, and a filler by a thread of its own
        self._watches = self._is_over = False
        self._tools: list[ToolRun] = []
        self._corrected: list[str] = []
        self._is_checking = False
        self._first_words_ms: int | None = None
        self._language = other_language(self.file.brief, self.turn.language)

    def play(self, conversation: Conversation, event: Event) -> Turn:
        """Stream the engine's directives out; give the turn as it was answered."""
        deadline = self.started + self.time_limit_s + _GRACE_S
        meter = Meter(
            lambda: self.calls.ai.model,
            self.calls.clock,
            deadline,
            self._until_filler,
            self._stalled,
            joins=not self.is_fenced,  # who answers by a document is heard when it is complete
        )
        try:
            end, reason = self._drive(Engine(meter).respond(conversation, event))
        except TooSlowError:
            self.voice.utter(GoOn())
            return replace(
                self.turn,
                answer=self._filler,
                filler=self._filler,
                usage=meter.usage,
                asked=meter.asked,
            )
        return replace(
            self.turn,
            answer="".join(self._sent),
            filler=self._filler,
            end=end,
            reason=reason,
            tools=tuple(self._tools),
            corrected=tuple(self._corrected),
            usage=self.turn.usage + meter.usage,
            asked=(*self.turn.asked, *meter.asked),
            timing=Timing(meter.first_ms, self._first_words_ms, self._since_start()),
        )

    def _drive(self, responding: Generator[Directive, ToolResult | None, None]) -> tuple[TurnEnd, str]:
        result: ToolResult | None = None
        ending: Ending = Listen()
        try:
            while True:
                directive = responding.send(result)
                result = None
                if isinstance(directive, Listen | Transfer | Hangup):
                    ending = directive
                elif self._is_overdue(directive):
                    return self._break_off()
                elif isinstance(directive, UseTool) and self._may_act(directive):
                    result = self._use(directive)
                elif stopped := self._carry_out(directive):
                    return stopped
        except StopIteration:
            return self._end(ending)
        finally:
            self._finish()
            responding.close()

    def _carry_out(self, directive: Directive) -> tuple[TurnEnd, str] | None:
        """Speak, or wait for keys; give how the turn ends when it is not to go on."""
        match directive:
            case Say():
                return None if self._speak(directive) else _OVERTAKEN
            case AwaitKeys():
                return self._await_keys(directive)
            case Corrected(text=text):
                self._corrected.append(text)
                return None
            case _:  # an action that nobody wants any more
                return _OVERTAKEN

    def _speak(self, say: Say) -> bool:
        """Send what is ready; False when a newer turn, or the caller's voice, has overtaken this one."""
        if say.text and say.language != self._language:
            if not self._send(Say(self._phrases.rest(), language=self._language)):
                return False
            self._language = say.language
        ready = self._phrases.add(say.text, self.calls.clock.elapsed())
        if say.last:
            ready += self._phrases.rest()
        return self._send(Say(ready, last=say.last, language=self._language))

    def _send(self, say: Say) -> bool:
        if not say.text and not say.last:
            return True
        with self._lock:
            if not self._holds():
                return False
            self._utter(say)
        return True

    def _utter(self, say: Say) -> None:
        self.voice.utter(say)
        self._sent.append(say.text)
        if self._first_words_ms is None:
            self._first_words_ms = self._since_start()

    def _until_filler(self) -> float | None:
        """Say how long the model may still be silent (seconds); None when it is simply waited for.

        Where we can speak meanwhile, a filler is due beside the turn. Where we cannot, the turn is asked for
        again, for which it must not have acted.
        """
        after_ms = self.file.brief.filler_after_ms if self.file.brief else 0
        if not after_ms or self._sent:
            return None
        seconds = after_ms / 1000 - (self.calls.clock.elapsed() - self.started)
        if not self.is_fenced:
            return None if self._tools else seconds
        if not self._watches:
            self._watches = True
            self.calls.clock.later(seconds, self._fill)
        return None

    def _fill(self) -> None:
        """Speak a filler while nothing else was spoken; never when the turn is over or was overtaken."""
        with self._lock:
            try:
                if not self._sent and not self._is_over and self._has_floor():
                    self._utter_filler()
            except Exception as error:  # noqa: BLE001  nobody waits for this thread; the words come all the same
                log_failure("filler.failed", error)

    def _stalled(self) -> None:
        """Answer with a filler instead; the turn is answered when it is asked for again."""
        self._utter_filler()
        raise TooSlowError

    def _utter_filler(self) -> None:
        language, tag = self._fixed_language()
        is_checking = self._is_checking
        self._filler = (
            sentence(Sentence.CHECKING, language) if is_checking else filler(self.turn.number, language)
        )
        self._utter(Say(self._filler, language=tag))

    def _fixed_language(self) -> tuple[str, str]:
        """Give the language of our own sentences in this turn, and the tag under which they are spoken."""
        brief = self.file.brief
        tag = fixed_language(other_language(brief, self.turn.language))
        return tag or (brief.language if brief else ""), tag

    def _await_keys(self, directive: AwaitKeys) -> tuple[TurnEnd, str] | None:
        """Wait for more keys where we can; where the transport collects them, end the turn for it."""
        if not self.is_fenced:
            self.voice.utter(directive)
            return TurnEnd.LISTEN, MORE_KEYS
        self.calls.clock.pause(KEYS_PAUSE_S)
        return None if self._has_floor() else _OVERTAKEN

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
        """Tell whether there is no time for more of the answer; its last words and its end are let pass.

        So is a revocation: it is kept whenever it is said.
        """
        acts = isinstance(directive, UseTool) and directive.name != OPT_OUT_TOOL
        more = acts or (isinstance(directive, Say) and not directive.last)
        return more and self.calls.clock.elapsed() - self.started > self.time_limit_s

    def _break_off(self) -> tuple[TurnEnd, str]:
        """Stop an endless answer before its transport stops us, and let the caller speak."""
        has_answered = len(self._sent) > bool(self._filler)
        language, tag = self._fixed_language()
        words = "" if has_answered else sentence(Sentence.REPEAT, language)
        if not self._speak(Say(words, last=True, language=tag)):
            return _OVERTAKEN
        self.voice.utter(Listen())
        return TurnEnd.LISTEN, "time_limit"

    def _use(self, use: UseTool) -> ToolResult:
        self._is_checking = True  # a filler that comes due meanwhile says what we do
        run = run_tool(self.calls, self.file, use, self.turn, tuple(self._tools))
        self._is_checking = False
        self._tools.append(run)
        return ToolResult(run.result, run.done)

    def _end(self, ending: Ending) -> tuple[TurnEnd, str]:
        self._finish()
        self.voice.utter(ending)
        match ending:
            case Hangup(reason=reason):
                return TurnEnd.HANG_UP, reason
            case Transfer(reason=reason):
                return TurnEnd.TRANSFER, reason
            case Listen(reason=reason):
                return TurnEnd.LISTEN, reason

    def _finish(self) -> None:
        """Let no filler be spoken from here on."""
        with self._lock:
            self._is_over = True

    def _since_start(self) -> int:
        return millis(self.calls.clock.elapsed() - self.started)

"""How a conversation goes on: events in, directives out, the model behind a port; no other I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain import keys, wording
from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    AwaitKeys,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    CallStarted,
    Conversation,
    Directive,
    Hangup,
    Heard,
    Listen,
    MenuAction,
    OnFailure,
    Say,
    Spoken,
    ToolResult,
    ToolUsed,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.machines import answer_to_machine
from chalicelib.ai.ports import ChatModel, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Generator

    from chalicelib.ai.domain.conversation import Event, MenuKey

    Responding = Generator[Directive, ToolResult | None, None]

END_TOOL = "end_call"
TRANSFER_TOOL = "transfer_to_person"
_MAX_ROUNDS = 4
_MAX_SILENCES = 2


def revokes_consent(event: Event, menu: tuple[MenuKey, ...] = ()) -> bool:
    """Tell whether the caller asks, by words or by key, not to be called again; hardly heard words count."""
    match event:
        case CallerSaid(text=text) | CallerUnclear(text=text):
            return wording.is_opt_out(text)
        case CallerPressed(digits=digits):
            return keys.opts_out(menu, digits)
        case _:
            return False


@dataclass
class _Answer:
    """What one question to the model gave so far."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True)
class Engine:
    """Answers the events of one conversation."""

    model: ChatModel

    def respond(self, conversation: Conversation, event: Event) -> Responding:
        """Yield what to do about `event`; a `UseTool` must be answered by sending a `ToolResult`.

        Text is yielded as the model produces it. The last directive is `Listen`, `Transfer` or
        `Hangup`, unless the event asks for nothing (an interruption, the end).
        """
        if by_rule := _by_rule(conversation, event):
            yield from by_rule
            return
        match event:
            case CallStarted():
                yield from greet(conversation)
            case CallerSaid(text=text) if conversation.closing and wording.is_farewell(text):
                yield Hangup("agent_goodbye")
            case CallerSaid(text=text):
                yield from self._converse(_heard(conversation, text))
            case CallerPressed():
                yield from self._press(conversation, event)
            case CallerSilent():
                yield from _ask_again(conversation, wording.STILL_THERE)
            case CallerUnclear():
                yield from _ask_again(conversation, wording.UNCLEAR)
            case _:
                return

    def _press(self, conversation: Conversation, event: CallerPressed) -> Responding:
        """Do what the menu says; keys that it does not know are told to the model when all have come."""
        entry = keys.entry_of(conversation.menu, event.digits)
        if entry is not None:
            yield from self._choose(conversation, entry)
        elif _wants_colleague(conversation, event.digits):
            yield from _say(wording.TRANSFERRING, Transfer("asked_for_person"))
        else:
            if not event.is_complete and conversation.turns < conversation.conduct.max_turns:
                yield AwaitKeys()
            yield from self._converse(_heard(conversation, wording.pressed(event.digits)))

    def _choose(self, conversation: Conversation, entry: MenuKey) -> Responding:
        text = wording.speakable(entry.text)
        match entry.action:
            case MenuAction.ASK:
                yield from self._converse(_heard(conversation, entry.text))
            case MenuAction.TRANSFER:
                yield from _say(text or wording.TRANSFERRING, Transfer("menu"))
            case MenuAction.HANG_UP:
                yield from _say(text or wording.GOODBYE, Hangup("menu"))
            case _:
                yield from _say(text or wording.REPEAT, Listen())

    def _converse(self, conversation: Conversation) -> Responding:
        """Ask the model, run the actions that it wants, and ask again until it only speaks."""
        if conversation.turns >= conversation.conduct.max_turns:
            yield from _say(wording.TOO_LONG, Hangup("turn_limit"))
            return
        for _ in range(_MAX_ROUNDS):
            answer = _Answer()
            try:
                yield from self._ask(conversation, answer)
            except Unavailable as error:
                yield from _give_up(conversation, error.code)
                return
            if not answer.calls:
                yield from _say("" if answer.text.strip() else wording.REPEAT, Listen())
                return
            conversation, ending = yield from _use(conversation, answer)
            if ending:
                yield from ending
                return
        yield from _give_up(conversation, "model_loop")

    def _ask(self, conversation: Conversation, answer: _Answer) -> Responding:
        conduct = conversation.conduct
        request = ModelRequest(
            conversation.instructions,
            conversation.history,
            conversation.tools,
            providers=conduct.providers,
            temperature=conduct.temperature,
            max_tokens=conduct.max_answer_tokens,
        )
        for part in self.model.stream(request):
            if isinstance(part, ToolCall):
                answer.calls += (part,)
            elif isinstance(part, TextDelta) and (text := wording.speakable(part.text)):
                answer.text += text
                yield Say(text)


def _by_rule(conversation: Conversation, event: Event) -> Responding | None:
    """Answer what neither menu nor model may decide: a wish not to be called, a machine, a spent budget."""
    if conversation.may_opt_out and revokes_consent(event, conversation.menu):
        return _opt_out(conversation)
    if to_machine := answer_to_machine(conversation, event):
        return _each(to_machine)
    if conversation.promised and _takes_nothing_back(event):
        return _each((Transfer(conversation.promised),))
    if conversation.is_spent:
        return _say(wording.SPENT, Hangup("spend_limit"))
    return None


def _takes_nothing_back(event: Event) -> bool:
    """Tell whether somebody who waits to be put through only says thanks, or makes a noise."""
    is_agreement = isinstance(event, CallerSaid) and wording.is_agreement(event.text)
    return is_agreement or isinstance(event, CallerUnclear)


def _each(directives: tuple[Directive, ...]) -> Responding:
    yield from directives


def greet(conversation: Conversation) -> Responding:
    """Speak first; no model is asked, so that the caller never waits for the greeting."""
    yield from _say(wording.speakable(conversation.greeting), Listen())


def _use(
    conversation: Conversation, answer: _Answer
) -> Generator[Directive, ToolResult | None, tuple[Conversation, Responding | None]]:
    """Run the actions of an answer; some of them decide how the turn ends."""
    if answer.text.strip():
        yield Say(" ")
        conversation = replace(conversation, history=(*conversation.history, Spoken(answer.text)))
    for call in answer.calls:
        result = (yield UseTool(call.id, call.name, call.arguments)) or ToolResult("", done=False)
        used = ToolUsed(call.id, call.name, call.arguments, result.text)
        conversation = replace(conversation, history=(*conversation.history, used))
        if result.done and (ending := _ending(call.name, spoken=bool(answer.text.strip()))):
            return conversation, ending
    return conversation, None


def _ending(tool: str, *, spoken: bool) -> Responding | None:
    if tool == OPT_OUT_TOOL:
        return _say(wording.OPTED_OUT, Hangup("opted_out"))
    if tool == END_TOOL:
        return _say("" if spoken else wording.GOODBYE, Hangup("agent_goodbye"))
    if tool == TRANSFER_TOOL:
        return _say("" if spoken else wording.TRANSFERRING, Transfer("asked_for_person"))
    return None


def _opt_out(conversation: Conversation) -> Responding:
    """Stop calling this number: done first, confirmed in words only when it is done."""
    result = yield UseTool(f"rule-{conversation.turns}", OPT_OUT_TOOL, "{}")
    if result and result.done:
        yield from _say(wording.OPTED_OUT, Hangup("opted_out"))
    else:
        yield from _give_up(conversation, "opt_out_failed")


def _ask_again(conversation: Conversation, words: str) -> Responding:
    """Ask for an answer, then name the keys as well, and at last take our leave."""
    if conversation.silences >= _MAX_SILENCES:
        yield from _say(wording.SILENT_GOODBYE, Hangup("silence"))
    elif conversation.silences:
        yield from _say(wording.last_chance(keys.offers(conversation)), Listen())
    else:
        yield from _say(words, Listen())


def _wants_colleague(conversation: Conversation, digits: str) -> bool:
    """Tell whether the key that we have just offered for a colleague was pressed."""
    return conversation.silences >= _MAX_SILENCES and digits == keys.colleague_key(conversation)


def _give_up(conversation: Conversation, reason: str) -> Responding:
    if conversation.on_failure is OnFailure.TRANSFER:
        yield from _say(wording.APOLOGY_TRANSFER, Transfer(reason))
    else:
        yield from _say(wording.APOLOGY, Hangup(reason))


def _say(text: str, ending: Listen | Transfer | Hangup) -> Responding:
    yield Say(text, last=True)
    yield ending


def _heard(conversation: Conversation, text: str) -> Conversation:
    return replace(conversation, history=(*conversation.history, Heard(text)))

"""How a conversation goes on: events in, directives out, the model behind a port; no other I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain import keys, wording
from chalicelib.ai.domain.answering import Answer, advised, answer_in
from chalicelib.ai.domain.conversation import (
    CONFIRM_TOOL,
    OPT_OUT_TOOL,
    AwaitKeys,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    CallStarted,
    Conversation,
    Hangup,
    Heard,
    Listen,
    MenuAction,
    Say,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.endings import each, fixed, give_up, own_or, say
from chalicelib.ai.domain.languages import language_note
from chalicelib.ai.domain.machines import answer_to_machine
from chalicelib.ai.domain.privacy import caller_words
from chalicelib.ai.domain.reactions import react_to_danger, react_to_words
from chalicelib.ai.domain.rounds import carry_out, close
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.speaking import Speaker, Writer, speakable
from chalicelib.ai.ports.models import ChatModel, Dropped, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Event, MenuKey
    from chalicelib.ai.domain.endings import Responding

_MAX_ROUNDS = 4
_MAX_SILENCES = 2
# Why a turn ended in which somebody whose number nobody knows asked not to be called.
NUMBER_NEEDED = "number_needed"
# What the key that confirms means, where it could not be done without the model.
_TO_CONFIRM = "I want to confirm my appointment."


def revokes_consent(event: Event, menu: tuple[MenuKey, ...] = ()) -> bool:
    """Tell whether the caller asks, by words or by key, not to be called again; hardly heard words count."""
    match event:
        case CallerSaid(text=text) | CallerUnclear(text=text):
            return wording.is_opt_out(text)
        case CallerPressed(digits=digits):
            return keys.opts_out(menu, digits)
        case _:
            return False


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
                words = caller_words(text)
                yield from self._converse(_heard(advised(conversation, words), words))
            case CallerPressed():
                yield from self._press(conversation, event)
            case CallerSilent():
                yield from _ask_again(conversation, Sentence.STILL_THERE)
            case CallerUnclear():
                yield from _ask_again(conversation, Sentence.UNCLEAR)
            case _:
                return

    def _press(self, conversation: Conversation, event: CallerPressed) -> Responding:
        """Do what the menu says; keys that it does not know are told to the model when all have come."""
        entry = keys.entry_of(conversation.menu, event.digits)
        if entry is not None:
            yield from self._choose(conversation, entry)
        elif _wants_colleague(conversation, event.digits):
            yield from fixed(conversation, Sentence.TRANSFERRING, Transfer("asked_for_person"))
        else:
            if not event.is_complete and conversation.turns < conversation.conduct.max_turns:
                yield AwaitKeys()
            yield from self._converse(_heard(conversation, wording.pressed(event.digits)))

    def _choose(self, conversation: Conversation, entry: MenuKey) -> Responding:
        text = speakable(entry.text, conversation.own_language)
        match entry.action:
            case MenuAction.ASK:
                yield from self._converse(_heard(conversation, entry.text))
            case MenuAction.CONFIRM:
                yield from self._confirm(conversation, text)
            case MenuAction.TRANSFER:
                yield from own_or(conversation, text, Sentence.TRANSFERRING, Transfer("menu"))
            case MenuAction.HANG_UP:
                yield from own_or(conversation, text, Sentence.GOODBYE, Hangup("menu"))
            case _:
                yield from own_or(conversation, text, Sentence.REPEAT, Listen())

    def _confirm(self, conversation: Conversation, text: str) -> Responding:
        """Confirm the appointment, and say so only when it is done; else the model is asked."""
        result = yield UseTool(f"rule-{conversation.turns}", CONFIRM_TOOL, "{}")
        if result and result.done:
            yield from own_or(conversation, text, Sentence.CONFIRMED, Hangup("confirmed"))
        else:
            yield from self._converse(_heard(conversation, _TO_CONFIRM))

    def _converse(self, conversation: Conversation) -> Responding:
        """Ask the model, run the actions that it wants, and ask again until it only speaks."""
        if conversation.turns >= conversation.conduct.max_turns:
            yield from fixed(conversation, Sentence.TOO_LONG, Hangup("turn_limit"))
            return
        was_corrected = False
        for _ in range(_MAX_ROUNDS):
            answer = answer_in(conversation)
            try:
                yield from self._ask(conversation, answer)
            except Unavailable as error:
                yield from give_up(conversation, error.code)
                return
            if answer.uses:
                conversation, ending = yield from carry_out(conversation, answer)
            else:
                conversation, ending = yield from close(conversation, answer, is_second=was_corrected)
                was_corrected = True
            if ending:
                yield from ending
                return
        yield from give_up(conversation, "model_loop")

    def _ask(self, conversation: Conversation, answer: Answer) -> Responding:
        conduct = conversation.conduct
        language = conversation.language or conversation.own_language
        request = ModelRequest(
            conversation.instructions + _note(conversation),
            conversation.history,
            conversation.tools,
            providers=conduct.providers,
            temperature=conduct.temperature,
            max_tokens=conduct.max_answer_tokens,
            again=sentence(Sentence.SAY_AGAIN, language),
            stable=len(conversation.instructions),
            heard=lambda: answer.text,
        )
        speaker = Writer() if conversation.is_written else Speaker(language)
        for part in self.model.stream(request):
            if isinstance(part, ToolCall):
                answer.uses += (UseTool(part.id, part.name, part.arguments),)
            elif isinstance(part, TextDelta) and (ready := answer.add(speaker.add(part.text))):
                yield Say(ready, language=conversation.language)
            elif isinstance(part, Dropped):
                speaker = Writer() if conversation.is_written else Speaker(language)
                if bridge := answer.begin_anew(part.bridge):
                    yield Say(bridge, language=conversation.language)
        if rest := answer.add(speaker.rest()) + answer.rest():
            yield Say(rest, language=conversation.language)


def _note(conversation: Conversation) -> str:
    """Tell the model which language the caller speaks, where there are several."""
    if not conversation.languages:
        return ""
    return language_note(conversation.language or conversation.own_language)


def _by_rule(conversation: Conversation, event: Event) -> Responding | None:
    """Answer what neither menu nor model may decide: a wish not to be called, a machine, a spent budget."""
    if conversation.may_opt_out and revokes_consent(event, conversation.menu):
        return _opt_out(conversation)
    if by_rule := answer_to_machine(conversation, event) or react_to_danger(conversation, event):
        return each(by_rule)
    if not conversation.may_opt_out and revokes_consent(event, conversation.menu):
        return fixed(conversation, Sentence.NUMBER_NEEDED, Listen(NUMBER_NEEDED))
    if conversation.promised and _takes_nothing_back(event):
        return each((Transfer(conversation.promised),))
    if by_rule := react_to_words(conversation, event):
        return each(by_rule)
    return _at_ceiling(conversation)


def _at_ceiling(conversation: Conversation) -> Responding | None:
    """Take our leave when the call has cost what it may, or lasted almost as long as it may."""
    if conversation.is_spent:
        return fixed(conversation, Sentence.SPENT, Hangup("spend_limit"))
    if conversation.is_late:
        return fixed(conversation, Sentence.TOO_LONG, Hangup("duration_limit"))
    return None


def _takes_nothing_back(event: Event) -> bool:
    """Tell whether somebody who waits to be put through only says thanks, or makes a noise."""
    is_agreement = isinstance(event, CallerSaid) and wording.is_agreement(event.text)
    return is_agreement or isinstance(event, CallerUnclear)


def greet(conversation: Conversation) -> Responding:
    """Speak first; no model is asked, so that the caller never waits for the greeting."""
    greeting = conversation.greeting
    if not conversation.is_written:
        greeting = speakable(greeting, conversation.own_language)
    yield from say(greeting, Listen())


def _opt_out(conversation: Conversation) -> Responding:
    """Stop calling this number: done first, confirmed in words only when it is done."""
    result = yield UseTool(f"rule-{conversation.turns}", OPT_OUT_TOOL, "{}")
    if result and result.done:
        yield from fixed(conversation, Sentence.OPTED_OUT, Hangup("opted_out"))
    else:
        yield from give_up(conversation, "opt_out_failed")


def _ask_again(conversation: Conversation, words: Sentence) -> Responding:
    """Ask for an answer, then name the keys as well, and at last take our leave."""
    if conversation.silences >= _MAX_SILENCES:
        yield from fixed(conversation, Sentence.SILENT_GOODBYE, Hangup("silence"))
    elif conversation.silences:
        yield say_fixed(conversation, Sentence.LAST_CHANCE, keys=keys.offers(conversation))
        yield Listen()
    else:
        yield from fixed(conversation, words, Listen())


def _wants_colleague(conversation: Conversation, digits: str) -> bool:
    """Tell whether the key that we have just offered for a colleague was pressed."""
    return conversation.silences >= _MAX_SILENCES and digits == keys.colleague_key(conversation)


def _heard(conversation: Conversation, text: str) -> Conversation:
    return replace(conversation, history=(*conversation.history, Heard(text)))

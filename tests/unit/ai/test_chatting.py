"""Turns of chats: the same engine, tools and rules as on the phone, with everything given from outside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fakes.carrier import Killed
from fakes.chats import a_chat
from fakes.model import USAGE, model_failure
from pydantic import BaseModel

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.chats import CHAT_RULES, ChatEnd, ChatKind
from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    CallerSaid,
    CallerSilent,
    CallStarted,
    Heard,
    OnFailure,
    Spoken,
)
from chalicelib.ai.ports.models import ToolCall
from chalicelib.ai.services.chatting import Opened, answer, opened
from chalicelib.ai.tools import conversation_tools
from chalicelib.kernel.tools import Effect, Tool, ToolContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.chats import Chat


class Words(BaseModel):
    """What to write down."""

    text: str


class Nothing(BaseModel):
    """No arguments."""


@pytest.fixture
def done():
    """Give what was really done: the tool's name, to whom, and the arguments."""
    return []


@pytest.fixture
def tools(done) -> Mapping[str, Tool]:
    """Give actions that write down that they ran."""

    def tool(name: str, arguments: type[BaseModel]) -> Tool:
        def run(context: ToolContext, given: Any) -> str:
            done.append((name, context.contact_id, given.model_dump()))
            return "Done."

        return Tool(name, f"Do {name}.", arguments, run, Effect.CHANGES)

    own = [tool("add_note", Words), tool(OPT_OUT_TOOL, Nothing)]
    return {each.name: each for each in (*conversation_tools(), *own)}


def say(ai, tools, chat: Chat, *messages: str) -> Chat:
    """Write messages, one after the other."""
    for message in messages:
        chat = chat.after(answer(ai, tools, chat, CallerSaid(message)))
    return chat


def test_a_message_is_answered_by_the_model(ai, tools, clock):
    """The turn has what was said, the answer, and what was asked of which model."""
    turn = answer(ai, tools, a_chat(clock), CallerSaid("Hello?"))
    assert (turn.number, turn.kind, turn.said) == (1, ChatKind.MESSAGE, "Hello?")
    assert (turn.answer, turn.end, turn.usage) == ("Hello there.", ChatEnd.LISTEN, USAGE)


def test_the_model_knows_the_chat_and_that_it_is_one(ai, tools, clock):
    """The prompt comes first and unchanged, so that it can be cached; then what was written so far."""
    chat = say(ai, tools, a_chat(clock), "Hello?", "And now?")
    request = ai.model.requests[-1]
    assert request.instructions == chat.brief.instructions + CHAT_RULES
    assert request.messages == (Heard("Hello?"), Spoken("Hello there."), Heard("And now?"))


def test_the_greeting_needs_no_model(ai, tools, clock):
    """A chat may begin with the template's words."""
    chat = a_chat(clock, greeting="Hello, this is the shop.")
    turn = answer(ai, tools, chat, CallStarted())
    assert (turn.kind, turn.answer, turn.asked) == (ChatKind.GREETING, "Hello, this is the shop.", ())


def test_allowed_actions_run_for_the_chats_contact(ai, tools, clock, done):
    """Whatever the model says, it is this contact; and the model hears what came of it."""
    ai.model.scripts = [[ToolCall("1", "add_note", '{"text": "Blue"}')], ["I noted it."]]
    turn = answer(ai, tools, a_chat(clock, tools=("add_note",)), CallerSaid("Blue, please."))
    assert done == [("add_note", "contact_1", {"text": "Blue"})]
    assert [(run.name, run.done) for run in turn.tools] == [("add_note", True)]
    assert turn.answer.endswith("I noted it.")


def test_what_the_template_does_not_allow_never_runs(ai, tools, clock, done):
    """The model is not told of it either."""
    ai.model.scripts = [[ToolCall("1", "add_note", '{"text": "Blue"}')], ["I cannot."]]
    turn = answer(ai, tools, a_chat(clock), CallerSaid("Note it."))
    assert done == []
    assert not turn.tools[0].done
    assert ai.model.requests[0].tools == ()


def test_an_action_to_confirm_waits_for_a_yes(ai, tools, clock, done):
    """The first use asks; only the same arguments after a yes are carried out."""
    use = ToolCall("1", "add_note", '{"text": "Blue"}')
    ai.model.scripts = [[use], ["Shall I note blue?"], [use], ["It is noted."]]
    chat = a_chat(clock, tools=("add_note",), conduct=Conduct(confirm_tools=("add_note",)))
    chat = say(ai, tools, chat, "Blue.")
    assert done == []
    say(ai, tools, chat, "Yes, please.")
    assert len(done) == 1


def test_a_wish_not_to_be_called_is_honoured_before_the_model(ai, tools, clock, done):
    """The number is taken off by rule, and the chat is over."""
    chat = say(ai, tools, a_chat(clock), "Never call me again.")
    assert [name for name, *_ in done] == [OPT_OUT_TOOL]
    assert ai.model.requests == []
    assert (chat.head.end, chat.head.reason) == (ChatEnd.HANG_UP, "opted_out")


def test_whoever_has_no_number_hears_that_it_is_needed(ai, tools, clock, done):
    """There is nothing to take off a list, no model says otherwise, and the chat goes on."""
    chat = say(ai, tools, a_chat(clock, number=""), "Never call me again.")
    assert (done, ai.model.requests) == ([], [])
    assert "do not know your phone number" in chat.turns[-1].answer
    assert (chat.turns[-1].reason, chat.head.end) == ("number_needed", None)


def test_the_model_is_not_offered_what_needs_a_number(ai, tools, clock):
    """Where nobody knows one, it could only fail."""
    for number in ("", "+14155550112"):
        say(ai, tools, a_chat(clock, number=number, tools=(OPT_OUT_TOOL, "add_note")), "Hello?")
    offered = [[tool.name for tool in request.tools] for request in ai.model.requests]
    assert offered == [["add_note"], [OPT_OUT_TOOL, "add_note"]]


@pytest.mark.parametrize(
    "promise",
    [
        "I'll ask a colleague to see to it.",
        "A colleague will see to it.",
        "Ich bitte eine Kollegin, sich darum zu kümmern.",
        "Le pediré a un compañero que lo haga.",
        "Je vais demander à un collègue de s'en occuper.",
    ],
)
def test_a_colleague_is_promised_only_by_what_was_done(ai, tools, clock, promise):
    """Nobody reads a chat when it is over: what no action has told a colleague is not said."""
    ai.model.scripts = [[promise], ["That I cannot do."]]
    turn = answer(ai, tools, a_chat(clock), CallerSaid("Can you see to it?"))
    assert (turn.answer, turn.corrected) == ("That I cannot do.", (promise,))
    ai.model.scripts = [[ToolCall("1", "add_note", '{"text": "See to it"}')], [promise]]
    turn = answer(ai, tools, a_chat(clock, tools=("add_note",)), CallerSaid("Can you see to it?"))
    assert turn.answer.endswith(promise)


def test_to_offer_a_colleague_is_no_promise(ai, tools, clock):
    """Questions, conditions, and what could be done."""
    for words in ("Shall I ask a colleague?", "If you like, I'll ask a colleague.", "I can ask a colleague."):
        ai.model.scripts = [[words]]
        assert answer(ai, tools, a_chat(clock), CallerSaid("Hello?")).answer == words


def test_each_message_tells_mood_and_wish(ai, tools, clock):
    """By the person's words alone; a greeting and silence tell none."""
    chat = say(ai, tools, a_chat(clock), "That is terrible, I want to complain.", "How much is it?")
    assert [turn.intent for turn in chat.turns] == ["complaint", "price"]
    assert chat.turns[0].sentiment is Sentiment.NEGATIVE
    greeting = answer(ai, tools, a_chat(clock, greeting="Terrible."), CallStarted())
    assert (greeting.sentiment, greeting.intent) == (None, "")


@pytest.mark.parametrize(
    ("message", "preferred"),
    [
        (CallerSaid("Mein Mann hat einen Herzinfarkt, bitte helfen Sie mir!"), ""),
        (CallerSaid("Call an ambulance!", "de-DE"), ""),
        (CallerSaid("Call an ambulance!"), "de-AT"),
    ],
)
def test_our_sentences_are_in_the_language_of_who_writes(ai, tools, clock, message, preferred):
    """By the words, by what the client says, by what is known of the person; no template has to allow it."""
    turn = answer(ai, tools, a_chat(clock, preferred_language=preferred), message)
    assert turn.reason == "emergency"
    assert "rufen Sie" in turn.answer


def test_the_emergency_number_is_of_where_the_person_is(ai, tools, clock):
    """Their phone tells, whatever language the template has."""
    chat = a_chat(clock, number="+447700900123")
    assert "call 999" in answer(ai, tools, chat, CallerSaid("I can't breathe!")).answer


def test_the_model_is_told_of_another_language_only(ai, tools, clock):
    """Who writes in the chat's own, or in one that we cannot tell, needs no note."""
    chat = say(ai, tools, a_chat(clock), "How much is the blue paint?", "Quanto costa?")
    say(ai, tools, chat, "Ich möchte bitte wissen, was das kostet.")
    own, unknown, german = (request.instructions for request in ai.model.requests)
    assert own == unknown == chat.brief.instructions + CHAT_RULES
    assert german.endswith("Answer in German.")


def test_a_model_that_fails_is_told_and_the_chat_goes_on(ai, tools, clock):
    """An apology instead of an error; the next message is answered again."""
    ai.model.scripts = [[model_failure("model_timeout")], ["Here I am."]]
    chat = say(ai, tools, a_chat(clock), "Hello?")
    assert (chat.turns[0].end, chat.turns[0].reason) == (ChatEnd.HANG_UP, "model_timeout")
    assert "sorry" in chat.turns[0].answer
    assert chat.head.end is None
    assert say(ai, tools, chat, "Bye").turns[1].answer == "Here I am."


def test_a_colleague_takes_over_where_the_template_says_so(ai, tools, clock):
    """The turn says that it was handed over, and takes no more messages."""
    ai.model.scripts = [[model_failure()]]
    chat = say(ai, tools, a_chat(clock, on_failure=OnFailure.TRANSFER), "Hello?")
    assert chat.head.end is ChatEnd.TRANSFER


def test_the_chat_ends_politely_at_its_number_of_turns(ai, tools, clock):
    """The limit is the template's."""
    chat = a_chat(clock, conduct=Conduct(max_turns=2))
    chat = say(ai, tools, chat, "One.", "Two.", "Three.")
    assert [turn.reason for turn in chat.turns] == ["", "", "turn_limit"]
    assert len(ai.model.requests) == 2


def test_silences_are_counted(ai, tools, clock):
    """After the third the chat ends, and no model was asked."""
    chat = a_chat(clock)
    for _ in range(3):
        chat = chat.after(answer(ai, tools, chat, CallerSilent()))
    assert [turn.end for turn in chat.turns] == [ChatEnd.LISTEN, ChatEnd.LISTEN, ChatEnd.HANG_UP]
    assert ai.model.requests == []


def test_a_turn_that_broke_off_does_nothing_twice(ai, tools, clock, done):
    """Its actions are known: the same one again gives what it gave."""
    use = ToolCall("1", "add_note", '{"text": "Blue"}')
    chat = a_chat(clock, tools=("add_note",))
    event = CallerSaid("Blue.")

    def die():
        raise Killed

    ai.model.scripts = [[use], [die]]
    turn, kept = opened(ai, chat, event), []
    with pytest.raises(Killed):
        answer(ai, tools, chat, event, Opened(turn, kept.append))
    ai.model.scripts = [[use], ["Noted."]]
    again = answer(ai, tools, chat, event, Opened(replace(turn, tools=tuple(kept))))
    assert len(done) == 1
    assert again.answer == "Noted."

"""Chats by call templates and prompts: who is answered, one message at a time, and what is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import FakeCalls, a_call, furnished
from fakes.carrier import Killed

from chalicelib.ai.domain.chats import CHAT_LIFE, ChatEnd
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.ports.models import ToolCall
from chalicelib.ai.services.chats import NewMessage, delete_chat, get_chat, mask_left_chats, take_message
from chalicelib.ai.services.counting import read_model_dashboard
from chalicelib.calls.domain.conversations import (
    Conversation,
    ConversationChannel,
    ConversationFilter,
    merged,
)
from chalicelib.calls.services.chats import ChatWish, start_chat
from chalicelib.calls.services.conversations import (
    delete_conversation,
    find_conversations,
    read_conversation,
)
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.merging import merge_contact
from chalicelib.kernel.errors import AppError, Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164


@pytest.fixture
def calls(clock, crm, system):
    """Give the ports of calls in memory."""
    made = FakeCalls(clock, crm)
    made.system = system
    return made


@pytest.fixture
def contact(calls):
    """Store what a chat needs, and give the contact."""
    return furnished(calls, tools=("add_note", "send_sms"), greeting="Hello {{ contact.name }}.")


@pytest.fixture
def chat(calls, contact):
    """Give a chat with the contact by the template."""
    return start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))


def write(calls, chat, text="Hello?", turn_id=None):
    """Write a message and give the chat as it is after it."""
    return take_message(calls.ai, calls.tools, chat.id, NewMessage(turn_id or new_id("turn"), text))


def code_of(act, *arguments) -> str:
    """Give the code with which something is refused."""
    with pytest.raises(AppError) as refusal:
        act(*arguments)
    return refusal.value.code


def test_a_chat_is_held_as_a_call_of_the_template_would_be(calls, chat, contact):
    """With its prompt filled in for the contact, its actions, and who it is with."""
    assert contact.name in chat.brief.instructions
    assert chat.brief.tools == ("add_note", "send_sms")
    assert (chat.head.contact_id, chat.head.number) == (contact.id, contact.phone)
    assert (chat.head.template_id, chat.head.prompt_id) == ("template_1", "prompt_1")


def test_a_chat_that_nobody_is_known_in_may_do_nothing(calls, contact):
    """By a prompt alone there is no action, and no number to take off a list."""
    calls.ai.prompts.by_id["prompt_1"] = replace(calls.ai.prompts.get("prompt_1"), text="You sell paint.")
    chat = start_chat(calls, ChatWish("chat_x", prompt_id="prompt_1"))
    assert (chat.brief.tools, chat.head.contact_id, chat.head.number) == ((), "", "")
    answered = write(calls, chat, "Never call me again.")
    assert answered.turns[-1].reason == "number_needed"


def test_what_is_not_there_is_refused(calls, contact):
    """Template, prompt and contact."""
    wishes = {
        "template_not_found": ChatWish("chat_x", template_id="template_9"),
        "prompt_not_found": ChatWish("chat_x", prompt_id="prompt_9"),
        "contact_not_found": ChatWish("chat_x", "template_1", contact_id=new_id("contact")),
    }
    assert {code: code_of(start_chat, calls, wish) for code, wish in wishes.items()} == {
        code: code for code in wishes
    }


def test_the_same_beginning_is_one_chat(calls, chat, contact):
    """A request that is repeated goes on with what it began."""
    write(calls, chat)
    again = start_chat(calls, ChatWish(chat.id, "template_1", contact_id=contact.id))
    assert len(again.turns) == 1


def test_without_a_message_a_chat_begins_with_its_greeting(calls, chat, contact):
    """Only as the first of its turns."""
    assert write(calls, chat, "").turns[-1].answer == f"Hello {contact.name}."
    assert calls.ai.model.requests == []
    assert code_of(write, calls, chat, "") == "conversation_begun"


def test_a_message_is_stored_with_its_answer(calls, chat):
    """What is read later is what was answered."""
    answered = write(calls, chat)
    stored = get_chat(calls.ai, chat.id)
    assert stored.turns == answered.turns
    assert stored.turns[0].answer == "Hello there."


def test_a_message_is_answered_once(calls, chat):
    """The same one again gives the same answer, and asks no model."""
    first = write(calls, chat, turn_id="turn_1")
    write(calls, chat)
    again = write(calls, chat, turn_id="turn_1")
    assert again.turns[-1] == first.turns[-1]
    assert len(calls.ai.model.requests) == 2


def test_two_messages_at_once_do_not_interleave(calls, chat):
    """The second is refused while the first is being answered."""
    codes = []
    calls.ai.model.scripts = [
        [lambda: codes.append(code_of(write, calls, chat, "Me too!")), "One."],
        ["Two."],
    ]
    write(calls, chat)
    assert codes == ["conversation_busy"]
    assert [turn.answer for turn in write(calls, chat).turns] == ["One.", "Two."]


def test_a_chat_whose_process_died_is_free_again(calls, chat, clock):
    """The message that broke off can be sent again; what it has done is not done twice."""

    def die():
        raise Killed

    use = ToolCall("1", "add_note", '{"text": "Blue"}')
    calls.ai.model.scripts = [[use], [die]]
    with pytest.raises(Killed):
        write(calls, chat, "Blue.", "turn_1")
    assert code_of(write, calls, chat, "Blue.", "turn_1") == "conversation_busy"
    clock.advance(seconds=36)
    calls.ai.model.scripts = [[use], ["Noted."]]
    assert write(calls, chat, "Blue.", "turn_1").turns[-1].answer == "Noted."
    assert len(calls.crm.notes.by_key) == 1


def test_an_answer_that_came_too_late_is_not_stored(calls, chat, clock):
    """Somebody else has claimed the chat meanwhile."""

    def overtake():
        clock.advance(seconds=36)
        calls.ai.model.scripts = [["Two."]]
        write(calls, chat, "Second")

    calls.ai.model.scripts = [[overtake, "One."], ["never"]]
    assert code_of(write, calls, chat, "First") == "conversation_busy"
    assert [turn.answer for turn in get_chat(calls.ai, chat.id).turns] == [None, "Two."]


def test_a_chat_that_is_over_takes_no_message(calls, chat, clock):
    """It was ended by the conversation, or began a day ago."""
    calls.ai.model.scripts = [[ToolCall("1", OPT_OUT_TOOL, "{}")]]
    assert write(calls, chat, "Leave me alone, never call me again.").head.end is ChatEnd.HANG_UP
    assert code_of(write, calls, chat) == "conversation_over"
    other = start_chat(calls, ChatWish("chat_2", "template_1"))
    clock.advance(seconds=CHAT_LIFE.total_seconds())
    assert code_of(write, calls, other) == "conversation_over"


def test_a_wish_not_to_be_called_holds_for_the_contacts_number(calls, chat, contact):
    """As if it had been said on the phone; nothing is dialed or sent by a chat."""
    write(calls, chat, "Never call me again.")
    assert calls.numbers.status(contact.phone).suppressed_at is not None
    assert calls.telephony.accepted == []


def test_a_chat_is_kept_as_long_as_transcripts(calls, chat, clock):
    """Then it is not there any more, in no list either."""
    days = 365
    assert chat.head.expires_at == chat.head.created_at + timedelta(days=days)
    clock.advance(days=days)
    assert code_of(get_chat, calls.ai, chat.id) == "conversation_not_found"
    assert code_of(read_conversation, calls, chat.id) == "conversation_not_found"
    assert find_conversations(calls, ConversationFilter(), 5).items == []


def test_calls_and_chats_are_one_list(calls, contact, clock):
    """Newest first, by pages, by channel, by contact, by time; whatever lies between."""
    begun = clock.now()
    for number in range(7):
        if number % 3:
            call = a_call(id=f"call_{number}", created_at=clock.now(), contact_id=contact.id)
            calls.book.create(call)
        else:
            start_chat(calls, ChatWish(f"chat_{number}", "template_1", contact_id=contact.id))
        clock.advance(seconds=1)

    def places(wanted=ConversationFilter(), size=3):  # noqa: B008  frozen
        start, found = None, []
        while True:
            page = find_conversations(calls, wanted, size, start)
            assert len(page.items) <= size
            found += [each.id for each in page.items]
            start = page.next_start
            if start is None:
                return found

    everything = ["chat_6", "call_5", "call_4", "chat_3", "call_2", "call_1", "chat_0"]
    assert [places(size=size) for size in range(1, 9)] == [everything] * 8
    assert places(ConversationFilter(ConversationChannel.CHAT)) == ["chat_6", "chat_3", "chat_0"]
    assert places(ConversationFilter(ConversationChannel.CALL)) == ["call_5", "call_4", "call_2", "call_1"]
    assert places(ConversationFilter(contact_id=contact.id)) == everything
    assert places(ConversationFilter(contact_id="contact_9")) == []
    since, until = begun + timedelta(seconds=2), begun + timedelta(seconds=5)
    assert places(ConversationFilter(since=since, until=until)) == ["call_4", "chat_3", "call_2"]


def test_chats_follow_a_merged_contact(calls, chat, contact):
    """They are listed under the contact that was kept."""
    kept = create_contact(calls.crm, NewContact("Ada B.", E164("+14155550177")))
    merge_contact(calls.crm, kept.id, contact.id, 1)
    found = find_conversations(calls, ConversationFilter(contact_id=kept.id), 5)
    assert [each.id for each in found.items] == [chat.id]


def test_a_deleted_chat_is_gone_and_calls_stay(calls, chat):
    """Whoever is answering it meanwhile stores nothing."""
    calls.book.create(a_call())
    assert code_of(delete_conversation, calls, "call_1") == "conversation_is_call"
    assert code_of(delete_conversation, calls, "call_9") == "conversation_not_found"
    calls.ai.model.scripts = [[lambda: delete_chat(calls.ai, chat.id), "One."]]
    with pytest.raises(Conflict):
        write(calls, chat)
    with pytest.raises(NotFound):
        delete_conversation(calls, chat.id)


def test_a_chat_ends_when_it_has_cost_what_it_may(calls, contact):
    """The template's limit holds for chats too."""
    template = calls.templates.get("template_1")
    calls.templates.save(replace(template, max_spend=1, version=2), template)
    chat = start_chat(calls, ChatWish("chat_x", "template_1"))
    write(calls, chat)
    assert write(calls, chat).turns[-1].reason == "spend_limit"


def test_a_callback_promised_in_a_chat_is_a_call_for_later(calls, clock):
    """Where the template allows it; by the same template, once for each chat."""
    contact = furnished(calls, tools=("schedule_callback",))
    chat = start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))
    when = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT10:00")
    use = ToolCall("1", "schedule_callback", f'{{"when": "{when}"}}')
    calls.ai.model.scripts = [[use], ["We will call."]]
    run = write(calls, chat, "Call me tomorrow at ten.").turns[0].tools[0]
    assert run.done, run.result
    (planned,) = calls.book.of_contacts((contact.id,), 5, None).items
    assert (planned.template_id, planned.number) == ("template_1", contact.phone)
    assert calls.telephony.accepted == []


def test_who_is_not_known_gets_no_actions_of_the_template(calls):
    """But to end the chat, or to be handed over."""
    furnished(calls, tools=("add_note", "end_call"))
    assert start_chat(calls, ChatWish("chat_x", "template_1")).brief.tools == ("end_call",)


def test_a_text_message_needs_a_call(calls, chat):
    """A chat sends nothing to phones."""
    calls.ai.model.scripts = [[ToolCall("1", "send_sms", '{"text": "Hi"}')], ["I cannot."]]
    run = write(calls, chat, "Text me.").turns[0].tools[0]
    assert not run.done
    assert calls.texting.accepted == []


def test_questions_to_models_are_counted_once_for_each_turn(calls, chat, clock):
    """Also when whoever answered died right before counting, and the message came again."""

    def asked():
        return read_model_dashboard(calls.ai).whole.requests

    def die(*_arguments):
        raise Killed

    count, calls.ai.model_statistics.count = calls.ai.model_statistics.count, die
    with pytest.raises(Killed):
        write(calls, chat, turn_id="turn_1")
    calls.ai.model_statistics.count = count
    assert asked() == 0
    for _ in range(2):
        write(calls, chat, turn_id="turn_1")
    assert asked() == 1


def test_what_is_to_be_masked_is_once_it_was_used(calls, contact):
    """The turn before is masked when the next is answered, and all of them when the chat is over."""
    template = calls.templates.get("template_1")
    conduct = replace(template.conduct, mask_transcripts=True)
    calls.templates.save(replace(template, conduct=conduct, version=2), template)
    chat = start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))
    write(calls, chat, "I am ada@example.com.")
    assert "ada@example.com" in get_chat(calls.ai, chat.id).turns[0].said
    write(calls, chat, "Or bob@example.com.")
    stored = get_chat(calls.ai, chat.id).turns
    assert ["@example.com" in turn.said for turn in stored] == [False, True]
    write(calls, chat, "Never call me again.")
    stored = get_chat(calls.ai, chat.id).turns
    assert not any("@example.com" in turn.said for turn in stored)
    assert [turn.number for turn in stored] == [1, 2, 3]


def test_a_list_that_stopped_early_holds_the_other_back(clock):
    """What may still lie in between comes first, on the next page."""

    def at(second: int, channel: ConversationChannel) -> Conversation:
        when = clock.now() + timedelta(seconds=second)
        return Conversation(f"{channel}_{second}", channel, when, "", "", is_over=True, reason="")

    stopped = at(5, ConversationChannel.CALL)
    pages = [
        Page([stopped], stopped.place),
        Page([at(second, ConversationChannel.CHAT) for second in (6, 4, 3)]),
    ]
    page = merged(pages, 3)
    assert [each.id for each in page.items] == ["chat_6", "call_5"]
    assert page.next_start == stopped.place


@pytest.fixture
def masking(calls, contact):
    """Give a chat by a template that has its transcripts masked."""
    template = calls.templates.get("template_1")
    conduct = replace(template.conduct, mask_transcripts=True, max_turns=1)
    calls.templates.save(replace(template, conduct=conduct, version=2), template)
    return start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))


def _said(calls, chat):
    return [turn.said for turn in calls.ai.chats.load(chat.id).turns]


def test_the_last_words_of_a_chat_that_was_left_are_masked_when_it_is_over(calls, masking, clock):
    """Nothing stays as it was written for longer than the chat takes messages."""
    write(calls, masking, "I am ada@example.com.")
    mask_left_chats(calls.ai)
    assert _said(calls, masking) == ["I am ada@example.com."]
    clock.advance(hours=24, minutes=10)
    mask_left_chats(calls.ai)
    assert _said(calls, masking) == ["I am [email]."]


def test_words_that_were_never_answered_are_masked(calls, masking, clock):
    """Once a later message was answered."""
    real, calls.ai.model.stream = calls.ai.model.stream, _killed
    with pytest.raises(Killed):
        write(calls, masking, "I am ada@example.com.")
    calls.ai.model.stream = real
    clock.advance(minutes=1)
    write(calls, masking, "Hello?")
    stored = calls.ai.chats.load(masking.id).turns
    assert (stored[0].said, stored[0].end) == ("I am [email].", None)


def _killed(*_given):
    raise Killed


def test_masking_that_broke_off_is_done_when_the_message_comes_again(calls, masking):
    """All of it, when the chat is over."""
    write(calls, masking, "I am ada@example.com.")
    real, calls.ai.chats.rewrite = calls.ai.chats.rewrite, _killed
    with pytest.raises(Killed):
        write(calls, masking, "Or bob@example.com.", turn_id="turn_2")
    calls.ai.chats.rewrite = real
    write(calls, masking, "Or bob@example.com.", turn_id="turn_2")
    assert _said(calls, masking) == ["I am [email].", "Or [email]."]


def test_a_chat_whose_contact_is_erased_while_it_begins_is_taken_back(calls, contact):
    """Nothing of them stays behind."""
    begin = calls.ai.chats.begin

    def erased_meanwhile(chat):
        delete_contact(calls.crm, contact.id)
        return begin(chat)

    calls.ai.chats.begin = erased_meanwhile
    with pytest.raises(NotFound) as refusal:
        start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))
    assert refusal.value.code == "contact_not_found"
    assert calls.ai.chats.by_id == {}


def test_a_chat_by_a_prompt_alone_may_not_cost_without_end(calls, contact):
    """There is no call template that says what it may cost."""
    chat = start_chat(calls, ChatWish(new_id("chat"), prompt_id="prompt_1"))
    assert chat.brief.max_spend == 1_000_000

"""One suite for stored chats: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.client import BaseClient
from fakes.ai import FakeAi
from fakes.carrier import Killed
from fakes.chats import FakeChats, a_chat
from pynamodb.transactions import TransactWrite

from chalicelib.ai.adapters.repository.chats import ChatRepository
from chalicelib.ai.adapters.tables import AiTable, ChatItem, bind
from chalicelib.ai.domain.analysis import Sentiment, Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.chats import ChatEnd, ChatKind, ChatTurn
from chalicelib.ai.domain.conduct import Conduct, OnAbuse
from chalicelib.ai.domain.conversation import MenuAction, MenuKey, OnFailure
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.ai.services.chats import erase_chats, personal_chats

LEASE = timedelta(seconds=40)
RUN = ToolRun("1", "add_note", '{"text": "Blue"}', "Noted.", done=True, took_ms=5)


@pytest.fixture(params=["memory", "dynamodb"])
def chats(request):
    """Give chats in memory, then on a table."""
    if request.param == "memory":
        return FakeChats()
    return ChatRepository(bind(request.getfixturevalue("make_table")("ai")))


@pytest.fixture
def table(make_table):
    """Give chats on a table."""
    return ChatRepository(bind(make_table("ai")))


def a_turn(clock, number: int = 1) -> ChatTurn:
    """Make a turn that is not answered."""
    return ChatTurn(f"turn_{number}", number, ChatKind.MESSAGE, clock.now(), "Blue, \U0001f642?", "es-ES")


def an_answer(clock, number: int = 1, **changes) -> ChatTurn:
    """Make a turn that is answered."""
    use = ModelUse("openai", "gpt", Usage(10, 5, 3), first_ms=4, total_ms=9, error="")
    answered = replace(a_turn(clock, number), answer="Noted.", end=ChatEnd.LISTEN, tools=(RUN,), asked=(use,))
    return replace(answered, first_ms=7, total_ms=11, sentiment=Sentiment.NEGATIVE, intent="price", **changes)


def taken(chats, clock, chat, number: int = 1, **changes) -> bool:
    """Take a turn from its opening to its answer."""
    now = clock.now()
    assert chats.open(chat.head, a_turn(clock, number), now, now + LEASE)
    return chats.close(chat.id, an_answer(clock, number, **changes))


def test_a_chat_is_read_as_it_was_written(chats, clock):
    """Every field comes back, of what it is held by and of its turns."""
    chat = a_chat(
        clock,
        tools=("add_note",),
        languages=("es-ES",),
        menu=(MenuKey("1", MenuAction.SAY, "Hi"),),
        on_failure=OnFailure.TRANSFER,
        max_spend=5,
        conduct=Conduct(providers=("one",), on_abuse=OnAbuse.TRANSFER, temperature=0.5),
    )
    assert chats.begin(chat)
    assert chats.load(chat.id) == chat
    assert taken(chats, clock, chat)
    stored = chats.load(chat.id)
    assert stored.turns == (an_answer(clock),)
    assert (stored.head.turns, stored.head.end) == (1, None)


def test_a_chat_begins_once(chats, clock):
    """Whoever comes second is told."""
    assert chats.begin(a_chat(clock))
    assert not chats.begin(a_chat(clock))


def test_of_many_messages_at_once_one_is_taken(chats, clock):
    """The others find the chat claimed."""
    chat, now = a_chat(clock), clock.now()
    chats.begin(chat)

    def attempt(number: int) -> bool:
        return chats.open(chat.head, replace(a_turn(clock), id=f"turn_{number}"), now, now + LEASE)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1
    assert len(chats.load(chat.id).turns) == 1


def test_a_chat_is_free_when_its_turn_is_answered_or_its_claim_is_over(chats, clock):
    """A process that died does not block it for ever, and its late answer is not stored."""
    chat, now = a_chat(clock), clock.now()
    chats.begin(chat)
    assert taken(chats, clock, chat)
    assert chats.open(chat.head, a_turn(clock, 2), now, now + LEASE)
    assert not chats.open(chat.head, a_turn(clock, 3), now, now + LEASE)
    clock.advance(seconds=41)
    now = clock.now()
    assert chats.open(chat.head, a_turn(clock, 3), now, now + LEASE)
    assert not chats.close(chat.id, an_answer(clock, 2))
    assert chats.load(chat.id).turns[1].answer is None


def test_a_turn_that_broke_off_is_taken_again_after_its_claim(chats, clock):
    """By whoever brings it again, once at a time, with what it did already."""
    chat, now = a_chat(clock), clock.now()
    chats.begin(chat)
    chats.open(chat.head, a_turn(clock), now, now + LEASE)
    chats.note(chat.id, 1, [RUN])
    assert not chats.retake(chat.id, "turn_1", now, now + LEASE)
    clock.advance(seconds=41)
    now = clock.now()
    assert not chats.retake(chat.id, "turn_2", now, now + LEASE)
    assert chats.retake(chat.id, "turn_1", now, now + LEASE)
    assert not chats.retake(chat.id, "turn_1", now, now + LEASE)
    assert chats.load(chat.id).turns[0].tools == (RUN,)
    assert chats.close(chat.id, an_answer(clock))


def test_a_chat_that_is_over_takes_nothing(chats, clock):
    """Its head says how it ended."""
    chat = a_chat(clock)
    chats.begin(chat)
    assert taken(chats, clock, chat, end=ChatEnd.HANG_UP, reason="agent_goodbye")
    now = clock.now()
    assert not chats.open(chat.head, a_turn(clock, 2), now, now + LEASE)
    head = chats.load(chat.id).head
    assert (head.end, head.reason) == (ChatEnd.HANG_UP, "agent_goodbye")


def test_chats_are_listed_newest_first_by_pages(chats, clock):
    """Over months, all of them or those of contacts; a page begins where the one before ended."""
    begun = clock.now()
    for number in range(5):
        chat = a_chat(clock)
        contact = f"contact_{number % 2}"
        chats.begin(replace(chat, head=replace(chat.head, id=f"chat_{number}", contact_id=contact)))
        clock.advance(days=20)
    until = clock.now()

    def ids(contacts=None, since=begun, start=None, limit=3):
        page = chats.page(contacts, since, until, limit, start)
        return [head.id[-1] for head in page.items], page.next_start

    first, start = ids()
    assert first == ["4", "3", "2"]
    assert ids(start=start) == (["1", "0"], None)
    assert ids(["contact_1"]) == (["3", "1"], None)
    assert ids(["contact_0", "contact_1"], limit=5)[0] == ["4", "3", "2", "1", "0"]
    assert ids(since=begun + timedelta(days=50))[0] == ["4", "3"]
    assert ids(since=until)[0] == []


def test_a_deleted_chat_is_gone_and_stays_away(chats, clock):
    """An answer that was under way is not stored."""
    chat, now = a_chat(clock), clock.now()
    chats.begin(chat)
    chats.open(chat.head, a_turn(clock), now, now + LEASE)
    chats.remove(chat.head, now)
    chats.note(chat.id, 1, [RUN])
    assert not chats.close(chat.id, an_answer(clock))
    assert not chats.open(chat.head, a_turn(clock, 2), now, now + LEASE)
    assert chats.load(chat.id) is None
    assert chats.page(["contact_1"], now, now + LEASE, 5, None).items == []
    chats.remove(chat.head, now)


def test_nothing_of_a_deleted_chat_is_left(table, clock):
    """Neither words nor places in lists."""
    chat = a_chat(clock)
    table.begin(chat)
    taken(table, clock, chat)
    table.remove(chat.head, clock.now())
    assert list(AiTable.scan()) == []


def test_a_deletion_that_broke_off_is_finished_by_the_next(table, clock, monkeypatch):
    """Until then the chat cannot be read, takes no message, and is listed as what it is."""
    chat, now = a_chat(clock), clock.now()
    table.begin(chat)
    taken(table, clock, chat)

    def die(_transaction, _item, **_options):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(TransactWrite, "delete", die)
        with pytest.raises(Killed):
            table.remove(chat.head, now)
    assert table.load(chat.id) is None
    assert [head.is_deleted for head in table.page(["contact_1"], now, now + LEASE, 5, None).items] == [True]
    assert not table.open(chat.head, a_turn(clock, 2), now, now + LEASE)
    table.remove(chat.head, now)
    assert list(AiTable.scan()) == []


@pytest.mark.parametrize("steps", range(1, 4))
def test_an_erasure_that_broke_off_anywhere_is_finished_by_the_next(table, clock, aws, monkeypatch, steps):
    """Whatever was written last, the person's next erasure leaves nothing."""
    chat = a_chat(clock)
    table.begin(chat)
    taken(table, clock, chat)
    ai, left, call = FakeAi(clock, chats=table), [steps], BaseClient._make_api_call

    def counted(client, operation, parameters):
        if operation not in {"Query", "BatchGetItem", "GetItem"}:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
        return call(client, operation, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", counted)
        with suppress(Killed):
            erase_chats(ai, ["contact_1"])
    erase_chats(ai, ["contact_1"])
    assert list(AiTable.scan()) == []


def test_a_persons_chats_are_given_out_and_erased(chats, clock):
    """All of them, under every id that the person has had; those of others stay."""
    ai = FakeAi(clock, chats=chats)
    for number in range(3):
        chat = a_chat(clock)
        contact = f"contact_{number}"
        chats.begin(replace(chat, head=replace(chat.head, id=f"chat_{number}", contact_id=contact)))
        clock.advance(seconds=1)
    ids = ["contact_0", "contact_1"]
    first = personal_chats(ai, ids, None, 1)
    assert [chat.id for chat in first.items] == ["chat_1"]
    assert [chat.id for chat in personal_chats(ai, ids, first.next_start, 1).items] == ["chat_0"]
    assert not erase_chats(ai, ids)
    assert personal_chats(ai, ids, None, 5).items == []
    assert chats.load("chat_2") is not None


def test_all_rows_of_a_chat_expire_together(table, clock):
    """What is kept no longer goes by itself, the places in lists too."""
    chat = a_chat(clock)
    table.begin(chat)
    taken(table, clock, chat)
    assert {row.expires_at for row in AiTable.scan()} == {int(chat.head.expires_at.timestamp())}


def test_an_erasure_ends_where_chats_have_expired(table, clock):
    """Also when more of them have left their places in lists than one step takes."""
    for place in range(27):
        made = a_chat(clock)
        at = clock.now() - timedelta(seconds=place)
        chat = replace(made, head=replace(made.head, id=f"chat_{place:02}", created_at=at))
        table.begin(chat)
        if place < 26:
            ChatItem(f"CHAT#{chat.id}", "CHAT").delete()
    ai = FakeAi(clock, chats=table)
    assert not erase_chats(ai, ["contact_1"])
    assert table.load("chat_26") is None

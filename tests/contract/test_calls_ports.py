"""One suite for the ports of calls: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.call_books import FakeBook, FakeNumbers, FakeTemplates, FakeTurns, Shelf
from fakes.calls import DESK, LINE, NOW, NUMBER, a_brief, a_call, a_template

from chalicelib.ai.domain.analysis import ActionItem, Analysis, Sentiment, Usage
from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.calls.adapters.repository.calls import CallRepository
from chalicelib.calls.adapters.repository.numbers import NumberRepository
from chalicelib.calls.adapters.repository.templates import TemplateRepository
from chalicelib.calls.adapters.repository.turns import TurnRepository
from chalicelib.calls.adapters.tables import bind
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.files import Aftermath, CallFile
from chalicelib.calls.domain.lifecycle import (
    CallEvent,
    CallState,
    Direction,
    Outcome,
    commit,
    look_again,
    refuse,
)
from chalicelib.calls.domain.permission import Decision, NumberStatus, Verdict
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import Timing, ToolRun, Turn, TurnEnd, TurnKind
from chalicelib.calls.ports import Commit
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.phones import E164

ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)
UNTIL = NOW + timedelta(minutes=20)
FULL = a_call(
    direction=Direction.INBOUND,
    state=CallState.ENDED,
    priority=1,
    requested_by="token:ops",
    decision=replace(ALLOW, verdict=Verdict.NOT_YET, not_before=NOW),
    dialed_at=NOW,
    sid="CA1",
    answered_at=NOW + timedelta(milliseconds=123),
    ended_at=NOW,
    carrier_status="completed",
    duration_s=0,
    reason="carrier_13224",
    outcome=Outcome.COMPLETED,
    finished_at=NOW,
    look_at=None,
    events=(CallEvent("2026-03-03T12:00:00.000Z", "completed:2", "completed", "SIP 200"),),
)


def _create_table(aws):
    """Create the table as the template does, with the index of due calls, which holds keys only."""
    names = ("pk", "sk", "due_shard", "due_at")
    aws.create_table(
        TableName="calls",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_due_time",
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        shelf = Shelf()
        return SimpleNamespace(
            book=FakeBook(shelf),
            turns=FakeTurns(shelf),
            numbers=FakeNumbers(shelf),
            templates=FakeTemplates(),
        )
    _create_table(request.getfixturevalue("aws"))
    return SimpleNamespace(
        book=CallRepository(bind("calls")),
        turns=TurnRepository(clock),
        numbers=NumberRepository(),
        templates=TemplateRepository(),
    )


def _at_once(work, times=8):
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(work, range(times)))


def _committed(books, **changes):
    books.book.create(a_call(**changes))
    stored = books.book.get(changes.get("id", "call_1"))
    return commit(stored, ALLOW, NOW)


@pytest.mark.parametrize("call", [a_call(), FULL], ids=["bare", "full"])
def test_a_call_is_read_as_it_was_written(books, call):
    """Every field comes back, instants to the millisecond, at version 1."""
    assert books.book.create(call)
    assert books.book.get(call.id) == replace(call, version=1)
    assert books.book.load(call.id) == CallFile(replace(call, version=1))


def test_what_was_never_written_is_not_there(books):
    """Reads of absent things are empty, not errors."""
    assert books.book.get("call_x") is None
    assert books.book.load("call_x") is None
    assert books.turns.call_of("line") is None
    assert books.numbers.status(NUMBER) == NumberStatus()
    assert books.templates.get("template_x") is None
    assert books.templates.route_of(LINE) is None
    assert books.templates.all() == []
    assert books.book.due(NOW, 10) == []
    with pytest.raises(NotFound):
        books.book.change("call_x", lambda call: call)


def test_a_call_is_created_once(books):
    """Of many at once, one creates it."""
    created = _at_once(lambda number: books.book.create(a_call(priority=number + 1)))
    assert created.count(True) == 1
    assert books.book.get("call_1").priority == created.index(True) + 1


def test_a_change_gives_old_and_new(books):
    """One version on; a change that changes nothing writes nothing."""
    books.book.create(a_call())
    old, new = books.book.change("call_1", lambda call: replace(call, sid="CA1"))
    assert (old.sid, old.version, new.sid, new.version) == ("", 1, "CA1", 2)
    assert books.book.get("call_1") == new
    assert books.book.change("call_1", lambda call: call) == (new, new)
    assert books.book.get("call_1").version == 2


def test_no_change_is_lost(books):
    """Whoever was slower sees the newest state and changes that."""
    books.book.create(a_call(priority=0))
    _at_once(lambda _: books.book.change("call_1", lambda call: replace(call, priority=call.priority + 1)), 4)
    assert (books.book.get("call_1").priority, books.book.get("call_1").version) == (4, 5)


def test_a_dial_is_committed_with_its_number(books):
    """The call is dialing and its number is taken by it, both or neither."""
    committed = _committed(books)
    assert books.book.commit_dial(committed, UNTIL) is Commit.DONE
    assert books.book.get("call_1") == replace(committed, version=2)
    status = books.numbers.status(NUMBER)
    assert (status.live_call_id, status.live_until) == ("call_1", UNTIL)


def test_a_dial_is_committed_once(books):
    """Of many workers with one call, one may ask the carrier."""
    committed = _committed(books)
    results = _at_once(lambda _: books.book.commit_dial(committed, UNTIL))
    assert results.count(Commit.DONE) == 1
    assert set(results) == {Commit.DONE, Commit.CALL_CHANGED}


def test_a_call_that_changed_is_not_committed(books):
    """The number stays free."""
    committed = _committed(books)
    books.book.change("call_1", lambda call: refuse(call, replace(ALLOW, verdict=Verdict.REFUSE)))
    assert books.book.commit_dial(committed, UNTIL) is Commit.CALL_CHANGED
    assert books.numbers.status(NUMBER).live_call_id == ""
    assert books.book.get("call_1").state is CallState.ENDED


def test_a_suppressed_number_is_not_committed(books):
    """Not even when the decision was made before; the call stays as it was."""
    committed = _committed(books)
    books.numbers.suppress(NUMBER, "sms", NOW)
    assert books.book.commit_dial(committed, UNTIL) is Commit.NUMBER_CHANGED
    assert books.book.get("call_1").state is CallState.QUEUED


def test_when_call_and_number_changed_the_call_counts(books):
    """There is nothing to postpone in a call that somebody else has taken."""
    committed = _committed(books)
    books.numbers.suppress(NUMBER, "sms", NOW)
    books.book.change("call_1", lambda call: replace(call, priority=1))
    assert books.book.commit_dial(committed, UNTIL) is Commit.CALL_CHANGED


@pytest.mark.parametrize(
    ("seconds", "result"),
    [(60, Commit.NUMBER_CHANGED), (0, Commit.NUMBER_CHANGED), (-1, Commit.DONE)],
)
def test_a_number_in_a_call_is_not_committed_until_the_call_must_be_over(books, seconds, result):
    """Another call holds it as long as that can last."""
    until = NOW + timedelta(seconds=seconds)
    assert books.book.commit_dial(_committed(books, id="call_2"), until) is Commit.DONE
    assert books.book.commit_dial(_committed(books), UNTIL) is result


def test_a_call_may_take_its_own_number_again(books):
    """After the carrier was busy, the lease that is still there is its own."""
    assert books.book.commit_dial(_committed(books), UNTIL) is Commit.DONE
    books.book.change("call_1", lambda call: replace(call, state=CallState.QUEUED, dialed_at=None))
    again = commit(books.book.get("call_1"), ALLOW, NOW)
    assert books.book.commit_dial(again, UNTIL) is Commit.DONE


def test_of_two_calls_to_one_number_one_is_committed(books):
    """At the same instant too."""
    calls = [_committed(books, id=f"call_{number}") for number in range(6)]
    results = _at_once(lambda number: books.book.commit_dial(calls[number], UNTIL), 6)
    assert results.count(Commit.DONE) == 1
    states = [books.book.get(call.id).state for call in calls]
    assert states.count(CallState.DIALING) == 1


def test_calls_are_due_in_the_order_of_their_time(books):
    """The longest due first, no more than asked for, and none before its time or without one."""
    for number in range(9):
        look_at = NOW + timedelta(seconds=9 - number)
        books.book.create(a_call(id=f"call_{number}", look_at=look_at))
    books.book.create(a_call(id="call_done", look_at=None))
    assert books.book.due(NOW + timedelta(seconds=3), 10) == ["call_8", "call_7", "call_6"]
    assert books.book.due(NOW + timedelta(seconds=60), 4) == ["call_8", "call_7", "call_6", "call_5"]


def test_a_call_is_due_when_it_was_last_said_to_be(books):
    """Looking again moves it; finishing takes it out."""
    books.book.create(a_call())
    books.book.change("call_1", lambda call: look_again(call, NOW + timedelta(minutes=1)))
    assert books.book.due(NOW, 10) == []
    assert books.book.due(NOW + timedelta(minutes=1), 10) == ["call_1"]
    books.book.change("call_1", lambda call: replace(call, look_at=None))
    assert books.book.due(NOW + timedelta(minutes=1), 10) == []


@pytest.mark.parametrize(
    "brief",
    [
        a_brief(),
        a_brief(transport=Transport.GATHER, on_failure=OnFailure.TRANSFER, tools=(), transfer_to=DESK),
        a_brief(instructions="Zoë <&> \u2028 \U0001f642", greeting=""),
    ],
)
def test_a_brief_is_read_as_it_was_written(books, brief):
    """Every field comes back with its call."""
    books.book.create(a_call())
    books.book.put_brief("call_1", brief)
    assert books.book.load("call_1").brief == brief


@pytest.mark.parametrize(
    "aftermath",
    [
        Aftermath(None, ()),
        Aftermath(
            Analysis(
                "Zoë wants a demo.",
                Sentiment.NEGATIVE,
                ("demo", ""),
                (ActionItem("Send it", "agent"),),
                "gpt-4.1-mini",
                Usage(1, 2, 3),
            ),
            (CostLine("voice", 2, "minute", 28_000), CostLine("model_answer", 0, "token", 0)),
        ),
    ],
    ids=["nobody spoke", "full"],
)
def test_an_aftermath_is_read_as_it_was_written(books, aftermath):
    """Every field comes back with its call; writing it again replaces it."""
    books.book.create(a_call())
    books.book.put_aftermath("call_1", Aftermath(None, (CostLine("x", 1, "y", 1),)))
    books.book.put_aftermath("call_1", aftermath)
    assert books.book.load("call_1").aftermath == aftermath


TURN = Turn(3, TurnKind.SPEECH, NOW, said="Hi Zoë", language="de-DE")
RUN = ToolRun("t1", "add_note", '{"text": "x"}', "Noted.", done=False, took_ms=7)
ANSWERED = replace(
    TURN,
    answer="We sell ",
    end=TurnEnd.HANG_UP,
    reason="agent_goodbye",
    tools=(RUN,),
    usage=Usage(10, 4, 2),
    timing=Timing(5, None, 9),
)


def _turns(books):
    return books.book.load("call_1").turns


@pytest.mark.parametrize(
    "turn",
    [
        TURN,
        Turn(0, TurnKind.GREETING, NOW, answer="Hello", end=TurnEnd.LISTEN),
        Turn(0, TurnKind.GREETING, NOW, answer="", end=TurnEnd.LISTEN),
        Turn(4, TurnKind.SILENCE, NOW + timedelta(milliseconds=7)),
    ],
)
def test_an_open_turn_is_read_as_it_was_written(books, turn):
    """What the caller did, and an answer only where there is one."""
    books.book.create(a_call())
    assert books.turns.open("call_1", turn)
    assert _turns(books) == (turn,)


@pytest.mark.parametrize(
    "closed",
    [ANSWERED, replace(TURN, answer="", end=TurnEnd.CUT, reason="overtaken")],
    ids=["full", "cut"],
)
def test_a_closed_turn_is_read_as_it_was_written(books, closed):
    """Answer, end, actions, tokens and times."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.close("call_1", closed)
    assert _turns(books) == (closed,)


def test_a_turn_is_opened_once(books):
    """Of many processes with one number, one has the turn."""
    books.book.create(a_call())
    opened = _at_once(lambda number: books.turns.open("call_1", replace(TURN, said=str(number))))
    assert opened.count(True) == 1
    assert [turn.said for turn in _turns(books)] == [str(opened.index(True))]


def test_turns_come_in_the_order_of_their_numbers(books):
    """Also when there are many, and opened in any order."""
    books.book.create(a_call())
    for number in (10, 2, 0, 9):
        books.turns.open("call_1", replace(TURN, number=number))
    assert [turn.number for turn in _turns(books)] == [0, 2, 9, 10]


def test_the_first_interruption_stands_also_after_the_answer_is_stored(books):
    """Closing a turn never touches what was heard."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.interrupt("call_1", 3, "We")
    books.turns.close("call_1", ANSWERED)
    books.turns.interrupt("call_1", 3, "We sell")
    assert _turns(books) == (replace(ANSWERED, heard="We"),)


def test_an_interruption_may_have_heard_nothing(books):
    """That differs from not having been interrupted."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.interrupt("call_1", 3, "")
    assert _turns(books)[0].heard == ""


def test_an_interruption_makes_no_turn(books):
    """What was never spoken cannot be talked over."""
    books.book.create(a_call())
    books.turns.interrupt("call_1", 3, "We")
    assert _turns(books) == ()


def test_the_newest_turn_holds_until_it_is_talked_over(books):
    """Older turns do not, nor do turns that were never opened."""
    books.book.create(a_call())
    assert not books.turns.holds("call_1", 1)
    for number in (1, 2):
        books.turns.open("call_1", replace(TURN, number=number))
        assert books.turns.holds("call_1", number)
    assert not books.turns.holds("call_1", 1)
    books.turns.interrupt("call_1", 1, "x")
    assert books.turns.holds("call_1", 2)
    books.turns.interrupt("call_1", 2, "x")
    assert not books.turns.holds("call_1", 2)


def test_turns_of_other_calls_and_other_items_do_not_count(books):
    """Brief, aftermath and a neighbour with a similar id leave a turn its floor."""
    books.book.create(a_call())
    books.book.put_brief("call_1", a_brief())
    books.turns.open("call_1", replace(TURN, number=1))
    books.turns.open("call_10", replace(TURN, number=2))
    books.book.put_aftermath("call_1", Aftermath(None, ()))
    assert books.turns.holds("call_1", 1)
    assert [turn.number for turn in _turns(books)] == [1]


def test_a_socket_belongs_to_a_call(books):
    """Whoever serves the next frame finds it."""
    books.turns.bind("line=", "call_1")
    assert books.turns.call_of("line=") == "call_1"
    assert books.turns.call_of("other") is None


def test_a_suppression_keeps_its_first_time(books):
    """A second one changes nothing."""
    books.numbers.suppress(NUMBER, "sms", NOW)
    books.numbers.suppress(NUMBER, "operator", UNTIL)
    status = books.numbers.status(NUMBER)
    assert (status.suppressed_at, status.suppression_source) == (NOW, "sms")


def test_only_the_call_that_holds_a_number_frees_it(books):
    """Nobody else does, and freeing keeps the suppression."""
    books.book.commit_dial(_committed(books), UNTIL)
    books.numbers.suppress(NUMBER, "sms", NOW)
    books.numbers.release(NUMBER, "call_2")
    assert books.numbers.status(NUMBER).live_call_id == "call_1"
    books.numbers.release(NUMBER, "call_1")
    books.numbers.release(NUMBER, "call_1")
    assert books.numbers.status(NUMBER) == NumberStatus(NOW, "sms")
    books.numbers.release(DESK, "call_1")
    assert books.numbers.status(DESK) == NumberStatus()


@pytest.mark.parametrize(
    "template",
    [
        a_template(),
        a_template(
            transport=Transport.GATHER,
            on_failure=OnFailure.TRANSFER,
            transfer_to=DESK,
            tools=(),
            max_duration_s=30,
            version=7,
        ),
    ],
    ids=["bare", "full"],
)
def test_a_template_is_read_as_it_was_written(books, template):
    """Every field comes back; the target of a transfer is a number again."""
    books.templates.add(template)
    found = books.templates.get(template.id)
    assert found == template
    assert found.transfer_to is None or isinstance(found.transfer_to, E164)


def test_templates_are_listed_by_name(books):
    """Every one, in the order that people read."""
    for name in ("Sales", "Follow-up", "Zoo"):
        books.templates.add(a_template(id=f"template_{name}", name=name))
    assert [template.name for template in books.templates.all()] == ["Follow-up", "Sales", "Zoo"]


def test_a_line_has_one_route(books):
    """The last one given."""
    books.templates.route(LINE, "template_1")
    books.templates.route(LINE, "template_2")
    assert books.templates.route_of(LINE) == "template_2"
    assert books.templates.route_of(DESK) is None

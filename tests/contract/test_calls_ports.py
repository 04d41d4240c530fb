"""One suite for the stored heads of calls and the commitment to dial: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, LINE, NOW, NUMBER, a_brief, a_call

from chalicelib.ai.domain.analysis import Analysis, AnalysisState, Sentiment, Usage
from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.extraction import Extracted
from chalicelib.ai.domain.findings import ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.calls.domain.calls import CallEvent, Direction
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.files import Aftermath, CallFile
from chalicelib.calls.domain.lifecycle import commit, look_again, refuse
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Decision, NumberStatus, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.ports.books import Commit
from chalicelib.kernel.errors import NotFound

ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)
UNTIL = NOW + timedelta(minutes=20)
FULL = a_call(
    direction=Direction.INBOUND,
    state=CallState.ENDED,
    template_version=2,
    not_after=NOW + timedelta(hours=1),
    priority=1,
    requested_by="token:ops",
    appointment={"when": "Monday, March 9, at 2:30 PM", "who": "Dr. Weber", "place": ""},
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


@pytest.fixture(params=["memory", "dynamodb"])
def books(request, clock):
    """Give the books in memory, then on a table."""
    if request.param == "memory":
        return books_in_memory()
    return books_on_a_table(request.getfixturevalue("aws"), clock)


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


def test_calls_that_wait_and_calls_that_have_begun_are_found_apart(books):
    """Neither kind can crowd out the other; a call that begins, ends or is taken back changes its kind."""
    later = NOW + timedelta(minutes=1)
    books.book.create(a_call(id="call_begun", state=CallState.DIALING))
    books.book.create(a_call())
    assert (books.book.due(later, 10), books.book.silent(later, 10)) == (["call_1"], ["call_begun"])
    for state in (CallState.DIALING, CallState.ENDED):
        books.book.change("call_1", lambda call, state=state: replace(call, state=state))
        assert books.book.due(later, 10) == []
        assert sorted(books.book.silent(later, 10)) == ["call_1", "call_begun"]
    books.book.change("call_begun", lambda call: replace(call, state=CallState.QUEUED))
    assert (books.book.due(later, 10), books.book.silent(later, 10)) == (["call_begun"], ["call_1"])


def test_what_was_never_written_is_not_there(books):
    """Reads of absent things are empty, not errors."""
    assert books.book.get("call_x") is None
    assert books.book.load("call_x") is None
    assert books.turns.call_of("line") is None
    assert books.numbers.status(NUMBER) == NumberStatus()
    assert books.templates.get("template_x") is None
    assert books.routes.get(LINE) is None
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
    books.book.create(a_call())
    waiting = [lambda newest: replace(newest, sid="faster")]

    def slower(call):
        if waiting:
            books.book.change("call_1", waiting.pop())
        return replace(call, priority=call.priority + 1)

    old, new = books.book.change("call_1", slower)
    assert (old.sid, new.sid, new.priority, new.version) == ("faster", "faster", 6, 3)
    assert books.book.get("call_1") == new


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
                (ActionItem("Send it", "agent", "2026-03-09"), ActionItem("Wait", "caller")),
                "gpt-4.1-mini",
                Usage(1, 2, 3),
                (Extracted("size", 2.5, "two and a half", 3), Extracted("day", None)),
                Findings(
                    "goal_reached",
                    goal_reached=True,
                    confidence=0.75,
                    callback=PromisedCallback("2026-03-05T10:00", "at ten", 2),
                    facts=(Learnt("pet", "a cat", "my cat", 1), Learnt("job", "baker")),
                ),
                AnalysisState.APPLYING,
                "bad_analysis",
            ),
            (CostLine("voice", 2, "minute", 28_000), CostLine("model_answer", 0, "token", 0)),
        ),
    ],
    ids=["nobody spoke", "full"],
)
def test_an_aftermath_is_read_as_it_was_written(books, aftermath):
    """Every field comes back with its call; what was written first stands."""
    books.book.create(a_call())
    assert books.book.put_aftermath("call_1", aftermath)
    assert not books.book.put_aftermath("call_1", Aftermath(None, (CostLine("x", 1, "y", 1),)))
    assert books.book.load("call_1").aftermath == aftermath


def test_an_analysis_is_replaced_from_its_state(books):
    """Of two who have read a call again one is stored; costs stay, and what was erased stays away."""
    failed = Analysis("", Sentiment.NEUTRAL, (), (), "rules", state=AnalysisState.FAILED, error="x")
    applying = replace(failed, summary="Read.", state=AnalysisState.APPLYING)
    costs = (CostLine("x", 1, "y", 1),)
    books.book.create(a_call())
    assert not books.book.put_analysis("call_1", applying, AnalysisState.FAILED)
    assert books.book.load("call_1").aftermath is None
    books.book.put_aftermath("call_1", Aftermath(failed, costs))
    assert books.book.put_analysis("call_1", applying, AnalysisState.FAILED)
    assert not books.book.put_analysis("call_1", replace(applying, summary="Other."), AnalysisState.FAILED)
    assert books.book.load("call_1").aftermath == Aftermath(applying, costs)
    books.book.erase_texts("call_1")
    assert not books.book.put_analysis("call_1", applying, AnalysisState.APPLYING)
    assert books.book.load("call_1").aftermath == Aftermath(None, costs)

"""One suite for turns, numbers and templates: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.call_tables import books_in_memory, books_on_a_table
from fakes.calls import DESK, NOW, NUMBER, a_brief, a_call, a_template

from chalicelib.ai.domain.analysis import Sentiment, Usage
from chalicelib.ai.domain.conversation import OnFailure
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.permission import Decision, NumberStatus, Verdict
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import Timing, Turn, TurnEnd, TurnKind
from chalicelib.kernel.phones import E164

ALLOW = Decision(Verdict.ALLOW, "allowed", "No rule forbids this call.", NOW)
UNTIL = NOW + timedelta(minutes=20)
TURN = Turn(3, TurnKind.SPEECH, NOW, said="Hi Zoë", language="de-DE")
RUN = ToolRun("t1", "add_note", '{"text": "x"}', "Noted.", done=False, took_ms=7)
ANSWERED = replace(
    TURN,
    answer="We sell ",
    end=TurnEnd.HANG_UP,
    reason="agent_goodbye",
    tools=(RUN, replace(RUN, held=True)),
    corrected=("I have sent it.",),
    usage=Usage(10, 4, 2),
    timing=Timing(5, None, 9),
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


def test_the_rest_of_a_turn_is_taken_on_once(books):
    """Of many that want to answer what follows a filler one does; of a turn that is not there nobody."""
    books.turns.open("call_1", TURN)
    assert _at_once(lambda _: books.turns.resume("call_1", 3)).count(True) == 1
    assert not books.turns.resume("call_1", 4)


def test_a_filler_is_kept(books):
    """What was said while the model was silent can be told from the answer."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.close("call_1", replace(ANSWERED, filler="Let me think. "))
    assert [turn.filler for turn in _turns(books)] == ["Let me think. "]


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


def test_the_mood_and_the_wish_of_a_turn_are_kept(books):
    """What a caller's words told; nothing is stored where they told nothing."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.close("call_1", replace(ANSWERED, sentiment=Sentiment.NEGATIVE, intent="complaint"))
    assert [(turn.sentiment, turn.intent) for turn in _turns(books)] == [(Sentiment.NEGATIVE, "complaint")]


def test_a_turn_that_nobody_can_answer_is_kept_as_it_is(books):
    """What was said right before the end is written whole when it is opened."""
    books.book.create(a_call())
    turn = replace(TURN, answer="", end=TurnEnd.CUT, reason="last_words", intent="no_interest")
    turn = replace(turn, sentiment=Sentiment.NEGATIVE)
    books.turns.open("call_1", turn)
    assert _turns(books) == (turn,)


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
    books.templates.create(template)
    found = books.templates.get(template.id)
    assert found == template
    assert found.transfer_to is None or isinstance(found.transfer_to, E164)


def test_templates_are_listed_by_name(books):
    """Every one, in the order that people read."""
    for name in ("Sales", "Follow-up", "Zoo"):
        books.templates.create(a_template(id=f"template_{name}", name=name))
    assert [template.name for template in books.templates.all()] == ["Follow-up", "Sales", "Zoo"]


def test_a_masked_turn_stays_masked(books):
    """Its words are replaced for good: what is answered or heard later is not kept."""
    books.book.create(a_call())
    books.turns.open("call_1", TURN)
    books.turns.close("call_1", ANSWERED)
    hidden = replace(ANSWERED, said="Hi [email]", answer="[phone]", tools=(replace(RUN, result="[card]"),))
    books.turns.mask("call_1", hidden)
    books.turns.close("call_1", ANSWERED)
    books.turns.interrupt("call_1", 3, "+14155550100")
    assert _turns(books) == (hidden,)


def test_a_turn_that_was_erased_is_not_masked_back(books):
    """Nothing is written where nothing is."""
    books.book.create(a_call())
    books.turns.mask("call_1", ANSWERED)
    assert _turns(books) == ()

"""A wish not to be called leaves a record with the contact's consents: once, however it was brought."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, connected, furnished
from fakes.carrier import Fuse, Perilous
from fakes.crm import FakeCrm
from fakes.model import ANALYSIS
from fakes.workers import Workers

from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.ai.services.chats import NewMessage, delete_chat, take_message
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import LAST_WORDS, Turn, TurnEnd, TurnKind, opted_out
from chalicelib.calls.services.chats import ChatWish, start_chat
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.holding import list_holds, release_hold
from chalicelib.calls.services.opt_outs import suppress_later
from chalicelib.calls.services.suppression import release_number, stop_calling
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource
from chalicelib.crm.domain.notes import NoteKind
from chalicelib.crm.services.consents import list_consents
from chalicelib.crm.services.contacts import delete_contact, find_contact
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import new_id

AT = NOW - timedelta(seconds=9)
WISH = ToolRun("1", OPT_OUT_TOOL, "{}", "x", done=True, took_ms=1)
TURN = Turn(1, TurnKind.SPEECH, AT, said="Stop calling me at a@b.com", tools=(WISH,), end=TurnEnd.HANG_UP)


def _ended(calls, turn, **brief):
    call = connected(calls)
    calls.shelf.calls[call.id] = replace(
        call, state=CallState.ENDED, carrier_status="completed", ended_at=NOW, look_at=NOW
    )
    known = calls.shelf.briefs[call.id]
    calls.shelf.briefs[call.id] = replace(known, **brief)
    calls.shelf.turns[call.id, turn.number] = turn
    if opted_out((turn,)):
        stop_calling(calls, NUMBER, "call:call_1")


def _consents(calls):
    return list_consents(calls.crm, find_contact(calls.crm, NUMBER).id, 10).items


def test_a_wish_on_a_call_is_among_the_consents(calls):
    """With the words, when they were said, on which call and by which number."""
    _ended(calls, TURN)
    finish_call(calls, "call_1")
    (kept,) = _consents(calls)
    assert (kept.kind, kept.answer, kept.source) == (
        ConsentKind.AUTOMATED_CALLS,
        ConsentAnswer.REVOKED,
        ConsentSource.CALL,
    )
    assert (kept.wording, kept.at, kept.reference, kept.number, kept.recorded_by) == (
        TURN.said,
        AT,
        "call_1",
        NUMBER,
        "call:call_1",
    )


def test_its_words_are_masked_as_the_transcript_is(calls):
    """A record that outlives the transcript does not tell what that hides."""
    _ended(calls, TURN, conduct=Conduct(mask_transcripts=True))
    finish_call(calls, "call_1")
    (kept,) = _consents(calls)
    assert "a@b.com" not in kept.wording


def test_a_wish_that_came_late_is_recorded_too(calls):
    """When the call could not answer any more."""
    _ended(calls, replace(TURN, tools=(), end=TurnEnd.CUT, reason=LAST_WORDS))
    event = CallEvent("2026-03-03T11:59:58Z", Happening.OPTED_OUT, Happening.OPTED_OUT)
    calls.book.change("call_1", lambda call: add_event(call, event))
    finish_call(calls, "call_1")
    (kept,) = _consents(calls)
    assert (kept.wording, kept.at.second) == (TURN.said, 58)


def test_a_clock_that_is_ahead_keeps_nobody_from_recording_it(calls):
    """Where the words came in is another machine than where the call is read."""
    _ended(calls, replace(TURN, received_at=NOW + timedelta(seconds=2)))
    finish_call(calls, "call_1")
    (kept,) = _consents(calls)
    assert (kept.at, calls.call().finished_at) == (NOW, NOW)


def test_without_a_wish_nothing_is_recorded(calls):
    """A call that was ended politely revokes nothing."""
    _ended(calls, replace(TURN, tools=()))
    finish_call(calls, "call_1")
    assert _consents(calls) == []


def test_a_contact_that_is_gone_keeps_nothing(calls):
    """The number stays suppressed, and the call is finished."""
    _ended(calls, TURN)
    delete_contact(calls.crm, find_contact(calls.crm, NUMBER).id)
    finish_call(calls, "call_1")
    assert calls.call().finished_at
    assert calls.numbers.status(NUMBER).suppressed_at


def _stage(clock, fuse):
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    _ended(calls, TURN)
    calls.crm.consents = Perilous(calls.crm.consents, fuse)
    return Workers(calls, fuse)


def test_it_is_recorded_once_wherever_a_process_dies(clock):
    """Killed at every step and delivered again."""
    calm = _stage(clock, Fuse())
    calm.finish("call_1")
    for step in (*range(1, calm.fuse.burnt + 1), None):
        workers = _stage(clock, Fuse(step))
        for _ in range(3):
            workers.finish("call_1")
        assert len(_consents(workers.calls)) == 1, step


DOUBT = {
    **ANALYSIS,
    "outcome": "opted_out",
    "goal_reached": False,
    "confidence": 0.9,
    "callback": {"at": "2026-03-05T10:00", "said": "Do call on Thursday at ten"},
}
ODD = replace(TURN, said="Do call on Thursday at ten, or rather no more of this, ever", tools=())


def _doubtful(calls, turn=ODD):
    _ended(calls, turn, tools=("schedule_callback",))
    calls.ai.model.analyses = [DOUBT] * 4


def _tasks(calls):
    notes = list_notes(calls.crm, find_contact(calls.crm, NUMBER).id, 20).items
    return [note for note in notes if "may have asked not to be called" in note.body]


def test_what_only_the_model_has_read_holds_the_number_back(calls):
    """Until a colleague decides, who has a task; nothing is promised, and nothing is recorded as said."""
    _doubtful(calls)
    finish_call(calls, "call_1")
    (hold,) = list_holds(calls, 10).items
    assert (hold.number, hold.until, hold.held_by) == (NUMBER, None, "call:call_1")
    (task,) = _tasks(calls)
    assert (task.kind, task.due_at) == (NoteKind.TASK, NOW)
    assert list(calls.shelf.calls) == ["call_1"]
    assert calls.scheduling.callbacks.by_key == {}
    assert _consents(calls) == []


@pytest.mark.parametrize(
    ("until", "held_by"), [(NOW + timedelta(days=1), "call:call_1"), (None, "token:token_1")]
)
def test_a_hold_with_an_end_loses_it_and_one_without_stays(calls, until, held_by):
    """What a colleague has held back anyway keeps their reason; they are asked all the same."""
    calls.holds.put(NumberHold(NUMBER, NOW, until, "Moves house.", "token:token_1"))
    _doubtful(calls)
    finish_call(calls, "call_1")
    (hold,) = list_holds(calls, 10).items
    assert (hold.until, hold.held_by, len(_tasks(calls))) == (None, held_by, 1)


def test_what_a_colleague_has_released_is_not_held_again(calls):
    """Their decision stands, however often the job comes."""
    _doubtful(calls)
    finish_call(calls, "call_1")
    release_hold(calls, NUMBER)
    calls.shelf.calls["call_1"] = replace(calls.call(), finished_at=None)
    finish_call(calls, "call_1")
    assert list_holds(calls, 10).items == []
    assert len(_tasks(calls)) == 1


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_was_obeyed_needs_no_decision(calls, is_listed):
    """Neither a number that is suppressed is held back, nor one whose wish a turn has carried out."""
    _doubtful(calls, ODD if is_listed else TURN)
    if is_listed:
        stop_calling(calls, NUMBER, "call:call_1")
    else:
        release_number(calls, NUMBER, "They have written that it was a mistake.")
    finish_call(calls, "call_1")
    assert (list_holds(calls, 10).items, _tasks(calls)) == ([], [])


def test_in_doubt_it_is_held_back_once_wherever_a_process_dies(clock):
    """Killed at every step and delivered again: one hold, one task, no callback."""

    def stage(fuse):
        calls = FakeCalls(clock, FakeCrm(clock))
        furnished(calls)
        _doubtful(calls)
        calls.holds = Perilous(calls.holds, fuse)
        calls.crm.notes = Perilous(calls.crm.notes, fuse)
        return Workers(calls, fuse)

    calm = stage(Fuse())
    calm.finish("call_1")
    for step in (*range(1, calm.fuse.burnt + 1), None):
        workers = stage(Fuse(step))
        for _ in range(3):
            workers.finish("call_1")
        assert len(list_holds(workers.calls, 10).items) == 1, step
        assert len(_tasks(workers.calls)) == 1, step
        assert list(workers.calls.shelf.calls) == ["call_1"], step


@pytest.fixture
def chat(calls):
    """Begin a chat with the contact."""
    contact = find_contact(calls.crm, NUMBER)
    return start_chat(calls, ChatWish(new_id("chat"), "template_1", contact_id=contact.id))


def _write(calls, chat):
    return take_message(calls.ai, calls.tools, chat.id, NewMessage(new_id("turn"), "Never call me again."))


def test_a_wish_in_a_chat_is_among_the_consents(calls, chat):
    """At once: no job follows a chat. Brought again it is the same."""
    turn = _write(calls, chat).turns[-1]
    suppress_later(calls, NUMBER, f"chat:{chat.id}")
    (kept,) = _consents(calls)
    assert (kept.source, kept.wording, kept.reference) == (ConsentSource.OTHER, turn.said, chat.id)
    assert (kept.kind, kept.at, kept.number) == (ConsentKind.AUTOMATED_CALLS, turn.received_at, NUMBER)


def test_while_the_records_are_silent_the_wish_holds_and_is_recorded_later(calls, chat, monkeypatch):
    """The number is suppressed all the same, the person hears so, and the record follows from the queue."""

    def silent(_consent):
        raise Unavailable("The table is silent.", retryable=True)

    with monkeypatch.context() as patch:
        patch.setattr(calls.crm.consents, "add", silent)
        assert _write(calls, chat).head.reason == "opted_out"
    assert calls.numbers.status(NUMBER).suppressed_at
    assert _consents(calls) == []
    ((number, source),) = calls.wakeups.suppressions
    suppress_later(calls, number, source)
    assert len(_consents(calls)) == 1


def test_of_a_chat_that_was_deleted_nothing_is_recorded(calls, chat):
    """The number is suppressed."""
    delete_chat(calls.ai, chat.id)
    suppress_later(calls, NUMBER, f"chat:{chat.id}")
    assert _consents(calls) == []
    assert calls.numbers.status(NUMBER).suppressed_at

"""A contact that is deleted while a call waits, goes on or is being finished: nothing fails for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER, connected
from fakes.model import USAGE

from chalicelib.ai.domain.conversation import UseTool
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.tooling import run_tool
from chalicelib.crm.services.contacts import delete_contact, find_contact
from chalicelib.kernel.errors import NotFound

TURNS = (
    Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN),
    Turn(1, TurnKind.SPEECH, NOW, said="great, a demo", answer="Done.", end=TurnEnd.LISTEN, usage=USAGE),
)


@pytest.fixture
def delete(calls):
    """Delete the contact when a test says so."""
    contact = find_contact(calls.crm, NUMBER)
    return lambda: delete_contact(calls.crm, contact.id)


def test_a_call_that_waits_is_not_dialed(calls, delete):
    """It ends with the reason; the carrier is never asked."""
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    delete()
    attend(calls, call.id)
    ended = calls.call(call.id)
    assert (ended.state, ended.outcome, ended.reason) == (
        CallState.ENDED,
        Outcome.NOT_PERMITTED,
        "contact_gone",
    )
    assert ended.decision.explanation == "This contact was deleted."
    assert calls.telephony.asked == 0


def test_a_wish_to_call_nobody_is_refused(calls, delete):
    """As for any contact that is not there."""
    contact = find_contact(calls.crm, NUMBER)
    delete()
    with pytest.raises(NotFound) as refused:
        request_call(calls, CallWish("template_1", contact_id=contact.id))
    assert refused.value.code == "contact_not_found"


def test_a_call_that_is_answered_is_held_without_a_name(calls, delete):
    """The person hears a greeting, and nothing of a record that was deleted is in the brief."""
    call = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, call.id)
    delete()
    sid = calls.telephony.accepted[0].sid
    opening = answer_call(calls, call.id, Report("in-progress", sid, NOW))
    assert opening.brief.greeting == "Hello, this is Ann."
    assert "Ada" not in opening.brief.instructions
    assert calls.call(call.id).state is CallState.IN_PROGRESS


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_note", '{"text": "wants a demo"}'),
        ("update_contact", '{"field": "name", "value": "Eve"}'),
        ("schedule_callback", '{"at": "2026-03-04T10:00"}'),
    ],
)
def test_an_action_on_a_contact_that_is_gone_is_told_to_the_model(calls, delete, name, arguments):
    """The call goes on; nothing is done, and no contact comes back."""
    connected(calls)
    file = calls.book.load("call_1")
    delete()
    run = run_tool(calls, file, UseTool("1", name, arguments))
    assert not run.done
    assert find_contact(calls.crm, NUMBER) is None
    assert list(calls.shelf.calls) == ["call_1"]


def test_not_to_be_called_again_is_always_kept(calls, delete):
    """Also for a person whose record was deleted."""
    connected(calls)
    file = calls.book.load("call_1")
    delete()
    assert run_tool(calls, file, UseTool("1", "stop_calling_me", "{}")).done
    assert calls.numbers.status(NUMBER).suppressed_at == NOW


def _end(calls):
    call = connected(calls)
    ended = replace(
        call,
        state=CallState.ENDED,
        carrier_status="completed",
        ended_at=NOW,
        duration_s=61,
        look_at=NOW,
    )
    calls.shelf.calls[call.id] = ended
    for turn in TURNS:
        calls.turns.open(call.id, turn)


def test_a_call_is_finished_without_a_note(calls, delete):
    """Outcome and cost are stored; nobody reads what was said, and nobody looks at the call again."""
    _end(calls)
    delete()
    finish_call(calls, "call_1")
    call = calls.call()
    assert (call.outcome, call.finished_at, call.look_at) == (Outcome.COMPLETED, NOW, None)
    assert call.cost == sum(line.amount for line in calls.shelf.aftermaths["call_1"].costs) > 0
    assert calls.shelf.aftermaths["call_1"].analysis is None
    assert calls.ai.model.extractions == 0


def test_a_contact_may_go_while_its_call_is_analysed(calls, delete, monkeypatch):
    """The note has nobody to be added to; the call is finished all the same."""
    _end(calls)
    put = calls.book.put_aftermath

    def put_and_delete(*what):
        put(*what)
        delete()

    monkeypatch.setattr(calls.book, "put_aftermath", put_and_delete)
    finish_call(calls, "call_1")
    assert calls.call().finished_at == NOW

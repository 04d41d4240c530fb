"""After a call: what it came to and what it cost, written once, and noted in the customer's records."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.services import analysing as ai
from chalicelib.calls.domain.costs import cost_lines, leg_lines
from chalicelib.calls.domain.evidence import begun_at, with_turns
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.lateness import awaits_news, may_wait, pause_s
from chalicelib.calls.domain.lifecycle import PATIENCE, finish, look_again, settle
from chalicelib.calls.domain.outcomes import outcome_of
from chalicelib.calls.domain.recordings import REPORT_PATIENCE_S, expected_kinds
from chalicelib.calls.domain.rooms import room_id_of
from chalicelib.calls.domain.turns import history
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.contacts import get_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.errors import AppError, Invalid, NotFound, Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.calls.domain.costs import CostLine
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.outcomes import Conclusion, Outcome
    from chalicelib.calls.ports.calls import CallPorts

_MODEL_PATIENCE = timedelta(minutes=10)


def finish_call(calls: CallPorts, call_id: str) -> None:
    """Say what came of an ended call, analyse it, list its cost, note it, and close its books.

    Each step may be repeated without effect, so a crash anywhere is mended by running it again. When
    the model cannot answer, the call stays to be looked at again; after ten minutes rules replace it. Of a
    contact that was deleted meanwhile nothing is written that was said: outcome and cost are. While news
    are under way that decide something, the job is put off by seconds.
    """
    file = calls.book.load(call_id)
    if file is None or not file.call.is_over or file.call.finished_at:
        return
    if delay_s := _seconds_to_wait(calls, file):
        calls.wakeups.finish(call_id, delay_s)
        return
    conclusion = outcome_of(file.call, file.turns)
    try:
        analysis = file.aftermath.analysis if file.aftermath else _analysis(calls, file)
    except (Unavailable, Invalid) as error:
        _try_later(calls, call_id, conclusion, error)
        return
    costs = _costs(calls, file, analysis)
    texts_since = file.call.ended_at if file.brief else None
    calls.book.put_aftermath(call_id, Aftermath(analysis, costs), texts_since)
    if analysis:
        _note(calls, file, analysis, conclusion.outcome)
    if expected_kinds(file.call, file.brief):
        calls.wakeups.find_recordings(call_id, REPORT_PATIENCE_S)
    now, cost = calls.clock.now(), sum(line.amount for line in costs)
    calls.book.change(call_id, lambda newest: finish(settle(newest, conclusion), now, cost))
    log("call.finished", call_id=call_id, outcome=conclusion.outcome, reason=conclusion.reason)


def _seconds_to_wait(calls: CallPorts, file: CallFile) -> int:
    """Say for how long to put the job off, because of news of the call that are still under way; mostly 0."""
    now = calls.clock.now()
    if file.aftermath or not may_wait(file.call, now):
        return 0
    if not awaits_news(file):
        if not has_happened(file.call, Happening.TRANSFER_JOINED):
            return 0
        there = calls.rooms.load(room_id_of(file.call.id))
        if there is None or all(leg.is_over for leg in there.participants if leg.accepted_at):
            return 0
    return pause_s(file.call, now)


def _try_later(calls: CallPorts, call_id: str, conclusion: Conclusion, error: AppError) -> None:
    log("call.analysis_failed", call_id=call_id, code=error.code)
    again_at = calls.clock.now() + PATIENCE
    calls.book.change(call_id, lambda newest: look_again(settle(newest, conclusion), again_at))


def _analysis(calls: CallPorts, file: CallFile) -> Analysis | None:
    """Have the conversation read by the model, or by rules when the model was silent for too long."""
    messages = history(file.turns)
    if not any(isinstance(message, Heard) for message in messages):
        return None
    caller = _name_of(calls, file.call.contact_id)
    if caller is None:
        return None
    ended_at = file.call.ended_at or file.call.created_at
    fields = file.brief.extract if file.brief else ()
    if calls.clock.now() - ended_at > _MODEL_PATIENCE:
        return ai.analyse_by_rules(calls.ai, messages, fields)
    return with_turns(ai.analyse(calls.ai, messages, caller, begun_at(file), fields), file.turns)


def _name_of(calls: CallPorts, contact_id: str) -> str | None:
    """Give the contact's name; None when the contact is gone."""
    try:
        return get_contact(calls.crm, contact_id).name
    except NotFound:
        return None


def _costs(calls: CallPorts, file: CallFile, analysis: Analysis | None) -> tuple[CostLine, ...]:
    usage = replace(file, aftermath=Aftermath(analysis, ())).usage
    transport = file.brief.transport if file.brief else None
    lines = cost_lines(file.call, transport, calls.ai.model.name, usage)
    if not has_happened(file.call, Happening.TRANSFER_BEGUN):
        return lines
    there = calls.rooms.load(room_id_of(file.call.id))
    return (*lines, *leg_lines(there.participants if there else (), file.call.ended_at or calls.clock.now()))


def _note(calls: CallPorts, file: CallFile, analysis: Analysis, outcome: Outcome) -> None:
    call = file.call
    items = "".join(f"\n- {item.text} ({item.owner})" for item in analysis.action_items)
    body = f"{analysis.summary}\nOutcome: {outcome.value}. Sentiment: {analysis.sentiment.value}.{items}"
    ended_at = to_millis(call.ended_at or call.created_at)
    note = NewNote(
        contact_id=call.contact_id,
        kind=NoteKind.CALL_SUMMARY,
        body=body,
        author="ai",
        call_id=call.id,
        id=derived_id("note", call.id, ended_at),
    )
    with suppress(NotFound):  # the contact was deleted while the call was analysed
        add_note(calls.crm, note)

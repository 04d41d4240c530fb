"""After a call: what it came to and what it cost, written once, and noted in the customer's records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai import services as ai
from chalicelib.ai.domain.conversation import Heard
from chalicelib.calls.domain.costs import cost_lines
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.lifecycle import Outcome, finish, outcome_of
from chalicelib.calls.domain.turns import endings, history
from chalicelib.crm import services as crm
from chalicelib.crm.domain import NewNote, NoteKind
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.errors import Invalid, Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.calls.domain.costs import CostLine
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports import CallPorts


def finish_call(calls: CallPorts, call_id: str, *, last_try: bool) -> None:
    """Analyse an ended call, list its cost, note it on the contact, and close its books.

    Each step may be repeated without effect, so a crash anywhere is mended by running it again. A
    model that cannot answer is asked again later (`Unavailable`), on the last try replaced by rules.
    """
    file = calls.book.load(call_id)
    if file is None or not file.call.is_over or file.call.finished_at:
        return
    analysis = file.aftermath.analysis if file.aftermath else _analysis(calls, file, last_try=last_try)
    outcome = outcome_of(file.call, endings(file.turns))
    calls.book.put_aftermath(call_id, Aftermath(analysis, _costs(calls, file, analysis)))
    if analysis:
        _note(calls, file, analysis, outcome)
    now = calls.clock.now()
    calls.book.change(call_id, lambda newest: finish(newest, outcome, now))
    log("call.finished", call_id=call_id, outcome=outcome)


def _analysis(calls: CallPorts, file: CallFile, *, last_try: bool) -> Analysis | None:
    messages = history(file.turns)
    if not any(isinstance(message, Heard) for message in messages):
        return None
    caller = crm.get_contact(calls.crm, file.call.contact_id).name
    try:
        return ai.analyse(calls.ai, messages, caller)
    except (Unavailable, Invalid) as error:
        log("call.analysis_failed", call_id=file.call.id, code=error.code, last_try=last_try)
        if not last_try:
            raise
        return ai.analyse_by_rules(calls.ai, messages)


def _costs(calls: CallPorts, file: CallFile, analysis: Analysis | None) -> tuple[CostLine, ...]:
    usage = replace(file, aftermath=Aftermath(analysis, ())).usage
    transport = file.brief.transport if file.brief else None
    return cost_lines(file.call, transport, calls.ai.model.name, usage)


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
    crm.add_note(calls.crm, note)

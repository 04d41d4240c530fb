"""After a call: what it came to and what it cost, written once, and noted in the customer's records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.model_statistics import moves_of
from chalicelib.calls.domain.costs import cost_lines, leg_lines
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.lateness import awaits_news, may_wait, pause_s
from chalicelib.calls.domain.lifecycle import PATIENCE, finish, look_again, settle
from chalicelib.calls.domain.outcomes import outcome_of
from chalicelib.calls.domain.recordings import REPORT_PATIENCE_S, expected_kinds
from chalicelib.calls.domain.rooms import room_id_of
from chalicelib.calls.domain.statistics import began_at
from chalicelib.calls.services.aftermath import apply_analysis
from chalicelib.calls.services.analyses import analysis_of
from chalicelib.calls.services.masking import mask_transcript
from chalicelib.calls.services.opt_outs import has_opted_out, record_opt_out
from chalicelib.calls.services.talks import note_talk
from chalicelib.calls.services.withdrawing import end_waiting
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.calls.domain.costs import CostLine
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.outcomes import Conclusion
    from chalicelib.calls.domain.statistics import Questions
    from chalicelib.calls.ports.calls import CallPorts


def finish_call(calls: CallPorts, call_id: str) -> None:
    """Say what came of an ended call, analyse it, list its cost, note it, and close its books.

    Each step may be repeated without effect, so a crash anywhere is mended by running it again. When
    the model does not answer, the call stays to be looked at again; after ten minutes rules replace it, as at
    once when it cannot say. What it found has consequences for the contact, which are taken here. Of a
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
        aftermath = file.aftermath or _kept(calls, file)
    except Unavailable as error:
        _try_later(calls, call_id, conclusion, error)
        return
    if aftermath is None:
        return
    if aftermath.analysis:
        apply_analysis(calls, file, aftermath.analysis, conclusion.outcome)
    if has_opted_out(file):
        record_opt_out(calls, file)
        end_waiting(calls, file.call.contact_id)
    if expected_kinds(file.call, file.brief):
        calls.wakeups.find_recordings(call_id, REPORT_PATIENCE_S)
    note_talk(calls, file.call)
    mask_transcript(calls, file)
    now, cost = calls.clock.now(), sum(line.amount for line in aftermath.costs)
    asked = _questions(calls, file, aftermath.analysis)
    calls.book.change(call_id, lambda newest: finish(settle(newest, conclusion), now, cost), asked)
    log("call.finished", call_id=call_id, outcome=conclusion.outcome, reason=conclusion.reason)


def _kept(calls: CallPorts, file: CallFile) -> Aftermath | None:
    """Have a call read and keep what was found; what another has kept meanwhile stands.

    None when that other has finished the call.
    """
    analysis = analysis_of(calls, file)
    aftermath = Aftermath(analysis, _costs(calls, file, analysis))
    texts_since = file.call.ended_at if file.brief else None
    if calls.book.put_aftermath(file.call.id, aftermath, texts_since):
        return aftermath
    newest = calls.book.load(file.call.id)
    return newest.aftermath if newest and not newest.call.finished_at else None


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


def _try_later(calls: CallPorts, call_id: str, conclusion: Conclusion, error: Unavailable) -> None:
    log("call.analysis_failed", call_id=call_id, code=error.code)
    again_at = calls.clock.now() + PATIENCE
    calls.book.change(call_id, lambda newest: look_again(settle(newest, conclusion), again_at))


def _asked(calls: CallPorts, file: CallFile, analysis: Analysis | None) -> tuple[ModelUse, ...]:
    """Give every question to a model that the call took, its analysis included."""
    return replace(file, aftermath=Aftermath(analysis, ())).asked(calls.ai.model.name)


def _questions(calls: CallPorts, file: CallFile, analysis: Analysis | None) -> Questions:
    """Give what the call's questions add to the counters of the day on which it began."""
    call, read = file.call, replace(file, aftermath=Aftermath(analysis, ()))
    turns = read.asked_by_turn(calls.ai.model.name)
    return moves_of(began_at(call).date(), call.template_id, turns)


def _costs(calls: CallPorts, file: CallFile, analysis: Analysis | None) -> tuple[CostLine, ...]:
    asked = _asked(calls, file, analysis)
    transport = file.brief.transport if file.brief else None
    lines = cost_lines(file.call, transport, asked)
    if not has_happened(file.call, Happening.TRANSFER_BEGUN):
        return lines
    there = calls.rooms.load(room_id_of(file.call.id))
    return (*lines, *leg_lines(there.participants if there else (), file.call.ended_at or calls.clock.now()))

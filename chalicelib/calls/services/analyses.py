"""Reading a finished call: by the model, by rules where it cannot say, and once more when somebody asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import AnalysisState, Wanted
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.services import analysing as ai
from chalicelib.ai.services.counting import Asked, count_once
from chalicelib.calls.domain.evidence import begun_at, with_turns
from chalicelib.calls.domain.listing import CallFilter
from chalicelib.calls.domain.outcomes import outcome_of
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import history
from chalicelib.calls.services.aftermath import apply_analysis
from chalicelib.calls.services.desk import find_calls, read_call
from chalicelib.calls.services.masking import as_kept
from chalicelib.crm.domain.contacts import known_name
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

SILENT = "model_unavailable"  # why a call was not read: nobody answered for too long
_MODEL_PATIENCE = timedelta(minutes=10)
_PAGE = 25
_UNREAD = frozenset({AnalysisState.FAILED, AnalysisState.APPLYING})


def analysis_of(calls: CallPorts, file: CallFile) -> Analysis | None:
    """Have a call that has just ended read; None where nobody spoke, or the contact is gone.

    What the model twice cannot say, and what it has not said ten minutes after the call, rules say instead:
    the analysis has failed, and can be asked for again. `Unavailable` while the model is silent.
    """
    ended_at = file.call.ended_at or file.call.created_at
    if not _is_readable(calls, file):
        return None
    if calls.clock.now() - ended_at > _MODEL_PATIENCE:
        return _by_rules(calls, file, SILENT)
    try:
        return _by_model(calls, file)
    except ai.NotAnalysedError as error:
        log("call.analysis_failed", call_id=file.call.id, code=error.code)
        return _by_rules(calls, file, error.code, error.asked)


def request_analysis(calls: CallPorts, call_id: str) -> Call:
    """Have a call whose analysis failed read again, soon.

    `NotFound`; `Conflict` with code `call_not_finished` before its books are closed, `analysis_done` when it
    was read, and `nothing_said` when there is nothing to read: nobody spoke, or the words are deleted.
    """
    file = read_call(calls, call_id)
    if file.call.finished_at is None:
        raise Conflict("The call goes on, or is being finished.", code="call_not_finished")
    if not _has_words(file):
        raise Conflict("There are no words of this call that could be read.", code="nothing_said")
    if not _is_unread(file):
        raise Conflict("The model has read this call.", code="analysis_done")
    calls.wakeups.analyse(call_id)
    return file.call


def request_analyses(calls: CallPorts, since: datetime, until: datetime) -> None:
    """Have every call read again, soon, that was accepted from `since` on and before `until` and failed.

    `Invalid` with code `bad_span` for a span that ends before it begins.
    """
    if until <= since:
        raise Invalid("The span must end after it begins.", code="bad_span")
    calls.wakeups.analyse_span(iso(since), iso(until), None)


def analyse_span(calls: CallPorts, since: str, until: str, start: str | None) -> None:
    """Look through a page of the calls of a span, have those that failed read, and go on with the next."""
    wanted = CallFilter(state=CallState.ENDED, since=from_iso(since), until=from_iso(until))
    page = find_calls(calls, wanted, _PAGE, start)
    files = [file for call in page.items if (file := calls.book.load(call.id))]
    again = [file.call.id for file in files if _is_unread(file) and _has_words(file)]
    for call_id in again:
        calls.wakeups.analyse(call_id)
    log("analysis.span", found=len(page.items), again=len(again))
    if page.next_start is not None:
        calls.wakeups.analyse_span(since, until, page.next_start)


def analyse_again(calls: CallPorts, call_id: str) -> None:
    """Read a finished call again whose analysis failed, and do what follows from it, once.

    What was found is stored before it is carried out, so that a crash repeats nothing that the model said,
    and of two who read it at once both carry out what the first has stored. Its tokens are shown with the
    call; the cost was closed with the books. `Unavailable` when the model is silent: the message is
    delivered again, and ends among failed work.
    """
    file = calls.book.load(call_id)
    if file is None or file.call.finished_at is None or not _is_unread(file):
        return
    analysis = _found(calls, file)
    if analysis is None:
        return
    _count(calls, file, analysis)
    outcome = file.call.outcome or outcome_of(file.call, file.turns).outcome
    apply_analysis(calls, file, analysis, outcome)
    calls.book.put_analysis(call_id, replace(analysis, state=AnalysisState.DONE), AnalysisState.APPLYING)
    log("call.analysed_again", call_id=call_id)


def _found(calls: CallPorts, file: CallFile) -> Analysis | None:
    """Give what was found and not yet carried out, or have it found now; None where it cannot be."""
    known = file.aftermath.analysis if file.aftermath else None
    if known is not None and known.state is AnalysisState.APPLYING:
        return known
    if known is None or not _is_readable(calls, file):
        return None
    try:
        found = _by_model(calls, file)
    except ai.NotAnalysedError as error:
        log("call.analysis_failed", call_id=file.call.id, code=error.code)
        failed = _once_more(replace(known, error=error.code, asked=error.asked), known)
        _count(calls, file, failed)
        calls.book.put_analysis(file.call.id, failed, AnalysisState.FAILED)
        return None
    found = _once_more(replace(found, state=AnalysisState.APPLYING), known)
    if calls.book.put_analysis(file.call.id, found, AnalysisState.FAILED):
        return found
    return _found_by_another(calls, file.call.id)


def _once_more(analysis: Analysis, before: Analysis) -> Analysis:
    """Give a reading the number after that of the one before it, and the tokens of both."""
    usage = sum((use.usage for use in analysis.asked), before.usage)
    return replace(analysis, usage=usage, reading=before.reading + 1)


def _count(calls: CallPorts, file: CallFile, analysis: Analysis) -> None:
    """Count the questions of one more reading, on the day on which it is done; again changes nothing."""
    name = f"{file.call.id}#reading#{analysis.reading}"
    count_once(calls.ai, Asked(name, calls.clock.now(), file.call.template_id, (analysis.asked,)))


def _found_by_another(calls: CallPorts, call_id: str) -> Analysis | None:
    """Give what somebody faster has found and not yet carried out; None too where the words are deleted."""
    newest = calls.book.load(call_id)
    analysis = newest.aftermath.analysis if newest and newest.aftermath else None
    return analysis if analysis and analysis.state is AnalysisState.APPLYING else None


def _by_model(calls: CallPorts, file: CallFile) -> Analysis:
    name = known_name(get_contact(calls.crm, file.call.contact_id))
    found = ai.analyse(calls.ai, history(file.turns), name, begun_at(file), _wanted(file))
    return as_kept(file, with_turns(found, file.turns))


def _by_rules(calls: CallPorts, file: CallFile, error: str, asked: tuple[ModelUse, ...] = ()) -> Analysis:
    return ai.analyse_by_rules(calls.ai, history(file.turns), error, _wanted(file), asked)


def _wanted(file: CallFile) -> Wanted:
    brief = file.brief
    return Wanted(brief.extract, brief.conduct.outcomes) if brief else Wanted()


def _is_unread(file: CallFile) -> bool:
    analysis = file.aftermath.analysis if file.aftermath else None
    return analysis is not None and analysis.state in _UNREAD


def _has_words(file: CallFile) -> bool:
    return any(isinstance(message, Heard) for message in history(file.turns))


def _is_readable(calls: CallPorts, file: CallFile) -> bool:
    """Tell whether somebody spoke, and the contact is still there."""
    if not _has_words(file):
        return False
    try:
        get_contact(calls.crm, file.call.contact_id)
    except NotFound:
        return False
    return True

"""What follows from a call that was read: a note, tasks, proposals, a callback, facts; each once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.ai.domain.findings import CALLER, OPTED_OUT
from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.turns import emergencies
from chalicelib.calls.services.holding import hold_number
from chalicelib.calls.services.opt_outs import has_opted_out
from chalicelib.calls.services.proposals import propose
from chalicelib.crm.domain.memory import Fact
from chalicelib.crm.domain.notes import NewNote, NoteChanges, NoteKind
from chalicelib.crm.services.memory import remember
from chalicelib.crm.services.notes import add_note, change_note, get_note
from chalicelib.kernel.clock import cut_to_millis, to_millis
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.tools import ToolContext

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.findings import ActionItem, PromisedCallback
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.outcomes import Outcome
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.tools import Tool

CALLBACK_TOOL = "schedule_callback"
AUTHOR = "ai"
_EMERGENCY_TASK = "The caller spoke of an emergency: look into it at once"
_HOLD_REASON = "The reading of a call says that its caller wants no more calls; see the contact's tasks."
_DOUBT_TASK = (
    "The caller may have asked not to be called again. {number} is held back until you decide: put it on the "
    "suppression list, or release it."
)
_DAY_ENDS = time(17)  # when a task of a day is due, on the contact's clock


@dataclass(frozen=True)
class _Reading:
    """A call that was read, and what came of it."""

    file: CallFile
    analysis: Analysis
    outcome: Outcome

    @property
    def zone(self) -> ZoneInfo:
        """The contact's time zone."""
        return ZoneInfo(self.file.brief.time_zone if self.file.brief else "UTC")

    def instant(self, local: datetime) -> datetime | None:
        """Give the instant of a local time; None at the ends of the calendar, where there may be none."""
        try:
            return local.replace(tzinfo=self.zone).astimezone(UTC)
        except OverflowError:
            return None

    def note(self, seed: str, kind: NoteKind, body: str, due_at: datetime | None = None) -> NewNote:
        """Make a note of this call; the same seed makes the same note."""
        call = self.file.call
        note_id = derived_id("note", f"{call.id}{seed}", to_millis(call.ended_at or call.created_at))
        return NewNote(call.contact_id, kind, body, AUTHOR, call_id=call.id, id=note_id, due_at=due_at)


def apply_analysis(calls: CallPorts, file: CallFile, analysis: Analysis, outcome: Outcome) -> None:
    """Do all that follows from what was found in a call; of a contact that is gone, nothing.

    Each step may be repeated without effect, and what was applied before is not applied otherwise by a second
    run: ids are derived from the call, and the place in it.
    """
    try:
        _apply(calls, _Reading(file, analysis, outcome))
    except NotFound as error:  # the contact was deleted while the call was analysed
        if error.code != "contact_not_found":
            raise


def _apply(calls: CallPorts, reading: _Reading) -> None:
    if _is_doubtful(reading):
        _hold_back(calls, reading)
    _note(calls, reading)
    for number, item in enumerate(reading.analysis.action_items):
        _add_task(calls, reading, number, item)
    _report_emergency(calls, reading)
    propose(calls, reading.file, reading.analysis)
    _keep_promise(calls, reading)
    _remember(calls, reading)


def _note(calls: CallPorts, reading: _Reading) -> None:
    """Note what the call came to; in place of what rules said of it, unless somebody has changed that."""
    body = _words(reading)
    note = add_note(calls.crm, reading.note("", NoteKind.CALL_SUMMARY, body))
    if note.body != body:
        with suppress(Conflict, NotFound):
            change_note(calls.crm, note.contact_id, note.id, NoteChanges(body=body), expected_version=1)


def _words(reading: _Reading) -> str:
    analysis = reading.analysis
    items = "".join(f"\n- {item.text} ({_who(item)})" for item in analysis.action_items)
    found = analysis.findings.outcome
    result = f" Result: {found.replace('_', ' ')}." if found else ""
    mood = f"Outcome: {reading.outcome.value}. Sentiment: {analysis.sentiment.value}.{result}"
    return f"{analysis.summary}\n{mood}{items}"


def _who(item: ActionItem) -> str:
    return f"{item.owner}, by {item.due_on}" if item.due_on else item.owner


def _is_doubtful(reading: _Reading) -> bool:
    """Tell whether the model read a wish not to be called that no rule has found, so that none was obeyed."""
    return reading.analysis.findings.outcome == OPTED_OUT and not has_opted_out(reading.file)


def _hold_back(calls: CallPorts, reading: _Reading) -> None:
    """Hold the number back, and then ask a colleague what the model alone must not decide; once.

    The task is the mark that it was done: what a colleague has released is not held again.
    """
    call = reading.file.call
    task = reading.note("#opt_out", NoteKind.TASK, _DOUBT_TASK.format(number=call.number), call.ended_at)
    with suppress(NotFound):
        get_note(calls.crm, task.contact_id, task.id or "")
        return
    now, status = calls.clock.now(), calls.numbers.status(call.number)
    if status.suppressed_at is not None:
        return
    if not status.is_held_at(now) or status.held_until is not None:
        hold = NumberHold(call.number, cut_to_millis(now), None, _HOLD_REASON, f"call:{call.id}")
        hold_number(calls, hold)
    add_note(calls.crm, task)


def _add_task(calls: CallPorts, reading: _Reading, number: int, item: ActionItem) -> None:
    """Make what we owe a task, due at the end of its day; what the caller owes stands in the note."""
    if item.owner == CALLER:
        return
    day = date.fromisoformat(item.due_on) if item.due_on else None
    due_at = reading.instant(datetime.combine(day, _DAY_ENDS)) if day else None
    add_note(calls.crm, reading.note(f"#task#{number}", NoteKind.TASK, item.text, due_at))


def _report_emergency(calls: CallPorts, reading: _Reading) -> None:
    """Have a colleague look after somebody who has spoken of an emergency."""
    if turns := emergencies(reading.file.turns):
        body = f"{_EMERGENCY_TASK} (turn {turns[0].number} of the call)."
        add_note(calls.crm, reading.note("#emergency", NoteKind.TASK, body, reading.file.call.ended_at))


def _keep_promise(calls: CallPorts, reading: _Reading) -> None:
    """Schedule the callback that was promised, unless the agent has done so, or nobody may be called.

    Where the call's template does not allow that, or is deleted, where nobody said it, or where its time is
    over, a colleague has a task instead.
    """
    file, callback = reading.file, reading.analysis.findings.callback
    if callback is None or has_opted_out(file) or _is_doubtful(reading) or _has_promised(file):
        return
    tool = calls.tools.get(CALLBACK_TOOL) if file.brief and CALLBACK_TOOL in file.brief.tools else None
    if tool is None or callback.turn is None:
        _task_instead(calls, reading, callback)
        return
    try:
        tool.run(_context(calls, reading), _arguments(tool, callback))
    except Forbidden as error:
        log("callback.refused", call_id=file.call.id, code=error.code)
    except (Conflict, Invalid, NotFound) as error:
        log("callback.not_scheduled", call_id=file.call.id, code=error.code)
        _task_instead(calls, reading, callback)


def _has_promised(file: CallFile) -> bool:
    return any(run.name == CALLBACK_TOOL and run.done for turn in file.turns for run in turn.tools)


def _task_instead(calls: CallPorts, reading: _Reading, callback: PromisedCallback) -> None:
    body = f"Call back: promised for {callback.local:%A, %d %B at %H:%M} ({reading.zone.key})."
    task = reading.note("#callback", NoteKind.TASK, body, reading.instant(callback.local))
    add_note(calls.crm, task)


def _arguments(tool: Tool, callback: PromisedCallback) -> object:
    return tool.arguments.model_validate({"when": callback.local})


def _context(calls: CallPorts, reading: _Reading) -> ToolContext:
    call = reading.file.call
    return ToolContext(call.id, call.contact_id, call.number, reading.zone.key, calls.clock.now())


def _remember(calls: CallPorts, reading: _Reading) -> None:
    """Keep what the caller said of themselves; not what nobody said, nor the words of an emergency."""
    call = reading.file.call
    private = {turn.number for turn in emergencies(reading.file.turns)}
    facts = tuple(
        Fact(each.key, each.value, each.said, each.turn)
        for each in reading.analysis.findings.facts
        if each.turn is not None and each.turn not in private
    )
    if facts:
        remember(calls.crm, call.contact_id, call.id, facts, call.ended_at)

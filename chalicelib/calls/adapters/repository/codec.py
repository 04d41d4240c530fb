"""Items of the calls table to domain values and back; pure."""

from __future__ import annotations

from dataclasses import asdict, astuple, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Analysis, AnalysisState, Sentiment, Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.extraction import Extracted
from chalicelib.ai.domain.findings import ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.adapters.repository.writes import instant_of, shard_of, text_of
from chalicelib.calls.adapters.tables import AftermathItem, CallItem, TurnItem
from chalicelib.calls.domain.calls import Call, CallEvent, Direction
from chalicelib.calls.domain.costs import CostLine
from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.files import Aftermath
from chalicelib.calls.domain.lanes import Lane, lane_of
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Timing, Turn, TurnEnd, TurnKind
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from datetime import datetime

DUE_SHARDS = 4
LIST_SHARDS = 4
# Those that wait to be dialed, by their lane, and all others.
WAITING = {Lane.URGENT: "URGENT", Lane.NORMAL: "DUE", Lane.LOW: "LOW"}
SILENT = "SILENT"
ERASED = "ERASED#"


def call_key(call_id: str) -> str:
    """Give the hash key of everything that belongs to a call."""
    return f"CALL#{call_id}"


def turn_key(number: int) -> str:
    """Give the range key of a turn; sorts in the order of turns."""
    return f"TURN#{number:04d}"


def started_key(call: Call) -> str:
    """Give the place of a call among those of its contact; one that is erased stands after all others."""
    return f"{ERASED if call.erased_at else ''}{iso(call.created_at)}#{call.id}"


def due_shard(call: Call) -> str:
    """Spread calls over a few keys of the index, so that none takes all writes.

    Those that wait to be dialed, lane by lane, and all others have keys of their own: each kind is looked for
    alone.
    """
    kind = WAITING[lane_of(call.priority)] if call.state is CallState.QUEUED else SILENT
    return f"{kind}#{shard_of(call.id, DUE_SHARDS)}"


def list_shard(call_id: str) -> str:
    """Spread the list of all calls over a few keys, so that none takes all writes."""
    return f"CALLS#{shard_of(call_id, LIST_SHARDS)}"


def texts_list(call_id: str) -> str:
    """Name the list of calls with texts in which this one stands."""
    return f"TEXTS#{list_shard(call_id).rpartition('#')[2]}"


def call_item(call: Call) -> CallItem:
    """Write a call's head as an item; the index holds it as long as somebody must look at it."""
    return CallItem(
        call_key(call.id),
        "CALL",
        due_shard=due_shard(call) if call.look_at else None,
        due_at=text_of(call.look_at),
        contact_id=call.contact_id,
        started_key=started_key(call),
        listed_in=None if call.erased_at else list_shard(call.id),
        listed_at=None if call.erased_at else started_key(call),
        state=call.state.value,
        direction=call.direction.value,
        number=call.number,
        line=call.line,
        template_id=call.template_id,
        template_version=call.template_version,
        created_at=iso(call.created_at),
        wanted_at=iso(call.due_at),
        not_after=text_of(call.not_after),
        priority=call.priority,
        requested_by=call.requested_by or None,
        appointment=dict(call.appointment) or None,
        campaign_id=call.campaign_id or None,
        attempt=call.attempt or None,
        slots=list(call.slots) or None,
        reserved=call.reserved,
        budgets=list(call.budgets) or None,
        decision=call.decision and _decision_json(call.decision),
        dialed_at=text_of(call.dialed_at),
        sid=call.sid or None,
        answered_at=text_of(call.answered_at),
        ended_at=text_of(call.ended_at),
        carrier_status=call.carrier_status or None,
        sip_code=call.sip_code or None,
        duration_s=call.duration_s,
        reason=call.reason or None,
        outcome=call.outcome and call.outcome.value,
        finished_at=text_of(call.finished_at),
        erased_at=text_of(call.erased_at),
        cost=call.cost,
        events=[astuple(event) for event in call.events] or None,  # short: a head below 1 KB costs one unit
        version=call.version,
        changed_by=actor() if call.version == 1 else None,  # its making is the one act that is logged
    )


def call_of(item: CallItem) -> Call:
    """Read a call's head."""
    return Call(
        id=item.pk.removeprefix("CALL#"),
        direction=Direction(item.direction),
        state=CallState(item.state),
        number=E164(item.number) if item.number else NO_NUMBER,
        line=E164(item.line),
        contact_id=item.contact_id,
        template_id=item.template_id,
        template_version=None if item.template_version is None else int(item.template_version),
        created_at=from_iso(item.created_at),
        due_at=from_iso(item.wanted_at),
        not_after=instant_of(item.not_after),
        priority=int(item.priority),
        requested_by=item.requested_by or "",
        appointment=item.appointment or {},
        campaign_id=item.campaign_id or "",
        attempt=int(item.attempt or 0),
        slots=tuple(item.slots or ()),
        reserved=None if item.reserved is None else int(item.reserved),
        budgets=tuple(item.budgets or ()),
        decision=_decision(item.decision),
        dialed_at=instant_of(item.dialed_at),
        sid=item.sid or "",
        answered_at=instant_of(item.answered_at),
        ended_at=instant_of(item.ended_at),
        carrier_status=item.carrier_status or "",
        sip_code=item.sip_code or "",
        duration_s=None if item.duration_s is None else int(item.duration_s),
        reason=item.reason or "",
        outcome=Outcome(item.outcome) if item.outcome else None,
        finished_at=instant_of(item.finished_at),
        erased_at=instant_of(item.erased_at),
        cost=None if item.cost is None else int(item.cost),
        look_at=instant_of(item.due_at),
        events=tuple(CallEvent(*event) for event in item.events or ()),
        version=int(item.version),
    )


def _decision_json(decision: Decision) -> dict[str, Any]:
    return {
        **asdict(replace(decision, record=None, hold=None)),
        "decided_at": iso(decision.decided_at),
        "not_before": text_of(decision.not_before),
    }


def _decision(stored: dict[str, Any] | None) -> Decision | None:
    if stored is None:
        return None
    return Decision(
        verdict=Verdict(stored["verdict"]),
        reason=stored["reason"],
        explanation=stored["explanation"],
        decided_at=from_iso(stored["decided_at"]),
        not_before=instant_of(stored["not_before"]),
        rule=stored.get("rule", ""),
        source=stored.get("source", ""),
    )


def turn_item(call_id: str, turn: Turn) -> TurnItem:
    """Write a turn as it is opened."""
    return TurnItem(
        call_key(call_id),
        turn_key(turn.number),
        turn_kind=turn.kind.value,
        received_at=iso(turn.received_at),
        said=turn.said or None,
        language=turn.language or None,
        answer=turn.answer,
        end=turn.end and turn.end.value,
        reason=turn.reason or None,
        sentiment=turn.sentiment and turn.sentiment.value,
        intent=turn.intent or None,
    )


def tools_stored(runs: tuple[ToolRun, ...]) -> list[dict[str, Any]]:
    """Write what a turn did; what is not usual only where it is so, as older readers do not know it."""
    return [{name: value for name, value in asdict(run).items() if name != "held" or value} for run in runs]


def turn_of(item: TurnItem) -> Turn:
    """Read a turn."""
    return Turn(
        number=int(item.sk.removeprefix("TURN#")),
        kind=TurnKind(item.turn_kind),
        received_at=from_iso(item.received_at),
        said=item.said or "",
        language=item.language or "",
        answer=item.answer,
        heard=(item.heard or "") if item.interrupted else None,
        filler=item.filler or "",
        end=TurnEnd(item.end) if item.end else None,
        reason=item.reason or "",
        tools=tuple(ToolRun(**run) for run in item.tools or ()),
        corrected=tuple(item.corrected or ()),
        usage=Usage(**(item.usage or {})),
        asked=tuple(_use_of(stored) for stored in item.asked or ()),
        timing=Timing(**(item.timing or {})),
        sentiment=Sentiment(item.sentiment) if item.sentiment else None,
        intent=item.intent or "",
    )


def _use_of(stored: dict[str, Any]) -> ModelUse:
    return ModelUse(**{**stored, "usage": Usage(**stored["usage"])})


def aftermath_item(call_id: str, aftermath: Aftermath, texts_since: datetime | None = None) -> AftermathItem:
    """Write what the post-call job found; listed for retention as long as the call has texts."""
    return AftermathItem(
        call_key(call_id),
        "AFTERMATH",
        listed_in=texts_list(call_id) if texts_since else None,
        listed_at=f"{iso(texts_since)}#{call_id}" if texts_since else None,
        analysis=analysis_stored(aftermath.analysis) if aftermath.analysis else None,
        state=aftermath.analysis.state.value if aftermath.analysis else None,
        costs=[asdict(line) for line in aftermath.costs],
    )


def analysis_stored(analysis: Analysis) -> dict[str, Any]:
    """Write an analysis without what says nothing, as readers know it: a row below 1 KB costs one unit."""
    stored = asdict(analysis)
    stored["findings"] = {name: value for name, value in _known(stored["findings"]).items() if value != ""}
    for name in ("action_items", "asked"):
        stored[name] = [_known(each) for each in stored[name]]
    usual = {"extracted": (), "findings": {}, "error": "", "asked": [], "reading": 1}
    return {name: value for name, value in stored.items() if name not in usual or value != usual[name]}


def _known(stored: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody knows; a plain no, or 0, says something."""
    return {name: value for name, value in stored.items() if value not in (None, ())}


def aftermath_of(item: AftermathItem) -> Aftermath:
    """Read what the post-call job found."""
    stored = item.analysis
    analysis = stored and Analysis(
        summary=stored["summary"],
        sentiment=Sentiment(stored["sentiment"]),
        intents=tuple(stored["intents"]),
        action_items=tuple(ActionItem(**entry) for entry in stored["action_items"]),
        source=stored["source"],
        usage=Usage(**stored["usage"]),
        extracted=tuple(Extracted(**entry) for entry in stored.get("extracted", ())),
        findings=_findings(**stored.get("findings", {})),
        state=AnalysisState(stored.get("state", AnalysisState.DONE)),
        error=stored.get("error", ""),
        asked=tuple(map(_use_of, stored.get("asked", ()))),
        reading=stored.get("reading", 1),
    )
    return Aftermath(analysis or None, tuple(CostLine(**line) for line in item.costs))


def _findings(
    *, callback: dict[str, Any] | None = None, facts: tuple[dict[str, Any], ...] = (), **rest: Any
) -> Findings:
    return Findings(
        callback=PromisedCallback(**callback) if callback else None,
        facts=tuple(Learnt(**fact) for fact in facts),
        **rest,
    )

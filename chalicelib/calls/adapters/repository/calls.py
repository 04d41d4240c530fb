"""Heads of calls, their briefs and aftermaths, and the commitment to dial."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository import codec, template_codec
from chalicelib.calls.adapters.repository.budgets import add_claims, can_be_paid, take_claims
from chalicelib.calls.adapters.repository.proposals import proposal_of
from chalicelib.calls.adapters.repository.recordings import recording_of
from chalicelib.calls.adapters.repository.statistics import count
from chalicelib.calls.adapters.repository.writes import done, indexed, millis_of, put_if
from chalicelib.calls.adapters.tables import (
    AftermathItem,
    BriefItem,
    CallItem,
    CallsTable,
    DialPlanItem,
    NumberItem,
    ProposalItem,
    RecordingItem,
    TurnItem,
)
from chalicelib.calls.domain.budgets import claim_of, claims_moved
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.lanes import first_turn_at, in_turn
from chalicelib.calls.domain.statistics import NOTHING_ASKED, closes_books, moves_of
from chalicelib.calls.ports.books import Commit
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, NotFound, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.ai.domain.analysis import Analysis, AnalysisState
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import Aftermath
    from chalicelib.calls.domain.frequency import DialRecord
    from chalicelib.calls.domain.statistics import Questions
    from chalicelib.calls.domain.templates import Brief

_MAX_TRIES = 10
# A transaction that was refused for these is tried again from the newest state.
_PASSING = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


# What the parts of the commitment refuse, in the order in which PynamoDB sends them: checks, puts, updates.
_REFUSALS = (Commit.CALL_CHANGED, Commit.NUMBER_CHANGED)
_PRECEDENCE = (Commit.CALL_CHANGED, Commit.NUMBER_CHANGED, Commit.PLAN_STOPPED, Commit.BUDGET_SHORT)


@unavailable_on(PynamoDBException)
class CallRepository:
    """Stored calls."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, call: Call) -> bool:
        """Store a new call; False when this id exists already."""
        return put_if(codec.call_item(replace(call, version=1)), CallItem.pk.does_not_exist())

    def get(self, call_id: str) -> Call | None:
        """Give the head of a call, consistently."""
        try:
            return codec.call_of(CallItem.get(codec.call_key(call_id), "CALL", consistent_read=True))
        except CallItem.DoesNotExist:
            return None

    def many(self, call_ids: Sequence[str]) -> list[Call]:
        """Give the heads of those of these calls (100 at most) that are there, consistently, in any order."""
        keys = [(codec.call_key(call_id), "CALL") for call_id in dict.fromkeys(call_ids)]
        items = CallItem.batch_get(keys, consistent_read=True) if keys else ()
        return [codec.call_of(item) for item in items]

    def load(self, call_id: str) -> CallFile | None:
        """Give a call with all that belongs to it, in one consistent query."""
        file: CallFile | None = None
        items = list(CallsTable.query(codec.call_key(call_id), consistent_read=True))
        heads = [codec.call_of(item) for item in items if isinstance(item, CallItem)]
        if not heads:
            return None
        file = CallFile(
            heads[0], turns=tuple(codec.turn_of(item) for item in items if isinstance(item, TurnItem))
        )
        for item in items:
            if isinstance(item, BriefItem):
                file = replace(file, brief=template_codec.brief_of(item))
            elif isinstance(item, AftermathItem):
                file = replace(file, aftermath=codec.aftermath_of(item))
            elif isinstance(item, RecordingItem):
                file = replace(file, recordings=(*file.recordings, recording_of(item)))
            elif isinstance(item, ProposalItem):
                file = replace(file, proposals=(*file.proposals, proposal_of(item)))
        return file

    def change(
        self, call_id: str, how: Callable[[Call], Call], asked: Questions = NOTHING_ASKED
    ) -> tuple[Call, Call]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new."""
        for _ in range(_MAX_TRIES):
            old = self.get(call_id)
            if old is None:
                raise NotFound(f"There is no call {call_id}.", code="call_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            if self._store(new, old, asked):
                return old, new
        raise Conflict(f"The call {call_id} changes too fast.", code="call_changed")

    def _store(self, new: Call, old: Call, asked: Questions) -> bool:
        """Write the next version and what it adds to the counters, or nothing; False: another was faster."""
        item, unchanged = codec.call_item(new), CallItem.version == old.version
        moves, claims = moves_of(old, new), claims_moved(old, new)
        if not moves and not claims:
            return put_if(item, unchanged)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=unchanged)
                count(transaction, new.id, moves, asked if closes_books(old, new) else NOTHING_ASKED)
                add_claims(transaction, claims)
        except TransactWriteError as error:
            if not any(reason and reason.code in _PASSING for reason in error.cancellation_reasons):
                raise
            return False
        return True

    def commit_dial(self, call: Call, live_until: datetime) -> Commit:
        """Commit to dial in one transaction; `call` is the state read before, already committed."""
        committed = codec.call_item(replace(call, version=call.version + 1))
        record = call.decision.record if call.decision else None
        claims = claim_of(call)
        if not can_be_paid(call):
            return Commit.BUDGET_SHORT
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(committed, condition=CallItem.version == call.version)
                transaction.update(
                    NumberItem(f"NUMBER#{call.number}", "NUMBER"),
                    actions=[
                        NumberItem.live_call_id.set(call.id),
                        NumberItem.live_until.set(iso(live_until)),
                        NumberItem.kind.set(NumberItem),
                        *([NumberItem.dials.set(millis_of(record.after))] if record else ()),
                    ],
                    condition=_may_take(call, record),
                )
                take_claims(transaction, call, claims)
                if call.campaign_id:
                    transaction.condition_check(
                        DialPlanItem,
                        f"DIALPLAN#{call.campaign_id}",
                        "PLAN",
                        DialPlanItem.version.exists() & DialPlanItem.stop_code.does_not_exist(),
                    )
        except TransactWriteError as error:
            checks = (Commit.PLAN_STOPPED,) if call.campaign_id else ()
            return _why(error, (*checks, *_REFUSALS, *(Commit.BUDGET_SHORT for _ in claims)))
        return Commit.DONE

    def due(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls that wait to be dialed and are due by `now`, in the order of `lanes.in_turn`."""
        found = {lane: self._by_due_time(kind, now, limit) for lane, kind in codec.WAITING.items()}
        return in_turn(found, limit, first_turn_at(now))

    def silent(self, now: datetime, limit: int) -> list[str]:
        """Give ids of calls begun or ended that somebody must look at by `now`, the longest due first."""
        return self._by_due_time(codec.SILENT, now, limit)

    def _by_due_time(self, kind: str, now: datetime, limit: int) -> list[str]:
        shards = (f"{kind}#{number}" for number in range(codec.DUE_SHARDS))
        found = [key for shard in shards for key in self._due_in(shard, now, limit)]
        return [call_id for _, call_id in sorted(found)[:limit]]

    def _due_in(self, shard: str, now: datetime, limit: int) -> list[tuple[str, str]]:
        page = indexed(self._connection, "by_due_time", shard, CallItem.due_at <= iso(now), limit=limit)
        return [(item["due_at"]["S"], item["pk"]["S"].removeprefix("CALL#")) for item in page["Items"]]

    def put_brief(self, call_id: str, brief: Brief) -> None:
        """Store what the call is held by."""
        BriefItem(codec.call_key(call_id), "BRIEF", brief=asdict(brief)).save()

    def put_aftermath(self, call_id: str, aftermath: Aftermath, texts_since: datetime | None = None) -> bool:
        """Store what the post-call job found, once; False when another has, or its words were erased.

        `texts_since` says since when the call has texts that retention deletes some day.
        """
        return put_if(
            codec.aftermath_item(call_id, aftermath, texts_since), AftermathItem.pk.does_not_exist()
        )

    def put_analysis(self, call_id: str, analysis: Analysis, before: AnalysisState) -> bool:
        """Replace an analysis that is in this state; False when it is in another, or was erased."""
        item = AftermathItem(codec.call_key(call_id), "AFTERMATH")
        actions: list[Action] = [
            AftermathItem.analysis.set(codec.analysis_stored(analysis)),
            AftermathItem.state.set(analysis.state.value),
        ]
        is_there = AftermathItem.analysis.exists() & AftermathItem.erased.does_not_exist()
        in_state = (AftermathItem.state == before.value) | AftermathItem.state.does_not_exist()
        return done(lambda: item.update(actions=actions, condition=is_there & in_state))

    def of_contacts(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Call]:
        """Give up to `limit` calls of these contacts, newest first, after `start`; not those erased."""
        keys = [key for each in contact_ids for key in self._started(each, limit + 1, start)]
        keys.sort(reverse=True)
        shown = [(codec.call_key(key.partition("#")[2]), "CALL") for key in keys[:limit]]
        heads = [codec.call_of(item) for item in CallItem.batch_get(shown, consistent_read=True)]
        heads = [head for head in heads if not head.erased_at]
        heads.sort(key=codec.started_key, reverse=True)
        return Page(heads, keys[limit - 1] if len(keys) > limit else None)

    def _started(self, contact_id: str, limit: int, start: str | None) -> list[str]:
        before = CallItem.started_key < (start or codec.ERASED)
        page = indexed(
            self._connection, "by_contact", contact_id, before, limit=limit, scan_index_forward=False
        )
        return [item["started_key"]["S"] for item in page["Items"]]

    def erase_texts(self, call_id: str) -> None:
        """Delete the brief, the turns, the analysis and the proposals of a call, for good; its costs stay."""
        items = list(CallsTable.query(codec.call_key(call_id), consistent_read=True))
        for item in items:
            if isinstance(item, AftermathItem):
                item.update(
                    actions=[
                        AftermathItem.analysis.remove(),
                        AftermathItem.state.remove(),
                        AftermathItem.listed_in.remove(),
                        AftermathItem.listed_at.remove(),
                        AftermathItem.erased.set(True),
                    ]
                )
        with CallsTable.batch_write() as batch:
            for item in items:
                if isinstance(item, (BriefItem, TurnItem, ProposalItem)):
                    batch.delete(item)


def _may_take(call: Call, record: DialRecord | None) -> Condition:
    """Tell that a number is neither suppressed, held nor in another call, nor was dialed since decided."""
    now = iso(call.dialed_at) if call.dialed_at else ""
    free = (
        NumberItem.live_call_id.does_not_exist()
        | (NumberItem.live_call_id == call.id)
        | (NumberItem.live_until < now)
    )
    unheld = NumberItem.held_until.does_not_exist() | (NumberItem.held_until <= now)
    condition: Condition = NumberItem.suppressed_at.does_not_exist() & unheld & free
    if record is None:
        return condition
    known = millis_of(record.before)
    condition &= NumberItem.dials == known if known else NumberItem.dials.does_not_exist()
    return condition


def _why(error: TransactWriteError, refusals: Sequence[Commit]) -> Commit:
    """Read which condition failed, that of the call first; where none did, it may be tried again."""
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    if not reasons:
        raise error
    parts = zip(refusals, reasons, strict=True)
    refused = [part for part, code in parts if code == "ConditionalCheckFailed"]
    return min(refused, key=_PRECEDENCE.index, default=Commit.COLLIDED)

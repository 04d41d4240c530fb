"""What is stored of calls, in memory, on one shelf that all books share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING

from fakes.budgets import is_left, move
from fakes.indexed import ByCall, CallsById

from chalicelib.calls.domain.budgets import claim_of, claims_moved
from chalicelib.calls.domain.files import Aftermath, CallFile
from chalicelib.calls.domain.lanes import Lane, first_turn_at, in_turn, lane_of
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.statistics import NOTHING_ASKED, Row, closes_books, moves_of
from chalicelib.calls.domain.suppression import Suppression, is_by_text
from chalicelib.calls.ports.books import Commit
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Analysis, AnalysisState
    from chalicelib.ai.domain.model_statistics import Row as ModelRow
    from chalicelib.calls.domain.budgets import Amount, Pot
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.proposals import Proposal
    from chalicelib.calls.domain.recordings import Recording
    from chalicelib.calls.domain.statistics import Questions
    from chalicelib.calls.domain.suppression import SuppressionFilter
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn


@dataclass
class Shelf:
    """What is stored, and how often it was read and written, by method."""

    calls: CallsById = field(default_factory=CallsById)
    briefs: dict[str, Brief] = field(default_factory=dict)
    turns: ByCall[Turn] = field(default_factory=ByCall)
    aftermaths: dict[str, Aftermath] = field(default_factory=dict)
    numbers: dict[str, NumberStatus] = field(default_factory=dict)
    recordings: ByCall[Recording] = field(default_factory=ByCall)
    texts: dict[str, datetime] = field(default_factory=dict)
    releases: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    connections: dict[str, str] = field(default_factory=dict)
    resumed: set[tuple[str, int]] = field(default_factory=set)
    masked: set[tuple[str, int]] = field(default_factory=set)
    counted: dict[Row, Counter[str]] = field(default_factory=dict)
    asked: dict[ModelRow, Counter[str]] = field(default_factory=dict)
    uses: Counter[str] = field(default_factory=Counter)
    proposals: ByCall[Proposal] = field(default_factory=ByCall)
    plans: dict[str, DialPlan] = field(default_factory=dict)
    budgets: dict[Pot, Amount] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)


@dataclass
class FakeBook:
    """Calls; implements `CallBook`."""

    shelf: Shelf

    def create(self, call: Call) -> bool:
        """Keep a new call."""
        with self.shelf.lock:
            self.shelf.uses["create"] += 1
            if call.id in self.shelf.calls:
                return False
            self.shelf.calls[call.id] = replace(call, version=1)
            return True

    def get(self, call_id: str) -> Call | None:
        """Give the head of a call."""
        self.shelf.uses["get"] += 1
        return self.shelf.calls.get(call_id)

    def many(self, call_ids: Sequence[str]) -> list[Call]:
        """Give the heads of calls that are there."""
        self.shelf.uses["many"] += 1
        found = (self.shelf.calls.get(call_id) for call_id in dict.fromkeys(call_ids))
        return [call for call in found if call]

    def load(self, call_id: str) -> CallFile | None:
        """Give all of a call."""
        with self.shelf.lock:
            self.shelf.uses["load"] += 1
            call = self.shelf.calls.get(call_id)
            turns = tuple(sorted(self.shelf.turns.of(call_id), key=lambda turn: turn.number))
            brief, aftermath = self.shelf.briefs.get(call_id), self.shelf.aftermaths.get(call_id)
            kept, found = self.shelf.recordings.of(call_id), self.shelf.proposals.of(call_id)
            return CallFile(call, brief, turns, aftermath, kept, found) if call else None

    def change(
        self, call_id: str, how: Callable[[Call], Call], asked: Questions = NOTHING_ASKED
    ) -> tuple[Call, Call]:
        """Change a call, again when somebody was faster."""
        self.shelf.uses["change"] += 1
        while True:
            old = self.shelf.calls.get(call_id)
            if old is None:
                raise NotFound("absent", code="call_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            with self.shelf.lock:
                if self.shelf.calls[call_id] == old:
                    self.shelf.calls[call_id] = new
                    move(self.shelf.budgets, claims_moved(old, new))
                    for row, numbers in moves_of(old, new).items():
                        self.shelf.counted.setdefault(row, Counter()).update(numbers)
                    for model, numbers in (asked if closes_books(old, new) else NOTHING_ASKED).items():
                        self.shelf.asked.setdefault(model, Counter()).update(numbers)
                    return old, new

    def commit_dial(self, call: Call, live_until: datetime) -> Commit:
        """Commit when the call has this version and its number is free."""
        with self.shelf.lock:
            self.shelf.uses["commit_dial"] += 1
            if self.shelf.calls[call.id].version != call.version:
                return Commit.CALL_CHANGED
            status = self.shelf.numbers.get(call.number, NumberStatus())
            record = call.decision.record if call.decision else None
            is_known = record is None or record.before == status.dials
            is_held = call.dialed_at is not None and status.is_held_at(call.dialed_at)
            if status.suppressed_at or is_held or not _is_free(status, call) or not is_known:
                return Commit.NUMBER_CHANGED
            if call.campaign_id and not self._is_going_on(call.campaign_id):
                return Commit.PLAN_STOPPED
            if not is_left(self.shelf.budgets, call):
                return Commit.BUDGET_SHORT
            move(self.shelf.budgets, claim_of(call))
            self.shelf.calls[call.id] = replace(call, version=call.version + 1)
            held = replace(status, live_call_id=call.id, live_until=live_until)
            self.shelf.numbers[call.number] = replace(held, dials=record.after) if record else held
            return Commit.DONE

    def _is_going_on(self, campaign_id: str) -> bool:
        plan = self.shelf.plans.get(campaign_id)
        return plan is not None and plan.stop is None

    def due(self, now: datetime, limit: int) -> list[str]:
        """Give the calls that wait and are due, lane by lane in turn, the longest due first."""
        self.shelf.uses["due"] += 1
        found = {lane: self._to_look_at(now, limit, _waits_in(lane)) for lane in Lane}
        return in_turn(found, limit, first_turn_at(now))

    def silent(self, now: datetime, limit: int) -> list[str]:
        """Give the calls begun or ended to look at, the longest due first."""
        self.shelf.uses["silent"] += 1
        return self._to_look_at(now, limit, lambda call: call.state is not CallState.QUEUED)

    def _to_look_at(self, now: datetime, limit: int, wanted: Callable[[Call], bool]) -> list[str]:
        found = (call.id for call in self.shelf.calls.to_look_at(now) if wanted(call))
        return list(islice(found, limit))

    def put_brief(self, call_id: str, brief: Brief) -> None:
        """Keep a brief."""
        self.shelf.uses["put_brief"] += 1
        self.shelf.briefs[call_id] = brief

    def put_aftermath(self, call_id: str, aftermath: Aftermath, texts_since: datetime | None = None) -> bool:
        """Keep an aftermath, once."""
        with self.shelf.lock:
            self.shelf.uses["put_aftermath"] += 1
            if call_id in self.shelf.aftermaths:
                return False
            self.shelf.aftermaths[call_id] = aftermath
            if texts_since:
                self.shelf.texts[call_id] = texts_since
            return True

    def put_analysis(self, call_id: str, analysis: Analysis, before: AnalysisState) -> bool:
        """Keep an analysis in place of one in this state."""
        with self.shelf.lock:
            self.shelf.uses["put_analysis"] += 1
            kept = self.shelf.aftermaths.get(call_id)
            if kept is None or kept.analysis is None or kept.analysis.state is not before:
                return False
            self.shelf.aftermaths[call_id] = replace(kept, analysis=analysis)
            return True

    def of_contacts(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Call]:
        """Give a page of the calls of these contacts, newest first."""
        mine = [call for each in contact_ids for call in self.shelf.calls.of_contact(each)]
        placed = {f"{iso(call.created_at)}#{call.id}": call for call in mine if not call.erased_at}
        keys = sorted((key for key in placed if start is None or key < start), reverse=True)
        shown = [placed[key] for key in keys[:limit]]
        return Page(shown, keys[limit - 1] if len(keys) > limit else None)

    def erase_texts(self, call_id: str) -> None:
        """Forget what was said; costs stay."""
        with self.shelf.lock:
            self.shelf.uses["erase_texts"] += 1
            self.shelf.briefs.pop(call_id, None)
            self.shelf.texts.pop(call_id, None)
            for key in [key for key in self.shelf.turns if key[0] == call_id]:
                del self.shelf.turns[key]
            for place in [place for place in self.shelf.proposals if place[0] == call_id]:
                del self.shelf.proposals[place]
            if call_id in self.shelf.aftermaths:
                costs = self.shelf.aftermaths[call_id].costs
                self.shelf.aftermaths[call_id] = Aftermath(None, costs)
                self.shelf.erased.add(call_id)


def _waits_in(lane: Lane) -> Callable[[Call], bool]:
    return lambda call: call.state is CallState.QUEUED and lane_of(call.priority) is lane


def _is_free(status: NumberStatus, call: Call) -> bool:
    if not status.live_call_id or status.live_call_id == call.id:
        return True
    return bool(status.live_until and call.dialed_at and status.live_until < call.dialed_at)


@dataclass
class FakeTurns:
    """Turns and sockets; implements `TurnBook`."""

    shelf: Shelf

    def open(self, call_id: str, turn: Turn) -> bool:
        """Keep a new turn; tools, usage and timing are for its end."""
        with self.shelf.lock:
            self.shelf.uses["open"] += 1
            return self.shelf.turns.setdefault((call_id, turn.number), turn) is turn

    def close(self, call_id: str, turn: Turn) -> None:
        """Keep what was answered, not what was heard."""
        with self.shelf.lock:
            self.shelf.uses["close"] += 1
            key = call_id, turn.number
            if key not in self.shelf.turns or key in self.shelf.masked:
                return
            heard = self.shelf.turns[call_id, turn.number].heard
            self.shelf.turns[call_id, turn.number] = replace(turn, heard=heard)

    def resume(self, call_id: str, number: int) -> bool:
        """Take it on to answer the rest, once."""
        with self.shelf.lock:
            self.shelf.uses["resume"] += 1
            is_free = (call_id, number) not in self.shelf.resumed
            self.shelf.resumed.add((call_id, number))
            return is_free and (call_id, number) in self.shelf.turns

    def since(self, call_id: str, number: int) -> tuple[Turn, ...]:
        """Give the turns from this number on."""
        self.shelf.uses["since"] += 1
        mine = [turn for turn in self.shelf.turns.of(call_id) if turn.number >= number]
        return tuple(sorted(mine, key=lambda turn: turn.number))

    def interrupt(self, call_id: str, number: int, heard: str) -> None:
        """Keep how far the agent was heard, once."""
        with self.shelf.lock:
            self.shelf.uses["interrupt"] += 1
            turn = self.shelf.turns.get((call_id, number))
            if turn and turn.heard is None and (call_id, number) not in self.shelf.masked:
                self.shelf.turns[call_id, number] = replace(turn, heard=heard)

    def mask(self, call_id: str, turn: Turn) -> None:
        """Keep a turn's words as they are given, for good."""
        with self.shelf.lock:
            self.shelf.uses["mask"] += 1
            key = call_id, turn.number
            if known := self.shelf.turns.get(key):
                kept = replace(known, said=turn.said, answer=turn.answer, heard=turn.heard, tools=turn.tools)
                self.shelf.turns[key] = kept
                self.shelf.masked.add(key)

    def holds(self, call_id: str, number: int) -> bool:
        """Tell whether the turn is the newest and was not talked over."""
        with self.shelf.lock:
            self.shelf.uses["holds"] += 1
            mine = self.shelf.turns.of(call_id)
            newest = max(mine, key=lambda turn: turn.number, default=None)
            return newest is not None and newest.number == number and newest.heard is None

    def bind(self, connection_id: str, call_id: str) -> None:
        """Remember a socket's call."""
        self.shelf.connections[connection_id] = call_id

    def call_of(self, connection_id: str) -> str | None:
        """Give a socket's call."""
        return self.shelf.connections.get(connection_id)


@dataclass
class FakeNumbers:
    """Numbers; implements `NumberBook`."""

    shelf: Shelf

    def status(self, number: E164) -> NumberStatus:
        """Give what is held about a number."""
        self.shelf.uses["status"] += 1
        return self.shelf.numbers.get(number, NumberStatus())

    def suppress(self, number: E164, source: str, now: datetime, reason: str = "") -> Suppression:
        """Suppress a number, once; what holds is what `Suppression.over` says."""
        with self.shelf.lock:
            self.shelf.uses["suppress"] += 1
            status = self.shelf.numbers.get(number, NumberStatus())
            new = Suppression(number, now, source, reason)
            if status.suppressed_at is None:
                self.shelf.releases.pop(number, None)
            else:
                new = new.over(_suppression(number, status))
            self.shelf.numbers[number] = replace(
                status,
                suppressed_at=new.suppressed_at,
                suppression_source=new.source,
                suppression_reason=new.reason,
            )
            return new

    def suppress_all(self, suppressions: Sequence[Suppression]) -> None:
        """Suppress one after the other."""
        for each in suppressions:
            self.suppress(each.number, each.source, each.suppressed_at, each.reason)

    def suppressed(self, numbers: Collection[E164], *, firmly: bool = False) -> frozenset[E164]:
        """Give those that are suppressed."""
        held = [(each, self.status(each)) for each in numbers]
        return frozenset(
            number
            for number, status in held
            if status.suppressed_at and not (firmly and is_by_text(status.suppression_source))
        )

    def suppressions(self, wanted: SuppressionFilter, limit: int, start: str | None) -> Page[Suppression]:
        """Sort everything, and cut the page out."""
        listed = [
            _suppression(E164(number), status)
            for number, status in self.shelf.numbers.items()
            if status.suppressed_at
        ]
        shown = sorted(
            (each for each in listed if wanted.takes(each) and _is_within(each, wanted, start)),
            key=lambda each: each.position,
            reverse=True,
        )
        more = shown[limit - 1].position if len(shown) > limit else None
        return Page(shown[:limit], more)

    def lift(self, number: E164, reason: str, now: datetime, source: str = "") -> bool:
        """Take a number off the list."""
        with self.shelf.lock:
            status = self.status(number)
            if status.suppressed_at is None or source not in ("", status.suppression_source):
                return False
            self.shelf.releases[number] = (now, reason)
            self.shelf.numbers[number] = replace(
                status, suppressed_at=None, suppression_source="", suppression_reason=""
            )
            return True

    def forget(self, number: E164, now: datetime) -> bool:
        """Forget a number that is neither suppressed nor in a call."""
        with self.shelf.lock:
            status = self.status(number)
            if status.suppressed_at:
                return True
            if status.live_call_id and status.live_until and status.live_until >= now:
                return False
            self.shelf.numbers.pop(number, None)
            self.shelf.releases.pop(number, None)
            return True

    def note_talk(self, number: E164, at: datetime) -> None:
        """Keep the latest."""
        with self.shelf.lock:
            status = self.shelf.numbers.get(number, NumberStatus())
            if status.talked_at is None or status.talked_at < at:
                self.shelf.numbers[number] = replace(status, talked_at=at)

    def release(self, number: E164, call_id: str) -> None:
        """Free a number that this call holds."""
        with self.shelf.lock:
            status = self.shelf.numbers.get(number, NumberStatus())
            if status.live_call_id == call_id:
                self.shelf.numbers[number] = replace(status, live_call_id="", live_until=None)


def _suppression(number: E164, status: NumberStatus) -> Suppression:
    if status.suppressed_at is None:
        raise AssertionError("not suppressed")
    return Suppression(number, status.suppressed_at, status.suppression_source, status.suppression_reason)


def _is_within(each: Suppression, wanted: SuppressionFilter, start: str | None) -> bool:
    since, until = wanted.since or each.suppressed_at, wanted.until
    before = until is None or each.suppressed_at < until
    return since <= each.suppressed_at and before and (start is None or each.position < start)

"""The judge: holds a log against the promises of the product; pure, and knows nothing of the product's code.

Each violation names the promise (`I1` … `I11`, as docs/simulation.md lists them) and the events that show it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.events import Kind
from simulation.judging_limits import limits_kept
from simulation.rules import TRUTH
from simulation.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulation.events import Event
    from simulation.rules import Books, Rules

_CARRIER_HAS = (Kind.DIALED, Kind.OVER)


@dataclass(frozen=True)
class Verdict:
    """What a judge found in a log of so many events."""

    events: int
    violations: tuple[Violation, ...]

    @property
    def is_clean(self) -> bool:
        """Tell whether every promise was kept."""
        return not self.violations

    def count(self, rule: str) -> int:
        """Give how often a promise was broken."""
        return sum(each.rule == rule for each in self.violations)


def judge(events: Sequence[Event], rules: Rules, books: Books) -> Verdict:
    """Hold a log, which is in order and whole, against the rules and against what the product holds now."""
    found = (
        *never_twice(events),
        *never_two_at_once(events),
        *all_ended_once(events),
        *members_all_closed(events),
        *ended_as_it_was(events),
        *within_hours(events, rules),
        *nothing_after_opt_out(events, rules),
        *nothing_while_stopped(events, rules),
        *limits_kept(events),
        *attempts_and_gaps(events, rules),
        *books_are_right(events, books),
    )
    return Verdict(len(events), found)


def never_twice(events: Sequence[Event]) -> Iterator[Violation]:
    """I1: the carrier makes at most one call of each wish, and of each attempt at each contact."""
    by_wish: dict[tuple[object, ...], list[Event]] = defaultdict(list)
    for event in _of(events, Kind.DIALED):
        by_wish["call", event.call_id].append(event)
        if event.attempt:
            by_wish["attempt", event.campaign_id, event.contact_id, event.attempt].append(event)
    for wish, dials in by_wish.items():
        if len(dials) > 1:
            yield Violation.of("I1", f"{len(dials)} calls of one {wish[0]}", *dials)


def never_two_at_once(events: Sequence[Event]) -> Iterator[Violation]:
    """I1: no number is in two calls of ours at once."""
    live: dict[str, Event] = {}
    for event in _of(events, *_CARRIER_HAS):
        if event.kind is Kind.OVER:
            if event.number in live and live[event.number].call_id == event.call_id:
                del live[event.number]
        elif event.number in live:
            yield Violation.of("I1", "a number was dialed while it was in a call", live[event.number], event)
        else:
            live[event.number] = event


def all_ended_once(events: Sequence[Event]) -> Iterator[Violation]:
    """I2: every accepted wish ends, in one way; nothing is dialed, or ends, that nobody has wished."""
    wishes = {event.call_id: event for event in _of(events, Kind.REQUESTED)}
    ends: dict[str, list[Event]] = defaultdict(list)
    for event in _of(events, Kind.ENDED):
        ends[event.call_id].append(event)
    for call_id, wish in wishes.items():
        if call_id not in ends:
            yield Violation.of("I2", "a wish was accepted and never ended", wish)
    for found in ends.values():
        if len({event.detail for event in found}) > 1:
            yield Violation.of("I2", "a call ended in two ways", *found)
    for event in _of(events, Kind.DIALED, Kind.ENDED):
        if event.call_id not in wishes:
            yield Violation.of("I2", f"a call was {event.kind} that nobody has wished", event)


def members_all_closed(events: Sequence[Event]) -> Iterator[Violation]:
    """I2: nobody who was added to a campaign is forgotten."""
    closed = {(event.campaign_id, event.contact_id) for event in _of(events, Kind.CLOSED)}
    for event in _of(events, Kind.ADDED):
        if (event.campaign_id, event.contact_id) not in closed:
            yield Violation.of("I2", "a member was added and is never done with", event)


def ended_as_it_was(events: Sequence[Event]) -> Iterator[Violation]:
    """I6: a call came to what the carrier knows of it, whatever reports were lost, late or doubled."""
    overs = {event.call_id: event for event in _of(events, Kind.OVER)}
    for event in _of(events, Kind.ENDED):
        over = overs.get(event.call_id)
        if over and event.detail not in TRUTH[over.detail]:
            yield Violation.of("I6", f"the carrier says {over.detail}, we say {event.detail}", over, event)


def within_hours(events: Sequence[Event], rules: Rules) -> Iterator[Violation]:
    """I3: the carrier is asked only while it is allowed in every zone in which the person may be."""
    for event in _of(events, Kind.ASKED):
        zones = rules.zones(event.number)
        for window in rules.windows_of(event.scopes):
            closed = [zone for zone in zones if not window.is_open(event.at, zone)]
            if closed:
                yield Violation.of("I3", f"dialed out of hours in {', '.join(closed)}", event)


def nothing_after_opt_out(events: Sequence[Event], rules: Rules) -> Iterator[Violation]:
    """I4: a number is not dialed after its suppression; one that was committed before is under way."""
    suppressed: dict[str, Event] = {}
    under_way: set[str] = set()
    for event in events:
        if event.kind in {Kind.SUPPRESSED, Kind.OPTED_OUT}:
            suppressed.setdefault(event.number, event)
        elif event.kind is Kind.COMMITTED and event.number not in suppressed:
            under_way.add(event.call_id)
        elif event.kind is Kind.ASKED and event.number in suppressed and event.call_id not in under_way:
            if event.at - suppressed[event.number].at > rules.grace:
                yield Violation.of("I4", "dialed after an opt-out", suppressed[event.number], event)
        elif event.kind is Kind.DENIED:
            under_way.discard(event.call_id)


def nothing_while_stopped(events: Sequence[Event], rules: Rules) -> Iterator[Violation]:
    """I4: nothing is dialed while everything, or its campaign, is stopped."""
    stops: dict[str, Event] = {}
    for event in events:
        if event.kind is Kind.STOPPED:
            stops[event.scope] = event
        elif event.kind is Kind.RELEASED:
            stops.pop(event.scope, None)
        elif event.kind is Kind.ASKED:
            yield from _dialed_in_spite(event, stops, rules)


def _dialed_in_spite(event: Event, stops: dict[str, Event], rules: Rules) -> Iterator[Violation]:
    for scope in event.scopes:
        stop = stops.get(scope)
        if stop and event.at - stop.at > rules.grace:
            yield Violation.of("I4", f"dialed while {scope} was stopped", stop, event)


def attempts_and_gaps(events: Sequence[Event], rules: Rules) -> Iterator[Violation]:
    """I9: a contact is tried so often at most, and not sooner again than the last outcome allows."""
    for calls in _by_member(events).values():
        dials = [event for event in calls if event.kind is Kind.DIALED]
        if len(dials) > rules.max_attempts:
            yield Violation.of("I9", f"{len(dials)} attempts, {rules.max_attempts} are allowed", *dials)
        yield from _too_soon(calls, rules)


def _by_member(events: Iterable[Event]) -> dict[tuple[str, str], list[Event]]:
    """Give what happened to the attempts at each contact of each campaign, in order."""
    members: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.attempt and event.kind in {*_CARRIER_HAS, Kind.ENDED}:
            members[event.campaign_id, event.contact_id].append(event)
    return members


def _too_soon(calls: Sequence[Event], rules: Rules) -> Iterator[Violation]:
    over: Event | None = None
    outcome = ""
    for event in calls:
        if event.kind is Kind.DIALED and over:
            gap = rules.gaps.get(outcome)
            if gap and event.at - over.at < gap:
                yield Violation.of("I9", f"tried again {event.at - over.at} after {outcome}", over, event)
        over = event if event.kind is Kind.OVER else over
        outcome = event.detail if event.kind is Kind.ENDED else outcome


def books_are_right(events: Sequence[Event], books: Books) -> Iterator[Violation]:
    """I7: sums are what a recount gives. I11: no opt-out that was acknowledged is lost."""
    for name in sorted({*books.sums, *books.recount}):
        said, counted = books.sums.get(name, 0), books.recount.get(name, 0)
        if said != counted:
            yield Violation("I7", f"{name} is {said}, a recount gives {counted}")
    for event in _of(events, Kind.SUPPRESSED, Kind.OPTED_OUT):
        if event.number not in books.suppressed:
            yield Violation.of("I11", "an opt-out was acknowledged and is lost", event)


def _of(events: Iterable[Event], *kinds: Kind) -> Iterator[Event]:
    return (event for event in events if event.kind in kinds)

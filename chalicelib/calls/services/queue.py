"""What an operator sees and changes of the calls that wait to be dialed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import CallEvent, Direction, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lanes import Lane, lane_of
from chalicelib.calls.domain.lifecycle import cancel, reschedule
from chalicelib.calls.domain.outcomes import BY_OPERATOR
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.progress import get_call
from chalicelib.calls.services.requests import CallWish, due_at, request_call
from chalicelib.calls.services.slots import free_line
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis, iso
from chalicelib.kernel.errors import Conflict, about_field
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.calls import CallPorts

# How often the list is asked for more, for those that the filter takes.
_MOST_LOOKS = 20


@dataclass(frozen=True)
class QueueFilter:
    """Calls that wait of which all that is given holds."""

    lane: Lane | None = None
    campaign_id: str | None = None
    priority: int | None = None

    def takes(self, call: Call) -> bool:
        """Tell whether a call is wanted."""
        pairs = ((self.campaign_id, call.campaign_id), (self.priority, call.priority))
        return all(wanted in (None, given) for wanted, given in pairs)

    @property
    def lanes(self) -> list[Lane]:
        """Give the lanes in which such calls can wait, in order."""
        named = self.lane or (lane_of(self.priority) if self.priority else None)
        return [named] if named else list(Lane)


@dataclass(frozen=True)
class Waiting:
    """A call that waits, in its lane, at its position there: 1 is dialed first, if it is due."""

    call: Call
    lane: Lane
    position: int


@dataclass(frozen=True)
class _Place:
    """Where a page begins: behind `passed` calls of a lane, at a position of the list of this lane."""

    lane: Lane
    passed: int = 0
    after: str | None = None

    def next(self, page: Page[Call], lanes: list[Lane]) -> _Place | None:
        """Give the place behind a page: in the same lane, or at the beginning of the next."""
        if page.next_start:
            return _Place(self.lane, self.passed + len(page.items), page.next_start)
        rest = lanes[lanes.index(self.lane) + 1 :]
        return _Place(rest[0]) if rest else None

    def text(self) -> str:
        """Write the place as a page token holds it."""
        return f"{self.lane} {self.passed} {self.after or ''}"


def list_queue(calls: CallPorts, wanted: QueueFilter, page_size: int, start: str | None) -> Page[Waiting]:
    """Give a page of the calls that wait, lane by lane, in each the longest due first.

    With filters a page may be short, or empty, although more follow. The list follows the calls within a
    second or so.
    """
    place = _place_of(start) if start else _Place(wanted.lanes[0])
    found: list[Waiting] = []
    for _ in range(_MOST_LOOKS):
        page = calls.lists.waiting(place.lane, page_size - len(found), place.after)
        numbered = enumerate(page.items, place.passed + 1)
        found += [Waiting(call, place.lane, number) for number, call in numbered if wanted.takes(call)]
        after = place.next(page, wanted.lanes)
        if after is None:
            return Page(found)
        place = after
        if len(found) == page_size:
            break
    return Page(found, place.text())


def change_waiting(
    calls: CallPorts, call_id: str, version: int | None, priority: int | None, not_before: datetime | None
) -> Call:
    """Give a call that waits another priority, or another time; what is None stays.

    `Conflict` with code `version_changed`, or `call_not_queued` for a call that the carrier was asked for;
    `Invalid` for a time in more than a year, or after the call's end.
    """
    now = cut_to_millis(calls.clock.now())

    def changed(newest: Call) -> Call:
        _refuse_begun(newest)
        if version not in (None, newest.version):
            raise Conflict("The call has changed; read it again.", code="version_changed")
        with about_field("/not_before"):
            due = due_at(not_before, now, newest.not_after) if not_before else None
        moved = reschedule(newest, due) if due else newest
        return replace(moved, priority=priority or newest.priority)

    _, call = calls.book.change(call_id, changed)
    log("call.rescheduled", call_id=call_id, priority=call.priority)
    if call.look_at and call.look_at <= now:
        calls.wakeups.attend(call_id)
    return call


def cancel_waiting(calls: CallPorts, call_id: str) -> Call:
    """End a call that waits; `Conflict` with code `call_not_queued` for any other."""
    now = cut_to_millis(calls.clock.now())

    def canceled(newest: Call) -> Call:
        _refuse_begun(newest)
        event = CallEvent(iso(now), Happening.HUNG_UP, Happening.HUNG_UP, actor())
        return cancel(add_event(newest, event), BY_OPERATOR, now)

    _, call = calls.book.change(call_id, canceled)
    free_line(calls, call)
    log("call.hung_up", call_id=call_id, was=CallState.QUEUED)
    return call


def requeue_call(calls: CallPorts, call_id: str, new_id: str, requested_by: str) -> Call:
    """Ask again for a call like one that is over, with the same end if it has one, and of no campaign.

    `Conflict` with code `call_not_over`, or `call_not_repeatable` for one that came in or was erased; refused
    as any wish to call is.
    """
    call = get_call(calls, call_id)
    if not call.is_over:
        raise Conflict("The call is not over.", code="call_not_over")
    if call.direction is not Direction.OUTBOUND or call.erased_at:
        raise Conflict(
            "Only a call that we placed, and have kept, can be repeated.", code="call_not_repeatable"
        )
    wish = CallWish(
        template_id=call.template_id,
        template_version=call.template_version,
        contact_id=call.contact_id,
        number=call.number,
        not_after=call.not_after,
        appointment=call.appointment,
        priority=call.priority,
        line=call.line,
        requested_by=requested_by,
        call_id=new_id,
    )
    return request_call(calls, wish)


def _refuse_begun(call: Call) -> None:
    if call.state is not CallState.QUEUED:
        raise Conflict("The call does not wait any more.", code="call_not_queued")


def _place_of(start: str) -> _Place:
    lane, passed, after = start.split(" ", 2)
    return _Place(Lane(lane), int(passed), after or None)

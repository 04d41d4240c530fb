"""Lists over all calls, out of the shelf that all books share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.lanes import lane_of
from chalicelib.calls.domain.listing import LIVE, LiveCalls
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.lanes import Lane
    from chalicelib.calls.domain.listing import CallFilter


@dataclass
class FakeCallLists:
    """Sorts everything, and cuts the page out; implements `CallLists`."""

    shelf: Shelf

    def page(
        self,
        wanted: CallFilter,
        contact_ids: Sequence[str] | None,
        limit: int,
        start: str | None,
        *,
        oldest_first: bool = False,
    ) -> Page[Call]:
        """Give a page of the calls that are wanted."""
        mine = [
            call
            for call in self.shelf.calls.values()
            if wanted.matches(call)
            and _within(call, wanted)
            and (contact_ids is None or call.contact_id in contact_ids)
        ]
        mine.sort(key=_place, reverse=not oldest_first)
        if start is not None:
            mine = [call for call in mine if (_place(call) > start if oldest_first else _place(call) < start)]
        return Page(mine[:limit], _place(mine[limit - 1]) if len(mine) > limit else None)

    def live(self, limit: int) -> LiveCalls:
        """Give the calls that are going on."""
        live = [call for call in self.shelf.calls.values() if call.state in LIVE and call.look_at]
        live.sort(key=_place, reverse=True)
        return LiveCalls(live[:limit], more=len(live) > limit)

    def waiting(self, lane: Lane, limit: int, start: str | None) -> Page[Call]:
        """Give a page of the calls that wait in a lane."""
        mine = [call for call in self.shelf.calls.values() if call.state is CallState.QUEUED and call.look_at]
        mine = [call for call in mine if lane_of(call.priority) is lane]
        keys = sorted((f"{iso(call.look_at or call.due_at)} {call.id}", call.id) for call in mine)
        keys = [each for each in keys if start is None or each[0] > start]
        shown = [self.shelf.calls[call_id] for _, call_id in keys[:limit]]
        return Page(shown, keys[limit - 1][0] if len(keys) > limit else None)

    def waits_with(self, template_id: str) -> bool:
        """Look at every call that waits."""
        waiting = [call for call in self.shelf.calls.values() if call.state is CallState.QUEUED]
        return any(call.template_id == template_id for call in waiting)


def _place(call: Call) -> str:
    return f"{iso(call.created_at)}#{call.id}"


def _within(call: Call, wanted: CallFilter) -> bool:
    since, until = wanted.since, wanted.until
    return (since is None or call.created_at >= since) and (until is None or call.created_at < until)

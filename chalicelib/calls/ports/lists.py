"""Lists over all calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.lanes import Lane
    from chalicelib.calls.domain.listing import CallFilter, LiveCalls
    from chalicelib.kernel.paging import Page


class CallLists(Protocol):
    """Lists over all calls, each at a cost that does not depend on how many there are."""

    def page(
        self,
        wanted: CallFilter,
        contact_ids: Sequence[str] | None,
        limit: int,
        start: str | None,
        *,
        oldest_first: bool = False,
    ) -> Page[Call]:
        """Give up to `limit` calls, newest first, after `start`; those of `contact_ids` only, if given.

        At most 1,000 calls are examined: then a page is short and its `next_start` goes on.
        """

    def live(self, limit: int) -> LiveCalls:
        """Give up to `limit` calls that are going on now, newest first; 1,000 are examined at most."""

    def waiting(self, lane: Lane, limit: int, start: str | None) -> Page[Call]:
        """Give up to `limit` calls that wait in a lane, due or not, the longest due first, after `start`."""

    def waits_with(self, template_id: str) -> bool:
        """Tell whether one of the next 1,000 calls that wait to be dialed would be held by a template."""

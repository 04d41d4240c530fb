"""The dial queue as the API takes and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, model_validator

from chalicelib.calls.domain.lanes import Lane
from chalicelib.calls.schemas.calls import CallView
from chalicelib.calls.schemas.fields import Id, View
from chalicelib.calls.services.queue import QueueFilter
from chalicelib.kernel.schemas import Input, InstantIn, PageQuery

if TYPE_CHECKING:
    from chalicelib.calls.services.queue import Waiting

_Priority = Annotated[int, Field(ge=1, le=9, description="1 is the most urgent.")]


class QueueQuery(PageQuery):
    """Which calls that wait: all filters hold together."""

    lane: Annotated[Lane | None, Field(description="Priorities 1-3, 4-6 or 7-9.")] = None
    campaign_id: Annotated[Id | None, Field(description="Of this campaign.")] = None
    priority: _Priority | None = None

    def wanted(self) -> QueueFilter:
        """Give the use case's input."""
        return QueueFilter(self.lane, self.campaign_id, self.priority)


class WaitingCallView(CallView):
    """A call that waits; its `position` is that in its lane, where 1 is dialed first, if it is due."""

    lane: Lane
    position: int


class QueueList(View):
    """One page of the calls that wait; the token, if any, asks for the next."""

    items: list[WaitingCallView]
    next_page_token: str | None


class QueueChange(Input):
    """Another priority, another earliest time, or both."""

    priority: _Priority | None = None
    not_before: InstantIn | None = None

    @model_validator(mode="after")
    def _something(self) -> QueueChange:
        if self.priority is None and self.not_before is None:
            raise ValueError("Give priority or not_before.")
        return self


class QueueRunView(View):
    """How many calls were woken: those due that can go on now, and those begun that need a look."""

    woken: int


def waiting_view(waiting: Waiting) -> dict[str, Any]:
    """Give the values of a `WaitingCallView`."""
    return {**vars(waiting.call), "lane": waiting.lane, "position": waiting.position}

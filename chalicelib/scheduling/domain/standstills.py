"""Why nobody of a campaign is being dialed at a moment: a code for programs, one line for people; pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.calls.domain.checks import HELD, LINE_BUSY
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.scheduling.domain.campaigns import Campaign, CampaignState
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.calls.domain.allowances import Short
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.permission import NumberStatus

DUE = Stop("next_tick", "Members are due: the next tick, within a minute, has them called.")
NOBODY_LEFT = Stop("nobody_left", "Nobody is left to be called: the next tick completes it.")
BEING_FILLED = Stop("being_filled", "Members are being added, and nobody of those who are there waits.")
EMPTY = Stop("empty", "Nobody is in it.")
SCHEDULE_DISABLED = Stop(
    "schedule_disabled", "Its schedule is disabled in EventBridge Scheduler, where it can be enabled again."
)
SCHEDULE_MISSING = Stop(
    "schedule_missing", "Its schedule is not there in EventBridge Scheduler; starting the campaign makes it."
)
# Nobody knows when these end: members who wait for it are looked at again after a while.
_LOOKED_AT_AGAIN = frozenset({HELD, LINE_BUSY})
_OVER = {
    CampaignState.DRAFT: "It was not started yet.",
    CampaignState.COMPLETED: "Everybody was called, or is skipped.",
}


def by_state(campaign: Campaign) -> Stop | None:
    """Say what its state has to do with it; None while it runs."""
    if campaign.state is CampaignState.RUNNING:
        return None
    start_at = campaign.dialing.start_at
    if campaign.state is CampaignState.SCHEDULED:
        return Stop("scheduled", f"It begins {_at(start_at)}." if start_at else "It is about to begin.")
    because = f": {campaign.reason.explanation}" if campaign.reason else "."
    return Stop(campaign.state, _OVER.get(campaign.state, f"It is {campaign.state}{because}"))


def is_dialing(calls: Sequence[Call]) -> bool:
    """Tell whether the carrier has one of these calls, or is just being asked."""
    return any(not call.is_over and call.state is not CallState.QUEUED for call in calls)


def by_queue(calls: Sequence[Call]) -> Stop | None:
    """Say why calls that were asked for are not dialed, by most of their decisions; None when none waits."""
    waiting = [call for call in calls if call.state is CallState.QUEUED]
    decided = [call.decision for call in waiting if call.decision]
    if not waiting:
        return None
    those_wait = "1 call waits" if len(waiting) == 1 else f"{len(waiting)} calls wait"
    if not decided:
        return Stop("queued", f"{those_wait} in the queue to be dialed.")
    [(reason, _)] = Counter(decision.reason for decision in decided).most_common(1)
    those = [decision for decision in decided if decision.reason == reason]
    until = min((each.not_before for each in those if each.not_before), default=None)
    again = f" They are looked at again {_at(until)}." if until else ""
    return Stop(reason, f"{those_wait} in the queue. {those[0].explanation}{again}")


def by_budget(short: Short | None) -> Stop | None:
    """Say which budget is used up, and until when, if that is known; None when none is."""
    if short is None:
        return None
    if short.again_at is None:
        return Stop(short.reason, f"{short.explanation} The next tick pauses it.")
    return Stop(short.reason, f"{short.explanation} Its members are looked at again {_at(short.again_at)}.")


def by_time(reason: str, due_at: datetime) -> Stop:
    """Say that nobody is due before an instant; `reason` is why the next one waits until then."""
    if reason in set(Outcome):
        return Stop("retry_later", f"Nobody is due before {_at(due_at)}: the next was called: {reason}.")
    code = reason or "not_due"
    because = f" ({reason})" if reason else ""
    if reason in _LOOKED_AT_AGAIN:
        return Stop(code, f"Nobody who waits is looked at again before {_at(due_at)}{because}.")
    return Stop(code, f"The rules let nobody who waits be called before {_at(due_at)}{because}.")


def by_hold(status: NumberStatus, due_at: datetime) -> Stop:
    """Say that the next one's number is held back, until when, and when that is looked at again."""
    until = _at(status.held_until) if status.held_until else "somebody releases it"
    held = f"The number of the next one is held back until {until}"
    return Stop(HELD, f"{held}. Nobody who waits is looked at again before {_at(due_at)}.")


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"

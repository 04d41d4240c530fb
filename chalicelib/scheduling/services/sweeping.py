"""Finding reminders that are due and were not sent, because their schedule or its message was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.system.services.settings import dialing_stop

if TYPE_CHECKING:
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_AT_ONCE = 200


def sweep_due_reminders(scheduling: SchedulingPorts) -> int:
    """Have every reminder sent that is due and waits; give their number.

    None while dialing is stopped: nothing would be sent.
    """
    if dialing_stop(scheduling.calls.system):
        return 0
    due = scheduling.reminders.due(scheduling.clock.now(), _AT_ONCE)
    for reminder in due:
        scheduling.ticks.remind(reminder.booking_id, reminder.number)
    return len(due)

"""Finding reminders that are due and were not sent, because their schedule or its message was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_AT_ONCE = 200


def sweep_due_reminders(scheduling: SchedulingPorts) -> int:
    """Have every reminder sent that is due and waits; give their number."""
    due = scheduling.reminders.due(scheduling.clock.now(), _AT_ONCE)
    for reminder in due:
        scheduling.ticks.remind(reminder.booking_id, reminder.number)
    return len(due)

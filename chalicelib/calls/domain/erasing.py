"""What an erased call has lost, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call

# What stands for the number of an erased call; no number has this form.
NO_NUMBER = str.__new__(E164, "")


def erase(call: Call, now: datetime) -> Call:
    """Take all that is personal from a finished call; ids, times, outcome, cost and template stay.

    The contact's id stays too: it says nothing when the contact itself is erased. So do statuses of the
    carrier that we do not know: they are counted.
    """
    if call.erased_at or not call.finished_at:
        return call
    kept = tuple(event for event in call.events if event.kind == Happening.UNKNOWN_STATUS)
    return replace(call, number=NO_NUMBER, sid="", appointment={}, decision=None, events=kept, erased_at=now)

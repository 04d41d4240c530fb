"""Calendar files as use cases know them; a file that is not trusted is read in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import ceil
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Invalid, Unavailable
from chalicelib.scheduling.domain.busy import MAX_BYTES, BusyReading, BusyTime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.calendars import Calendar

READING_SECONDS = 10.0
_CHILD = "chalicelib.scheduling.adapters.icalendars.child"
_TOO_SLOW = "The calendar takes too long to work out: its rules repeat too often."


class ICalendarFiles:
    """Writes and reads calendar files; implements `ICalendars`.

    `library_path` is where the interpreter finds its shared libraries (LD_LIBRARY_PATH); nothing else of the
    environment is given to the process that reads.
    """

    def __init__(self, library_path: str = "", seconds: float = READING_SECONDS) -> None:
        self._environment = {"LD_LIBRARY_PATH": library_path, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._seconds = seconds

    def invitation(self, booking: Booking, calendar: Calendar, now: datetime) -> bytes:
        """Write the file of one booking."""
        from chalicelib.scheduling.adapters.icalendars import writing  # noqa: PLC0415  who reads needs none

        return writing.invitation(booking, calendar, now)

    def feed(self, calendar: Calendar, bookings: Iterable[Booking], now: datetime) -> bytes:
        """Write the bookings of a calendar."""
        from chalicelib.scheduling.adapters.icalendars import writing  # noqa: PLC0415  who reads needs none

        return writing.feed(calendar, bookings, now)

    def busy_times(self, content: bytes, zone: str, first: datetime, last: datetime) -> BusyReading:
        """Read when somebody is busy; see the port."""
        if len(content) > MAX_BYTES:
            message = f"A calendar file has at most {MAX_BYTES // 1000:,} kB."
            raise Invalid(message, code="calendar_too_large")
        request = {
            "zone": zone,
            "first": to_millis(first),
            "last": to_millis(last),
            "seconds": ceil(self._seconds) + 1,
        }
        return _reading(self._ask(json.dumps(request).encode() + b"\n" + content))

    def _ask(self, request: bytes) -> dict[str, Any]:
        command = [sys.executable, "-P", "-m", _CHILD]
        try:
            done = subprocess.run(  # noqa: S603  our own program; the file is only its input
                command,
                input=request,
                capture_output=True,
                timeout=self._seconds,
                env=self._environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Invalid(_TOO_SLOW, code="calendar_too_slow") from None
        if done.returncode < 0:  # a signal: it has used up its time or memory
            raise Invalid(_TOO_SLOW, code="calendar_too_slow")
        if done.returncode:
            message = "The calendar could not be read just now."
            raise Unavailable(message, retryable=True, code="calendar_reader_failed")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def _reading(answer: dict[str, Any]) -> BusyReading:
    if "code" in answer:
        raise Invalid(answer["message"], code=answer["code"])
    times = tuple(BusyTime(from_millis(start), from_millis(end)) for start, end in answer["times"])
    return BusyReading(times, answer["unread"])

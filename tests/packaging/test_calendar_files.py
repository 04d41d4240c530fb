"""The process that reads calendar files runs from the package; calls never load what it needs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

FILE = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=W. Europe Standard Time:"
    b"20260303T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
DAY, TEN = 86_400_000, 1_772_528_400_000  # milliseconds; ten in the morning in Berlin
LOADED = """
import importlib, json, sys
sys.path[:0] = sys.argv[1:3]
importlib.import_module(sys.argv[3])
print(json.dumps(sorted(sys.modules)))
"""


def test_the_package_reads_calendar_files(built):
    """Nothing but the package and the standard library is there, and no environment but the path."""
    request = {"zone": "UTC", "first": TEN - DAY, "last": TEN + 9 * DAY, "seconds": 20}
    command = [sys.executable, "-S", "-P", "-m", "chalicelib.scheduling.adapters.icalendars.child"]
    done = subprocess.run(
        command,
        input=json.dumps(request).encode() + b"\n" + FILE,
        env={"PYTHONPATH": f"{built.task}:{built.opt}/python"},
        capture_output=True,
        check=True,
    )
    hour = DAY // 24
    times = [[TEN, TEN + hour], [TEN + DAY, TEN + DAY + hour]]
    assert json.loads(done.stdout) == {"times": times, "unread": 0}


@pytest.mark.parametrize("name", ["Hook", "WebsocketConnect", "WebsocketMessage", "WebsocketDisconnect"])
def test_calls_load_no_calendars(built, name):
    """Importing what answers the carrier imports none of the libraries of calendar files."""
    module = built.functions()[name]["Handler"].rpartition(".")[0]
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(built.task), f"{built.opt}/python", module]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    wrong = ("icalendar", "recurring_ical_events", "x_wr_timezone", "dateutil.rrule")
    assert [each for each in loaded if each.startswith(wrong) or ".icalendars" in each] == []

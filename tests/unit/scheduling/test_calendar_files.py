"""Calendar files: what we write, another library reads; what others write, we read, also from enemies."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid, Unavailable
from chalicelib.scheduling.adapters.icalendars import files
from chalicelib.scheduling.adapters.icalendars.files import ICalendarFiles
from chalicelib.scheduling.adapters.icalendars.writing import feed, invitation
from chalicelib.scheduling.domain.bookings import Booking, BookingAct, BookingState, acted, moved
from chalicelib.scheduling.domain.busy import MAX_BYTES
from chalicelib.scheduling.domain.calendars import Calendar
from chalicelib.scheduling.domain.slots import Slot

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
CALENDAR = Calendar(
    "calendar_1", "Dr. Müller; Praxis", BERLIN, NOW, location="Weg 1, Hof", video_url="https://x.example/a"
)
BOOKING = Booking(
    "booking_1", "calendar_1", "contact_1", None, "Ana Lüdecke", START, START + HOUR, BERLIN, NOW, "token:1"
)
NEVER = "DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


def _file(*entries, head=""):
    events = (
        f"BEGIN:VEVENT\r\nUID:{place}\r\n{entry}\r\nEND:VEVENT\r\n" for place, entry in enumerate(entries)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def _shown(found):
    return [f"{each.start:%d.%m. %H:%M}-{each.end:%d.%m. %H:%M}" for each in found.times]


def _event(content):
    return vobject.readOne(content.decode()).vevent


def test_an_invitation_opens_in_another_program():
    """The other library finds who invites whom, to what, where, and when."""
    file = vobject.readOne(invitation(BOOKING, CALENDAR, NOW).decode())
    event = file.vevent
    assert (file.method.value, file.version.value) == ("REQUEST", "2.0")
    assert (event.dtstart.value, event.dtend.value) == (START, START + HOUR)
    assert (event.uid.value, event.sequence.value, event.status.value) == ("booking_1", "0", "CONFIRMED")
    assert (event.summary.value, event.location.value) == ("Dr. Müller; Praxis", "Weg 1, Hof")
    assert event.url.value == "https://x.example/a"
    assert event.organizer.params["CN"] == ["Dr. Müller; Praxis"]
    assert event.attendee.params["CN"] == ["Ana Lüdecke"]
    assert event.dtstamp.value == NOW


def test_a_move_and_a_cancellation_follow_the_invitation():
    """They name the same appointment with a higher sequence; a cancellation takes it out."""
    later = Slot(START + HOUR, START + 2 * HOUR)
    after_move = moved(BOOKING, later, NOW, "token:1")
    after_cancel = acted(after_move, BookingAct.CANCEL, NOW, "token:1")
    first, second = _event(invitation(BOOKING, CALENDAR, NOW)), _event(invitation(after_move, CALENDAR, NOW))
    third = vobject.readOne(invitation(after_cancel, CALENDAR, NOW).decode())
    assert {each.uid.value for each in (first, second, third.vevent)} == {"booking_1"}
    assert [each.sequence.value for each in (first, second, third.vevent)] == ["0", "1", "2"]
    assert second.dtstart.value == later.start
    assert (third.method.value, third.vevent.status.value) == ("CANCEL", "CANCELLED")


def test_a_feed_has_what_takes_a_place():
    """Cancelled bookings are not in it; who reads it sees who comes and whether they have confirmed."""
    states = [BookingState.BOOKED, BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.NO_SHOW]
    bookings = [replace(BOOKING, id=f"booking_{state}", state=state) for state in states]
    file = vobject.readOne(feed(CALENDAR, bookings, NOW).decode())
    summaries = [each.summary.value for each in file.vevent_list]
    assert summaries == ["Ana Lüdecke", "Ana Lüdecke (confirmed)", "Ana Lüdecke (no show)"]
    assert file.method.value == "PUBLISH"
    assert vobject.readOne(feed(CALENDAR, [], NOW).decode()).contents.get("vevent") is None


def test_neither_file_tells_ids_or_numbers():
    """Whoever gets the file learns no contact's id and no phone number."""
    booking = replace(BOOKING, number="+15550100")
    for content in (invitation(booking, CALENDAR, NOW), feed(CALENDAR, [booking], NOW)):
        assert b"contact_1" not in content
        assert b"5550100" not in content


HOSTILE = st.text(st.sampled_from('ab\r\n\t\0\x0b\u2028\u0085";:,\\ \U0001f600ü^n'), max_size=120)


@given(name=HOSTILE, title=HOSTILE)
def test_no_name_writes_lines_of_its_own(name, title):
    """Whatever somebody is called, the file has the lines that it has for anybody, none too long."""
    booking, calendar = replace(BOOKING, name=name), replace(CALENDAR, name=title, location=title)
    for content in (invitation(booking, calendar, NOW), feed(calendar, [booking], NOW)):
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", content) is None
        names = re.findall(r"(?m)^([A-Z-]+)[;:]", content.decode().replace("\r\n ", "").replace("\r\n", "\n"))
        assert names.count("UID") == names.count("DTSTART") == 1
        assert set(names) <= EXPECTED
        assert _event(content).dtstart.value == START


EXPECTED = {
    *("BEGIN", "END", "VERSION", "PRODID", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL"),
    *("X-PUBLISHED-TTL", "UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND"),
    *("SUMMARY", "STATUS", "TRANSP", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"),
}


def test_injected_lines_are_words():
    """A name that looks like a line of the file is a part of the name."""
    booking = replace(BOOKING, name="Eve\r\nATTACH:https://evil.example/x\r\nX")
    content = invitation(booking, CALENDAR, NOW).decode().replace("\r\n ", "")
    assert "\r\nATTACH" not in content
    assert _event(content.encode()).attendee.params["CN"] == ["Eve ATTACH:https://evil.example/x X"]


def test_a_file_is_read_in_a_process_of_its_own():
    """What the process answers is what was in the file, and what it refuses is refused."""
    content = _file("DTSTART:20260303T100000\r\nDURATION:PT1H", "SUMMARY:no time")
    found = ICalendarFiles().busy_times(content, BERLIN, FIRST, LAST)
    assert (_shown(found), found.unread) == (["03.03. 09:00-03.03. 10:00"], 1)
    with pytest.raises(Invalid) as refused:
        ICalendarFiles().busy_times(b"nothing", BERLIN, FIRST, LAST)
    assert refused.value.code == "calendar_not_understood"


@pytest.mark.parametrize("entry", [NEVER, "DTSTART:20260303T100000Z\r\nRRULE:FREQ=SECONDLY"])
def test_rules_that_never_end_are_ended(entry):
    """A rule without an end, also one that never holds, costs no more than the time that is given."""
    start = time.monotonic()
    with pytest.raises(Invalid) as refused:
        ICalendarFiles(seconds=0.5).busy_times(_file(entry), BERLIN, FIRST, LAST)
    assert refused.value.code == "calendar_too_slow"
    assert time.monotonic() - start < 1.8  # the other limit, of processor time, is two seconds


def test_a_large_file_is_not_even_read(monkeypatch):
    """Nothing is started for a file beyond the size that is read."""
    monkeypatch.setattr(files, "subprocess", None)
    with pytest.raises(Invalid) as refused:
        ICalendarFiles().busy_times(b" " * (MAX_BYTES + 1), BERLIN, FIRST, LAST)
    assert refused.value.code == "calendar_too_large"


def test_a_reader_that_does_not_start_is_our_failure(monkeypatch):
    """It is not said to be the file's fault, and can be tried again."""
    monkeypatch.setattr(files, "_CHILD", "chalicelib.missing")
    with pytest.raises(Unavailable) as failed:
        ICalendarFiles().busy_times(_file(), BERLIN, FIRST, LAST)
    assert failed.value.retryable


def test_the_reader_has_no_secrets(monkeypatch):
    """The process that reads what is not trusted knows nothing of our environment."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t")
    given_to = ICalendarFiles("/var/lang/lib")._environment
    assert sorted(given_to) == ["LD_LIBRARY_PATH", "PYTHONPATH"]
    assert "s3cr3t" not in str(given_to)

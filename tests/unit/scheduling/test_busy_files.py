"""Calendar files of others: when somebody is busy by them, however they are written, also by enemies."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from fakes.appointments import a_booking, a_calendar
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.adapters.icalendars import reading
from chalicelib.scheduling.adapters.icalendars.reading import read_busy
from chalicelib.scheduling.adapters.icalendars.writing import feed

BERLIN = "Europe/Berlin"
START = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)


def _file(*entries, head=""):
    events = (
        f"BEGIN:VEVENT\r\nUID:{place}\r\n{entry}\r\nEND:VEVENT\r\n" for place, entry in enumerate(entries)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{head}{''.join(events)}END:VCALENDAR\r\n".encode()


def _busy(*entries, head="", zone=BERLIN):
    return _shown(read_busy(_file(*entries, head=head), zone, FIRST, LAST))


def _shown(found):
    return [f"{each.start:%d.%m. %H:%M}-{each.end:%d.%m. %H:%M}" for each in found.times]


def test_what_the_other_library_writes_is_read():
    """An event of another program, repeated, with an exception, makes the busy times that it says."""
    file = vobject.iCalendar()
    event = file.add("vevent")
    start = START.replace(tzinfo=vobject.icalendar.utc)
    event.add("dtstart").value = start
    event.add("dtend").value = start + HOUR
    event.add("rrule").value = "FREQ=WEEKLY;COUNT=3"
    event.add("exdate").value = [start + timedelta(days=7)]
    found = read_busy(file.serialize().encode(), BERLIN, FIRST, LAST)
    assert _shown(found) == ["03.03. 13:30-03.03. 14:30", "17.03. 13:30-17.03. 14:30"]


def test_our_own_feed_is_read():
    """One calendar may take the times of another."""
    found = read_busy(
        feed(a_calendar(), [a_booking(start=START, end=START + HOUR)], START), BERLIN, FIRST, LAST
    )
    assert _shown(found) == ["03.03. 13:30-03.03. 14:30"]


@pytest.mark.parametrize(
    ("entry", "busy"),
    [
        ("DTSTART:20260303T100000Z\r\nDTEND:20260303T110000Z", ["03.03. 10:00-03.03. 11:00"]),
        ("DTSTART:20260303T100000\r\nDURATION:PT1H", ["03.03. 09:00-03.03. 10:00"]),
        ("DTSTART:20260330T100000\r\nDURATION:PT1H", ["30.03. 08:00-30.03. 09:00"]),
        ("DTSTART;VALUE=DATE:20260303", ["02.03. 23:00-03.03. 23:00"]),
        ("DTSTART;VALUE=DATE:20260329", ["28.03. 23:00-29.03. 22:00"]),
        ("DTSTART;TZID=America/New_York:20260303T100000\r\nDURATION:PT1H", ["03.03. 15:00-03.03. 16:00"]),
        ("DTSTART;TZID=Tokyo Standard Time:20260303T100000\r\nDURATION:PT1H", ["03.03. 01:00-03.03. 02:00"]),
        ("DTSTART;TZID=Nowhere:20260303T100000\r\nDURATION:PT1H", ["03.03. 09:00-03.03. 10:00"]),
        ("DTSTART:20260303T100000Z", []),
        ("DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nSTATUS:TENTATIVE", ["03.03. 10:00-03.03. 11:00"]),
        ("DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20260228T230000Z\r\nDURATION:PT2H", ["01.03. 00:00-01.03. 01:00"]),
        ("DTSTART:20260228T220000Z\r\nDURATION:PT2H", []),
        ("DTSTART:20250101T000000Z\r\nDTEND:20270101T000000Z", ["01.03. 00:00-10.04. 00:00"]),
    ],
)  # fmt: skip
def test_one_entry(entry, busy):
    """Times without a zone, and days, are the calendar's; what is free or cancelled is not busy."""
    assert _busy(entry) == busy


def test_times_that_touch_are_one():
    """Overlapping entries of the file become one busy time."""
    assert _busy(
        "DTSTART:20260303T100000Z\r\nDURATION:PT1H",
        "DTSTART:20260303T110000Z\r\nDURATION:PT1H",
        "DTSTART:20260303T103000Z\r\nDURATION:PT10M",
    ) == ["03.03. 10:00-03.03. 12:00"]


def test_a_repeated_entry_keeps_its_local_time():
    """Each week at ten in Berlin is an hour earlier in UTC from the end of March."""
    rule = "DTSTART;TZID=Europe/Berlin:20260324T100000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert _busy(rule) == ["24.03. 09:00-24.03. 10:00", "31.03. 08:00-31.03. 09:00"]


def test_an_exception_takes_the_place_of_its_day():
    """One occurrence that was moved, and one that was marked as free, are no longer where they were."""
    series = "DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3"
    changed = "BEGIN:VEVENT\r\nUID:0\r\nRECURRENCE-ID:{}\r\nDTSTART:{}\r\nDURATION:PT1H\r\n{}END:VEVENT\r\n"
    moved_one = changed.format("20260304T100000Z", "20260304T150000Z", "")
    freed_one = changed.format("20260305T100000Z", "20260305T100000Z", "TRANSP:TRANSPARENT\r\n")
    assert _busy(series, head=moved_one + freed_one) == [
        "03.03. 10:00-03.03. 11:00",
        "04.03. 15:00-04.03. 16:00",
    ]


def test_a_file_may_name_its_own_zone():
    """Times without a zone are in the one that the whole file names."""
    entry = "DTSTART:20260303T100000\r\nDURATION:PT1H"
    assert _busy(entry, head="X-WR-TIMEZONE:America/New_York\r\n") == ["03.03. 15:00-03.03. 16:00"]


def test_answers_of_free_busy_servers_are_read():
    """Periods that are not free count, by their end or by their length."""
    file = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VFREEBUSY\r\n"
        b"FREEBUSY:20260303T100000Z/20260303T110000Z,20260304T100000Z/PT2H\r\n"
        b"FREEBUSY;FBTYPE=FREE:20260306T100000Z/PT1H\r\n"
        b"FREEBUSY:20260307T100000/PT1H\r\nEND:VFREEBUSY\r\n"
        b"BEGIN:VFREEBUSY\r\nFREEBUSY;VALUE=DATE-TIME:-PT1H\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    found = read_busy(file, BERLIN, FIRST, LAST)
    assert _shown(found) == [
        "03.03. 10:00-03.03. 11:00",
        "04.03. 10:00-04.03. 12:00",
        "07.03. 09:00-07.03. 10:00",
    ]
    assert found.unread == 1


NAMES = [
    *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID", "STATUS"),
    *("FREEBUSY", "SEQUENCE", "METHOD", "X-WR-TIMEZONE", "CALSCALE", "BEGIN", "END", "TZID"),
    *("TZOFFSETFROM", "TZOFFSETTO"),
]
PARAMETERS = [
    "",
    ";VALUE=DATE",
    ";TZID=../x",
    ";TZID=",
    ";VALUE=PERIOD",
    ";FBTYPE=FREE",
    ";RANGE=THISANDFUTURE",
]
VALUES = [
    *("20260303T100000Z", "20260303", "20260303T100000", "never", "PT1H", "-PT1H", "P9999999999D"),
    *("FREQ=DAILY;COUNT=2", "FREQ=WEEKLY;COUNT=-1", "FREQ=YEARLY;INTERVAL=0;COUNT=1", "KLINGON", "CANCEL"),
    *("20260303T100000Z/PT1H", "20260303T100000Z/20260301T100000Z", "99991231T235959Z", "-1"),
    *("00010101T000000", "VEVENT", "VTIMEZONE", "STANDARD", "Mine", "+9999"),
]
LINES = st.tuples(st.sampled_from(NAMES), st.sampled_from(PARAMETERS), st.sampled_from(VALUES))


@given(st.lists(LINES, max_size=6), st.sampled_from(["VEVENT", "VFREEBUSY", "VTIMEZONE"]))
def test_any_lines_are_read_or_refused(lines, kind):
    """Whatever stands beside what, nothing else comes of it."""
    text = "".join(f"{name}{parameter}:{value}\r\n" for name, parameter, value in lines)
    file = f"BEGIN:VCALENDAR\r\nBEGIN:{kind}\r\n{text}END:{kind}\r\nEND:VCALENDAR\r\n"
    with suppress(Invalid):
        read_busy(file.encode(), BERLIN, FIRST, LAST)


def test_a_file_may_bring_its_own_zone():
    """Times of a zone that only the file itself describes are read by that."""
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    entry = "DTSTART;TZID=Ours:20260303T100000\r\nDURATION:PT1H"
    assert _busy(entry, head=zone) == ["03.03. 04:30-03.03. 05:30"]


def test_a_cancelling_file_takes_no_time():
    """A file that cancels its entries makes nobody busy."""
    assert _busy("DTSTART:20260303T100000Z\r\nDURATION:PT1H", head="METHOD:CANCEL\r\n") == []


@pytest.mark.parametrize(
    "broken",
    [
        "DTSTART:2026xx\r\nDURATION:PT1H",
        "SUMMARY:no time",
        "DTSTART:20260304T100000Z\r\nDURATION:P99999999999D",
        "DTSTART:20260304T100000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=SOMETIMES",
        "DTSTART:20260304T100000Z\r\nDURATION:PT1H\r\nRRULE:BYDAY=MO",
        "DTSTART:20260304T100000Z\r\nDTEND:never",
        "DTSTART:20260304T100000Z\r\nDURATION:PT1H\r\nEXDATE:never",
    ],
)
def test_an_entry_that_is_wrong_harms_no_other(broken):
    """The others are read, and it is told that one was not."""
    found = read_busy(_file(broken, "DTSTART:20260303T100000Z\r\nDURATION:PT1H"), BERLIN, FIRST, LAST)
    assert _shown(found)[0] == "03.03. 10:00-03.03. 11:00"
    assert found.unread == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_any_encoding_is_read(encoding):
    """The words may be spoiled, the times are not."""
    entry = "SUMMARY:Größe\r\nDTSTART:20260303T100000Z\r\nDURATION:PT1H"
    content = _file(entry).decode().encode(encoding)
    assert _shown(read_busy(content, BERLIN, FIRST, LAST)) == ["03.03. 10:00-03.03. 11:00"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\0", b"<html>\r\n</html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xfe\0"],
)
def test_what_is_no_calendar_is_refused(content):
    """No other text is taken for a calendar, and a path not for the name of a file."""
    with pytest.raises(Invalid) as refused:
        read_busy(content, BERLIN, FIRST, LAST)
    assert refused.value.code == "calendar_not_understood"


def test_a_path_is_not_opened(tmp_path):
    """A text that is the name of a calendar file on our machine does not read that file."""
    path = tmp_path / "secret.ics"
    path.write_bytes(_file("DTSTART:20260303T100000Z\r\nDURATION:PT1H"))
    with pytest.raises(Invalid, match="no iCalendar"):
        read_busy(str(path).encode(), BERLIN, FIRST, LAST)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    """Nothing else comes of it, also inside a calendar."""
    for text in (content, _file("DTSTART:20260303T100000Z\r\nDURATION:PT1H\r\n").replace(b"UID", content)):
        with suppress(Invalid):
            read_busy(text, BERLIN, FIRST, LAST)


@pytest.mark.parametrize("count", [(11,), (6, 5)])
def test_more_times_than_can_be_kept_are_refused(count, monkeypatch):
    """Entries that repeat more often than can be kept, one or all together, are no calendar of a person."""
    monkeypatch.setattr(reading, "MAX_TIMES", 10)
    entry = "DTSTART:202603{:02}T100000Z\r\nDURATION:PT10M\r\nRRULE:FREQ=DAILY;COUNT={}"
    entries = [entry.format(place + 2, times) for place, times in enumerate(count)]
    with pytest.raises(Invalid) as refused:
        _busy(*entries)
    assert refused.value.code == "calendar_too_many_times"

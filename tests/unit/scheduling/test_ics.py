"""Files opened by signed links, and busy times of other calendars, which nobody books over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from fakes.appointments import a_calendar
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.errors import AppError, Conflict
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.icalendars.reading import read_busy
from chalicelib.scheduling.domain.busy import MAX_BYTES
from chalicelib.scheduling.domain.sheets import Entry, EntryKind, with_busy
from chalicelib.scheduling.services import ics
from chalicelib.scheduling.services.booking import BookingWish, book, cancel
from chalicelib.scheduling.services.calendars import create_calendar
from chalicelib.scheduling.services.ics import (
    FEED_LASTS,
    feed_signature,
    fetch_busy,
    import_busy,
    invitation_signature,
    open_feed,
    open_invitation,
    remove_busy,
)

ID, SOURCE = "calendar_1", "boss"
MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
NINE = datetime(2026, 3, 9, 8, tzinfo=UTC)  # nine o'clock in Berlin
HALF_HOUR = timedelta(minutes=30)
URL = "https://cal.example.com/me.ics?key=1"


class InProcess:
    """Reads files without a process of its own, which takes time."""

    def __init__(self, real):
        self._real = real

    def busy_times(self, *args):
        """Read a file."""
        return read_busy(*args)

    def __getattr__(self, name):
        return getattr(self._real, name)


@pytest.fixture
def scheduling(calls):
    """Give the ports with a calendar of half hours in Berlin."""
    create_calendar(calls.scheduling, a_calendar())
    calls.scheduling.icalendars = InProcess(calls.scheduling.icalendars)
    return calls.scheduling


@pytest.fixture
def booking(scheduling, crm):
    """Give a booking of nine o'clock on Monday."""
    contact = create_contact(crm, NewContact(name="Ada Lovelace", phone=E164("+14155553001")))
    return book(scheduling, BookingWish(ID, contact.id, NINE, call_id="call_1"))


def _file(*starts, minutes=60):
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{start}\r\nDTSTART:{start}Z\r\nDURATION:PT{minutes}M\r\nEND:VEVENT\r\n"
        for start in starts
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n".encode()


FILE = _file("20260309T130000", "20260310T090000", "20260311T090000")


def _busy(scheduling, source=SOURCE):
    return {
        sheet.day: [(each.start, each.end) for each in sheet.entries if _is_of(each, source)]
        for sheet in scheduling.sheets.by_day.values()
        if any(_is_of(each, source) for each in sheet.entries)
    }


def _is_of(entry, source):
    return entry.kind is EntryKind.BUSY and entry.holder == source


def _refused(act, *args):
    with pytest.raises(AppError) as refused:
        act(*args)
    return refused.value.code


def test_an_invitation_is_opened_by_its_link(scheduling, booking):
    """Another program reads the appointment from it, as it stands now."""
    signature = invitation_signature(scheduling, booking.id)
    file = vobject.readOne(open_invitation(scheduling, booking.id, signature).decode())
    assert (file.method.value, file.vevent.uid.value) == ("REQUEST", booking.id)
    assert (file.vevent.dtstart.value, file.vevent.summary.value) == (NINE, "Dr. Weber")
    cancel(scheduling, booking.id)
    file = vobject.readOne(open_invitation(scheduling, booking.id, signature).decode())
    assert file.method.value == "CANCEL"


def test_the_link_of_an_invitation_ends_a_month_after_it(scheduling, booking, clock):
    """Until then it opens the file, and nothing else ever."""
    signature = invitation_signature(scheduling, booking.id)
    assert _refused(open_invitation, scheduling, "booking_2", signature) == "link_invalid"
    assert _refused(open_feed, scheduling, ID, signature) == "link_invalid"
    assert _refused(open_invitation, scheduling, booking.id, "") == "link_invalid"
    clock.instant = booking.end + timedelta(days=29)
    assert open_invitation(scheduling, booking.id, signature)
    clock.instant = booking.end + timedelta(days=30)
    assert _refused(open_invitation, scheduling, booking.id, signature) == "link_expired"


def test_a_feed_is_opened_by_its_link(scheduling, booking, clock):
    """It has the bookings of that calendar, for a year."""
    create_calendar(scheduling, a_calendar(id="calendar_2"))
    signature = feed_signature(scheduling, ID)
    file = vobject.readOne(open_feed(scheduling, ID, signature).decode())
    assert [each.uid.value for each in file.vevent_list] == [booking.id]
    assert _refused(open_feed, scheduling, "calendar_2", signature) == "link_invalid"
    other = open_feed(scheduling, "calendar_2", feed_signature(scheduling, "calendar_2"))
    assert b"VEVENT" not in other
    clock.instant += FEED_LASTS
    assert _refused(open_feed, scheduling, ID, signature) == "link_expired"


def test_a_feed_reads_no_more_bookings_than_it_holds(scheduling, booking, monkeypatch):
    """The earliest; the rows of the others are not read, as whoever has the link pays nothing for them."""
    later = book(scheduling, BookingWish(ID, booking.contact_id, NINE + HALF_HOUR, call_id="call_1"))
    book(scheduling, BookingWish(ID, booking.contact_id, NINE + timedelta(days=1), call_id="call_1"))
    monkeypatch.setattr(ics, "_MAX_FEED", 2)
    read, many = [], scheduling.bookings.many
    monkeypatch.setattr(scheduling.bookings, "many", lambda ids: read.extend(ids) or many(ids))
    file = vobject.readOne(open_feed(scheduling, ID, feed_signature(scheduling, ID)).decode())
    assert [each.uid.value for each in file.vevent_list] == read == [booking.id, later.id]


def test_nothing_is_signed_that_is_not_there(scheduling):
    """There is no link to a booking or a calendar that nobody has made."""
    assert _refused(invitation_signature, scheduling, "booking_1") == "booking_not_found"
    assert _refused(feed_signature, scheduling, "calendar_9") == "calendar_not_found"


def test_busy_times_cannot_be_booked(scheduling, booking):
    """Each stands on its day's sheet, and a slot in it is taken."""
    done = import_busy(scheduling, ID, FILE, SOURCE)
    assert (done.times, done.days, done.unread, done.clashes) == (3, 3, 0, ())
    one = datetime(2026, 3, 9, 13, tzinfo=UTC)
    assert _busy(scheduling)[MONDAY] == [(one, one + timedelta(hours=1))]
    wish = BookingWish(ID, booking.contact_id, one)
    assert _refused(book, scheduling, wish) == "slot_taken"


def test_an_import_takes_the_place_of_the_former_one(scheduling, booking):
    """What the source no longer says is free again; bookings and other sources stay."""
    import_busy(scheduling, ID, FILE, SOURCE)
    import_busy(scheduling, ID, FILE, "other")
    done = import_busy(scheduling, ID, _file("20260310T090000", "20260312T090000"), SOURCE)
    assert sorted(_busy(scheduling)) == [TUESDAY, date(2026, 3, 12)]
    assert sorted(_busy(scheduling, "other")) == [MONDAY, TUESDAY, date(2026, 3, 11)]
    assert done.days == 3
    assert any(each.holder == booking.id for each in scheduling.sheets.get(ID, MONDAY).entries)


def test_a_file_that_is_understood_in_part_frees_nothing(scheduling):
    """What is not understood may be what was busy; what is understood is busy beside it."""
    import_busy(scheduling, ID, FILE, SOURCE)
    import_busy(scheduling, ID, FILE, "other")
    partly = _file("20260309T133000", "20260312T090000").replace(b"20260312T090000Z", b"garbage")
    done = import_busy(scheduling, ID, partly, SOURCE)
    assert (done.times, done.days, done.unread) == (1, 1, 1)
    one = datetime(2026, 3, 9, 13, tzinfo=UTC)
    busy = _busy(scheduling)
    assert busy[MONDAY] == [(one, one + timedelta(minutes=90))]
    assert sorted(busy) == [MONDAY, TUESDAY, date(2026, 3, 11)]
    assert import_busy(scheduling, ID, FILE, SOURCE).days == 1
    assert _busy(scheduling)[MONDAY] == [(one, one + timedelta(hours=1))]


def test_the_same_import_again_writes_nothing(scheduling):
    """Days on which nothing changes keep their versions."""
    import_busy(scheduling, ID, FILE, SOURCE)
    before = dict(scheduling.sheets.by_day)
    assert import_busy(scheduling, ID, FILE, SOURCE).days == 0
    assert scheduling.sheets.by_day == before


def test_bookings_in_busy_times_are_told(scheduling, booking):
    """They stand, and somebody learns which they are."""
    done = import_busy(scheduling, ID, _file("20260309T080000", "20260310T080000"), SOURCE)
    assert done.clashes == (booking.id,)
    assert import_busy(scheduling, ID, _file("20260309T083000"), SOURCE).clashes == ()


@pytest.mark.parametrize("is_doubled", [False, True])
def test_a_booking_that_is_made_during_the_import_is_told(scheduling, booking, monkeypatch, is_doubled):
    """What is on the day in the end is what clashes, also when another worker wrote the same import."""
    real, made = scheduling.sheets.save, []

    def save(sheet):
        if not made:
            made.append(None)
            made.append(book(scheduling, BookingWish(ID, booking.contact_id, NINE + HALF_HOUR, "second")))
            if is_doubled:
                busy = [each for each in sheet.entries if each.kind is EntryKind.BUSY]
                real(with_busy(scheduling.sheets.get(ID, MONDAY), SOURCE, busy))
        return real(sheet)

    monkeypatch.setattr(scheduling.sheets, "save", save)
    done = import_busy(scheduling, ID, _file("20260309T080000"), SOURCE)
    assert (done.clashes, done.days) == ((booking.id, made[1].id), not is_doubled)


def test_days_that_are_known_to_be_empty_are_not_read_again(scheduling, monkeypatch):
    """One query tells what is on all days."""

    class Unread(InProcess):
        get = None

    monkeypatch.setattr(scheduling, "sheets", Unread(scheduling.sheets))
    assert import_busy(scheduling, ID, FILE, SOURCE).days == 3


def test_what_can_be_booked_within_a_month_is_taken_too(scheduling, booking, clock):
    """Days come into reach after an import; whoever imports once a month misses nothing."""
    calendar = scheduling.calendars.get(ID)
    far = NINE.replace(hour=9) - timedelta(days=6) + timedelta(days=calendar.horizon_days + 28)
    assert import_busy(scheduling, ID, _file(f"{far:%Y%m%dT%H%M%S}"), SOURCE).days == 1
    clock.instant += timedelta(days=28)
    wish = BookingWish(ID, booking.contact_id, far)
    assert _refused(book, scheduling, wish) == "slot_taken"


def test_days_beyond_the_horizon_are_left_out(scheduling):
    """Nobody can book them; they come with a later import."""
    done = import_busy(scheduling, ID, _file("20260309T090000", "20270309T090000", "20250309T090000"), SOURCE)
    assert (done.times, sorted(_busy(scheduling))) == (1, [MONDAY])


def test_a_time_over_midnight_is_on_both_days(scheduling):
    """Midnight is the calendar's own."""
    import_busy(scheduling, ID, _file("20260309T220000", minutes=120), SOURCE)
    midnight = datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert _busy(scheduling) == {
        MONDAY: [(midnight - timedelta(hours=1), midnight)],
        TUESDAY: [(midnight, midnight + timedelta(hours=1))],
    }


def test_an_import_that_breaks_off_is_finished_by_the_next(scheduling, booking):
    """Wherever it is killed, the same import again leaves what one that was not killed leaves."""
    import_busy(scheduling, ID, _file("20260309T100000", "20260312T090000"), SOURCE)
    former = dict(scheduling.sheets.by_day)
    import_busy(scheduling, ID, FILE, SOURCE)
    wanted, steps = _entries(scheduling), 0
    for length in range(1, 100):
        scheduling.sheets.by_day = dict(former)
        sheets, fuse = scheduling.sheets, Fuse(length)
        scheduling.sheets = Perilous(sheets, fuse)
        try:
            import_busy(scheduling, ID, FILE, SOURCE)
        except Killed:
            steps += 1
        scheduling.sheets = sheets
        import_busy(scheduling, ID, FILE, SOURCE)
        assert _entries(scheduling) == wanted
        if fuse.burnt < length:
            break
    assert steps > 8


def _entries(scheduling):
    return {day: sheet.entries for (_, day), sheet in scheduling.sheets.by_day.items() if sheet.entries}


def test_what_others_write_meanwhile_stays(scheduling, booking, monkeypatch):
    """A sheet that changes under the import is read again, and keeps what was added."""
    real, added = scheduling.sheets.save, []

    def save(sheet):
        if not added:
            added.append(Entry(NINE + 8 * HALF_HOUR, NINE + 9 * HALF_HOUR, EntryKind.BUSY, "other"))
            real(with_busy(scheduling.sheets.get(ID, sheet.day), "other", added))
        return real(sheet)

    monkeypatch.setattr(scheduling.sheets, "save", save)
    import_busy(scheduling, ID, _file("20260309T150000"), SOURCE)
    holders = {each.holder for each in scheduling.sheets.get(ID, MONDAY).entries}
    assert holders == {booking.id, "other", SOURCE}


def test_a_file_that_is_refused_changes_nothing(scheduling):
    """Neither does a source without a proper name, nor a calendar that is not there."""
    import_busy(scheduling, ID, FILE, SOURCE)
    before = dict(scheduling.sheets.by_day)
    assert _refused(import_busy, scheduling, ID, b"nothing", SOURCE) == "calendar_not_understood"
    assert _refused(import_busy, scheduling, ID, FILE[:-20], SOURCE) == "calendar_not_understood"
    assert _refused(import_busy, scheduling, ID, FILE, "no\nname") == "bad_source"
    assert _refused(import_busy, scheduling, "calendar_9", FILE, SOURCE) == "calendar_not_found"
    assert scheduling.sheets.by_day == before


def test_a_source_can_be_forgotten(scheduling, booking):
    """Its times are free again, whatever else is on those days stays."""
    import_busy(scheduling, ID, FILE, SOURCE)
    import_busy(scheduling, ID, FILE, "other")
    assert remove_busy(scheduling, ID, SOURCE) == 3
    assert remove_busy(scheduling, ID, SOURCE) == 0
    assert (_busy(scheduling), len(_busy(scheduling, "other"))) == ({}, 3)


@pytest.mark.parametrize("url", [URL, URL.replace("https", "webcal"), URL.replace("https", "WEBCALS")])
def test_a_calendar_at_an_address_is_fetched(scheduling, url):
    """The address is its source, so that fetching it again replaces what it said before."""
    scheduling.files[URL] = FILE
    first = fetch_busy(scheduling, ID, url)
    scheduling.files[URL] = _file("20260310T090000")
    second = fetch_busy(scheduling, ID, url)
    assert (first.times, second.times, first.source) == (3, 1, second.source)
    assert sorted(_busy(scheduling, first.source)) == [TUESDAY]


def test_an_address_may_have_a_name(scheduling):
    """Under that name it is the same source as an upload."""
    scheduling.files[URL] = FILE
    assert fetch_busy(scheduling, ID, URL, SOURCE).source == SOURCE
    assert import_busy(scheduling, ID, FILE, SOURCE).days == 0


def test_no_more_of_an_address_is_read_than_can_be_understood(scheduling, monkeypatch):
    """The most that a file may have is asked for."""
    asked = []
    monkeypatch.setattr(scheduling, "fetch_file", lambda *args: asked.append(args) or FILE)
    fetch_busy(scheduling, ID, URL)
    assert asked == [(URL, MAX_BYTES)]
    assert _refused(fetch_busy, scheduling, "calendar_9", URL) == "calendar_not_found"
    assert len(asked) == 1


def test_a_day_that_never_stands_still_is_given_up(scheduling, monkeypatch):
    """It can be tried again."""
    monkeypatch.setattr(scheduling.sheets, "save", lambda _: False)
    assert _refused(import_busy, scheduling, ID, FILE, SOURCE) == "calendar_busy"


def test_a_day_has_an_end(scheduling):
    """More entries than a day can keep are refused as a whole day."""
    full = [Entry(NINE, NINE + HALF_HOUR, EntryKind.BUSY, f"s{place}") for place in range(2000)]
    scheduling.sheets.by_day[ID, MONDAY] = replace(scheduling.sheets.get(ID, MONDAY), entries=tuple(full))
    with pytest.raises(Conflict) as refused:
        import_busy(scheduling, ID, FILE, SOURCE)
    assert refused.value.code == "day_full"

"""Calendar files over HTTP: opened by links without a token, and busy times taken from others."""

from __future__ import annotations

from datetime import timedelta

import pytest
import vobject
from fakes.calls import FakeCalls
from fakes.events import queue_event

from chalicelib.crm.adapters.messages import JobStep, encode
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.icalendars.reading import read_busy
from chalicelib.scheduling.domain.busy import MAX_BYTES
from chalicelib.system.domain.tokens import Scope

NINE = "2026-03-09T08:00:00Z"
URL = "https://cal.example.com/private-1234/basic.ics"
CALENDAR = {
    "name": "Dr. Weber",
    "time_zone": "Europe/Berlin",
    "hours": {"monday": [{"start": "09:00", "end": "11:00"}]},
}


def _file(start):
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Zahnärztin\r\n"
        f"DTSTART:{start}Z\r\nDURATION:PT30M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


FILE = _file("20260309T080000")


class InProcess:
    """Reads files without a process of its own, which takes time."""

    def __init__(self, real):
        self._real = real

    def busy_times(self, *args):
        """Read a file, unless it is too large."""
        return (self._real.busy_times if len(args[0]) > MAX_BYTES else read_busy)(*args)

    def __getattr__(self, name):
        return getattr(self._real, name)


@pytest.fixture(autouse=True)
def scheduling(container, clock, crm):
    """Put the ports of scheduling in place."""
    container.calls = FakeCalls(clock, crm)
    container.scheduling = container.calls.scheduling
    container.scheduling.icalendars = InProcess(container.scheduling.icalendars)
    return container.scheduling


@pytest.fixture
def calendar(api):
    """Make a calendar with four slots on Mondays; give its path."""
    made = api.post("/v1/scheduling/calendars", CALENDAR, scope=Scope.ADMIN).body
    return f"/v1/scheduling/calendars/{made['id']}"


@pytest.fixture
def booking(api, calendar, crm):
    """Book nine o'clock; give the booking's path."""
    contact = create_contact(crm, NewContact("Ada Lovelace", E164("+14155552671")))
    body = {"calendar_id": calendar.rpartition("/")[2], "contact_id": contact.id, "start": NINE}
    return f"/v1/scheduling/bookings/{api.post('/v1/scheduling/bookings', body).body['id']}"


def _free(api, calendar):
    query = f"calendar_id={calendar.rpartition('/')[2]}&from=2026-03-09"
    return [
        each["start"] for each in api.get(f"/v1/scheduling/time-slots/availability?{query}").body["items"]
    ]


def test_an_invitation_is_opened_by_its_link(api, booking):
    """Without a token, as a file that calendars understand; cancelled, it takes the appointment out."""
    link = api.get(f"{booking}/invitation-link").body["path"]
    for method in ("REQUEST", "CANCEL"):
        answer = api.get(link, scope=None)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
        file = vobject.readOne(answer.body)
        assert (file.method.value, file.vevent.uid.value) == (method, booking.rpartition("/")[2])
        api.post(f"{booking}/cancel")


def test_a_feed_is_read_by_its_link(api, calendar, booking):
    """It tells staff who comes; what is cancelled is not there."""
    link = api.get(f"{calendar}/feed-link").body["path"]
    file = vobject.readOne(api.get(link, scope=None).body)
    assert file.vevent.summary.value == "Ada Lovelace"
    api.post(f"{booking}/cancel")
    assert "VEVENT" not in api.get(link, scope=None).body


def test_a_link_opens_nothing_else(api, calendar, booking, clock):
    """Neither without a signature, nor with another's, nor when it is old."""
    feed, invitation = api.get(f"{calendar}/feed-link").body["path"], f"{booking}/invitation"
    signature = feed.partition("?")[2]
    for path in (f"{invitation}?{signature}", f"{feed}x", f"{invitation}?signature=1"):
        answer = api.get(path, scope=None)
        assert (answer.status, answer.body["code"]) == (403, "link_invalid")
    assert api.get(invitation, scope=None).status == 400
    clock.advance(seconds=timedelta(days=367).total_seconds())
    assert api.get(feed, scope=None).body["code"] == "link_expired"


def test_only_operators_hand_out_links(api, calendar, booking):
    """Whoever has one may read without a token."""
    for path in (f"{booking}/invitation-link", f"{calendar}/feed-link"):
        assert api.get(path, scope=Scope.VIEWER).status == 403


@pytest.mark.parametrize("media_type", ["text/calendar", "Text/Calendar; charset=UTF-8"])
def test_a_file_is_uploaded_as_it_is(api, calendar, media_type):
    """Its times are free no more; what the same source tells next replaces them."""
    raw, headers = FILE.encode(), {"Content-Type": media_type}
    answer = api.ask("POST", f"{calendar}/busy?source=boss", raw=raw, headers=headers)
    assert answer.status == 200, answer.body
    assert answer.body == {"source": "boss", "times": 1, "days": 1, "unread": 0, "clashes": []}
    assert NINE.replace("Z", ".000Z") not in _free(api, calendar)
    later = api.post(f"{calendar}/busy?source=boss", {"content": _file("20260309T083000")})
    assert later.status == 200, later.body
    assert _free(api, calendar)[:2] == ["2026-03-09T08:00:00.000Z", "2026-03-09T09:00:00.000Z"]


def test_what_a_source_told_is_forgotten(api, calendar):
    """Other sources stay."""
    for source in ("boss", "room"):
        api.post(f"{calendar}/busy?source={source}", {"content": FILE})
    for source, free in (("boss", 3), ("room", 4), ("room", 4)):
        assert api.ask("DELETE", f"{calendar}/busy/{source}").status == 204
        assert len(_free(api, calendar)) == free


def test_appointments_at_busy_times_are_named(api, calendar, booking):
    """They stand."""
    answer = api.post(f"{calendar}/busy", {"content": FILE})
    assert answer.body["clashes"] == [booking.rpartition("/")[2]]
    assert api.get(booking).body["state"] == "booked"


@pytest.mark.parametrize(
    ("raw", "media_type", "refusal"),
    [
        (b"Hello", "text/calendar", (400, "calendar_not_understood")),
        (b"", "text/calendar", (400, "invalid_fields")),
        (FILE.encode(), "text/plain", (415, "unsupported_media_type")),
        (FILE.encode(), "application/json", (400, "bad_json")),
        (b"x" * 1_000_001, "text/calendar", (400, "calendar_too_large")),
        (b"x" * 4_500_001, "text/calendar", (413, "body_too_large")),
    ],
)
def test_what_is_no_calendar_is_refused(api, calendar, raw, media_type, refusal):
    """Nothing changes by it."""
    answer = api.ask("POST", f"{calendar}/busy", raw=raw, headers={"Content-Type": media_type})
    assert (answer.status, answer.body["code"]) == refusal
    assert len(_free(api, calendar)) == 4


def _fetched(api, calendar):
    """Ask for a file and have the job done; give the job and what came of it."""
    answer = api.post(f"{calendar}/busy/fetch", {"url": URL, "source": "boss"})
    assert answer.status == 202, answer.body
    job = f"/v1/crm/jobs/{answer.body['id']}"
    assert jobs.jobs(queue_event(encode(JobStep(answer.body["id"], 0))), None) == {"batchItemFailures": []}
    return api.get(job).body, api.get(f"{job}/results").body["items"]


def test_a_file_is_fetched_by_a_job(api, calendar, booking, scheduling):
    """Its result names appointments that stand at busy times; nobody is told the address."""
    scheduling.files[URL] = FILE.encode()
    job, results = _fetched(api, calendar)
    assert (job["state"], job["kind"], job["total"], job["succeeded"]) == ("done", "fetch_busy", 1, 1)
    ((code, message),) = [(each["code"], each["message"]) for each in results]
    assert code == "busy_clash"
    assert booking.rpartition("/")[2] in message
    assert "private-1234" not in repr((job, results))
    again, results = _fetched(api, calendar)
    assert (again["state"], results[0]["outcome"]) == ("done", "unchanged")


def test_a_job_says_that_a_file_was_understood_in_part(api, calendar, booking, scheduling):
    """What was busy stays so, and whoever reads the result learns why; bookings are named all the same."""
    scheduling.files[URL] = FILE.encode()
    _fetched(api, calendar)
    scheduling.files[URL] = FILE.encode().replace(b"DTSTART:", b"DTSTART:garbage", 1)
    free = _free(api, calendar)
    _, ((code, message),) = _told(*_fetched(api, calendar))
    assert code == "busy_unread"
    assert message.startswith("1 entries were not understood")
    assert _free(api, calendar) == free


def _told(job, results):
    return job, [(each["code"], each["message"]) for each in results]


def test_a_job_says_why_there_is_no_file(api, calendar, scheduling, monkeypatch):
    """It fails with the refusal's code, and in words."""

    def refuse(_url, _max_bytes):
        wrong = (FieldError("/url", "Nobody answers at this address."),)
        raise Invalid("The file could not be fetched.", code="address_failed", errors=wrong)

    monkeypatch.setattr(scheduling, "fetch_file", refuse)
    job, _ = _fetched(api, calendar)
    assert (job["state"], job["error"]) == ("failed", "address_failed")
    assert job["message"] == "Nobody answers at this address."


def test_nothing_is_fetched_for_a_calendar_that_is_not_there(api):
    """Neither is anything else taken."""
    none = f"/v1/scheduling/calendars/calendar_{'0' * 32}"
    for path, body in (("busy/fetch", {"url": URL}), ("busy", {"content": FILE})):
        answer = api.post(f"{none}/{path}", body)
        assert (answer.status, answer.body["code"]) == (404, "calendar_not_found")

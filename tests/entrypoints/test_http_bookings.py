"""Bookings over HTTP: taking a slot, moving, cancelling, and whether somebody came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import FakeCalls
from fakes.carrier import Killed
from fakes.requests import FakeRequestStore

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.services.reminding import remind
from chalicelib.system.domain.tokens import Scope

BOOKINGS = "/v1/scheduling/bookings"
NINE, HALF_PAST, TEN = (f"2026-03-09T{time}:00.000Z" for time in ("08:00", "08:30", "09:00"))
ATTENDED = {"attended": True}
CALENDAR = {
    "name": "Dr. Weber",
    "time_zone": "Europe/Berlin",
    "hours": {"monday": [{"start": "09:00", "end": "11:00"}]},
    "cancel_notice_min": 24 * 60,
}


@pytest.fixture(autouse=True)
def scheduling(container, clock, crm):
    """Put the ports of scheduling in place."""
    container.calls = FakeCalls(clock, crm)
    container.scheduling = container.calls.scheduling
    return container.scheduling


@pytest.fixture
def calendar_id(api):
    """Make a calendar with four slots on Mondays."""
    return api.post("/v1/scheduling/calendars", CALENDAR, scope=Scope.ADMIN).body["id"]


@pytest.fixture
def contact(crm):
    """Give a contact in New York."""
    new = NewContact("Ada", E164("+14155552671"), time_zone="America/New_York")
    return create_contact(crm, new)


@pytest.fixture
def book(api, calendar_id, contact):
    """Give a function that asks for a slot; it gives the answer."""

    def book(start=NINE, headers=None, **body):
        asked = {"calendar_id": calendar_id, "contact_id": contact.id, "start": start, **body}
        return api.post(BOOKINGS, asked, headers=headers)

    return book


def _listed(api, query):
    answer = api.get(f"{BOOKINGS}?{query}")
    assert answer.status == 200, answer.body
    return answer.body


def test_a_slot_is_booked(api, book, calendar_id, contact):
    """The answer tells all of it, by the contact's clock too, and can be read again."""
    answer = book(note="Brings a friend.")
    assert answer.status == 201, answer.body
    made = answer.body
    assert made == {
        "id": made["id"],
        "calendar_id": calendar_id,
        "contact_id": contact.id,
        "number": "+14155552671",
        "name": "Ada",
        "start": NINE,
        "end": HALF_PAST,
        "time_zone": "America/New_York",
        "local_start": "2026-03-09T04:00:00-04:00",
        "state": "booked",
        "reason": "",
        "note": "Brings a friend.",
        "call_id": None,
        "confirmed_at": None,
        "created_at": made["created_at"],
        "created_by": made["created_by"],
        "updated_at": None,
        "sequence": 0,
        "history": [],
        "version": 1,
    }
    read = api.get(f"{BOOKINGS}/{made['id']}")
    assert (read.body, read.headers["ETag"]) == (made | {"reminders": []}, '"1"')


def test_what_is_taken_is_refused_with_the_nearest_others(book):
    """Three of them, in order of time."""
    book()
    answer = book()
    assert (answer.status, answer.body["code"]) == (409, "slot_taken")
    nearest = [each["start"] for each in answer.body["details"]["nearest"]]
    assert nearest == [HALF_PAST, TEN, "2026-03-09T09:30:00.000Z"]


def test_asked_twice_it_is_booked_once(api, book, contact):
    """A repeated request gives the same booking."""
    key = {"Idempotency-Key": "once"}
    first, again = book(headers=key), book(headers=key)
    assert (first.status, again.status, first.body) == (201, 201, again.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(_listed(api, f"contact_id={contact.id}")["items"]) == 1


def test_a_crash_before_the_answer_is_kept_books_once(api, book, contact, container, monkeypatch):
    """The slot was booked and the process died: the repetition gets that booking, not `slot_taken`."""
    key, save = {"Idempotency-Key": "once"}, FakeRequestStore._update_record

    def die(*_, **__):
        raise Killed

    monkeypatch.setattr(FakeRequestStore, "_update_record", die)
    with pytest.raises(Killed):
        book(headers=key)
    monkeypatch.setattr(FakeRequestStore, "_update_record", save)
    for row in container.system.requests.rows.values():
        row["in_progress_expiry_timestamp"] = 0
    container.clock.advance(seconds=31)
    again = book(headers=key)
    assert again.status == 201, again.body
    assert _listed(api, f"contact_id={contact.id}")["items"] == [again.body]


def test_what_is_held_is_booked_by_its_holder_only(api, book, calendar_id):
    """The hold becomes the booking."""
    held = api.post("/v1/scheduling/time-slots/hold", {"calendar_id": calendar_id, "start": NINE}).body
    assert book().body["code"] == "slot_taken"
    assert book(hold_id=held["hold_id"]).status == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"start": "2026-03-09T08:10:00Z"}, 400, "not_a_slot", "/start"),
        ({"start": "2026-03-02T08:00:00Z"}, 400, "booking_in_past", "/start"),
        ({"start": "2026-03-09T08:00:00"}, 400, "invalid_fields", "/start"),
        ({"calendar_id": f"calendar_{'0' * 32}"}, 404, "calendar_not_found", "/calendar_id"),
        ({"contact_id": f"contact_{'0' * 32}"}, 404, "contact_not_found", "/contact_id"),
        ({"time_zone": "Mars"}, 400, "invalid_fields", "/time_zone"),
    ],
)
def test_what_cannot_be_booked_names_its_field(book, body, status, code, pointer):
    """With a code of its own."""
    answer = book(**body)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["errors"][0]["pointer"] == pointer


def test_a_calendar_that_is_not_active_takes_nobody(api, book, calendar_id):
    """What is booked there can still be cancelled."""
    one = f"{BOOKINGS}/{book().body['id']}"
    where = f"/v1/scheduling/calendars/{calendar_id}"
    api.ask("PATCH", where, body={"is_active": False}, headers={"If-Match": "*"}, scope=Scope.ADMIN)
    assert book(HALF_PAST).body["code"] == "calendar_closed"
    assert api.post(f"{one}/move", {"start": TEN}).body["code"] == "calendar_closed"
    assert api.post(f"{one}/cancel").body["state"] == "cancelled"


def test_it_is_moved(api, book):
    """The old place is free; the history tells when it was, and why."""
    one = f"{BOOKINGS}/{book().body['id']}"
    moved = api.post(f"{one}/move", {"start": TEN, "reason": "A train"}).body
    assert (moved["start"], moved["version"], moved["sequence"]) == (TEN, 2, 1)
    (step,) = moved["history"]
    assert (step["act"], step["start"], step["reason"]) == ("move", TEN, "A train")
    assert step["moved_from"] == NINE
    assert book().status == 201
    taken = api.post(f"{one}/move", {"start": NINE})
    assert (taken.status, taken.body["code"]) == (409, "slot_taken")
    assert taken.body["details"]["nearest"][0]["start"] == HALF_PAST


def test_it_tells_what_became_of_its_reminders(api, book, calendar_id, clock, container):
    """Those of its present time: when, how, whether it was sent, why not, and the text or call that was."""
    where = f"/v1/scheduling/calendars/{calendar_id}"
    reminders = [{"before_min": 1440}, {"before_min": 60}]
    api.ask("PATCH", where, body={"reminders": reminders}, headers={"If-Match": "*"}, scope=Scope.ADMIN)
    made = book().body
    clock.advance(seconds=timedelta(days=5).total_seconds())
    remind(container.scheduling, made["id"], 0)
    sent, waiting = api.get(f"{BOOKINGS}/{made['id']}").body["reminders"]
    (message,) = container.calls.messages.by_place.values()
    assert sent == {
        "due_at": "2026-03-08T08:00:00.000Z",
        "channel": "sms",
        "template_id": None,
        "state": "sent",
        "reason": "",
        "settled_at": sent["settled_at"],
        "call_id": None,
        "message_id": message.id,
    }
    assert (waiting["state"], waiting["message_id"], waiting["settled_at"]) == ("waiting", None, None)


@pytest.mark.parametrize(
    ("act", "body"), [("move", {"start": TEN}), ("cancel", {}), ("confirm", None), ("attendance", ATTENDED)]
)
def test_who_has_seen_an_older_version_changes_nothing(api, book, clock, act, body):
    """Where a version is named; without one, or with `*`, whatever it is now is changed."""
    one = f"{BOOKINGS}/{book().body['id']}"
    api.post(f"{one}/move", {"start": HALF_PAST})
    if act == "attendance":
        clock.advance(seconds=timedelta(days=6).total_seconds())
    for tag in ('"1"', '"x"'):
        refused = api.post(f"{one}/{act}", body, headers={"If-Match": tag})
        assert (refused.status, refused.body["code"]) == (412, "version_changed")
    assert api.get(one).body["version"] == 2
    assert api.post(f"{one}/{act}", body, headers={"If-Match": '"2"'}).body["version"] == 3
    assert api.post(f"{one}/{act}", body, headers={"If-Match": "*"}).status == 200


def test_it_is_cancelled_for_good(api, book):
    """Again, nothing changes; what is cancelled is not confirmed or moved."""
    one = f"{BOOKINGS}/{book().body['id']}"
    for _ in range(2):
        cancelled = api.post(f"{one}/cancel", {"reason": "Is ill"})
        assert (cancelled.status, cancelled.body["state"], cancelled.body["version"]) == (200, "cancelled", 2)
    for act, body in (("confirm", None), ("move", {"start": TEN})):
        refused = api.post(f"{one}/{act}", body)
        assert (refused.status, refused.body["code"]) == (409, "booking_state")
    assert book().status == 201


def test_the_contact_is_bound_to_the_notice(api, book, clock):
    """The business is not."""
    one = f"{BOOKINGS}/{book().body['id']}"
    clock.advance(seconds=timedelta(days=5).total_seconds())
    for act, body in (("move", {"start": TEN}), ("cancel", {})):
        refused = api.post(f"{one}/{act}", {**body, "by_contact": True})
        assert (refused.status, refused.body["code"]) == (409, "notice_too_short")
    assert api.post(f"{one}/move", {"start": TEN}).status == 200
    assert api.post(f"{one}/cancel").status == 200


def test_it_is_confirmed_and_attendance_noted(api, book, clock):
    """Attendance from the start on; a wrong note is put right."""
    one = f"{BOOKINGS}/{book().body['id']}"
    confirmed = api.post(f"{one}/confirm").body
    assert (confirmed["state"], confirmed["confirmed_at"]) == ("confirmed", confirmed["updated_at"])
    early = api.post(f"{one}/attendance", {"attended": True})
    assert (early.status, early.body["code"]) == (409, "booking_not_begun")
    clock.advance(seconds=timedelta(days=6).total_seconds())
    for attended, state in ((False, "no_show"), (True, "attended")):
        assert api.post(f"{one}/attendance", {"attended": attended}).body["state"] == state


def test_those_of_a_contact_are_listed_with_what_is_cancelled(api, book, contact):
    """The latest start first; a state leaves others out."""
    early, late = book().body["id"], book(TEN).body["id"]
    api.post(f"{BOOKINGS}/{early}/cancel")
    listed = _listed(api, f"contact_id={contact.id}")["items"]
    assert [(each["id"], each["state"]) for each in listed] == [(late, "booked"), (early, "cancelled")]
    (cancelled,) = _listed(api, f"contact_id={contact.id}&state=cancelled")["items"]
    assert cancelled["id"] == early


def test_those_of_a_day_are_listed_in_order_of_time(api, book, calendar_id):
    """Page by page; what is cancelled takes no place there, and other days have their own."""
    late, early, gone = (book(start).body["id"] for start in (TEN, NINE, HALF_PAST))
    next_week = book("2026-03-16T08:00:00Z").body["id"]
    api.post(f"{BOOKINGS}/{gone}/cancel")
    query = f"calendar_id={calendar_id}&from=2026-03-09&to=2026-03-20&page_size=1"
    seen, token = [], ""
    while token is not None:
        page = _listed(api, query + (f"&page_token={token}" if token else ""))
        seen += [each["id"] for each in page["items"]]
        token = page["next_page_token"]
    assert seen == [early, late, next_week]
    one_day = _listed(api, f"calendar_id={calendar_id}&from=2026-03-09")["items"]
    assert [each["id"] for each in one_day] == [early, late]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", ("invalid_fields", "/calendar_id")),
        ("calendar_id={0}&contact_id={1}&from=2026-03-09", ("invalid_fields", "/calendar_id")),
        ("contact_id={1}&from=2026-03-09", ("invalid_fields", "/from")),
        ("calendar_id={0}", ("invalid_fields", "/from")),
        ("calendar_id={0}&from=2026-03-09&state=cancelled", ("invalid_fields", "/state")),
        ("calendar_id={0}&from=2026-03-09&to=2026-04-09", ("bad_range", "/to")),
        ("calendar_id={0}&from=2026-03-09&to=2026-03-08", ("bad_range", "/to")),
    ],
)
def test_a_list_is_of_a_contact_or_of_days(api, calendar_id, contact, query, wrong):
    """Whatever else is asked for is refused by the parameter's name."""
    answer = api.get(f"{BOOKINGS}?{query.format(calendar_id, contact.id)}")
    assert (answer.status, (answer.body["code"], answer.body["errors"][0]["pointer"])) == (400, wrong)


def test_a_viewer_only_reads(api, book):
    """Reading is for viewers, everything else for operators."""
    one = f"{BOOKINGS}/{book().body['id']}"
    assert api.get(one, scope=Scope.VIEWER).status == 200
    assert api.post(f"{one}/cancel", scope=Scope.VIEWER).status == 403
    assert api.get(f"{BOOKINGS}/booking_{'0' * 32}").body["code"] == "booking_not_found"

"""Calendars over HTTP, the times that are free in them, and holding one of these."""

from __future__ import annotations

import pytest
from fakes.calls import FakeCalls, furnished

from chalicelib.calls.domain.message_templates import MessageTemplate
from chalicelib.calls.services.message_templates import add_message_template
from chalicelib.system.domain.tokens import Scope

CALENDARS = "/v1/scheduling/calendars"
SLOTS = "/v1/scheduling/time-slots/availability"
HOLD = "/v1/scheduling/time-slots/hold"
ANY = {"If-Match": "*"}
MORNING = [{"start": "09:00", "end": "10:00"}]
SIMPLE = {"name": "Dr. Weber", "time_zone": "Europe/Berlin", "hours": {"monday": MORNING}}
CLOSED = {day: [] for day in ("tuesday", "wednesday", "thursday", "friday", "saturday")}
TEXT = f"template_{'1' * 32}"
FULL = {
    **SIMPLE,
    "hours": {**CLOSED, "monday": MORNING, "sunday": [{"start": "00:00", "end": "24:00"}]},
    "closed": ["2026-12-25", "2026-12-26"],
    "special": {"2026-12-24": MORNING, "2026-12-31": []},
    "slot_min": 20,
    "before_min": 5,
    "after_min": 10,
    "capacity": 3,
    "services": ["check-up", "cleaning"],
    "notice_min": 0,
    "horizon_days": 300,
    "cancel_notice_min": 120,
    "location": "Harbor Street 1",
    "video_url": "https://video.example.com/weber",
    "reminders": [
        {"before_min": 1440, "channel": "sms", "template_id": None},
        {"before_min": 60, "channel": "call", "template_id": "template_1"},
    ],
    "confirm_by_sms": True,
    "confirmation_template_id": TEXT,
    "cancellation_template_id": TEXT,
    "is_active": False,
}


@pytest.fixture(autouse=True)
def scheduling(container, clock, crm):
    """Put the ports of scheduling in place."""
    container.calls = FakeCalls(clock, crm)
    furnished(container.calls)
    told = MessageTemplate(TEXT, "Told", "See you.", clock.now(), clock.now())
    add_message_template(container.calls, told)
    container.scheduling = container.calls.scheduling
    return container.scheduling


def _created(api, **body):
    answer = api.post(CALENDARS, {**SIMPLE, **body}, scope=Scope.ADMIN)
    assert answer.status == 201, answer.body
    return answer.body


def _free(api, query):
    answer = api.get(f"{SLOTS}?{query}")
    assert answer.status == 200, answer.body
    return answer.body


def test_everything_can_be_said_of_a_calendar(api):
    """What was sent comes back, from the answer, from reading it, and from the list."""
    made = _created(api, **FULL)
    assert {name: made[name] for name in FULL} == FULL
    assert (made["version"], made["updated_at"]) == (1, None)
    assert api.get(f"{CALENDARS}/{made['id']}").body == made
    assert api.get(CALENDARS).body == {"items": [made], "next_page_token": None}


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"time_zone": "Europe/Nowhere"}, "invalid_fields", "/time_zone"),
        ({"slot_min": 1}, "calendar_invalid", "/slot_min"),
        ({"slot_min": "30"}, "invalid_fields", "/slot_min"),
        ({"capacity": None}, "invalid_fields", "/capacity"),
        ({"hours": {"monday": [{"start": "10:00", "end": "09:00"}]}}, "calendar_invalid", "/hours/monday/0"),
        ({"hours": {"monday": [{"start": "9", "end": "10:00"}]}}, "invalid_fields", "/hours/monday/0/start"),
        ({"hours": {"someday": []}}, "invalid_fields", "/hours/someday"),
        ({"special": {"2026-12-24": MORNING * 2}}, "calendar_invalid", "/special/2026-12-24/1"),
        ({"reminders": [{"before_min": 1}]}, "calendar_invalid", "/reminders/0/before_min"),
        ({"reminders": [{"before_min": 60, "channel": "call"}]}, "invalid_fields", "/reminders/0"),
        ({"services": ["Check up"]}, "invalid_fields", "/services/0"),
        ({"video_url": "javascript:alert(1)"}, "invalid_fields", "/video_url"),
    ],
)
def test_what_makes_no_sense_is_refused(api, body, code, pointer):
    """When it is made and when it is changed: with the same code, and the field by its name."""
    one = f"{CALENDARS}/{_created(api)['id']}"
    for answer in (
        api.post(CALENDARS, {**SIMPLE, **body}, scope=Scope.ADMIN),
        api.ask("PATCH", one, body=body, headers=ANY, scope=Scope.ADMIN),
    ):
        assert (answer.status, answer.body["code"]) == (400, code)
        assert [each["pointer"] for each in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"reminders": [{"before_min": 60, "template_id": "template_1"}]}, "/reminders/0/template_id"),
        (
            {"reminders": [{"before_min": 60, "channel": "call", "template_id": TEXT}]},
            "/reminders/0/template_id",
        ),
        ({"confirmation_template_id": "template_1"}, "/confirmation_template_id"),
        ({"cancellation_template_id": "template_1"}, "/cancellation_template_id"),
    ],
)
def test_its_templates_are_there_and_of_their_kind(api, body, pointer):
    """Texts for texts, call templates for calls; when it is made and when it is changed."""
    one = f"{CALENDARS}/{_created(api)['id']}"
    for answer in (
        api.post(CALENDARS, {**SIMPLE, **body}, scope=Scope.ADMIN),
        api.ask("PATCH", one, body=body, headers=ANY, scope=Scope.ADMIN),
    ):
        assert (answer.status, answer.body["code"]) == (404, "template_not_found")
        assert answer.body["errors"][0]["pointer"] == pointer


def test_it_is_changed_at_its_version(api):
    """What is left out stays, null takes a template away, an old version and another zone are refused."""
    made = _created(api, **FULL)
    one = f"{CALENDARS}/{made['id']}"

    def change(body, tag="*"):
        return api.ask("PATCH", one, body=body, headers={"If-Match": tag}, scope=Scope.ADMIN)

    changed = change({"capacity": 5, "confirmation_template_id": None}, '"1"').body
    assert changed == {
        **made,
        "capacity": 5,
        "confirmation_template_id": None,
        "version": 2,
        "updated_at": changed["updated_at"],
    }
    assert change({"capacity": 6}, '"1"').status == 412
    assert change({"capacity": 5}).body["version"] == 2
    fixed = change({"time_zone": "Europe/Paris"})
    assert (fixed.status, fixed.body["code"]) == (400, "calendar_zone_fixed")
    assert fixed.body["errors"][0]["pointer"] == "/time_zone"


def test_it_is_deleted_when_it_takes_no_bookings(api):
    """One that is active is not."""
    one = f"{CALENDARS}/{_created(api)['id']}"
    refused = api.ask("DELETE", one, headers=ANY, scope=Scope.ADMIN)
    assert (refused.status, refused.body["code"]) == (409, "calendar_active")
    api.ask("PATCH", one, body={"is_active": False}, headers=ANY, scope=Scope.ADMIN)
    assert api.ask("DELETE", one, headers=ANY, scope=Scope.ADMIN).status == 204
    assert api.get(one).body["code"] == "calendar_not_found"


def test_only_administrators_keep_calendars(api):
    """Operators read them."""
    one = f"{CALENDARS}/{_created(api)['id']}"
    assert api.get(one, scope=Scope.VIEWER).status == 200
    assert api.ask("PATCH", one, body={"capacity": 2}, headers=ANY).status == 403


def test_free_times_are_told_on_both_clocks(api):
    """In the days and by the clock of the zone that is asked for, and by the calendar's."""
    made = _created(api)
    found = _free(api, f"calendar_id={made['id']}&from=2026-03-08&to=2026-03-10&time_zone=America/New_York")
    assert found["next_page_token"] is None
    assert found["items"][0] == {
        "calendar_id": made["id"],
        "start": "2026-03-09T08:00:00.000Z",
        "end": "2026-03-09T08:30:00.000Z",
        "places": 1,
        "local_start": "2026-03-09T04:00:00-04:00",
        "calendar_start": "2026-03-09T09:00:00+01:00",
    }
    assert len(found["items"]) == 2


def test_without_a_zone_the_calendars_holds(api):
    """One day alone is that day of the calendar; of several calendars, of UTC."""
    made = _created(api, time_zone="Pacific/Auckland")
    found = _free(api, f"calendar_id={made['id']}&from=2026-03-09")
    assert [each["local_start"] for each in found["items"]] == [
        "2026-03-09T09:00:00+13:00",
        "2026-03-09T09:30:00+13:00",
    ]
    assert _free(api, "from=2026-03-09")["items"] == []
    assert len(_free(api, "from=2026-03-08")["items"]) == 2


def test_free_times_come_in_pages_of_several_calendars(api):
    """In order of time, each once; a page token fits its question only."""
    ids = {_created(api, services=["cleaning"])["id"] for _ in range(2)}
    _created(api)
    query = "service=cleaning&from=2026-03-09&to=2026-04-08&page_size=3"
    seen, token = [], ""
    while token is not None:
        page = _free(api, query + (f"&page_token={token}" if token else ""))
        seen += [(each["start"], each["calendar_id"]) for each in page["items"]]
        token = page["next_page_token"]
    assert seen == sorted(set(seen))
    assert len(seen) == 2 * 2 * 5
    assert {calendar_id for _, calendar_id in seen} == ids
    token = _free(api, query)["next_page_token"]
    assert api.get(f"{SLOTS}?{query.replace('03-09', '03-10')}&page_token={token}").status == 400
    named = "&".join(f"calendar_id={each}" for each in ids)
    assert len(_free(api, f"{named}&from=2026-03-09")["items"]) == 4


@pytest.mark.parametrize(
    ("query", "status", "code", "pointer"),
    [
        ("from=2026-03-09&to=2026-04-09", 400, "bad_range", "/to"),
        ("from=2026-03-09&to=2026-03-08", 400, "bad_range", "/to"),
        ("to=2026-03-09", 400, "invalid_fields", "/from"),
        ("from=2026-03-09&time_zone=Mars", 400, "invalid_fields", "/time_zone"),
        ("from=2026-03-09&service=massage", 404, "service_not_found", "/service"),
        (f"from=2026-03-09&calendar_id=calendar_{'0' * 32}", 404, "calendar_not_found", "/calendar_id"),
        ("from=2026-03-09&calendar_id=me", 400, "invalid_fields", "/calendar_id/0"),
    ],
)
def test_a_question_without_an_answer_names_what_is_wrong(api, query, status, code, pointer):
    """By the parameter's name."""
    _created(api)
    answer = api.get(f"{SLOTS}?{query}")
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["errors"][0]["pointer"] == pointer


def test_a_slot_is_held_and_let_go(api):
    """Nobody else has it for two minutes, unless it is released before."""
    made = _created(api)
    body = {"calendar_id": made["id"], "start": "2026-03-09T08:00:00Z"}
    held = api.post(HOLD, body)
    assert held.status == 201
    assert held.body == {
        "hold_id": held.body["hold_id"],
        "calendar_id": made["id"],
        "start": "2026-03-09T08:00:00.000Z",
        "end": "2026-03-09T08:30:00.000Z",
        "until": "2026-03-03T12:02:00.000Z",
    }
    refused = api.post(HOLD, body)
    assert (refused.status, refused.body["code"]) == (409, "slot_taken")
    assert refused.body["details"]["nearest"][0]["start"] == "2026-03-09T08:30:00.000Z"
    where = f"calendar_id={made['id']}&start=2026-03-09T08:00:00Z"
    for _ in range(2):
        assert api.ask("DELETE", f"{HOLD}/{held.body['hold_id']}?{where}").status == 204
    assert api.post(HOLD, body).status == 201


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_time_are_no_slots(api, start):
    """They are refused, not a fault: by the clock of some zones they are not there."""
    for zone in ("America/New_York", "Asia/Tokyo"):
        calendar_id = _created(api, time_zone=zone)["id"]
        held = api.post(HOLD, {"calendar_id": calendar_id, "start": start})
        where = f"calendar_id={calendar_id}&start={start}"
        released = api.ask("DELETE", f"{HOLD}/hold_{'0' * 32}?{where}")
        day = start[:10]
        found = api.get(f"{SLOTS}?from={day}&calendar_id={calendar_id}")
        assert {held.status, released.status} == {400}
        assert found.status in {200, 400}
        assert api.get(f"/v1/scheduling/bookings?calendar_id={calendar_id}&from={day}").status == 200


def test_a_hold_that_is_repeated_is_the_same(api):
    """The key makes it so, also when the first answer was lost."""
    made = _created(api)
    body, key = {"calendar_id": made["id"], "start": "2026-03-09T08:00:00Z"}, {"Idempotency-Key": "once"}
    assert api.post(HOLD, body, headers=key).body == api.post(HOLD, body, headers=key).body


def test_only_slots_are_held(api):
    """What is no slot, is over, or too near or too far, is refused by the name of its field."""
    made = _created(api, notice_min=60, horizon_days=10)
    for start, code in (
        ("2026-03-09T08:10:00Z", "not_a_slot"),
        ("2026-03-02T08:00:00Z", "booking_in_past"),
        ("2026-03-03T12:30:00Z", "booking_too_soon"),
        ("2026-03-16T08:00:00Z", "booking_too_far"),
    ):
        answer = api.post(HOLD, {"calendar_id": made["id"], "start": start})
        assert (answer.status, answer.body["code"]) == (400, code)
        assert answer.body["errors"][0]["pointer"] == "/start"

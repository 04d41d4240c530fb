"""Appointments on the deployed stack: one place and many who want it, links, and calendars of others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import requests
from e2e.world import eventually, own_prompt

from chalicelib.scheduling.domain.calendars import WEEKDAYS

if TYPE_CHECKING:
    from e2e.world import Stack

SLOTS, BOOKINGS = "/v1/scheduling/time-slots/availability", "/v1/scheduling/bookings"
_AT_ONCE = 5
_SOMEBODY = {"name": "Olga Booker", "phone": "+14155550187", "time_zone": "America/Los_Angeles"}
_BOOKS: dict[str, Any] = {
    "answer": 0.5,
    "steps": [
        {"hears": "minute", "say": "I would like to make an appointment."},
        {"hears": "suit you", "say": "Tomorrow at ten, please."},
        {"hears": "Shall I book tomorrow at ten", "say": "Yes, please."},
        {"hears": "anything else", "say": "No, that is all. Goodbye."},
    ],
    "rules": [],
}


def _free(stack: Stack) -> list[str]:
    first = datetime.now(UTC).date() + timedelta(days=2)
    days = {"from": first.isoformat(), "to": (first + timedelta(days=6)).isoformat()}
    found = stack.api.get(SLOTS, calendar_id=stack.data.calendar, page_size="100", **days)
    return [each["start"] for each in found["items"]]


def _file(start: str) -> str:
    written = start.replace("-", "").replace(":", "").partition(".")[0]
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:{written}Z\r\nDURATION:PT30M\r\nEND:VEVENT\r\n"
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{event}END:VCALENDAR\r\n"


def test_one_of_many_gets_the_place_and_moves_on(stack: Stack) -> None:
    """The others are offered the nearest; links open without a token; busy times are free no more."""
    contact = next(iter(stack.data.contacts.values()))
    start, *_, later = _free(stack)
    wish = {"calendar_id": stack.data.calendar, "contact_id": contact, "start": start}

    def book(_number: int) -> requests.Response:
        return stack.ask("POST", BOOKINGS, json=wish)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = list(threads.map(book, range(_AT_ONCE)))
    booked, *others = sorted(answers, key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in (booked, *others)] == [201] + [409] * (_AT_ONCE - 1)
    assert all(len(answer.json()["details"]["nearest"]) == 3 for answer in others)
    one = f"{BOOKINGS}/{booked.json()['id']}"
    link = stack.url("api") + stack.api.get(f"{one}/invitation-link")["path"]
    file = requests.get(link, timeout=20)
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert booked.json()["id"] in file.text
    assert requests.get(link[:-1], timeout=20).status_code == 403

    _take_busy(stack, later)
    assert stack.api.post(f"{one}/move", {"start": _free(stack)[0]})["sequence"] == 1
    assert start in _free(stack)
    eventually(lambda: _kinds(stack, contact) >= {"booking"})
    assert stack.api.post(f"{one}/cancel", {})["state"] == "cancelled"


def test_a_booking_is_told_by_text_with_a_link(stack: Stack) -> None:
    """A worker makes the link and the schedules; that it is cancelled is told as well."""
    contact = list(stack.data.contacts.values())[1]
    wish = {"calendar_id": stack.data.calendar, "contact_id": contact, "start": _free(stack)[-1]}
    one = f"{BOOKINGS}/{stack.api.post(BOOKINGS, wish)['id']}"
    told = eventually(lambda: _text(stack, contact, "is booked for"))
    file = requests.get(told.partition("For your calendar: ")[2], timeout=20)
    assert one.rpartition("/")[2] in file.text
    stack.api.post(f"{one}/cancel", {})
    eventually(lambda: _text(stack, contact, "is cancelled"))


def test_a_caller_books_by_voice(stack: Stack) -> None:
    """Offered, read back, agreed to: only then it is said to be booked, and it is."""
    hours = {each: [{"start": "00:00", "end": "24:00"}] for each in WEEKDAYS}
    own = {"name": "Always open", "time_zone": "America/Los_Angeles", "hours": hours, "slot_min": 60}
    calendar = stack.api.post("/v1/scheduling/calendars", own)["id"]
    template = {
        "name": "Booking",
        "prompt_id": own_prompt(stack.api),
        "greeting": "Hello {{ first_name }}, do you have a minute?",
        "tools": ["end_call", "check_availability", "book_appointment"],
    }
    wish = {
        "contact_id": stack.api.post("/v1/crm/contacts", _SOMEBODY)["id"],
        "template_id": stack.api.post("/v1/calls/templates", template)["id"],
    }
    stack.script(_SOMEBODY["phone"], _BOOKS)
    call = stack.finished(stack.api.post("/v1/calls/initiate", wish)["id"])
    heard = " ".join(text for _, text in stack.heard(call["sid"]))
    assert "You are booked for tomorrow at ten o'clock" in heard
    found = stack.api.get(BOOKINGS, contact_id=wish["contact_id"])["items"]
    (booking,) = [each for each in found if each["calendar_id"] == calendar]
    assert (booking["state"], booking["call_id"]) == ("booked", call["id"])
    stack.api.post(f"{BOOKINGS}/{booking['id']}/cancel", {})


def _text(stack: Stack, contact: str, words: str) -> str:
    thread = stack.api.get(f"/v1/crm/contacts/{contact}/messages")["items"]
    return next((each["body"] for each in thread if words in each["body"]), "")


def _take_busy(stack: Stack, start: str) -> None:
    """Send somebody's calendar as it is, and forget it again."""
    busy = f"/v1/scheduling/calendars/{stack.data.calendar}/busy"
    url, headers = stack.url("api") + busy, {"Authorization": f"Bearer {stack.endpoints['admin_token']}"}
    sent = headers | {"Content-Type": "text/calendar"}
    taken = requests.post(f"{url}?source=e2e", data=_file(start).encode(), headers=sent, timeout=30)
    assert (taken.status_code, taken.json()["times"]) == (200, 1)
    assert start not in _free(stack)
    assert stack.ask("DELETE", f"{busy}/e2e").status_code == 204
    assert start in _free(stack)


def _kinds(stack: Stack, contact: str) -> set[Any]:
    timeline = stack.api.get(f"/v1/crm/contacts/{contact}/timeline")
    return {each["kind"] for each in timeline["items"]}

"""The conversations about appointments, played with a real calendar: what was said is what the rows hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.appointments import a_calendar
from fakes.calls import FakeCalls
from fakes.scripted import ScriptedModel

from chalicelib.ai.domain.evaluations import THEIR_OWN
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.ai.services.rehearsing import Part, play
from chalicelib.calls.services.rehearsals import CallStage
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import Effect
from chalicelib.scheduling.domain.calendars import Interval
from chalicelib.scheduling.domain.sheets import EntryKind, bookings_on
from chalicelib.scheduling.services.booking import BookingWish, book
from chalicelib.scheduling.services.calendars import create_calendar
from chalicelib.scheduling.tools import scheduling_tools
from localcloud.model_server.script_book import parse_script
from localcloud.scenario_files import read_scenarios

NOW = datetime(2026, 3, 3, 18, tzinfo=UTC)  # ten o'clock in Los Angeles
SCENARIOS = {
    each["name"]: each for each in read_scenarios([Path(__file__).parents[2] / "evals/booking.yaml"])
}
DAY = (Interval(9 * 60, 12 * 60), Interval(13 * 60, 18 * 60))
CALENDAR = a_calendar(zone="America/Los_Angeles", hours=dict.fromkeys(range(5), DAY))
WEDNESDAY, THURSDAY, FRIDAY = "2026-03-04T18:00", "2026-03-05T22:00", "2026-03-06T17:00"  # ten, two, nine
ONE = "2026-03-05T21:00"  # Thursday at one
# What the contact has before, and what stands and is cancelled after; UTC.
ROWS = {
    "book-first-offer": ((), {WEDNESDAY: "booked"}),
    "book-no-after-read-back": ((), {}),
    "book-changes-mind": ((), {FRIDAY: "booked"}),
    "book-named-day": ((), {ONE: "booked"}),
    "book-part-of-day": ((), {WEDNESDAY: "booked"}),
    "book-closed-day": ((), {}),
    "book-taken-time": ((), {}),
    "move-appointment": ((WEDNESDAY,), {THURSDAY: "booked"}),
    "move-nothing-there": ((), {}),
    "cancel-appointment": ((WEDNESDAY,), {WEDNESDAY: "cancelled"}),
    "cancel-one-of-two": ((WEDNESDAY, THURSDAY), {WEDNESDAY: "booked", THURSDAY: "cancelled"}),
    "cancel-kept-after-all": ((WEDNESDAY,), {WEDNESDAY: "booked"}),
    "confirm-appointment": ((WEDNESDAY,), {WEDNESDAY: "confirmed"}),
    "ask-for-own-appointment": ((WEDNESDAY,), {WEDNESDAY: "booked"}),
    "ask-without-appointment": ((), {}),
}


@pytest.fixture
def calls(crm):
    """Give the ports in memory with a calendar, at the time at which the conversations are held."""
    clock = FixedClock(NOW)
    crm.clock = clock
    ports = FakeCalls(clock, crm)
    ports.ai.model = ScriptedModel()
    create_calendar(ports.scheduling, CALENDAR)
    return ports


def _instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _played(calls, name):
    """Play a scenario with the actions themselves in place of its stubs; give it and the contact's id."""
    scenario = replace(ScenarioIn.model_validate(SCENARIOS[name]).scenario(), stubs={})
    stage = CallStage(calls)
    cast = stage.enter(THEIR_OWN, scenario, f"eval_1#{name}")
    real = {each.name: replace(each, effect=Effect.CHANGES) for each in scheduling_tools(calls.scheduling)}
    for start in ROWS[name][0]:
        book(calls.scheduling, BookingWish("calendar_1", cast.context.contact_id, _instant(start)))
    cast = replace(cast, tools={**cast.tools, **real})
    return play(calls.ai, stage, scenario, cast, Part(0, 1)), cast.context.contact_id


def test_every_conversation_has_its_rows():
    """There are twelve or more, and for each it is known how it ends."""
    assert len(SCENARIOS) >= 12
    assert set(SCENARIOS) == set(ROWS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_said_is_what_stands(calls, name):
    """Everything that the scenario expects is seen, and the rows and days hold just that."""
    if name == "book-taken-time":
        other = create_contact(calls.crm, NewContact("Bo", E164("+14155553009"))).id
        book(calls.scheduling, BookingWish("calendar_1", other, _instant(WEDNESDAY)))
    played, contact_id = _played(calls, name)
    assert [f"{each.where}: {each.message}" for each in played.failures] == []
    assert played.error == ""
    theirs = [each for each in calls.scheduling.bookings.by_id.values() if each.contact_id == contact_id]
    assert {f"{each.start:%Y-%m-%dT%H:%M}": each.state for each in theirs} == ROWS[name][1]
    standing = {each.id for each in calls.scheduling.bookings.by_id.values() if each.takes_place}
    sheets = calls.scheduling.sheets.by_day.values()
    assert {each for sheet in sheets for each in bookings_on(sheet)} == standing


def test_what_was_read_back_is_held(calls):
    """While the caller thinks, nobody else can take it."""
    _played(calls, "book-no-after-read-back")
    (sheet,) = calls.scheduling.sheets.by_day.values()
    assert [each.kind for each in sheet.entries] == [EntryKind.HELD]


@pytest.mark.parametrize(
    "lie", ["You are booked for tomorrow at ten.", "We look forward to seeing you on Wednesday."]
)
def test_a_model_that_lies_is_not_heard(calls, lie):
    """It has only looked for times: that something is booked is not spoken, however it says it."""
    scripts = calls.ai.model.book
    lies = {"rules": [{"when": {"after_tool": "check_availability"}, "say": lie}]}
    calls.ai.model.book = scripts.preceded_by(parse_script(lies, "lies", scripts.vocabulary))
    played, _ = _played(calls, "book-closed-day")
    assert not calls.scheduling.bookings.by_id
    assert lie not in " ".join(turn.words for turn in played.turns)

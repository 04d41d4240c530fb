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
    "book-a-second-one": ((WEDNESDAY,), {WEDNESDAY: "booked", FRIDAY: "booked"}),
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


def _played(calls, name, given=None):
    """Play a scenario with the actions themselves in place of its stubs; give it and the contact's id."""
    scenario = replace(ScenarioIn.model_validate(given or SCENARIOS[name]).scenario(), stubs={})
    stage = CallStage(calls)
    cast = stage.enter(THEIR_OWN, scenario, f"eval_1#{name}")
    real = {each.name: replace(each, effect=Effect.CHANGES) for each in scheduling_tools(calls.scheduling)}
    for start in ROWS.get(name, ((), {}))[0]:
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


@pytest.mark.parametrize(
    "lie",
    [
        "I have booked you in.",
        "I have booked you in for Friday at two.",
        "Your second appointment is booked for Friday at two.",
    ],
)
def test_a_model_that_has_only_read_is_not_heard_to_book(calls, lie):
    """Who has an appointment already hears of no other one that is not there."""
    scripts = calls.ai.model.book
    lies = {"rules": [{"when": {"after_tool": "my_appointments"}, "say": lie}]}
    calls.ai.model.book = scripts.preceded_by(parse_script(lies, "lies", scripts.vocabulary))
    played, _ = _played(calls, "ask-for-own-appointment")
    assert len(calls.scheduling.bookings.by_id) == 1
    assert lie not in " ".join(turn.words for turn in played.turns)


# What is said in a language, the day as the caller names it, and the start that was meant; it is a Tuesday.
_LANGUAGES = {
    "de-DE": (
        "Haben Sie am kommenden Freitag etwas frei?",
        "am kommenden Freitag",
        "Frei ist am Freitag um neun. Passt das?",
        "Ja, um neun.",
        "Soll ich Freitag um neun Uhr für Sie buchen?",
        "Ja, bitte.",
        "Ihr Termin ist am Freitag um neun Uhr gebucht.",
    ),
    "es-ES": (
        "¿Tienen algo libre el viernes que viene?",
        "el viernes que viene",
        "El viernes a las nueve está libre. ¿Le viene bien?",
        "Sí, a las nueve.",
        "¿Le reservo el viernes a las nueve?",
        "Sí, por favor.",
        "Su cita está reservada para el viernes a las nueve.",
    ),
    "fr-FR": (
        "Avez-vous une place vendredi prochain ?",
        "vendredi prochain",
        "Vendredi à neuf heures est libre. Cela vous convient ?",
        "Oui, à neuf heures.",
        "Je vous réserve vendredi à neuf heures ?",
        "Oui, s'il vous plaît.",
        "Votre rendez-vous est réservé pour vendredi à neuf heures.",
    ),
}


def _spoken(language):
    """Give a conversation in a language, the rules of a model that leads it, and how it ends."""
    asks, day, offer, takes, question, agrees, told = _LANGUAGES[language]
    start = {"tool": "book_appointment", "arguments": {"start": "2026-03-06T09:00"}}
    scenario = {
        **SCENARIOS["book-first-offer"],
        "name": f"booked-{language[:2]}",
        "steps": [{"caller": words, "language": language} for words in (asks, takes, agrees)],
    }
    scenario["agent"] = {**scenario["agent"], "language": language}
    looks = {"tool": "check_availability", "arguments": {"day": day}}
    rules = [
        {"when": {"after_tool": "check_availability", "result": {"regex": "2026-03-06T09:00"}}, "say": offer},
        {"when": {"after_tool": "book_appointment", "result": {"regex": "^Booked"}}, "say": told},
        {"when": {"after_tool": "book_appointment"}, "say": question},
        {"when": {"user": {"regex": f"^{agrees}"}}, "call": [start]},
        {"when": {"user": {"regex": f"^{takes}"}}, "call": [start]},
        {"when": {"user": {"regex": "frei|libre|place"}}, "call": [looks]},
    ]
    return scenario, {"rules": rules}, told


@pytest.mark.parametrize("language", _LANGUAGES)
def test_appointments_are_booked_in_other_languages(calls, language):
    """The day as people name it meets the calendar, and "booked" is spoken of the row that there is."""
    scenario, rules, told = _spoken(language)
    scripts = calls.ai.model.book
    calls.ai.model.book = scripts.preceded_by(parse_script(rules, "spoken", scripts.vocabulary))
    played, _ = _played(calls, scenario["name"], scenario)
    assert [f"{each.where}: {each.message}" for each in played.failures] == []
    (booking,) = calls.scheduling.bookings.by_id.values()
    assert f"{booking.start:%Y-%m-%dT%H:%M}" == FRIDAY
    assert [told in turn.words for turn in played.turns][-1]
    assert not any(told in turn.words for turn in played.turns[:-1])


def test_what_was_declined_is_not_said_to_be_booked(calls):
    """A time that was read back and not agreed to is no appointment, whatever else the caller has."""
    lie = "Your second appointment is booked for Friday at nine."
    scripts = calls.ai.model.book
    lies = {"rules": [{"when": {"user": {"regex": "^No, leave it"}}, "say": lie}]}
    calls.ai.model.book = scripts.preceded_by(parse_script(lies, "lies", scripts.vocabulary))
    first = SCENARIOS["book-first-offer"]
    steps = [*first["steps"][:3], *({"caller": words} for words in ("Friday at 9.", "No, leave it."))]
    played, _ = _played(calls, "book-first-offer", {**first, "steps": steps})
    assert [each.done for each in played.turns[4].seen if each.name == "book_appointment"] == [False]
    assert len(calls.scheduling.bookings.by_id) == 1
    assert lie not in " ".join(turn.words for turn in played.turns)

"""Words that an appointment was made: spoken of the rows that there are, and of no others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.ai.domain.chats import ChatKind, ChatTurn, history
from chalicelib.ai.domain.conversation import (
    CallerSaid,
    Conversation,
    Corrected,
    Heard,
    Say,
    Spoken,
    ToolResult,
    ToolSpec,
    ToolUsed,
)
from chalicelib.ai.domain.named_times import NamedTime, is_one_of, starts_in, time_named
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.ai.ports.models import ToolCall

MINE = ToolSpec("my_appointments", "Say.", {}, changes=False, backs=("stands", "expected"))
BOOK = ToolSpec("book_appointment", "Book.", {}, backs=("booked",))
MOVE = ToolSpec("move_appointment", "Move.", {}, backs=("changed", "booked"))
CONTACT = ToolSpec("update_contact", "Change.", {}, backs=("changed", "noted"))
TALK = Conversation("Be brief.", "Hello.", tools=(MINE, BOOK, MOVE, CONTACT))
WEDNESDAY_AT_TEN = "2026-03-04T10:00"
BOOKED = ("book_appointment", "Booked: tomorrow at ten o'clock.", WEDNESDAY_AT_TEN)
READ = ("my_appointments", f"They have: tomorrow at ten o'clock (which: {WEDNESDAY_AT_TEN}).", "")
ADDRESS = ("update_contact", "Changed.", "")
SAID = CallerSaid("Please book me another one.")


def _after(*used, done=True):
    """Give a conversation in which these actions were used in an earlier turn."""
    uses = tuple(
        ToolUsed(f"t{number}", name, json.dumps({"start": start} if start else {}), text, done=done)
        for number, (name, text, start) in enumerate(used)
    )
    names = tuple(name for name, _, _ in used) if done else ()
    return replace(TALK, history=(Heard("Hello."), *uses, Spoken("There you are.")), done=names)


def _spoken(respond, model, conversation, claim):
    model.scripts = [[claim], ["Not yet."]]
    directives = respond(SAID, conversation)
    said = "".join(each.text for each in directives if isinstance(each, Say)).strip()
    assert any(isinstance(each, Corrected) for each in directives) == (said == "Not yet.")
    return said


@pytest.mark.parametrize(
    "claim",
    [
        "I have booked you in for Friday at two.",
        "I have booked you in.",
        "Done, your new appointment is booked for Friday at two.",
        "I have booked a second appointment for Friday at two.",
        "Your second appointment is booked.",
        "Your appointment is booked for Wednesday at eleven.",
        "He reservado su cita para el viernes a las dos.",
        "Ich habe Ihren Termin für Freitag um 14 Uhr gebucht.",
        "J'ai réservé votre rendez-vous pour vendredi à 14 heures.",
    ],
)
def test_who_has_only_read_has_booked_nothing(respond, model, claim):
    """To know of an appointment is not to have made another."""
    assert _spoken(respond, model, _after(READ), claim) == "Not yet."


@pytest.mark.parametrize(
    "claim",
    [
        "Your appointment is booked for tomorrow at ten.",
        "You are booked for Wednesday at ten o'clock.",
        "Your appointment is booked.",
        "See you tomorrow at ten then.",
        "Ihr Termin ist am Mittwoch um 10 Uhr gebucht.",
    ],
)
def test_what_was_read_may_be_told(respond, model, claim):
    """That an appointment stands is true, whoever made it."""
    assert _spoken(respond, model, _after(READ), claim) == claim


@pytest.mark.parametrize(
    "claim",
    [
        "I have booked a second appointment for Friday at two.",
        "I have booked another appointment for you.",
        "I have booked you in for Friday.",
        "You are booked for Wednesday at half past two.",
        "I have moved your appointment to Friday at two.",
        "Ich habe Ihnen einen weiteren Termin gebucht.",
    ],
)
def test_one_booking_does_not_bear_out_another(respond, model, claim):
    """What was booked earlier in the call is not what is claimed now."""
    assert _spoken(respond, model, _after(BOOKED), claim) == "Not yet."


@pytest.mark.parametrize(
    "claim",
    [
        "As I said, you are booked for Wednesday at ten.",
        "I have booked you in for tomorrow at ten o'clock.",
        "I have booked your appointment at 12 Pier Street for you.",
        "I have booked you in.",
        "I have booked you in at ten, and we open at nine.",
        "Your appointment is booked, Maria.",
        "Je vous ai réservé mercredi à dix heures.",
    ],
)
def test_what_was_booked_may_be_said_again(respond, model, claim):
    """A true repetition is spoken as it is, in whatever turn."""
    assert _spoken(respond, model, _after(BOOKED), claim) == claim


def test_a_time_that_was_only_read_back_is_not_booked(respond, model):
    """Who was asked and has not agreed hears of no booking at that time."""
    asked = ToolUsed("t9", "book_appointment", '{"start": "2026-03-06T14:00"}', "Shall I book Friday at two")
    talk = _after(BOOKED)
    talk = replace(talk, history=(*talk.history, asked))
    assert _spoken(respond, model, talk, "I have booked you in for Friday at two.") == "Not yet."


def test_another_that_was_booked_in_this_turn_is_told(respond, model):
    """The words follow their act."""
    second = ToolCall("t5", "book_appointment", '{"start": "2026-03-06T14:00"}')
    claim = "I have booked a second appointment for you. It is booked for Friday at two."
    model.scripts = [[second], [claim]]
    directives = respond(SAID, _after(BOOKED), results=[ToolResult("Booked: Friday at two o'clock.")])
    assert "".join(each.text for each in directives if isinstance(each, Say)).strip() == claim


def test_what_was_read_without_its_start_is_not_judged_by_times(respond, model):
    """We cannot tell that it is another one."""
    read = ("my_appointments", "They have: tomorrow at ten o'clock.", "")
    claim = "Your appointment is booked for tomorrow at ten."
    assert _spoken(respond, model, _after(read), claim) == claim


def test_what_has_no_time_is_not_judged_by_times(respond, model):
    """Data of a contact that were changed may be told with whatever time is in them."""
    claim = "I have changed your preferred time to two o'clock."
    assert _spoken(respond, model, _after(BOOKED, ADDRESS), claim) == claim


def test_an_appointment_is_moved_from_one_time_to_another(respond, model):
    """Whence it was moved is not where it is."""
    moved = ("move_appointment", "Moved to Friday at two o'clock.", "2026-03-06T14:00")
    claim = "I have moved your appointment from Wednesday at ten to Friday at two."
    assert _spoken(respond, model, _after(moved), claim) == claim


@pytest.mark.parametrize(
    ("text", "weekday", "hour"),
    [
        ("on Friday at half past two", 4, 2),
        ("Friday at a quarter to three", 4, 3),
        ("el miércoles a las diecisiete", 2, 5),
        ("am Samstag um halb drei", 5, 3),
        ("vendredi à 14 heures 30", 4, 2),
        ("Tuesday, 14:30", 1, 2),
        ("Sunday at 2 PM", 6, 2),
        ("at noon", None, 0),
        ("for two people at 12 Pier Street", None, None),
        ("at one of our clinics, at Two Rivers", None, None),
        ("tomorrow", None, None),
    ],
)
def test_times_are_read_in_sentences(text, weekday, hour):
    """The weekday and the hour, and no number of something else."""
    assert time_named(text) == NamedTime(weekday, hour)


def test_a_time_is_compared_with_a_start():
    """Half past two has two in it and, as some say it, three."""
    start = datetime(2026, 3, 6, 14, 30)  # noqa: DTZ001  on the person's clock
    assert all(is_one_of(NamedTime(4, hour), start) for hour in (2, 3, None))
    assert not is_one_of(NamedTime(4, 4), start)
    assert not is_one_of(NamedTime(3, 2), start)
    assert starts_in(["(which: 2026-03-06T14:30, 2026-13-01T10:00, 2026-03-06T14:30Z)"]) == {start}


def test_the_history_of_a_chat_tells_what_took_effect():
    """What was only asked for is not taken for done."""
    runs = tuple(
        ToolRun(f"t{done}", "book_appointment", "{}", "", done=done, took_ms=1) for done in (True, False)
    )
    turn = ChatTurn("turn_1", 1, ChatKind.MESSAGE, datetime(2026, 3, 3, tzinfo=UTC), tools=runs)
    assert [each.done for each in history((turn,)) if isinstance(each, ToolUsed)] == [True, False]

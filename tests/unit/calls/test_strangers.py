"""People of whom only the number is known: how they are addressed, and what time it is there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import LINE, NOW, NUMBER, a_prompt, a_template, connected

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.briefing import Occasion, write_brief
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.message_templates import fill
from chalicelib.calls.services.rooms.summary import whisper
from chalicelib.crm.domain.contacts import UNKNOWN_CALLER, ContactChanges
from chalicelib.crm.services.contacts import change_contact, find_contact, recognise_caller
from chalicelib.kernel.phones import E164

STRANGER = E164("+14155552699")


def _brief(calls, number=STRANGER, name=UNKNOWN_CALLER, prompt="You talk to {{ contact.name }}.", **template):
    contact = recognise_caller(calls.crm, number, name=name)
    text = replace(a_prompt(calls.clock), text=prompt)
    occasion = Occasion(contact, Direction.OUTBOUND, number, LINE)
    return write_brief(calls, a_template(**template), text, occasion)


@pytest.mark.parametrize(
    ("number", "zone", "now"),
    [
        ("+14155552699", "America/Los_Angeles", "Tuesday, 03 March 2026, 04:00"),
        ("+4930123456", "Europe/Berlin", "Tuesday, 03 March 2026, 13:00"),
        ("+18005550100", "UTC", "Tuesday, 03 March 2026, 12:00 UTC"),
    ],
)
def test_a_number_says_what_time_it_is_there(calls, number, zone, now):
    """Promises are understood by that clock; where nothing tells it, the zone is named with the time."""
    brief = _brief(calls, E164(number), prompt="It is {{ now }}.")
    assert brief.time_zone == zone
    assert now in brief.instructions
    assert ("UTC" in brief.instructions) is (zone == "UTC")


@pytest.mark.parametrize(
    ("language", "greeting", "said"),
    [
        ("en-US", "Hello {{ first_name }}, this is Ann.", "Hello there, this is Ann."),
        ("es-MX", "Hola {{ first_name }}, soy Ana.", "Hola, soy Ana."),
        ("de-DE", "{{ first_name }}, guten Tag. Hier ist Ann.", "guten Tag. Hier ist Ann."),
        ("fr-FR", "Bonjour {{ first_name }} ! Ici Anne.", "Bonjour ! Ici Anne."),
        ("en-US", "Hello {{ contact.name }}, this is Ann.", "Hello, this is Ann."),
    ],
)
@pytest.mark.parametrize("name", [UNKNOWN_CALLER, "+14155552699"])
def test_a_greeting_leaves_out_a_name_that_nobody_knows(calls, language, greeting, said, name):
    """By the language of the template; neither our word for strangers nor a number is a name."""
    assert _brief(calls, name=name, language=language, greeting=greeting).greeting == said


def test_a_known_name_is_spoken_as_it_is_written(calls):
    """Only texts of which a name was left out are tidied."""
    brief = _brief(calls, name="Ada King", greeting="Hello {{ first_name }} , hello.", language="es-ES")
    assert brief.greeting == "Hello Ada , hello."


@pytest.mark.parametrize("name", [UNKNOWN_CALLER, "+14155552699"])
def test_the_model_is_told_that_a_name_is_not_known(calls, name):
    """So that it neither says "Unknown" nor makes one up."""
    brief = _brief(calls, name=name, prompt="{{ contact.name }} / {{ first_name }}", language="es-ES")
    assert brief.instructions.count("(name not known)") == 2
    assert "Unknown" not in brief.instructions


def test_a_text_message_leaves_it_out_too(calls):
    """As greetings do."""
    contact = recognise_caller(calls.crm, STRANGER)
    text = fill(calls, "Hi {{ contact.name }}, call us.", contact, (STRANGER, LINE), {})
    assert text == "Hi, call us."


def test_a_call_is_read_without_a_name(calls):
    """The model is not given our word for strangers, which it would take for a name."""
    call = connected(calls)
    known = find_contact(calls.crm, NUMBER)
    change_contact(calls.crm, known.id, ContactChanges(name=UNKNOWN_CALLER))
    ended = replace(call, state=CallState.ENDED, ended_at=NOW, look_at=NOW, carrier_status="completed")
    calls.shelf.calls[call.id] = ended
    said = Turn(1, TurnKind.SPEECH, NOW, said="Hello", answer="Hi.", end=TurnEnd.LISTEN)
    calls.shelf.turns[call.id, 1] = said
    told = []
    extract = calls.ai.model.extract

    def listen(task, *rest):
        told.append(task)
        return extract(task, *rest)

    calls.ai.model.extract = listen
    finish_call(calls, call.id)
    assert told
    assert "Contact name: not known" in told[0]
    assert "Unknown" not in told[0]
    assert whisper(calls, calls.book.load(call.id)).startswith("A caller would like")

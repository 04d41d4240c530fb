"""What counts as the caller's yes to an action, in four languages, and what does not."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain.tooling import agrees


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "yes please",
        "Yeah, go ahead",
        "Um, sure",
        "That's right",
        "That\u2019s correct.",
        "OK, do it",
        "Sounds good",
        "Sí, por favor",
        "De acuerdo",
        "Ja, bitte",
        "Genau",
        "Einverstanden",
        "Oui, allez-y",
        "D'accord",
        "Bien sûr",
        "Si",
        "That works",
        "Please book it",
        "ok no problem",
        "Sure, why not",
        "uh-huh",
        "Right",
        "klar doch",
        "aber ja",
        "mais oui",
        "That would be great",
    ],
)
def test_a_plain_yes_is_one(text):
    """With or without please."""
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "uh-huh?",
        "um",
        "please",
        "Thanks",
        "No",
        "Yes, but make it four",
        "Yes? What for?",
        "OK, wait",
        "Yes, no, actually not",
        "I don't know",
        "Yesterday was fine",
        "Sí, pero mañana",
        "Ja, aber nicht heute",
        "Jaguar",
        "Oui mais pas demain",
        "Sure, if it is free",
        "Yes, make it 5 pm",
        "Yes, Thursday works better",
        "Yes, at five",
        "Ja, um fünf",
        "Si no puedo",
        "Sí, el martes",
        "Oui, à seize heures",
        "I said that yes is what my sister would say to a question like that one",
    ],
)
def test_what_is_doubtful_is_no_yes(text):
    """Noise, thanks, conditions, questions, corrections and other words."""
    assert not agrees(text)

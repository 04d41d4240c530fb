"""How situations are told in words: what people do, and what they heard."""

from __future__ import annotations

import pytest
from e2e.situations.judge import found
from e2e.situations.words import in_words

TALK = "Hello Robin, this is Ava. Do you have 1.5 minutes? Great, thank you."


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({}, "says nothing"),
        ({"answer": "busy"}, "is on the phone"),
        ({"answer": 0.5, "steps": [{"say": "Yes."}, {"press": "1w2"}]}, "says “Yes.”, presses 12"),
        ({"steps": [{"noise": 1}, {"silent": 3}]}, "makes noise, is silent"),
        ({"steps": [{"say": "A."}, {"say": "A."}, {"say": "B."}]}, "says “A.”, then “B.”"),
        ({"steps": [{"say": "A."}], "rules": [{"hears": "goodbye", "hang_up": True}]}, "says “A.”"),
        ({"rules": [{"hears": "goodbye", "hang_up": True}]}, "hangs up on “goodbye”"),
        (
            {"steps": [{"interrupt_after_words": 3, "say": ["Hold", "on."]}]},
            "talks over the agent after 3 words: says “Hold on.”",
        ),
        (
            {"steps": [{"say": "Hi."}], "rules": [{"hears": "/bye|adieu/", "hang_up": True}]},
            "says “Hi.”, hangs up on “bye” or “adieu”",
        ),
        (
            {"steps": [{"say": "Hi.", "hang_up": True}], "rules": [{"hears": "bye", "hang_up": True}]},
            "says “Hi.” and hangs up",
        ),
        (
            {"machine": {"greeting": ["I am out.", "Speak."]}},
            "has a machine that says “I am out. Speak.”, and beeps",
        ),
        (
            {"screening": {"prompt": "Who calls?", "then": "decline"}, "steps": [{"say": "Hi."}]},
            "has calls screened: “Who calls?”, then declines",
        ),
    ],
)
def test_a_script_is_told_in_words(script, words):
    """A person who never saw a script understands what it has somebody do."""
    assert in_words(script) == words


@pytest.mark.parametrize(
    ("part", "quote"),
    [
        ("have 1.5 MINUTES", "Do you have 1.5 minutes?"),
        ("ava. do you", "Hello Robin, this is Ava. Do you have 1.5 minutes?"),
        ("/this is \\w+/", "this is Ava"),
        ("goodbye", ""),
        ("/good.?bye/", ""),
    ],
)
def test_a_part_is_quoted_with_its_sentences(part, quote):
    """What was heard is quoted by the sentence; of an expression, only what it matched."""
    assert found(part, TALK) == quote

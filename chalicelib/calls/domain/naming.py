"""How texts address somebody whose name nobody knows; pure."""

from __future__ import annotations

import re

from chalicelib.ai.domain.sentences import primary

# What a prompt tells the model in place of a name.
NOT_KNOWN = "(name not known)"
_STAND_INS = {"en": "there"}
_BEFORE_SIGN = re.compile(r"[ \t]+(?=[,.;](?!\.))")
_SPACES = re.compile(r" {2,}")
_LEADING = re.compile(r"^[\s,;]+")


def stand_in(language: str) -> str:
    """Give the word for a first name that is not known, in the language of a tag; often there is none."""
    return _STAND_INS.get(primary(language), "")


def without_name(text: str) -> str:
    """Tidy a text in which a name was left out: "Hola , soy Ava" becomes "Hola, soy Ava"."""
    return _SPACES.sub(" ", _BEFORE_SIGN.sub("", _LEADING.sub("", text))).strip()

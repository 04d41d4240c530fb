"""Taking people out of what was said, so that a real conversation can become a scenario.

Each name, number and address becomes a made-up one, the same wherever it stands, so that a reader can follow
who is meant. What no rule knows, such as a street in a sentence, stays: a scenario is read before it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.privacy import masked
from chalicelib.kernel.masking import ACCOUNT, CARD, EMAIL, NUMBER, PHONE

if TYPE_CHECKING:
    from collections.abc import Mapping

STAND_IN = "Alex Example"
EMAIL_STAND_IN = "alex@example.com"
COMPANY_STAND_IN = "Example Company"
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.,])\+[1-9](?:[ ().\-/]{0,3}[0-9]){6,14}(?!\w)")
# As many digits as the shortest phone numbers have.
_LONG_NUMBER = 7
_OTHER_DIGITS = "1234567890"
_LEAST = 3  # shorter parts of names are words
# What stands for numbers and addresses of which only the kind is known; they are nobody's.
_MADE_UP = {
    EMAIL: "someone@example.com",
    CARD: "4242 4242 4242 4242",
    ACCOUNT: "DE89 3704 0044 0532 0130 00",
    PHONE: "+12025550199",
    NUMBER: "one two three four five six seven",
}
_KINDS = re.compile("|".join(map(re.escape, _MADE_UP)))


@dataclass
class Redaction:
    """Replaces what identifies somebody; `known` are texts of the records and their stand-ins."""

    known: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._emails: dict[str, str] = {}
        self._phones: dict[str, str] = {}
        whole = {text.casefold(): stand_in for text, stand_in in self.known.items() if text.strip()}
        self._names = whole
        longest_first = sorted(whole, key=len, reverse=True)
        self._pattern = (
            re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
            if whole
            else None
        )

    def text(self, text: str) -> str:
        """Give a text without what identifies anybody, as far as rules tell; what was masked is made up."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._names[found[0].casefold()], text)
        text = _EMAIL.sub(lambda found: self._email(found[0]), text)
        text = _PHONE.sub(lambda found: self._phone(found[0]), text)
        hidden = _spared(text, (*self._emails.values(), *self._phones.values(), *self._names.values()))
        return _KINDS.sub(lambda found: _MADE_UP[found[0]], hidden)

    def value(self, value: Any) -> Any:
        """Give a JSON value with every text in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if isinstance(value, dict):
            return {name: self.value(each) for name, each in value.items()}
        return self._number(value)

    def _number(self, value: Any) -> Any:
        """Give a number as it is, unless it may be a phone, a card or an account: then with other digits."""
        if not isinstance(value, int) or isinstance(value, bool) or len(str(abs(value))) < _LONG_NUMBER:
            return value
        return int((_OTHER_DIGITS * len(str(value)))[: len(str(abs(value)))])

    def _email(self, email: str) -> str:
        if email.casefold() in set(self._names.values()):
            return email
        return self._emails.setdefault(email.casefold(), f"person{len(self._emails) + 1}@example.com")

    def _phone(self, phone: str) -> str:
        digits = re.sub(r"\D", "", phone)
        return self._phones.setdefault(digits, f"+1202555{100 + len(self._phones):04}")


def names_of(name: str, stand_in: str = STAND_IN) -> dict[str, str]:
    """Give a name and its parts with their stand-ins; the first part has the stand-in's first."""
    first, *others = stand_in.split()
    words = [word for word in name.split() if len(word) >= _LEAST]
    parts = {word: (first if place == 0 else " ".join(others)) for place, word in enumerate(words)}
    return {**parts, name: stand_in} if name else {}


def _spared(text: str, stand_ins: tuple[str, ...]) -> str:
    """Hide what else looks like a number or an address; our own stand-ins are none."""
    kept = sorted({each for each in stand_ins if each}, key=len, reverse=True)
    if not kept:
        return masked(text)
    parts = re.split(f"({'|'.join(map(re.escape, kept))})", text)
    return "".join(part if part in kept else masked(part) for part in parts)

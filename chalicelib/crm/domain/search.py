"""Words by which contacts are found: what the index has of a contact, and what a query asks of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.numbering import national_digits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164

SHORTEST = 2  # entries lie in partitions by their first two characters
MAX_PHRASE = 80
MAX_PHRASES = 40
_WORDS_OF_TEXT = 10
_HOST = "@"
_NUMBER = re.compile(r"[0-9+()./\\\s\u2010-\u2015-]*[0-9][0-9+()./\\\s\u2010-\u2015-]*")


@dataclass(frozen=True)
class SearchEntry:
    """A contact under one of its phrases; `texts` are all that it can be found by."""

    phrase: str
    contact_id: str
    texts: tuple[str, ...]

    @property
    def key(self) -> str:
        """Give its place among the entries: by phrase, then by contact."""
        return f"{self.phrase}#{self.contact_id}"


def texts_of(contact: Contact) -> tuple[str, ...]:
    """Give what a contact can be found by, folded: numbers, name, e-mail address, company."""
    texts = [
        *_digits([contact.phone]),
        fold(contact.name),
        _address(contact.email or ""),
        fold(contact.company or ""),
        *_digits(contact.other_phones),
    ]
    return tuple(dict.fromkeys(text for text in texts if text))


def phrases_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Give the phrases under which texts are entered: each text from each of its first ten words on.

    `ada king lovelace` gives itself, `king lovelace` and `lovelace`. The last word of an e-mail address
    begins none: most addresses have it in common. There are 40 at most, of 80 characters at most.
    """
    found = (phrase for text in texts for phrase in _suffixes(text))
    return tuple(dict.fromkeys(phrase for phrase in found if len(phrase) >= SHORTEST))[:MAX_PHRASES]


@dataclass(frozen=True)
class Way:
    """One way to read a query: entries that begin with `prefix`, of contacts that have all the words."""

    prefix: str
    words: tuple[str, ...]

    def place(self, texts: Sequence[str]) -> str | None:
        """Give the phrase under which this way shows a contact with these texts; None: it does not."""
        fitting = [phrase for phrase in phrases_of(texts) if phrase.startswith(self.prefix)]
        return min(fitting) if fitting and _has_all(texts, self.words) else None


@dataclass(frozen=True)
class Search:
    """A query: the ways to read it, the most exact one first; who is shown by one is not by the next."""

    ways: tuple[Way, ...]

    def shows(self, number: int, entry: SearchEntry) -> bool:
        """Tell whether the contact of an entry is shown at this entry when the way of this number is gone."""
        earlier = any(way.place(entry.texts) is not None for way in self.ways[:number])
        return not earlier and self.ways[number].place(entry.texts) == entry.phrase

    def finds(self, contact: Contact) -> bool:
        """Tell whether any way shows the contact."""
        texts = texts_of(contact)
        return any(way.place(texts) is not None for way in self.ways)


def read_query(text: str) -> Search:
    """Read a query; `Invalid` with code `query_too_short` when no word of it has two characters.

    Every word must begin a word of the contact, in any order; those who have the words in this order come
    first. What looks like a phone number is read as one, too, as it is dialed at home or from abroad.
    """
    words = tuple(word[:MAX_PHRASE] for word in fold(text).split())
    ways = [way for way in dict.fromkeys(_ways(text, words)) if len(way.prefix) >= SHORTEST]
    if not ways:
        told = "Search for two characters or more, such as the beginning of a name."
        raise Invalid(told, code="query_too_short", errors=(FieldError("/q", told),))
    return Search(tuple(ways))


def _ways(text: str, words: tuple[str, ...]) -> Iterator[Way]:
    if not words:
        return
    yield Way(" ".join(words)[:MAX_PHRASE], words)
    if _NUMBER.fullmatch(unicodedata.normalize("NFKC", text)):
        digits = "".join(words)
        yield Way(digits, (digits,))
        home = digits if text.lstrip().startswith("+") else digits.lstrip("0")
        yield Way(home, (home,))
    else:
        yield Way(max(words, key=len), words)


def _has_all(texts: Iterable[str], words: Iterable[str]) -> bool:
    begun = "".join(f" {text.replace(_HOST, ' ')}" for text in texts)
    return all(f" {word}" in begun for word in words)


def _suffixes(text: str) -> Iterator[str]:
    words = text.replace(_HOST, " ").split()
    for first in range(min(len(words) - (_HOST in text), _WORDS_OF_TEXT)):
        yield " ".join(words[first:])[:MAX_PHRASE].rstrip()


def _address(email: str) -> str:
    """Fold an e-mail address, and keep its sign: the words behind it are a host's."""
    local, _, host = email.rpartition("@")
    return f"{fold(local)}{_HOST}{fold(host)}" if email else ""


def _digits(phones: Iterable[E164]) -> Iterator[str]:
    for phone in phones:
        yield phone[1:]
        yield national_digits(phone)

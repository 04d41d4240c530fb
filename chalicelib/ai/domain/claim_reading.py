"""Reading a sentence word by word, as it comes, for statements that something was done.

Each word costs the same however long the sentence is. What a statement means in its sentence is elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.claim_words import COMMA, FULL_STOP, OPENINGS, STATEMENTS, VOCABULARY

if TYPE_CHECKING:
    from chalicelib.ai.domain.claim_words import Claim, Statement

# Where statements may be: their numbers in the table, and the slot that each waits for.
_State = frozenset[tuple[int, int]]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_CUTS = frozenset(",;:()…¿¡\u2013\u2014")
_ENDS = frozenset("!?")
# Spanish denies before the verb, with pronouns between.
_DENIALS = frozenset(["no", "nunca", "jamás", "tampoco"])
_PRONOUNS = frozenset(["lo", "la", "los", "las", "le", "les", "se", "te", "me", "nos"])
# Before whom a question is asked.
_ASK = "have had did do does are is was were shall should could can may would"
_ASKS = frozenset(_ASK.split())
_ASKED = frozenset(("i", "we", "you", "your", "it", "that"))


class Found(NamedTuple):
    """A statement that was made, and where it begins in its sentence."""

    start: int
    statement: Statement


@dataclass
class SentenceReader:
    """Reads one sentence; `found` are the statements in it, `cuts` where its parts end."""

    text: str = ""
    found: list[Found] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    _read: int = 0
    _open: list[tuple[int, _State]] = field(default_factory=list)
    _before: str = ""  # the word before, within its part of the sentence
    _is_denied: bool = False

    def add(self, text: str) -> None:
        """Read on; a last word that may go on waits."""
        self.text += text
        for token in _TOKEN.finditer(self.text, self._read):
            is_cut = token.end() == len(self.text) and _is_word(token.group())
            if is_cut:
                break
            self._take(token.group(), token.start())
            self._read = token.end()

    def close(self) -> None:
        """Read the last word, and take note that the sentence is over."""
        if word := self._rest():
            self._word(word.casefold(), len(self.text) - len(word))
        self._read = len(self.text)
        self._end(FULL_STOP, len(self.text))

    def waits_from(self, backed: frozenset[Claim]) -> int:
        """Say from where on there is, or may come to be, a statement that claims what is not `backed`."""
        rest = self._rest().casefold()
        starts = [start for start, state in self._open if _may_claim(state, rest) - backed]
        starts += [found.start for found in self.found if found.statement.claim not in backed]
        if rest and rest in _parts(is_first=not self._before):
            starts.append(len(self.text) - len(rest))
        return min(starts, default=len(self.text))

    def _rest(self) -> str:
        return self.text[self._read :].lstrip()

    def _take(self, part: str, start: int) -> None:
        if _is_word(part):
            self._word(part.casefold(), start)
        elif part in _ENDS:
            self._end(FULL_STOP, start)
        elif part in _CUTS or (part == "-" and self.text[start - 1 : start].isspace()):
            self._end(COMMA, start)

    def _word(self, word: str, start: int) -> None:
        key = word if word in VOCABULARY else ""
        is_asked = word in _ASKED and self._before in _ASKS
        beginning = [] if self._is_denied or is_asked else [(start, _opening(key, is_first=not self._before))]
        self._step(key, [*self._open, *beginning])
        self._is_denied = word in _DENIALS or (self._is_denied and word in _PRONOUNS)
        self._before = word

    def _step(self, key: str, threads: list[tuple[int, _State]]) -> None:
        self._open = []
        for start, state in threads:
            if not state:
                continue
            following, made = _after(state, key)
            self.found += [Found(start, STATEMENTS[number]) for number in made]
            if following:
                self._open.append((start, following))

    def _end(self, mark: str, at: int) -> None:
        self._step(mark, self._open)
        self.cuts.append(at)
        self._open, self._before, self._is_denied = [], "", False


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


@cache
def _opening(word: str, *, is_first: bool) -> _State:
    """Give where statements are before the word that they can begin with."""
    numbers = (number for number in OPENINGS.get(word, ()) if is_first or not STATEMENTS[number].is_first)
    return frozenset((number, place) for number in numbers for place in _from(number, 0))


@cache
def _parts(*, is_first: bool) -> frozenset[str]:
    """Give how words begin with which statements can."""
    words = [word for word in OPENINGS if _opening(word, is_first=is_first)]
    return frozenset(word[:length] for word in words for length in range(1, len(word) + 1))


@cache
def _from(number: int, place: int) -> tuple[int, ...]:
    """Give a place in a statement and those behind what may be left out from there on."""
    slots = STATEMENTS[number].slots
    places = [place]
    while places[-1] < len(slots) and slots[places[-1]].may_lack:
        places.append(places[-1] + 1)
    return tuple(places)


@cache
def _after(state: _State, word: str) -> tuple[_State, tuple[int, ...]]:
    """Give where statements are after one more word of the vocabulary, and which were made with it."""
    reached: set[tuple[int, int]] = set()
    made: list[int] = []
    for number, place in sorted(state):
        slots = STATEMENTS[number].slots
        if not slots[place].takes(word):
            continue
        places = _from(number, place if slots[place].repeats else place + 1)
        made += [number] if len(slots) in places else []
        reached |= {(number, each) for each in places if each < len(slots)}
    return frozenset(reached), tuple(dict.fromkeys(made))


@lru_cache(maxsize=4096)
def _may_claim(state: _State, part: str) -> frozenset[Claim]:
    """Say what statements may come to claim when the word that begins with `part` has come."""
    return frozenset(
        STATEMENTS[number].claim
        for number, place in state
        if not part or STATEMENTS[number].slots[place].may_take(part)
    )

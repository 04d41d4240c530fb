"""How a wish not to be called is found in what was said: by a small grammar a language, and no model.

What was said is cut into sentences, and each is written anew so that every wording has one form: lower case,
no apostrophes, no fillers, ` | ` where a mark stood. In it a grammar's demands are looked for; one counts
unless the words before it take it back ("I never said …") or those after it limit it ("… before nine").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SENTENCE = re.compile(r"([^.!?¿¡…]+)([.!?…]*)")
_MARKS = re.compile(r"\s*[^\w\s']+\s*")
# Of accents only those that end a word are kept, which tell "olvide" from "olvidé", "arrête" from "arrêté".
_ENDING = re.compile(r"é\b|ó\b")
_KEPT = {"é": "\ue000", "ó": "\ue001"}
_RESTORED = {mark: letter for letter, mark in _KEPT.items()}
# How much of what was said before and after a demand is looked at, in characters.
_BEFORE = 90
_AFTER = 70


@dataclass(frozen=True)
class Grammar:
    """The demands of one language, and what makes one of them no demand.

    `spellings` are what is written differently and what it becomes; `fillers` are left out. `demands` ("stop
    calling") and `wishes` ("want no calls") have a pattern a line, where `{NAME}` is `words[NAME]`, which may
    name words above it; four spaces continue a line. None counts where `taken_back` ends what stands
    before it, or `limited` begins what follows; a demand does not where one of `subjects` stands before it
    either, for then it tells what somebody does. Nor does one count in speech where `instead` follows ("call
    my office"): a text message that says so still asks for no more of them.
    """

    spellings: tuple[tuple[str, str], ...]
    fillers: str
    words: Mapping[str, str]
    demands: str
    wishes: str
    subjects: str
    taken_back: str
    limited: str
    instead: str

    def asks(self, sentences: tuple[str, ...], *, written: bool) -> bool:
        """Tell whether one of these sentences, as `sentences_of` gives them, asks not to be called."""
        limits = (self._limited,) if written else (self._limited, self._instead)
        return any(self._asks(self._respelt(sentence), limits) for sentence in sentences)

    def _asks(self, sentence: str, limits: tuple[re.Pattern[str], ...]) -> bool:
        demands, wishes = _found(self._demands, sentence), _found(self._wishes, sentence)
        return any(self._counts(sentence, found, limits) for found in wishes) or any(
            self._counts(sentence, found, limits) and not self._subjects.search(_before(sentence, found))
            for found in demands
        )

    def _counts(self, sentence: str, found: re.Match[str], limits: tuple[re.Pattern[str], ...]) -> bool:
        after = sentence[found.end() : found.end() + _AFTER]
        is_limited = any(limit.match(after) for limit in limits)
        return not is_limited and not self._taken_back.search(_before(sentence, found))

    def _respelt(self, sentence: str) -> str:
        for pattern, plain in self._spellings:
            sentence = pattern.sub(plain, sentence)
        return " ".join(self._fillers.sub(" ", sentence).split()).join("  ")

    @cached_property
    def _demands(self) -> tuple[re.Pattern[str], ...]:
        return self._compiled(self.demands)

    @cached_property
    def _wishes(self) -> tuple[re.Pattern[str], ...]:
        return self._compiled(self.wishes)

    @cached_property
    def _subjects(self) -> re.Pattern[str]:
        return re.compile(f" (?:{'|'.join(self._filled(self.subjects))}) $")

    @cached_property
    def _taken_back(self) -> re.Pattern[str]:
        return re.compile(f" (?:{'|'.join(self._filled(self.taken_back))}) $")

    @cached_property
    def _limited(self) -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(self._filled(self.limited))})(?= )")

    @cached_property
    def _instead(self) -> re.Pattern[str]:
        return re.compile(f"(?:{'|'.join(self._filled(self.instead))})(?= )")

    @cached_property
    def _spellings(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(rf"\b(?:{old})\b"), new) for old, new in self.spellings)

    @cached_property
    def _fillers(self) -> re.Pattern[str]:
        return re.compile(rf"(?<= )(?:{self.fillers})(?= )")

    def _compiled(self, lines: str) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(f" (?:{line})(?= )") for line in self._filled(lines))

    def _filled(self, lines: str) -> list[str]:
        """Give the patterns with their words put in."""
        lines = lines.replace("\n    ", "")
        for name, words in reversed(list(self.words.items())):
            lines = lines.replace(f"{{{name}}}", f"(?:{words})")
        return [line for line in lines.splitlines() if line]


def _found(patterns: tuple[re.Pattern[str], ...], sentence: str) -> Iterator[re.Match[str]]:
    """Give each match in the sentence, also where several overlap."""
    for pattern in patterns:
        start = 0
        while found := pattern.search(sentence, start):
            yield found
            start = found.start() + 1


def _before(sentence: str, found: re.Match[str]) -> str:
    return sentence[max(0, found.start() - _BEFORE) : found.start() + 1]


def sentences_of(text: str) -> tuple[str, ...]:
    """Cut what was said into sentences of plain words, ` | ` for each mark; a question ends in ` ?`."""
    found = _SENTENCE.finditer(_folded(text.lower()))
    return tuple(_plain(sentence[1], is_question="?" in sentence[2]) for sentence in found)


def _plain(sentence: str, *, is_question: bool) -> str:
    words = _MARKS.sub(" | ", sentence.replace("-", " "))
    return f" | {words} | {'? ' if is_question else ''}"


def _folded(text: str) -> str:
    """Leave accents out, but for those that tell one form of a verb from another."""
    kept = _ENDING.sub(lambda letter: _KEPT[letter[0]], unicodedata.normalize("NFC", text))
    letters = unicodedata.normalize("NFKD", kept.replace("ß", "ss").replace("\u2019", "'").replace("`", "'"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for mark, letter in _RESTORED.items():
        plain = plain.replace(mark, letter)
    return plain

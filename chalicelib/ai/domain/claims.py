"""What the agent says that it has done, found word by word while it is said, and what bears it out.

English, Spanish, German and French. A sentence is held back from its first word that may become a claim until
it is clear that it is none; nothing else waits. Pure; who corrects a claim is elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.claim_words import EXEMPT, ON_CONDITION, OPENINGS, TOOL_WORDS, Claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.ai.domain.claim_words import Slot, Statement

_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"[.!?…]+[\"')\]»]*(?=\s)|\n")


class _Found(NamedTuple):
    """Where a claim begins in a text, what it claims; None: it may still become one."""

    start: int
    claim: Claim | None


def claims_in(text: str) -> frozenset[Claim]:
    """Say what a whole text claims to have been done."""
    sentences = (part for part in re.split(r"(?<=[.!?…\n])\s+", text) if part)
    return frozenset(claim for sentence in sentences for claim in _claims_of(sentence))


def backed_by(tools: Iterable[str]) -> frozenset[Claim]:
    """Say which claims these actions bear out; one whose name tells nothing bears out everything."""
    backed: set[Claim] = set()
    for tool in tools:
        kinds = {claim for claim, words in TOOL_WORDS.items() if words.search(tool)}
        backed |= kinds | {Claim.DONE} if kinds else set(Claim)
    return frozenset(backed)


@dataclass
class ClaimWatch:
    """Lets words of an answer through as they come, but no claim that nothing in `backed` bears out.

    Once there was such a claim all that follows is `held` too.
    """

    backed: frozenset[Claim]
    held: str = ""
    has_claim: bool = field(default=False, init=False)
    _said: str = field(default="", init=False)  # what was let through of this sentence

    def add(self, text: str) -> str:
        """Take some more of an answer; give what may be spoken now."""
        self.held += text
        given = ""
        while not self.has_claim and (ready := self._next()):
            given += ready
        return given

    def rest(self) -> str:
        """Give what may be spoken when no more comes."""
        if self.has_claim or self._is_claim(self.held):
            self.has_claim = True
            return ""
        rest, self.held = self.held, ""
        return rest

    def _next(self) -> str:
        """Give what can be let through of the sentence that is held."""
        end = _SENTENCE.search(self.held)
        if end is None:
            found = _find(self.held, is_whole=False, but=self.backed)
            return self._let(found.start if found else len(self.held))
        sentence = self.held[: end.end()]
        if self._is_claim(sentence):
            self.has_claim = True
            return self._let(_start_of(sentence, self.backed))
        given = self._let(end.end())
        self._said = ""
        return given

    def _is_claim(self, sentence: str) -> bool:
        return bool(_claims_of(self._said + sentence) - self.backed)

    def _let(self, length: int) -> str:
        given, self.held = self.held[:length], self.held[length:]
        self._said += given
        return given


def _start_of(sentence: str, backed: frozenset[Claim]) -> int:
    found = _find(sentence, is_whole=True, but=backed)
    return found.start if found else 0


def _claims_of(sentence: str) -> frozenset[Claim]:
    """Say what one sentence claims; a question, a condition and a tale of earlier days claim nothing."""
    if sentence.rstrip(" \"')]»").endswith("?") or EXEMPT.search(sentence):
        return frozenset()
    found = _find(sentence, is_whole=True, but=frozenset())
    if found is None or found.claim is None or ON_CONDITION.search(sentence[: found.start]):
        return frozenset()
    rest = _claims_of(sentence[_WORD.search(sentence, found.start).end() :])  # type: ignore[union-attr]
    return frozenset({found.claim}) | rest


def _find(text: str, *, is_whole: bool, but: frozenset[Claim]) -> _Found | None:
    """Find the first claim, or where one may have begun when the text is not whole."""
    words = [(match.start(), match.group().casefold()) for match in _WORD.finditer(text)]
    is_open = not is_whole and bool(text) and (text[-1].isalnum() or text[-1] == "_")
    for index, (start, _) in enumerate(words):
        following = [word for _, word in words[index:]]
        for claim in _begun(following, is_open=is_open, is_whole=is_whole):
            if claim is None or claim not in but:
                return _Found(start, claim)
    return None


def _begun(words: list[str], *, is_open: bool, is_whole: bool) -> list[Claim | None]:
    """Say what these words claim from their first on; with a None where more words may make a claim of it."""
    is_last = is_open and len(words) == 1
    if is_last:
        return [None] if any(opening.startswith(words[0]) for opening in OPENINGS) else []
    results = [_follow(statement, words, is_open=is_open) for statement in OPENINGS.get(words[0], ())]
    claims: list[Claim | None] = [result for result in results if isinstance(result, Claim)]
    may_be = not is_whole and any(result is True for result in results)
    return [*claims, None] if may_be else claims


def _follow(statement: Statement, words: list[str], *, is_open: bool) -> Claim | bool:
    """Follow a statement through words: its claim when it was made, else whether it may still be."""
    places = _skipping(statement.slots, {0})
    for index, word in enumerate(words):
        is_cut = is_open and index == len(words) - 1
        places = _skipping(statement.slots, _steps(statement.slots, places, word, is_cut=is_cut))
        if not is_cut and len(statement.slots) in places:
            return statement.claim
        if not places:
            return False
    return True


def _steps(slots: tuple[Slot, ...], places: set[int], word: str, *, is_cut: bool) -> set[int]:
    """Give the places that a statement can be at after one more word, of which more may come."""
    reached: set[int] = set()
    for place in places:
        if place < len(slots) and slots[place].takes(word, is_cut=is_cut):
            reached.add(place if slots[place].repeats else place + 1)
    return reached


def _skipping(slots: tuple[Slot, ...], places: set[int]) -> set[int]:
    """Add the places behind what may be left out."""
    reached = set(places)
    for place in sorted(places):
        following = place
        while following < len(slots) and slots[following].may_lack:
            following += 1
            reached.add(following)
    return reached

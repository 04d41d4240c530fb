"""What the agent says that it has done, found word by word while it is said, and what bears it out.

English, Spanish, German and French. A sentence is held back from its first word that may become a claim until
it is clear that it is none; nothing else waits. Pure; who corrects a claim is elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.ai.domain.claim_reading import SentenceReader
from chalicelib.ai.domain.claim_words import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.ai.domain.claim_backing import Backing
    from chalicelib.ai.domain.claim_reading import Found

_SENTENCE = re.compile(
    r"(?:(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bSr)(?<!\bSra)(?<!\bHr)(?<!\bNr)(?<!\bProf)\.|[!?…:;])"
    r"[.!?…:;\"')\]»]*(?=\s)|\n"
)
_LONGEST_END = 8
# A tale of earlier days, or of what somebody has written down, is no claim.
_TALES = {
    "en": re.compile(
        r"\b(?:yesterday|last\s+(?:week|month|year|time|\w+day)|ago|previously)\b", re.IGNORECASE
    ),
    "es": re.compile(
        r"\b(?:ayer|la\s+semana\s+pasada|el\s+mes\s+pasado|anteriormente|hace\s+\w+\s+(?:días|semanas|meses))\b",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"\b(?:gestern|letzte\w?\s+(?:woche|monat|jahr|mal)|vor\s+\w+\s+(?:tagen|wochen|monaten))\b",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:hier|la\s+semaine\s+dernière|le\s+mois\s+dernier|il\s+y\s+a|précédemment)\b", re.IGNORECASE
    ),
}
_RECORDS = re.compile(
    r"""\b(?:according\s+to|our\s+records|your\s+file|i\s+(?:can\s+)?see|laut|ich\s+sehe|in\s+(?:unseren|den)
    \s+unterlagen|según|veo|selon|je\s+vois|d.après)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CONDITIONS = re.compile(
    r"""\b(?:once|when|whenever|if|after|until|till|unless|before|as\s+soon\s+as|whether|would|could|should|might
    |cuando|si|después|hasta|antes|una\s+vez|en\s+cuanto
    |wenn|sobald|falls|nachdem|bis|bevor|ob
    |quand|lorsque|si|dès|après|jusqu|avant|une\s+fois)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Parts of a sentence of which the state told beside them is only a wish so far.
_UNTIL_THEN = re.compile(
    r"\W*(?:once|as\s+soon\s+as|unless|sobald|en\s+cuanto|una\s+vez|dès|une\s+fois)\b", re.IGNORECASE
)
_IF = re.compile(
    r"\W*(?:once|when|if|as\s+soon\s+as|wenn|sobald|falls|cuando|en\s+cuanto|si|quand|dès|une\s+fois)\s+\w+",
    re.IGNORECASE,
)
_A_CALL = re.compile(
    r"\b(?:call\w*|ring|phone|rückruf\w*|anruf\w*|llamad\w+|llamarl\w+|rappel\w*|appel\w*)\b", re.IGNORECASE
)
_A_TIME_IS_SET = re.compile(
    r"\b(?:(?:re)?scheduled|arranged|eingetragen|eingeplant|vereinbart|agend\w+|program\w+|planifiée?)\b",
    re.IGNORECASE,
)
_A_VISIT = re.compile(
    r"\b(?:appointment|booking|reservation|visit|meeting|slot|table|room|you|your|sie|termin\w*|platz|buchung"
    r"|cita|reserva|visita|usted|rendez|vous|visite|créneau)\b",
    re.IGNORECASE,
)
# What actions bear out that do not say it themselves, by their names; the first that fits counts.
_TOOL_WORDS = (
    (re.compile(r"cancel|delet|remov|stop|unsubscrib"), (Claim.CANCELLED,)),
    (re.compile(r"callback|call_back|call_later"), (Claim.CALL_PROMISED,)),
    (re.compile(r"transfer|connect|hand"), (Claim.PUT_THROUGH,)),
    (re.compile(r"updat|chang|correct|edit|move|modif|resched|rebook"), (Claim.CHANGED, Claim.NOTED)),
    (re.compile(r"send|sms|text|mail|messag|notif|share|forward"), (Claim.SENT,)),
    (re.compile(r"book|schedul|reserv|appointment|meeting|visit|enrol|regist"), (Claim.BOOKED,)),
    (re.compile(r"note|remember|record|save|store|log|task|ticket|add|creat|memo"), (Claim.NOTED,)),
)


def claims_in(text: str) -> frozenset[Claim]:
    """Say what a whole text claims to have been done."""
    return frozenset(claim for reader in _sentences(text) for claim, _ in _claims_of(reader))


def is_borne_out(text: str, backing: Backing) -> bool:
    """Tell whether all that a whole text claims was done."""
    return not any(_has_claim(reader, backing) for reader in _sentences(text))


def _sentences(text: str) -> Iterator[SentenceReader]:
    start = 0
    for end in [*(match.end() for match in _SENTENCE.finditer(text)), len(text)]:
        reader = SentenceReader()
        reader.add(text[start:end])
        yield reader
        start = end


def backed_by(tools: Iterable[str]) -> frozenset[Claim]:
    """Say which claims actions of these names bear out; one whose name tells nothing bears out everything."""
    backed: set[Claim] = set()
    for tool in tools:
        kinds = next((claims for words, claims in _TOOL_WORDS if words.search(tool)), tuple(Claim))
        backed |= borne_out(kinds)
    return frozenset(backed)


def borne_out(claims: Iterable[str]) -> frozenset[Claim]:
    """Say which claims may be made by who has done just this; nothing bears out nothing."""
    kinds = {Claim(claim) for claim in claims}
    if Claim.BOOKED in kinds:
        kinds.add(Claim.CALL_PROMISED)  # a time was set
    if kinds & {Claim.BOOKED, Claim.CALL_PROMISED, Claim.CHANGED}:
        kinds.add(Claim.EXPECTED)
    if kinds <= {Claim.STANDS, Claim.EXPECTED} and Claim.STANDS in kinds:
        return frozenset(kinds)  # it was read
    return frozenset({*kinds, Claim.DONE} if kinds else ())


@dataclass
class ClaimWatch:
    """Lets words of an answer through as they come, but no claim that nothing in `backing` bears out.

    Once there was such a claim all that follows is `held` too.
    """

    backing: Backing
    held: str = ""
    has_claim: bool = field(default=False, init=False)
    _reader: SentenceReader = field(default_factory=SentenceReader, init=False)
    _let: int = field(default=0, init=False)  # how much of the sentence was let through

    def add(self, text: str) -> str:
        """Take some more of an answer; give what may be spoken now."""
        self.held += text
        given = ""
        while not self.has_claim and (end := self._sentence_end()):
            given += self._close(end)
        if not self.has_claim:
            self._read()
            given += self._give(self._reader.waits_from(self.backing.at_once))
        return given

    def rest(self) -> str:
        """Give what may be spoken when no more comes."""
        return "" if self.has_claim else self._close(self._let + len(self.held))

    def _sentence_end(self) -> int:
        """Give the length of the sentence, of which all may have been let through; 0: it goes on."""
        sentence = self._reader.text[: self._let] + self.held
        end = _SENTENCE.search(sentence, max(0, self._let - _LONGEST_END))
        return end.end() if end else 0

    def _close(self, length: int) -> str:
        """Judge the sentence, which is so long."""
        self._read(length)
        if _has_claim(self._reader, self.backing):
            self.has_claim = True
            return self._give(self._reader.waits_from(self.backing.at_once))
        given = self._give(length)
        self._reader, self._let = SentenceReader(), 0
        return given

    def _read(self, until: int | None = None) -> None:
        known = len(self._reader.text)
        self._reader.add(self.held[known - self._let : None if until is None else until - self._let])

    def _give(self, until: int) -> str:
        length = until - self._let
        given, self.held = self.held[:length], self.held[length:]
        self._let = until
        return given


def _claims_of(reader: SentenceReader) -> list[tuple[Claim, Found]]:
    """Close a sentence, and say what it claims; a question, a condition and an old tale claim nothing."""
    reader.close()
    if not reader.found:
        return []
    parts = _Parts(reader.text, tuple(reader.cuts))
    return [(parts.meant(found), found) for found in reader.found if parts.claims(found)]


def _has_claim(reader: SentenceReader, backing: Backing) -> bool:
    """Close a sentence, and tell whether it claims what nothing bears out."""
    return not all(
        backing.bears_out(claim, reader.text[found.start :], is_state=found.statement.is_state)
        for claim, found in _claims_of(reader)
    )


@dataclass(frozen=True)
class _Parts:
    """A sentence and where its parts end."""

    text: str
    cuts: tuple[int, ...]

    @cached_property
    def _texts(self) -> list[str]:
        starts = (0, *self.cuts)
        return [self.text[start:end] for start, end in zip(starts, self.cuts, strict=False)]

    @cached_property
    def _conditions(self) -> list[int]:
        """Say for each part from where on it is on condition."""
        found = [_CONDITIONS.search(text) for text in self._texts]
        starts = (0, *self.cuts)
        return [
            start + match.start() if match else len(self.text)
            for start, match in zip(starts, found, strict=False)
        ]

    @cached_property
    def _questions(self) -> set[int]:
        """Give the parts that ask."""
        if not self.text.rstrip(" \"')]»").endswith("?"):
            return set()
        last = max((index for index, text in enumerate(self._texts) if re.search(r"\w", text)), default=0)
        opened = self.text.find("¿")
        asked = {index for index, cut in enumerate(self.cuts) if 0 <= opened < cut}
        return {last} | asked

    @cached_property
    def _tales(self) -> list[frozenset[str]]:
        """Give the languages in which a part tells of earlier days; all of them for what a record says."""
        return [
            frozenset(_TALES) if _RECORDS.search(text) else frozenset(
                language for language, tale in _TALES.items() if tale.search(text)
            )
            for text in self._texts
        ]  # fmt: skip

    @cached_property
    def _wishes(self) -> list[bool]:
        """Tell for each part whether a state in it is on condition, or taken from a record."""
        is_record = _RECORDS.search(self.text) is not None
        texts = ["", *self._texts, ""]
        return [
            is_record or _IF.match(before) is not None or _UNTIL_THEN.match(after) is not None
            for before, after in zip(texts, texts[2:], strict=False)
        ]

    def claims(self, found: Found) -> bool:
        """Tell whether a statement is a claim in this sentence."""
        index = bisect_left(self.cuts, found.start + 1)
        if index in self._questions or found.start > self._conditions[index]:
            return False
        if found.statement.language in self._tales[index]:
            return False
        is_on_condition = self._conditions[index] < len(self.text) or self._wishes[index]
        return not (found.statement.is_state and is_on_condition)

    def meant(self, found: Found) -> Claim:
        """Tell the promise of a call from a booking: by what is named, else by the verb."""
        claim = found.statement.claim
        if claim in {Claim.BOOKED, Claim.CHANGED} and self._is_of_call:
            return Claim.CALL_PROMISED
        return Claim.CALL_PROMISED if claim is Claim.BOOKED and self._is_of_time else claim

    @cached_property
    def _is_of_call(self) -> bool:
        return _A_CALL.search(self.text) is not None

    @cached_property
    def _is_of_time(self) -> bool:
        return bool(_A_TIME_IS_SET.search(self.text)) and not _A_VISIT.search(self.text)

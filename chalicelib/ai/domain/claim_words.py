"""How a claim that something was done is worded in four languages: statements, slot by slot.

What is said of the caller and theirs counts, and what the agent says of itself; what is said of others does
not. Which actions bear a claim out is elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.claim_sayings import ACT, ACTS, DAYS, FIRST, OPENINGS_ONLY, STATE, STATES, WORDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    _Table = Mapping[str, Mapping[str, tuple[str, ...]]]


class Claim(StrEnum):
    """What the agent may say that it has done."""

    BOOKED = "booked"
    CALL_PROMISED = "call_promised"  # a time was set for a call, or for what is not said
    SENT = "sent"
    NOTED = "noted"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PUT_THROUGH = "put_through"
    DONE = "done"  # whatever it was
    EXPECTED = "expected"  # a time stands, at which somebody is expected
    REFERRED = "referred"  # a colleague will hear of it
    STANDS = "stands"  # an appointment is as it is told, whoever made it; nobody has done anything


# What ends a part of a sentence, and what ends the sentence, as words of a statement.
COMMA, FULL_STOP = ",", "."
# Words that stand in no gap of a statement: what follows them denies it, or is another statement.
_STOP_WORDS = (
    "not never t nothing nobody nor nicht nichts nie niemand noch kein keine keinen keiner keinem"
    " no nunca jamás tampoco nada n ne pas jamais rien aucun aucune"
    " dass daß und aber oder weil denn ob that and but because que y pero porque et mais ou car"
)
_STOPS = frozenset(_STOP_WORDS.split()) | {COMMA, FULL_STOP}
_LONGEST_GAP = 8


@dataclass(frozen=True)
class Slot:
    """One place in a statement: the words that fit; none named: any word that may stand in a gap."""

    words: frozenset[str] = frozenset()
    may_lack: bool = False
    repeats: bool = False

    def takes(self, word: str) -> bool:
        """Tell whether a word fits."""
        return word in self.words if self.words else word not in _STOPS

    def may_take(self, part: str) -> bool:
        """Tell whether a word fits that begins like this."""
        return not self.words or any(word.startswith(part) for word in self.words)


@dataclass(frozen=True)
class Statement:
    """A way to claim something, slot by slot.

    `is_state`: it tells how things are, not who did it. `is_first`: it stands at the beginning of its part
    of the sentence only.
    """

    slots: tuple[Slot, ...]
    claim: Claim
    language: str
    is_state: bool = False
    is_first: bool = False


_ADVERBS = {
    "en": "just now already also gone went ahead and successfully then so happily duly all officially",
    "es": "ya también correctamente lo la le les te se nos ahora todo",
    "de": "schon bereits gerade soeben jetzt nun auch eben somit damit alles fest hiermit",
    "fr": "déjà bien aussi juste donc maintenant désormais tout vous l le la les en y",
}
_DONE = {
    "en": {
        Claim.BOOKED: "booked scheduled reserved arranged enrolled enroled registered",
        Claim.SENT: "sent emailed texted mailed forwarded messaged resent",
        Claim.NOTED: "noted saved logged recorded stored added",
        Claim.CHANGED: "updated changed corrected amended moved modified rescheduled rebooked",
        Claim.CANCELLED: "cancelled canceled deleted removed unsubscribed",
        Claim.PUT_THROUGH: "transferred connected",
        Claim.DONE: "processed completed submitted ordered confirmed refunded activated",
    },
    "es": {
        Claim.BOOKED: "reservado reservada agendado agendada programado programada concertado"
        " inscrito inscrita",
        Claim.SENT: "enviado enviada mandado mandada reenviado",
        Claim.NOTED: "anotado anotada apuntado apuntada guardado guardada registrado registrada",
        Claim.CHANGED: "actualizado actualizada cambiado cambiada corregido modificado modificada",
        Claim.CANCELLED: "cancelado cancelada anulado anulada eliminado borrado",
        Claim.PUT_THROUGH: "transferido conectado comunicado",
        Claim.DONE: "tramitado procesado completado confirmado confirmada gestionado",
    },
    "de": {
        Claim.BOOKED: "gebucht reserviert vereinbart eingetragen eingeplant terminiert angemeldet",
        Claim.SENT: "geschickt gesendet verschickt zugeschickt zugesandt versandt gemailt weitergeleitet",
        Claim.NOTED: "notiert vermerkt gespeichert festgehalten aufgeschrieben aufgenommen"
        " hinterlegt erfasst",
        Claim.CHANGED: "geändert aktualisiert korrigiert angepasst verschoben verlegt umgebucht",
        Claim.CANCELLED: "storniert abgesagt gelöscht gestrichen entfernt gekündigt",
        Claim.PUT_THROUGH: "verbunden durchgestellt weiterverbunden",
        Claim.DONE: "erledigt bestätigt bestellt veranlasst abgeschlossen beauftragt",
    },
    "fr": {
        Claim.BOOKED: "réservé réservée programmé programmée planifié planifiée inscrit inscrite",
        Claim.SENT: "envoyé envoyée transmis expédié",
        Claim.NOTED: "noté notée enregistré enregistrée sauvegardé consigné ajouté",
        Claim.CHANGED: "modifié modifiée changé corrigé actualisé déplacé déplacée",
        Claim.CANCELLED: "annulé annulée supprimé supprimée retiré effacé",
        Claim.PUT_THROUGH: "transféré connecté",
        Claim.DONE: "confirmé confirmée traité validé effectué commandé",
    },
}
# Where data lies is told of the caller's data too.
_LIES = "stored recorded saved gespeichert hinterlegt guardada guardado"
_PAST = {
    Claim.BOOKED: "reservé agendé programé concerté inscribí",
    Claim.SENT: "envié mandé",
    Claim.NOTED: "anoté apunté guardé",
    Claim.CHANGED: "actualicé cambié corregí",
    Claim.CANCELLED: "cancelé anulé eliminé",
    Claim.PUT_THROUGH: "transferí",
    Claim.DONE: "confirmé",
}
# A slot is words with `|` between; `?`: may be left out; `*`: as often as one likes; `_`: any word; `...`:
# a few of any; `ADV` any adverbs, `DONE` what was done, `DAY` a day or a month, `END` the end of this part of
# the sentence.
_ACTS = {
    "en": (
        "i|we have|ve? ADV DONE",
        "i|we have|ve|got ADV got? you|that|it|this ADV DONE",
    ),
    "es": (
        "ya? se|te|le|les|nos? lo|la|los|las|le? ya? he|hemos ADV DONE",
        "ya? se|te|le|les? lo|la|los|las? PAST",
    ),
    "de": (
        "ich|wir habe|haben|hab ... DONE",
        "das|es|den|die|ihnen|ihren|ihre? habe|hab|haben ich|wir ... DONE",
    ),
    "fr": (
        "je vous|l|le|la|les? ai ADV DONE",
        "j|nous ai|avons|y|en|vous ai|avons? ADV DONE",
    ),
}
_STATES = {
    "en": (
        "your ... is|are|s|re|was|were ADV been? ADV DONE",
        "your ... has|have|ve ADV been ADV DONE",
        "you are|re|were ADV DONE",
        "you have|ve ADV been ADV DONE",
        "the appointment|booking|reservation|meeting|visit|callback|message|order was|has ADV been? ADV DONE",
    ),
    "es": (
        "su|sus|tu|tus ... ha|han|está|están|queda|quedan|fue|ya ADV sido|quedado|está|queda? ADV DONE",
        "se ha|han ADV DONE su|sus|tu|tus",
        "la|el cita|reserva|mensaje|llamada ha|fue ADV sido|quedado? ADV DONE",
        "usted|ya está|queda ADV DONE",
    ),
    "de": (
        "ihr|ihre|ihren ... ist|sind|wurde|wurden _? _? _? _? DONE",
        "sie sind|wurden _? _? _? _? DONE",
        "der|die|das termin|buchung|rückruf|nachricht|sms|bestellung wurde|wurden _? _? _? _? DONE",
        "der|die|das termin|buchung|rückruf|platz ist _? für sie _? DONE",
    ),
    "fr": (
        "votre|vos ... est|a|sont|ont ADV été? ADV DONE",
        "vous êtes|avez ADV été? ADV DONE",
        "le|la rendez|message|sms|réservation vous? a ADV été ADV DONE",
    ),
}
# Said of what the caller has just asked for; where something lies or moved to is no claim.
_OF_IT = {
    "en": ("it|that|this|everything is|s|was|has ADV been? ADV DONE",),
    "de": ("das|es|alles ist|wurde|wäre ADV DONE",),
    "es": ("todo está|queda|ha ADV sido|quedado? ADV DONE",),
    "fr": ("c|tout est ADV été? ADV DONE",),
}
_KINDS_OF_IT = (Claim.BOOKED, Claim.SENT, Claim.CANCELLED, Claim.DONE)
_SHORT = {
    "en": ("all|now? DONE END|for|in", "text|message|confirmation|appointment DONE END"),
    "de": ("termin? ist? alles|schon|bereits? DONE END",),
    "es": ("ya|todo|está|queda|quedado? ADV DONE END|para", "ya|todo|queda? reservado END"),
    "fr": ("DONE END|pour",),
}
_ENDS = {"END": (COMMA, FULL_STOP), "STOP": (FULL_STOP,)}


def _slots(part: str, language: str, done: frozenset[str]) -> tuple[Slot, ...]:
    if part == "ADV":
        return (Slot(frozenset(_ADVERBS[language].split()), may_lack=True, repeats=True),)
    if part in {"DONE", "PAST"}:
        return (Slot(done),)
    if part == "...":
        return (Slot(may_lack=True),) * _LONGEST_GAP
    named = {**_ENDS, "DAY": tuple(DAYS[language].split())}
    words = [each for name in part.rstrip("?*").split("|") for each in named.get(name, (name,))]
    return (Slot(frozenset() if words == ["_"] else frozenset(words), part[-1] in "?*", part[-1] == "*"),)


def _statement(shape: str, language: str, claim: Claim, kind: str) -> Statement:
    done = frozenset((_PAST if "PAST" in shape else _DONE[language]).get(claim, "").split())
    if kind != ACT:
        done -= set(_LIES.split())
    slots = tuple(slot for part in shape.split() for slot in _slots(part, language, done))
    return Statement(slots, claim, language, is_state=kind == STATE, is_first=kind == FIRST)


def _statements() -> tuple[Statement, ...]:
    tables = (
        (_ACTS, ACT, tuple(_PAST)),
        (_STATES, STATE, tuple(_PAST)),
        (_OF_IT, STATE, _KINDS_OF_IT),
        (_SHORT, FIRST, _KINDS_OF_IT),
    )
    ways = [
        _statement(shape, language, claim, kind)
        for table, kind, claims in tables
        for language, shapes in table.items()
        for shape in shapes
        for claim in claims
    ]
    sayings = [*_worded(), *_more(STATES, STATE), *_more(ACTS, ACT), *_more(OPENINGS_ONLY, FIRST)]
    return (*ways, *(_statement(shape, language, claim, kind) for language, kind, shape, claim in sayings))


def _worded() -> Iterator[tuple[str, str, str, Claim]]:
    yield from ((language, kind, shape, Claim(claim)) for language, kind, shape, claim in WORDED)


def _more(table: _Table, kind: str) -> Iterator[tuple[str, str, str, Claim]]:
    for claim, by_language in table.items():
        for language, shapes in by_language.items():
            yield from ((language, kind, shape, Claim(claim)) for shape in shapes)


def _by_opening() -> dict[str, tuple[int, ...]]:
    """Sort the numbers of statements by the words with which they can begin."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, statement in enumerate(STATEMENTS):
        for slot in statement.slots:
            for word in slot.words:
                if number not in found[word]:
                    found[word].append(number)
            if not slot.may_lack:
                break
    return {word: tuple(numbers) for word, numbers in found.items()}


STATEMENTS = _statements()
OPENINGS = _by_opening()
VOCABULARY = _STOPS.union(*(slot.words for statement in STATEMENTS for slot in statement.slots))

"""How a claim that something was done is worded in four languages, and which actions bear one out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum


class Claim(StrEnum):
    """What the agent may say that it has done."""

    BOOKED = "booked"
    SENT = "sent"
    NOTED = "noted"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PUT_THROUGH = "put_through"
    DONE = "done"  # whatever it was


# Parts of the names of actions that bear a claim out.
TOOL_WORDS = {
    Claim.BOOKED: re.compile(
        r"book|schedul|reserv|appointment|callback|slot|calendar|meeting|visit|enrol|regist"
    ),
    Claim.SENT: re.compile(r"send|sms|text|mail|messag|notif|share|forward"),
    Claim.NOTED: re.compile(r"note|remember|record|save|store|log|task|ticket|updat|add|creat|regist|memo"),
    Claim.CHANGED: re.compile(r"updat|chang|correct|edit|set|schedul|move|book|cancel|modif"),
    Claim.CANCELLED: re.compile(r"cancel|delet|remov|stop|unsubscrib|schedul"),
    Claim.PUT_THROUGH: re.compile(r"transfer|connect|hand"),
}


@dataclass(frozen=True)
class Slot:
    """One place in a statement: the words that fit; none named: any word."""

    words: frozenset[str] = frozenset()
    may_lack: bool = False
    repeats: bool = False

    def takes(self, word: str, *, is_cut: bool) -> bool:
        """Tell whether a word fits; of a word that is cut, whether it may become one that does."""
        if not self.words or word in self.words:
            return True
        return is_cut and any(known.startswith(word) for known in self.words)


@dataclass(frozen=True)
class Statement:
    """A way to claim something, slot by slot."""

    slots: tuple[Slot, ...]
    claim: Claim


_ADVERBS = {
    "en": "just now already also gone ahead and successfully then so happily duly all",
    "es": "ya también acabo correctamente lo la le les te se nos ahora",
    "de": "schon bereits gerade soeben jetzt nun auch eben",
    "fr": "déjà bien aussi juste donc maintenant tout vous l le la les en y",
}
_DONE = {
    "en": {
        Claim.BOOKED: "booked rebooked scheduled rescheduled reserved arranged enrolled enroled registered",
        Claim.SENT: "sent emailed texted mailed forwarded messaged resent",
        Claim.NOTED: "noted saved logged recorded stored added",
        Claim.CHANGED: "updated changed corrected amended moved modified",
        Claim.CANCELLED: "cancelled canceled deleted removed unsubscribed",
        Claim.PUT_THROUGH: "transferred connected",
        Claim.DONE: "processed completed submitted ordered confirmed refunded activated",
    },
    "es": {
        Claim.BOOKED: "reservado reservada agendado agendada programado programada concertado inscrito"
        " reservé agendé programé concerté inscribí",
        Claim.SENT: "enviado enviada mandado mandada reenviado envié mandé",
        Claim.NOTED: "anotado anotada apuntado apuntada guardado guardada registrado registrada"
        " anoté apunté guardé",
        Claim.CHANGED: "actualizado actualizada cambiado cambiada corregido modificado"
        " actualicé cambié corregí",
        Claim.CANCELLED: "cancelado cancelada anulado anulada eliminado borrado cancelé anulé eliminé",
        Claim.PUT_THROUGH: "transferido conectado comunicado transferí",
        Claim.DONE: "tramitado procesado completado confirmado confirmada gestionado confirmé",
    },
    "de": {
        Claim.BOOKED: "gebucht reserviert vereinbart eingetragen eingeplant terminiert angemeldet umgebucht",
        Claim.SENT: "geschickt gesendet verschickt zugeschickt zugesandt versandt gemailt weitergeleitet",
        Claim.NOTED: "notiert vermerkt gespeichert festgehalten aufgeschrieben aufgenommen"
        " hinterlegt erfasst",
        Claim.CHANGED: "geändert aktualisiert korrigiert angepasst verschoben verlegt",
        Claim.CANCELLED: "storniert abgesagt gelöscht gestrichen entfernt gekündigt",
        Claim.PUT_THROUGH: "verbunden durchgestellt weiterverbunden",
        Claim.DONE: "erledigt bestätigt bestellt veranlasst abgeschlossen beauftragt",
    },
    "fr": {
        Claim.BOOKED: "réservé réservée programmé programmée planifié inscrit inscrite fixé",
        Claim.SENT: "envoyé envoyée transmis expédié",
        Claim.NOTED: "noté notée enregistré enregistrée sauvegardé consigné ajouté",
        Claim.CHANGED: "modifié modifiée changé mis corrigé actualisé déplacé",
        Claim.CANCELLED: "annulé annulée supprimé supprimée retiré effacé",
        Claim.PUT_THROUGH: "transféré connecté",
        Claim.DONE: "confirmé confirmée traité validé effectué commandé",
    },
}
# A slot is words with `|` between; `?`: may be left out; `*`: as often as one likes; `_`: any word;
# `ADV` any adverbs, `DONE` what was done.
_SHAPES = {
    "en": (
        "i|we have|ve? ADV DONE",
        "i|we have|ve|got ADV got? you|that|it|this ADV DONE",
        "your|the|it|that|this|everything _? _? has|have|s ADV been ADV DONE",
        "your|the|it|everything _? _? is|are|s|re now|just|successfully|all DONE",
        "you are|re|have|ve now|all|been|just|successfully ADV DONE",
    ),
    "es": (
        "lo|la|le|les|te|se|ya? lo|la|le? he|hemos ADV DONE",
        "se? lo|la|le|les|te|ya? DONE",
        "ha|han sido|quedado ADV DONE",
        "su|tu|la|el|todo _? _? ha|han|ya|queda|está sido|quedado|ya|está|queda? ADV DONE",
    ),
    "de": (
        "ich|wir habe|haben|hab _* DONE",
        "das|es|den|die|ihnen|ihren|ihre? habe|hab|haben ich|wir _* DONE",
        "ihr|ihre|der|die|das|es|alles _? _? ist|sind|wurde|wurden jetzt|nun|soeben|gerade|bereits ADV DONE",
        "ihr|ihre|der|die|das|es|alles _? _? ist|sind|wurde|wurden _* worden",
    ),
    "fr": (
        "je vous|l|le|la|les? ai ADV DONE",
        "j|nous ai|avons|y|en ai|avons? ADV DONE",
        "je viens|venons de|d _? réserver|envoyer|noter|modifier|annuler|confirmer|enregistrer",
        "votre|le|la|c|tout _? _? a|est|ont|sont ADV été|désormais|maintenant ADV DONE",
    ),
}
# What is worded in a way of its own.
_SAYINGS = (
    ("i|we have|ve? ADV made|taken a|the note", Claim.NOTED),
    ("i|we have|ve? ADV put|written that|it|this|you down", Claim.NOTED),
    ("i|we have|ve? ADV put|patched you through", Claim.PUT_THROUGH),
    ("i|we have|ve? ADV passed|handed that|it|this|you|your _? _? on|over|along", Claim.NOTED),
    ("i|we have|ve? ADV set|signed that|it|you|this|your _? up", Claim.BOOKED),
    ("i|we have|ve? ADV taken|put you|your|this|that _? off|on our|the|your _? list", Claim.CANCELLED),
    ("you are|re ADV all|now set", Claim.DONE),
    ("consider it|that|this done", Claim.DONE),
    ("acabo|acabamos de ADV reservar|reservarle|agendar|agendarle|programar|programarle", Claim.BOOKED),
    ("acabo|acabamos de ADV enviar|enviarle|enviarlo|mandar|mandarle|enviárselo", Claim.SENT),
    ("acabo|acabamos de ADV anotar|anotarlo|apuntar|apuntarlo|actualizar|cambiar|cancelar", Claim.DONE),
    ("he|hemos tomado nota", Claim.NOTED),
    ("j|nous ai|avons ADV pris|mis note|à|bonne note|jour?", Claim.NOTED),
    ("c est ADV fait|noté|réservé|envoyé|enregistré", Claim.DONE),
    ("je vous ai ADV mis en relation", Claim.PUT_THROUGH),
)


def _slot(text: str, language: str) -> Slot:
    if text == "ADV":
        return Slot(frozenset(_ADVERBS[language].split()), may_lack=True, repeats=True)
    words = frozenset(text.rstrip("?*").split("|"))
    return Slot(frozenset() if words == {"_"} else words, may_lack=text[-1] in "?*", repeats=text[-1] == "*")


def _statement(shape: str, language: str, claim: Claim) -> Statement:
    done = frozenset(_DONE[language][claim].split())
    return Statement(
        tuple(Slot(done) if part == "DONE" else _slot(part, language) for part in shape.split()), claim
    )


def _statements() -> list[Statement]:
    ways = [
        _statement(shape, language, claim)
        for language, shapes in _SHAPES.items()
        for shape in shapes
        for claim in _DONE[language]
    ]
    return ways + [
        _statement(shape, language, claim) for shape, claim in _SAYINGS for language in _language_of(shape)
    ]


def _language_of(shape: str) -> tuple[str, ...]:
    return ("en",) if shape[0] in "iyc" and not shape.startswith("c est") else ("es", "fr")


def _by_opening() -> dict[str, tuple[Statement, ...]]:
    """Sort statements by the words with which they can begin."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for statement in _statements():
        for slot in statement.slots:
            for word in slot.words:
                found[word].append(statement)
            if not slot.may_lack:
                break
    return {word: tuple(statements) for word, statements in found.items()}


OPENINGS = _by_opening()
# A tale of earlier days, or of what was not done, is no claim.
EXEMPT = re.compile(
    r"""\b(?:yesterday|last\s+(?:week|month|year|time|\w+day)|ago|previously|earlier|according\s+to|our\s+records
    |ayer|la\s+semana\s+pasada|el\s+mes\s+pasado|anteriormente|hace\s+\w+\s+(?:días|semanas|meses)|según
    |gestern|letzte\w?\s+(?:woche|monat|jahr|mal)|vor\s+\w+\s+(?:tagen|wochen|monaten)|früher|laut|nicht|kein\w*
    |hier|la\s+semaine\s+dernière|le\s+mois\s+dernier|il\s+y\s+a|précédemment|selon)\b""",
    re.IGNORECASE | re.VERBOSE,
)
ON_CONDITION = re.compile(
    r"""\b(?:once|when|whenever|if|after|until|till|unless|before|as\s+soon\s+as|whether|would|could|should|might
    |cuando|si|después|hasta|antes|una\s+vez
    |wenn|sobald|falls|nachdem|bis|bevor|ob
    |quand|lorsque|si|dès|après|jusqu|avant|une\s+fois)\b[^,;:]*$""",
    re.IGNORECASE | re.VERBOSE,
)

"""What a caller wants, by the words of one utterance; English, Spanish, German and French, no model.

It is for lists and figures, and decides nothing in a call: what a wish not to be called is, `wording` says.
"""

from __future__ import annotations

import re
from enum import StrEnum

from chalicelib.ai.domain.wording import is_farewell, is_opt_out


class Intent(StrEnum):
    """What one utterance asks for; `none` when nothing tells."""

    OPT_OUT = "opt_out"
    GOODBYE = "goodbye"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    BOOKING = "booking"
    CALLBACK = "callback"
    PERSON = "person"
    COMPLAINT = "complaint"
    PRICE = "price"
    QUESTION = "question"
    NONE = "none"


_LONGEST = 1000
_NOUN = (
    r"(?:appointments?|booking|reservation|meeting|visit|slot|citas?|reservas?|termine?|buchung"
    r"|rendez-?vous)"
)
_WHEN = (
    r"(?:(?:next|another|tomorrow|later|the|early|late)\b|\w+day\b|\d{1,2}(?::\d\d)?\s*(?:[ap]\.?m|o.clock)"
    r"|\d{1,2}:\d\d)"
)
_DAY = (
    r"(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|ma[nñ]ana|\w+tag|mittwoch|morgen|lundi|mardi"
    r"|mercredi|jeudi|vendredi|samedi|dimanche|demain)"
)
# The first that is found is meant; who cancels or moves an appointment does not book one.
_RULES = {
    Intent.CANCEL: r"""cancel\w*|call\s+off|(?:can.?t|cannot|won.?t)\s+(?:come|make\s+it)|anular\w*|absag\w+
        |stornier\w+|sagen?\s+.{0,30}\bab|annul\w+|d[eé]command\w+""",
    Intent.RESCHEDULE: rf"""re-?schedul\w*|postpone\w*|(?:move|change|shift)\s+(?:\w+\s+){{0,2}}{_NOUN}
        |another\s+(?:time|day|date)
        |(?:move|change|shift|push|switch)\s+(?:it|this|that)\s+(?:(?:back|forward)\s+)?(?:to|until)\s+{_WHEN}
        |(?:pas|mov|cambi|aplaz)arl[ao]s?\s+(?:al?|para|hasta)\s+(?:el\s+)?{_DAY}
        |auf\s+(?:den\s+)?{_DAY}\s+(?:legen|ändern|schieben)
        |(?:mettre|passer|d[eé]caler)\s+(?:[aà]|au)\s+{_DAY}
        |(?:cambiar|mover|aplazar)\s+(?:\w+\s+){{0,2}}{_NOUN}
        |otr[ao]\s+(?:d[ií]a|hora)
        |verschieb\w+|verleg\w+|umbuch\w+|ander\w+\s+(?:termin|tag|zeit)|report(?:er|ez)|d[eé]plac\w+
        |autre\s+(?:jour|heure|date)""",
    Intent.CALLBACK: r"""call\s+(?:me\s+)?back|call\s+me\s+(?:later|again|tomorrow|on\s+\w+day)
        |ring\s+me\s+back
        |ll[aá]m\w*\s+(?:m[aá]s\s+tarde|luego|ma[nñ]ana)|devuelv\w+\s+la\s+llamada|zur[uü]ckruf\w*
        |r[uü]ckruf
        |rufen\s+sie\s+(?:mich\s+)?(?:sp[aä]ter|morgen|zur[uü]ck)|rappel\w+""",
    Intent.BOOKING: rf"""(?:book|schedule|make|arrange|get|need|want|like)\s+(?:\w+\s+){{0,3}}{_NOUN}
        |book\s+(?:me|us)|(?:like|want|need|wanted)\s+to\s+book|(?:can|could|may)\s+(?:i|we)\s+book
        |(?:quiero|quisiera|gustar[ií]a|puedo|podr[ií]a)\s+reservar
        |(?:möchte|will|würde|kann|könnte)\s+(?:\w+\s+){{0,4}}buchen
        |(?:voudrais|veux|aimerais|peux|pourrais)\s+(?:je\s+)?r[eé]server
        |(?:pedir|reservar|concertar|quiero|quisiera|necesito)\s+(?:\w+\s+){{0,2}}{_NOUN}
        |(?:einen?|den)\s+termin|termin\s+(?:machen|vereinbaren|buchen)|reservier\w+
        |(?:prendre|voudrais|fixer|r[eé]server)\s+(?:\w+\s+){{0,2}}(?:{_NOUN}|table)""",
    Intent.PERSON: r"""(?:speak|talk)\s+(?:to|with)\s+(?:(?:a|an|some|the|your|real|live|human|actual)\s+)*
        (?:person|human|someone|somebody|agent|colleague|manager|boss|supervisor|operator|representative)
        |real\s+(?:person|human)|put\s+me\s+through|representative|(?:hablar
        |comunic\w+)\s+con\s+(?:una?\s+)?
        (?:persona|agente|alguien|humano|responsable)|mit\s+(?:eine[mnr]\s+)?(?:menschen|mitarbeiter\w*
        |kolleg\w+
        |mensch|person|chef\w*)|verbinden\s+sie|parler\s+(?:[aà]|avec)\s+(?:une?\s+
        |quelqu)?\W?(?:personne|humain
        |conseiller|coll[eè]gue|un|responsable)""",
    Intent.COMPLAINT: r"""complain\w*|unacceptable|ridiculous|terrible|awful|not\s+happy|disappointed
        |never\s+works?
        |(?:is|it.s|still)\s+broken|does\s*n.?t\s+work|refund|quej\w+|reclam\w+|inaceptable|no\s+funciona
        |beschwer\w+|unversch[aä]mt\w*|kaputt|funktioniert\s+nicht|reklam\w+|plain(?:dre|te)|inadmissible
        |ne\s+(?:marche|fonctionne)\s+pas|scandaleux""",
    Intent.PRICE: r"""how\s+much|price\w*|costs?|fees?|quote|discount|expensive|cheap\w*
        |cu[aá]nto\s+(?:cuesta|vale|es)
        |precios?|descuento|car[oa]|preise?|kostet|kosten|teuer|rabatt|angebot|combien|prix|tarifs?
        |co[uû]te|cher""",
}
_PATTERNS = {
    intent: re.compile(rf"(?<!\w)(?:{rule})(?!\w)", re.IGNORECASE | re.VERBOSE)
    for intent, rule in _RULES.items()
}
_QUESTION = re.compile(
    r"""\?\s*$|^\W*(?:what|when|where|who|why|how|which|can|could|do|does|is|are|will|would|qu[eé]
        |cu[aá]ndo|d[oó]nde
    |qui[eé]n|c[oó]mo|por\s+qu[eé]|was|wann|wo|wer|warum|wie|welche\w*|kann|k[oö]nnen|quand|o[uù]|qui
        |pourquoi
    |comment|quel\w*|est-ce)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def intent_of(text: str) -> Intent:
    """Tell what an utterance asks for, as far as its words tell."""
    text = text[:_LONGEST].replace("\u2019", "'")
    if is_opt_out(text):
        return Intent.OPT_OUT
    if text.strip() and is_farewell(text):
        return Intent.GOODBYE
    for intent, pattern in _PATTERNS.items():
        if pattern.search(text):
            return intent
    return Intent.QUESTION if _QUESTION.search(text) else Intent.NONE

"""How an utterance sounds, by lists of words, in Spanish, German and French; English has a lexicon."""

from __future__ import annotations

import re

from chalicelib.ai.domain.analysis import Sentiment

_GOOD = {
    "es": """
        bien buen bueno buena gracias genial perfecto perfecta excelente encantado encantada
        estupendo fantástico maravilloso feliz contento contenta amable útil gusta amo mejor vale
        claro""",
    "de": """
        gut gute guter super toll perfekt prima danke dankeschön ausgezeichnet wunderbar freue freut
        gern gerne zufrieden nett freundlich hilfreich klasse spitze schön bestens liebe""",
    "fr": """
        bien bon bonne merci parfait parfaite super génial excellent excellente ravi ravie content
        contente formidable merveilleux gentil aimable utile aime mieux volontiers""",
}
_BAD = {
    "es": """
        mal malo mala peor terrible horrible pésimo pésima enfadado enfadada molesto molesta odio
        inútil problema problemas queja nunca basta estafa vergüenza lento caro triste roto
        imposible inaceptable""",
    "de": """
        schlecht schlechte schlimm furchtbar schrecklich ärgerlich wütend sauer unzufrieden problem
        probleme beschwerde nie niemals kaputt hasse nutzlos unverschämt betrug enttäuscht teuer
        nervt unmöglich leider""",
    "fr": """
        mal mauvais mauvaise pire terrible horrible nul nulle énervé énervée déçu déçue fâché fâchée
        déteste inutile problème problèmes plainte jamais arnaque honte lent cher triste cassé
        impossible inadmissible""",
}
_NOT = {
    "es": {"no", "nada", "nunca", "ni"},
    "de": {"nicht", "kein", "keine", "keinen", "nie"},
    "fr": {"pas", "plus", "jamais", "guère", "rien"},
}
_BEFORE = 2
_LONGEST = 1000
_WORD = re.compile(r"[^\W\d_]+")
_VALUES = {
    language: dict.fromkeys(_GOOD[language].split(), 1) | dict.fromkeys(_BAD[language].split(), -1)
    for language in _GOOD
}


def has_mood_words(language: str) -> bool:
    """Tell whether we have a list for a language, such as `de`."""
    return language in _VALUES


def mood_of(text: str, language: str) -> Sentiment:
    """Judge an utterance in a language that has a list; a "not" near a word turns it round."""
    words, values = _WORD.findall(text[:_LONGEST].casefold()), _VALUES[language]
    score = sum(
        -values[word] if _is_denied(words, at, language) else values[word]
        for at, word in enumerate(words)
        if word in values
    )
    if score > 0:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if score < 0 else Sentiment.NEUTRAL


def _is_denied(words: list[str], at: int, language: str) -> bool:
    before = words[max(0, at - _BEFORE) : at]
    return any(word in _NOT[language] and word != words[at] for word in before)

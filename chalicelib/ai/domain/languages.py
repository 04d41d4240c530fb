"""Which language a caller speaks, by their own words and by what the carrier heard; rules only, no model.

English, Spanish, German and French are told apart by their small words. Any other language is known only by
the carrier's tag, or by the caller's wish.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import primary
from chalicelib.ai.domain.spelling import tidied

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENGLISH_NAMES = {
    "en": "English",
    "es": "Spanish",
    "de": "German",
    "fr": "French",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "pl": "Polish",
    "ja": "Japanese",
    "ko": "Korean",
    "zh": "Chinese",
    "hi": "Hindi",
    "ru": "Russian",
}
# Small words that no other of the four languages has; what they share is left out.
_SMALL_WORDS = {
    "en": """
        the you your is are were what when where which who why how my this that these those with
        have had would could should can't don't didn't i'm i'd i'll it's that's want need please
        yes and for from not do does did of to they we she them hello thanks thank about there
        because today tomorrow call know""",
    "es": """
        el los las una unos qué cómo cuándo dónde quién porque pero muy más está estoy estás soy
        eres tengo tiene quiero quiere puedo puede quisiera hola gracias por usted ustedes mi su
        con para hoy mañana hablar habla hablo llamar llamada cita sí nosotros ellos algo nada
        también ahora aquí señor señora buenos buenas días tardes yo lo y del""",
    "de": """
        der das den dem ein eine einen einem ich sie wir ihr mich mir nicht kein keine und oder
        aber ist sind bin habe haben möchte kann können würde werden wie wo wann warum wer bitte
        danke guten tag morgen heute ja nein auch noch schon mit für von zu auf aus bei nach über
        hallo termin sprechen rufen deutsch geht gerne doch""",
    "fr": """
        le les une je vous nous elle ils est sont suis ai avez avons ont pas mais avec pour dans
        qui quoi où comment quand pourquoi bonjour bonsoir merci oui s'il plaît voudrais veux peux
        pouvez aujourd'hui demain rendez-vous ce cette c'est j'ai j'aimerais d'accord mon ma votre
        vos au aux du moi parler parlez français êtes très""",
}
_OWNER = {word: code for code, words in _SMALL_WORDS.items() for word in words.split()}
# Words that greet or thank in one language only: one of them is enough.
_TELLING = {
    *("hello", "thanks", "hola", "gracias", "buenos", "buenas"),
    *("hallo", "danke", "guten", "bonjour", "bonsoir", "merci", "oui"),
}
# Said alone in several of them: who says only this goes on in the language of before.
_SHARED = {
    *("no", "ok", "okay", "si", "stop", "na", "ja", "yes", "yeah", "bye", "ciao", "super", "perfect"),
    *("mhm", "hm", "hmm", "aha", "ah", "oh", "eh"),
}
# Words that names and places have too, in every language: beside others they tell a language, alone none.
_OF_NAMES = {
    *("el", "los", "las", "del", "y", "por", "der", "den", "dem", "das", "und", "von", "zu", "auf", "bei"),
    *("le", "les", "du", "au", "aux", "the", "of", "and", "mon", "pour"),
}
_NAMES = {
    "en": "english|ingl[eé]s|englisch|anglais",
    "es": "spanish|español|castellano|espanol|spanisch|espagnol",
    "de": "german|alem[aá]n|deutsch|allemand",
    "fr": "french|franc[eé]s|französisch|franz[oö]sisch|français|francais",
    "it": "italian|italiano|italienisch|italien",
    "pt": "portuguese|portugu[eé]s|portugiesisch|portugais",
}
_WISH = r"""(?<!\w)(?:(?:speak|talk|switch\s+to|hablar?|hablan|hablamos|sprechen
        |sprichst|sprecht|reden|parle[zr]?|parlons)\W+BETWEEN
          |(?:continue|prefer|seguir|weiter|lieber|continuer)\W+BETWEEN(?=(?:LANGUAGES)END))
        (?P<name>LANGUAGES)(?!\w)
      | (?<!\w)(?:können|könnten|könnte|wollen|möchten?|lass(?:en|t)?|will|würde)\W+
        (?:(?!kein|nicht)\w+\W+){0,3}?(?P<first>LANGUAGES)\W+(?:weiter\W*)?(?:sprechen|reden|machen|weitermachen)(?!\w)
      | ^\W*(?:(?:please|por\s+favor|bitte|ok(?:ay)?|pardon|sorry)\W+)?(?:in|en|auf)?\W*(?P<alone>LANGUAGES)
        (?:\W+(?:please|por\s+favor|bitte|s.il\s+(?:vous|te)\s+pla[iî]t))?\W*$
    """
# What may stand between the verb and the language, and what after a language that is no adjective here.
_BETWEEN = r"""(?:(?:we|you|sie|wir|please|bitte|in|en|auf|usted|ustedes|vous|a|little|un|poco|peu|ein
    |bisschen|lieber|to|also|auch|me|with|con|mit|uns|mir|speak(?:ing)?|hablar|parler)\W+){0,4}"""
_END = r"""(?=\W*$|\s?[.,;:!?]|\s+(?:please|now|instead|with|and|but|if|or|because|then|today|to|here|por
    |ahora|mejor|conmigo|si|y|bitte|mit|jetzt|weiter|sprechen|reden|und|wenn|oder|s.il|maintenant|et|avec|ou)\b)"""
_REFUSED = re.compile(
    r"(?<!\w)(?:don.?t|do\s+not|cannot|can.?t|not|no|kein|keine|nicht|pas|ne)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LONGEST = 1000
_FEWEST_WORDS = 2
_MOST_OF_SHORT = 2
# From here on Unicode has the scripts of East Asia.
_FIRST_WITHOUT_SPACES = "\u2e80"


def language_name(language: str) -> str:
    """Give the English name of a tag's language, for a model; the tag itself where we know none."""
    return _ENGLISH_NAMES.get(primary(language), language)


def language_note(language: str) -> str:
    """Tell the model in which language the caller is to be answered; follows the instructions."""
    return f"\n\nThe caller speaks {language_name(language)} now. Answer in {language_name(language)}."


def language_of(text: str) -> str:
    """Give the language of a text, as `en`, `es`, `de` or `fr`; empty when its words do not tell."""
    counts, particles = dict.fromkeys(_SMALL_WORDS, 0), dict.fromkeys(_SMALL_WORDS, 0)
    for word in _words(text):
        if owner := _OWNER.get(word):
            told = particles if word in _OF_NAMES else counts
            told[owner] += _FEWEST_WORDS if word in _TELLING else 1
    counts = {code: count and count + particles[code] for code, count in counts.items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _FEWEST_WORDS or best <= second + second // 2:
        return ""
    return max(counts, key=lambda code: counts[code])


def wished_language(text: str) -> str:
    """Give the language that somebody asks to be spoken to in, such as `de`; empty when they ask for none."""
    words = tidied(text)
    for found in _wish().finditer(words):
        name = found[found.lastgroup or 0]
        if not _REFUSED.search(words[: found.start()]):
            return next(code for code, names in _NAMES.items() if re.fullmatch(names, name, re.IGNORECASE))
    return ""


@cache
def _wish() -> re.Pattern[str]:
    """Compile the pattern when it is first needed: calls with one language never are."""
    wish = _WISH.replace("BETWEEN", _BETWEEN).replace("END", _END)
    return re.compile(wish.replace("LANGUAGES", "|".join(_NAMES.values())), re.IGNORECASE | re.VERBOSE)


def tag_for(language: str, known: Iterable[str]) -> str:
    """Give the tag among `known` that means this language, or has at least its first part; or empty."""
    tags = tuple(known)
    exact = (tag for tag in tags if tag.casefold() == language.casefold())
    near = (tag for tag in tags if language and primary(tag) == primary(language))
    return next(exact, "") or next(near, "")


def language_spoken(known: tuple[str, ...], before: str, text: str, tag: str) -> str:
    """Give the tag of the language in which somebody goes on who said this.

    `known` are the languages of the conversation, `before` is the one of the last words, `tag` what the
    carrier heard. The caller's wish comes first, then their words, then the tag; who says nothing that tells,
    or no more than two words, goes on as before. A tag that is none of `known` is given only when nothing
    else is known.
    """
    if wished := _nearest(wished_language(text), known, before, tag):
        return wished
    if before and _is_short(text):
        return before
    if told := _nearest(language_of(text), known, before, tag):
        return told
    heard = tag_for(tag, known)
    if heard and not (before and _is_shared(text)):
        return heard
    return before or heard or tag


def _nearest(language: str, known: tuple[str, ...], before: str, tag: str) -> str:
    """Choose among several countries of one language as the carrier heard it, or as it was before."""
    for candidate in (tag, before):
        if candidate in known and primary(candidate) == language:
            return candidate
    return tag_for(language, known)


def _is_short(text: str) -> bool:
    """Tell whether these are two words at most, such as a name; where no spaces are written, never."""
    return len(text.split()) <= _MOST_OF_SHORT and not any(char >= _FIRST_WITHOUT_SPACES for char in text)


def _is_shared(text: str) -> bool:
    return all(word in _SHARED for word in _words(text))


def _words(text: str) -> list[str]:
    plain = text[:_LONGEST].casefold().replace("\u2019", "'")
    return _WORD.findall(plain)

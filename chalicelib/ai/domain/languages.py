"""Which language a caller speaks, by their own words and by what the carrier heard; rules only, no model.

English, Spanish, German and French are told apart by their small words. Any other language is known only by
the carrier's tag, or by the caller's wish.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import primary

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
_NAMES = {
    "en": "english|ingl[eé]s|englisch|anglais",
    "es": "spanish|español|castellano|espanol|spanisch|espagnol",
    "de": "german|alem[aá]n|deutsch|allemand",
    "fr": "french|franc[eé]s|französisch|franz[oö]sisch|français|francais",
    "it": "italian|italiano|italienisch|italien",
    "pt": "portuguese|portugu[eé]s|portugiesisch|portugais",
}
_WISH = r"""(?<!\w)(?:speak|talk|continue|switch\s+to|prefer|hablar?|hablan|hablamos|seguir|sprechen
        |sprichst|sprecht|reden|weiter|lieber|parle[zr]?|parlons|continuer)\W+(?:(?:we|you|sie|wir|please|bitte|in|en|auf|usted
        |ustedes|vous|a|little|un|poco|peu|ein|bisschen|lieber|to|also|auch|me|with|con|mit|uns|mir)\W+){0,4}
        (?P<name>LANGUAGES)(?!\w)
      | ^\W*(?:(?:please|por\s+favor|bitte|ok(?:ay)?|pardon|sorry)\W+)?(?:in|en|auf)?\W*(?P<alone>LANGUAGES)
        (?:\W+(?:please|por\s+favor|bitte|s.il\s+(?:vous|te)\s+pla[iî]t))?\W*$
    """.replace("LANGUAGES", "|".join(_NAMES.values()))
_REFUSED = re.compile(
    r"(?<!\w)(?:don.?t|do\s+not|cannot|can.?t|not|no|kein|keine|nicht|pas|ne)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LONGEST = 1000
_FEWEST_WORDS = 2


def language_name(language: str) -> str:
    """Give the English name of a tag's language, for a model; the tag itself where we know none."""
    return _ENGLISH_NAMES.get(primary(language), language)


def language_note(language: str) -> str:
    """Tell the model in which language the caller is to be answered; follows the instructions."""
    return f"\n\nThe caller speaks {language_name(language)} now. Answer in {language_name(language)}."


def language_of(text: str) -> str:
    """Give the language of a text, as `en`, `es`, `de` or `fr`; empty when its words do not tell."""
    counts = dict.fromkeys(_SMALL_WORDS, 0)
    for word in _words(text):
        if owner := _OWNER.get(word):
            counts[owner] += _FEWEST_WORDS if word in _TELLING else 1
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best < _FEWEST_WORDS or best <= second + second // 2:
        return ""
    return max(counts, key=lambda code: counts[code])


def wished_language(text: str) -> str:
    """Give the language that somebody asks to be spoken to in, such as `de`; empty when they ask for none."""
    for found in _wish().finditer(text[:_LONGEST]):
        name = found["name"] or found["alone"]
        if not _REFUSED.search(text[: found.start()]):
            return next(code for code, names in _NAMES.items() if re.fullmatch(names, name, re.IGNORECASE))
    return ""


@cache
def _wish() -> re.Pattern[str]:
    """Compile the pattern when it is first needed: calls with one language never are."""
    return re.compile(_WISH, re.IGNORECASE | re.VERBOSE)


def tag_for(language: str, known: Iterable[str]) -> str:
    """Give the tag among `known` that means this language, or has at least its first part; or empty."""
    tags = tuple(known)
    exact = (tag for tag in tags if tag.casefold() == language.casefold())
    near = (tag for tag in tags if language and primary(tag) == primary(language))
    return next(exact, "") or next(near, "")


def language_spoken(known: tuple[str, ...], before: str, text: str, tag: str) -> str:
    """Give the tag of the language in which somebody goes on who said this.

    `known` are the languages of the conversation, `before` is the one of the last words, `tag` what the
    carrier heard. The caller's wish comes first, then their words, then the tag; who says nothing that tells
    goes on as before. A tag that is none of `known` is given only when nothing else is known.
    """
    for language in (wished_language(text), language_of(text)):
        if language and (found := _nearest(language, known, before, tag)):
            return found
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


def _is_shared(text: str) -> bool:
    return all(word in _SHARED for word in _words(text))


def _words(text: str) -> list[str]:
    plain = text[:_LONGEST].casefold().replace("\u2019", "'")
    return _WORD.findall(plain)

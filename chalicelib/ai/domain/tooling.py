"""Actions of a conversation as they were carried out, and which of them wait for the caller's yes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import END_TOOL, OPT_OUT_TOOL, TRANSFER_TOOL
from chalicelib.ai.domain.spelling import plain_quotes

if TYPE_CHECKING:
    from collections.abc import Iterable

# What ends or hands over a conversation is granted always, however much was done before.
_STEERING = frozenset({END_TOOL, OPT_OUT_TOOL, TRANSFER_TOOL})
_MOST_WORDS = 12

_YES = r"""^\W*(?:(?:oh|ah|um+|uh+|well|hmm+|äh+m?|euh|pues|bueno|na|so)\W+)*(?:
      aber\s+(?:ja|klar|gerne|sicher|natürlich) | (?:klar|ja)\s+doch
    | mais\s+(?:oui|bien\s+sûr|certainement)
    | that\s+(?:works|would\s+be\s+(?:great|good|fine|perfect|lovely|nice)) | uh-?\s?huh
    | mm+-?\s?h+m+ | right
    | (?:please\s+)?(?:book|send|schedule|reserve|confirm|arrange)\s+(?:it|that|them)
    | yes | yeah | yep | yup | ye[as]h? | sure | ok(?:ay)? | correct | exactly | absolutely | definitely
        | certainly
    | of\s+course | please\s+do | go\s+ahead | do\s+(?:it|that|so) | that(?:'?s|\s+is)\s+(?:right|correct
      |fine|good)
    | sounds\s+(?:good|great|fine) | all\s*right | alright | i\s+(?:agree|confirm) | confirmed | perfect
    | s[ií] | claro | correcto | exacto | de\s+acuerdo | vale | adelante | h[aá]galo | por\s+supuesto
      | est[aá]\s+bien
    | perfecto | confirmo
    | ja | jawohl | jo | genau | gerne? | klar | einverstanden | in\s+ordnung | richtig | stimmt | passt
      | natürlich
    | mach(?:en)?\s+sie\s+das | das\s+(?:passt|stimmt|ist\s+(?:gut|richtig|in\s+ordnung))
    | oui | ouais | d'accord | bien\s+sûr | exactement | tout\s+à\s+fait | allez[\s-]*y | vas[\s-]*y
      | c'est\s+(?:ça|bon|exact)
    | je\s+confirme | parfait | volontiers
    )(?!\w)"""
# They sound like a no, and are none.
_FINE = r"""(?<!\w)(?:no\s+(?:problem|worries) | why\s+not | warum\s+nicht | kein\s+problem | pourquoi\s+pas
    | pas\s+de\s+problème | por\s+qué\s+no | sin\s+problema | ning[uú]n\s+problema)(?!\w)\??"""
# Any of these beside a yes: it is no plain agreement, and is asked about again.
_BUT = r"""\?|\d|(?<!\w)(?:
      make\s+it | better | (?:mon|tues|wednes|thurs|fri|satur|sun)day | tomorrow | at\s+\w+ | for\s+\w+
      | besser | (?:mon|diens|donners|frei|sams|sonn)tag | mittwoch | um\s+\w+
      | lunes | martes | miércoles | jueves | viernes | sábado | domingo | mañana | a\s+las?
      | mieux | lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche | demain | à\s+\w+ |
      no | nope | not | never | \w+n't | dont | but | wait | actually | instead | rather | stop | cancel
        | change
    | different | except | later | hold\s+on | wrong | unless | if
    | nunca | pero | espere? | cambi\w+ | mejor | cancel\w+ | salvo | si
    | nein | nicht | kein\w* | nie | aber | moment | warten? | doch | lieber | anders | falsch | sondern
      | wenn
    | non | pas | jamais | mais | attendez | attends | plutôt | annul\w+ | sauf
    )(?!\w)"""


_PRESENT = r"""(?<!\w)(?:here | there | hello | listening | da | hier | hallo | aquí | sigo | hola
    | là | ici | allô
    )(?!\w)"""


@dataclass(frozen=True)
class ToolRun:
    """An action of a turn as it was carried out; milliseconds by our clock.

    `held`: it was not, because the caller must agree to it first.
    """

    id: str
    name: str
    arguments: str
    result: str
    done: bool
    took_ms: int
    held: bool = False


def agrees(text: str) -> bool:
    """Tell whether these words say yes and nothing else, in English, Spanish, German or French.

    What is doubtful is no agreement: a condition, a question, a correction. Noise is none either.
    """
    text = plain_quotes(text)
    is_short = len(text.split()) <= _MOST_WORDS
    yes = _compiled(_YES).match(text)
    if yes is None or not is_short:
        return False
    return _compiled(_BUT).search(_compiled(_FINE).sub("", text[yes.end() :])) is None


def agrees_to(held: Iterable[ToolRun], question: str, answer: str, *, was_silent: bool = False) -> bool:
    """Tell whether an answer agrees to actions which `question`, as far as it was heard, asked about.

    Who was silent in between was asked whether they are there: their bare yes may be one to that.
    """
    is_clear = not was_silent or (len(answer.split()) > 1 and not _compiled(_PRESENT).search(answer))
    return any(run.held for run in held) and "?" in question and is_clear and agrees(answer)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile when first needed: few calls need it, and it takes milliseconds."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


def uses_left(most: int, runs: Iterable[ToolRun]) -> int:
    """Say how many more actions a conversation may have; those that waited for a yes were none yet."""
    return most - sum(not run.held and run.name not in _STEERING for run in runs)


def is_steering(name: str) -> bool:
    """Tell whether an action only steers the conversation, or is owed to the caller by law."""
    return name in _STEERING

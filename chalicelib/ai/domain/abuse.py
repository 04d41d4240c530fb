"""Which words insult whom they are said to, in four languages; swearing alone does not, nor does anger."""

from __future__ import annotations

import re
from functools import cache

from chalicelib.ai.domain.spelling import plain_quotes

_NOUNS = r"""(?:idiots?|morons?|bitch(?:es)?|assholes?|arseholes?|bastards?|cunts?|whores?|sluts?
  |dickheads?|imbeciles?
    |retards?|scum(?:bags?)?|motherfuckers?|fuckers?|dumbass(?:es)?|dumb\s*fucks?|piece\s+of\s+(?:shit
      |crap|garbage)
    |pieces\s+of\s+shit|twats?|wankers?|pricks?)"""
_ADJECTIVES = (
    r"(?:stupid|dumb|fucking|goddamn|bloody|damn|useless|worthless|retarded|ugly|idiotic|total|complete)"
)
_ENGLISH = rf"""
    \b(?:fuck|screw)\s+(?:you|u|off|yourself|your\s+\w+)\b | \bgo\s+(?:fuck|screw|kill|hang)\s+yourself\b
  | \bgo\s+to\s+hell\b | \bkiss\s+my\s+ass\b | \bsuck\s+my\s+\w+ | \bshut\s+(?:the\s+fuck\s+)?up\b
  | \b(?:you|u|ya)(?:\s+are|'re|\s+r)?\s+(?:(?:just|all|such|nothing\s+but|so)\s+)*(?:an?\s+|the\s+)?
        (?:{_ADJECTIVES}\s+)*{_NOUNS}\b
  | \b(?:you|u)(?:\s+are|'re|\s+r)\s+(?:(?:so|just|really|such\s+a|a)\s+)*(?:fucking\s+|damn\s+|bloody\s+)*
        (?:stupid|dumb|retarded|worthless)\b
  | \byou\s+(?:stupid|dumb|fucking|worthless|useless)\s+(?!ly\b)\w+
  | ^\W*(?:(?:fucking|stupid|dumb|goddamn)\s+)*{_NOUNS}\W*$
  | \bi(?:'ll|\s+will|'m\s+going\s+to|'m\s+gonna|\s+am\s+going\s+to)\s+
        (?:kill|murder|beat|rape|hurt|shoot|stab)\s+(?:you|your)\b
"""
_SPANISH = r"""
    \b(?:vete|váyase|anda|ándate|ve)\s+a\s+la\s+(?:mierda|chingada) | \bque\s+te\s+(?:jodan|den|folle\w*)\b
  | \bchinga\s+(?:a\s+)?tu\s+madre | \bhij[oa]s?\s+de\s+(?:la\s+gran\s+)?put[ao] | \bputa\s+madre\s+que\s+te
  | \b(?:eres|es\s+usted|sois|son\s+(?:unos|ustedes)|pedazo\s+de)\s+(?:un[ao]?s?\s+|muy\s+|tan\s+)*
        (?:idiota|imbécil|estúpid[oa]|pendej[oa]|gilipollas|cabr[oó]n|puta|perra|zorra|basura|mierda
          |inútil|tont[oa])s?\b
  | ^\W*(?:idiota|imbécil|pendej[oa]|gilipollas|cabr[oó]n|estúpid[oa]|puta)\W*$ | \bte\s+voy\s+a\s+matar\b
  | \bcállate\b
"""
_GERMAN = r"""
    \bfick\s+dich\b | \bfickt?\s+euch\b | \bleck\s+mich(?:\s+am\s+arsch)?\b | \bverpiss\s+dich\b
  | \bhalt(?:s)?\s+(?:die|dein|deine|s)?\s*(?:fresse|maul|klappe|schnauze)\b | \bhalts\s+maul\b
  | \b(?:du|ihr|sie)\s+(?:(?:bist|seid|sind)\s+)?(?:(?:so|doch|echt|ja|nur)\s+)*
        (?:eine?n?\s+)?(?:(?:blöde[rs]?|dumme[rs]?|dämliche[rs]?|verdammte[rs]?|verfickte[rs]?
          |dreckige[rs]?)\s+)*
        (?:idiot(?:en|in)?|arschl[oö]ch(?:er)?|wichser|hurensohn|hure|schlampe|fotze|miststück|missgeburt
          |vollpfosten
        |trottel|drecksau|schwein|penner|spast|depp|dumme\s+kuh|blöde\s+kuh)\b
  | \b(?:du|sie)\s+(?:bist|sind)\s+(?:(?:so|doch|echt|ja|total)\s+)*(?:dumm|blöd|bescheuert|dämlich)\b
  | ^\W*(?:arschloch|wichser|hurensohn|idiot|schlampe|fotze)\W*$ | \bich\s+bring(?:e)?\s+(?:dich|euch
    |sie)\s+um\b
"""
_FRENCH = r"""
    \b(?:va|allez)\s+(?:te|vous)\s+faire\s+(?:foutre|enculer|mettre) | \bnique\s+ta\s+(?:mère|race)
      | \bferme\s+ta\s+gueule
  | \bta\s+gueule\b | \bfils\s+de\s+pute\b
  | \b(?:t'es|tu\s+es|vous\s+êtes|espèces?\s+d[e']|sale|pauvre|gros(?:se)?)\s*(?:un[e]?\s+|des\s+
    |vraiment\s+|trop\s+)*
        (?:idiote?|imbécile|con(?:ne|nard|nasse|s)?|conn(?:ard|asse)s?|enculé|salope|salaud|pute|débile
          |ordure|merde|abruti)e?s?\b
  | ^\W*(?:conn?ard|connasse|salope|salaud|enculé|abruti|idiot)\W*$ | \bje\s+vais\s+(?:te|vous)\s+tuer\b
"""
# One of these is in all insults: without one the patterns, whose compiling takes 20 ms, are not needed.
_STEM_WORDS = """
    fuck screw yourself hell ass suck shut idiot moron bitch hole bastard cunt whore slut dickhead
    imb retard scum dumb piece twat wanker prick stupid worthless useless kill murder beat rape hurt
    shoot stab mierda chinga jodan den foll puta puto pute pendej gilipoll cabr perra zorra basura
    inútil tont estúp cállate matar fick leck verpiss fress maul klappe schnauze arsch wichs hure
    schlamp fotze mist missgeb vollpf trottel drecks schwein penner spast depp kuh dumm blöd bescheu
    dämlich bring foutre encul mettre nique gueule con salop salaud débile ordure merde abruti tuer
"""
_STEMS = tuple(stem.replace("+", " ") for stem in _STEM_WORDS.split())


@cache
def _insults() -> re.Pattern[str]:
    return re.compile(f"{_ENGLISH} | {_SPANISH} | {_GERMAN} | {_FRENCH}", re.IGNORECASE | re.VERBOSE)


_LONGEST = 2000


def is_abusive(text: str) -> bool:
    """Tell whether somebody insults or threatens whom they speak to; an angry complaint is none."""
    words = plain_quotes(text[:_LONGEST]).casefold()
    return any(stem in words for stem in _STEMS) and _insults().search(words) is not None

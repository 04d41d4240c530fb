"""Which words insult whom they are said to, in four languages; swearing alone does not, nor does anger."""

from __future__ import annotations

import re
from functools import cache

from chalicelib.ai.domain.spelling import plain_quotes, tidied

_NOUNS = r"""(?:idiots?|morons?|bitch(?:es)?|assholes?|arseholes?|bastards?|cunts?|whores?|sluts?
  |dickheads?|imbeciles?
    |retards?|scum(?:bags?)?|motherfuckers?|fuckers?|dumbass(?:es)?|dumb\s*fucks?|piece\s+of\s+(?:shit
      |crap|garbage)
    |pieces\s+of\s+shit|twats?|wankers?|pricks?)"""
_ADJECTIVES = (
    r"(?:stupid|dumb|fucking|goddamn|bloody|damn|useless|worthless|retarded|ugly|idiotic|total|complete)"
)
# Where an order or a judgement begins, and where it ends.
_START = r"(?:(?:^|[.,;:!?])\W*|\b(?:you|just|please|now|and|so|oh|well|no|ja|nein|mann|hey|ach)\W+)"
_END = r"(?=\W*$|[.,;!?])"
_ONLY_THINGS = r"(?!\s+(?:used|sent|gave|sold|left|need|put|in|on)\b)"
_ENGLISH = rf"""
    \bfuck\s+(?:you|u|off|yourself|your\s+\w+)\b | \bgo\s+(?:fuck|screw|kill|hang)\s+yourself\b
  | {_START}screw\s+(?:you|u|off|yourself|your\s+\w+)\b{_ONLY_THINGS}
  | (?<!the\ )(?<!a\ )(?<!that\ )\bscrew\s+(?:you|u)(?:\s+(?:guys|all|people|too))?{_END}
  | (?<!\bto\ )\bgo\s+to\s+hell\b(?!'|\s+(?:kitchen|michigan|norway)) | \byou\s+to\s+go\s+to\s+hell\b
  | \bkiss\s+my\s+ass\b | \bsuck\s+my\s+(?:dick|cock|balls|ass|nuts)\b | \bshut\s+the\s+fuck\s+up\b
  | {_START}shut\s+up\b(?:{_END}|\s+(?:and|you|now|already|man)\b)(?!\W+(?:no\s+way|really|seriously))
  | \b(?:you|u|ya)(?:\s+are|'re|\s+r)?\s+(?:(?:just|all|such|nothing\s+but|so)\s+)*(?:an?\s+|the\s+)?
        (?:{_ADJECTIVES}\s+)*{_NOUNS}\b
  | \b(?:you|u)(?:\s+are|'re|\s+r)\s+(?:(?:so|just|really|such\s+a|a)\s+)*(?:fucking\s+|damn\s+|bloody\s+)*
        (?:stupid|dumb|retarded|worthless)\b
  | \byou\s+(?:(?:stupid|dumb|fucking|worthless|useless|goddamn)\s+)+(?:machine|robot|bot|computer|ai|thing
      |assistant|program|cow|pig|dog|animal|woman|man|girl|boy|guy|people|liar|loser|fool|clown|shit|fuck)s?\b
  | ^\W*(?:(?:fucking|stupid|dumb|goddamn)\s+)*{_NOUNS}\W*$
  | \bi(?:'ll|\s+will|'m\s+going\s+to|'m\s+gonna|\s+am\s+going\s+to)\s+
        (?:kill|murder|beat|rape|hurt|shoot|stab)\s+
        (?:you(?:{_END}|\s+(?:up|all|and|if|when|for|so|dead|down|bitch|guys)\b)
          |your\s+(?:family|kids?|children|mother|wife|husband|son|daughter|face|head|ass|whole)\b)
"""
_SPANISH = r"""
    \b(?:vete|váyase|anda|ándate|ve)\s+a\s+la\s+(?:mierda|chingada) | \bque\s+te\s+(?:jodan|den|folle\w*)\b
  | \bchinga\s+(?:a\s+)?tu\s+madre | \bhij[oa]s?\s+de\s+(?:la\s+gran\s+)?put[ao] | \bputa\s+madre\s+que\s+te
  | \b(?:eres|es\s+usted|sois|son\s+(?:unos|ustedes)|pedazo\s+de)\s+(?:un[ao]?s?\s+|muy\s+|tan\s+)*
        (?:idiota|imbécil|estúpid[oa]|pendej[oa]|gilipollas|cabr[oó]n|puta|perra|zorra|basura|mierda
          |inútil|tont[oa])s?\b
  | ^\W*(?:idiota|imbécil|pendej[oa]|gilipollas|cabr[oó]n|estúpid[oa]|puta)\W*$ | \bte\s+voy\s+a\s+matar\b
  | \bcállate\b(?!\W+(?:no\s+me\s+digas|en\s+serio))
"""
_GERMAN_ADJECTIVES = r"""(?:(?:blöde[nrs]?|dumme[nrs]?|dämliche[nrs]?|verdammte[nrs]?|verfickte[nrs]?
  |dreckige[nrs]?)\s+)*"""
_GERMAN = rf"""
    \bfick\s+dich\b | \bfickt?\s+euch\b | \bleck\s+mich(?:\s+am\s+arsch)?\b | \bverpiss\s+dich\b
  | \bhalt(?:s)?\s+(?:die|dein|deine|s)?\s*(?:fresse|maul|klappe|schnauze)\b | \bhalts\s+maul\b
  | \b(?:du\s+(?:bist\s+)?|sie\s+(?:sind\s+(?=(?:\w+\s+){{0,2}}eine?n?\b))?)
        (?:(?:so|doch|echt|ja|nur)\s+)*(?:eine?n?\s+)?{_GERMAN_ADJECTIVES}
        (?:idiot(?:in)?|arschloch|wichser|hurensohn|hure|schlampe|fotze|miststück|missgeburt|vollpfosten
          |trottel|drecksau|schwein|penner|spast|depp|dumme\s+kuh|blöde\s+kuh)\b(?!\s+gehabt)
  | \bihr\s+(?:seid\s+(?:(?:so|doch|echt|ja|nur|alle)\s+)*)?{_GERMAN_ADJECTIVES}
        (?:idioten|arschlöcher|wichser|hurensöhne|schlampen|trottel|schweine|penner|spasten|deppen)\b
  | (?:\bdu\s+bist|(?:^|[.!?]|\b(?:ja|nein|mann|hey|ach)\b)\W*sie\s+sind)\s+(?:(?:so|doch|echt|ja|total
        |einfach)\s+)*
        (?:dumm|blöd|bescheuert|dämlich){_END}
  | ^\W*(?:arschloch|wichser|hurensohn|idiot|schlampe|fotze)\W*$
  | \bich\s+bringe?\s+(?:dich|euch|sie)\s+(?:alle\s+)?um(?:\W*$|!|,\s*(?:du|sie|ihr)\b|\s+(?:wenn|du)\b)
  | \bich\s+(?:werde?|will)\s+(?:dich|euch|sie)\s+(?:alle\s+)?umbringen\b
"""
_NOT_SELF = "".join(
    rf"(?<!\b{word}\ )" for word in ("un", "une", "le", "la", "du", "mon", "ce", "cet", "de", "quel")
)
_FRENCH = rf"""
    \b(?:va|allez)\s+(?:te|vous)\s+faire\s+(?:foutre|enculer|mettre) | \bnique\s+ta\s+(?:mère|race)
      | \bferme\s+ta\s+gueule
  | \bta\s+gueule\b | \bfils\s+de\s+pute\b
  | \b{_NOT_SELF}(?:t'es|tu\s+es|vous\s+êtes|espèces?\s+d[e']|sale|pauvre|gros(?:se)?)\s*
        (?:une?\s+|des\s+|vraiment\s+|trop\s+|sale\s+|pauvre\s+|gros(?:se)?\s+|vrai\s+)*
        (?:idiote?|imbécile|con(?:ne|nard|nasse|s)?|conn(?:ard|asse)s?|enculé|salope|salaud|pute|débile
          |ordure|merde|abruti)e?s?\b
  | ^\W*(?:conn?ard|connasse|salope|salaud|enculé|abruti|idiot)\W*$ | \bje\s+vais\s+(?:te|vous)\s+tuer\b
"""
# Who says this speaks to, or of, somebody or something else.
_MEANS_OTHERS = re.compile(
    r"""\bi\s+mean\s+(?:the|my|that)\b | \bi\s+(?:don't|didn't)\s+mean\s+you\b | \b(?:sorry
        |no),?\s+not\s+you\b
      | \bich\s+meine\s+(?:den|die|das|meinen?)\b | \bnicht\s+sie\b | \bme\s+refiero\s+al?\b
      | \bno\s+(?:a\s+)?usted\b | \bje\s+parle\s+d[eu']\b | \bpas\s+vous\b""",
    re.IGNORECASE | re.VERBOSE,
)
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


def is_abusive(text: str) -> bool:
    """Tell whether somebody insults or threatens whom they speak to; an angry complaint is none."""
    words = plain_quotes(tidied(text)).casefold()
    if not any(stem in words for stem in _STEMS):
        return False
    return _insults().search(words) is not None and _MEANS_OTHERS.search(words) is None

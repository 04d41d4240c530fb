"""Which words speak of danger to life, in English, Spanish, German and French, and which number helps."""

from __future__ import annotations

import re
from functools import cache

from chalicelib.ai.domain.sentences import primary
from chalicelib.ai.domain.spelling import plain_quotes

_ENGLISH = r"""
    \b(?:this|it)(?:\s+is|'s)\s+an?\s+(?:(?:real|medical|life\s+or\s+death)\s+)*emergency\b
  | \b(?:i|we)(?:\s+have|'ve\s+got|\s+got)\s+an?\s+(?:real\s+|medical\s+)*emergency\b
  | \b(?:call|need|get|send)\s+(?:me\s+|us\s+)?(?:an?\s+|the\s+)?(?:ambulance|paramedics?|911|9-1-1|999|112)\b
  | \b(?:call|need)\s+the\s+(?:police|fire\s+(?:brigade|department))\b
  | \b(?:having|had|has|have)\s+an?\s+(?:heart\s+attack|stroke|seizure)\b
  | \b(?:can'?t|cannot|can\s+not|isn'?t|is\s+not|not|stopped)\s+breath(?:e|ing)\b | \bchok(?:ing
    |es)\b(?=.*\b(?:he|she|baby|i)\b)
  | \b(?:i'm|he's|she's|is|am|are)\s+(?:bleeding\s+(?:out|badly|a\s+lot|to\s+death)|unconscious
    |dying(?!\s+(?:to|for)\b)|suffocating)\b
  | \b(?:chest\s+pains?|overdos(?:e|ed|ing))\b | \b(?:house|building|kitchen|apartment|flat|car)(?:\s+is
    |'s)\s+on\s+fire\b
  | \b(?:kill|hurt|harm)(?:ing)?\s+myself\b | \b(?:want|going)\s+to\s+die\b | \bend\s+(?:my
    |it)\s+(?:own\s+)?(?:life|all)\b
  | \bsuicid(?:e|al)\b | \b(?:breaking|broken|broke)\s+into\s+my\s+(?:house|home|apartment|flat)\b
  | \b(?:has|have)\s+a\s+(?:gun|knife)\b | \bbeen\s+(?:shot|stabbed)\b
"""
_SPANISH = r"""
    \b(?:es|tengo|tenemos|hay)\s+una\s+(?:verdadera\s+)?emergencia\b
  | \b(?:llam\w+|necesit\w+|mand\w+|env\w+)\s+(?:a\s+)?(?:una?\s+|la\s+)?(?:ambulancia|policía|bomberos
    |112|911)\b
  | \b(?:infarto|ataque\s+al\s+corazón|derrame\s+cerebral|sobredosis)\b | \bno\s+(?:puedo|puede
    |podemos)\s+respirar\b
  | \b(?:no\s+respira|está\s+inconsciente|se\s+está\s+muriendo|me\s+estoy\s+muriendo|se\s+desangra
    |me\s+ahogo)\b
  | \b(?:matarme|suicid\w+|quitarme\s+la\s+vida|quiero\s+morir(?:me)?)\b | \b(?:hay\s+un\s+incendio
    |se\s+quema\s+la\s+casa)\b
  | \bdolor\s+(?:fuerte\s+)?en\s+el\s+pecho\b
"""
_GERMAN = r"""
    \b(?:das|es)\s+ist\s+ein\s+(?:echter\s+)?notfall\b | \b(?:ich|wir)\s+hab(?:e|en)?\s+einen\s+notfall\b
  | \b(?:brauch\w*|ruf\w*|hol\w*|schick\w*)\s+(?:\w+\s+){0,3}(?:krankenwagen|rettungswagen|notarzt|polizei
    |feuerwehr)\b
  | \b(?:herzinfarkt|herzanfall|schlaganfall|überdosis|bewusstlos)\b | \b(?:keine\s+luft
    |nicht\s+(?:mehr\s+)?atmen|atmet\s+nicht)\b
  | \b(?:verblut\w*|erstick\w*)\b | \b(?:liegt|liege)\s+im\s+sterben\b
  | \b(?:mich\s+(?:selbst\s+)?umbringen|bringe\s+mich\s+um|selbstmord|suizid
    |will\s+(?:nicht\s+mehr\s+leben|sterben))\b
  | \b(?:es\s+brennt|haus\s+brennt|wohnung\s+brennt)\b | \b(?:starke\s+)?schmerzen\s+in\s+der\s+brust\b
"""
_FRENCH = r"""
    \bc'est\s+une\s+(?:vraie\s+)?urgence\b(?!\s+de\s+travail) | \b(?:j'ai|on\s+a
      |nous\s+avons)\s+une\s+urgence\b
  | \b(?:appel\w+|besoin\s+d|envoy\w+)\s*'?\s*(?:une?\s+|le\s+|les\s+|la\s+)?(?:ambulance|samu|pompiers
    |police|secours)\b
  | \b(?:crise\s+cardiaque|infarctus|overdose|surdose)\b | \bfait\s+un\s+avc\b
  | \b(?:peux|peut|arrive)\s+(?:pas|plus)\s+(?:à\s+)?respirer\b | \b(?:respire\s+(?:pas|plus)
    |inconscient\w*|en\s+train\s+de\s+mourir)\b
  | \b(?:me\s+(?:tuer|suicider)|suicide|veux\s+mourir|mettre\s+fin\s+à\s+mes\s+jours)\b
  | \b(?:il\s+y\s+a\s+le\s+feu|maison\s+brûle|au\s+feu)\b | \bdouleurs?\s+(?:à|dans)\s+la\s+poitrine\b
"""
# One of these is in all words of danger: without one the patterns, which take 10 ms to compile wait.
_STEM_WORDS = """
    emerg urgen notfall ambul paramedic 911 9-1-1 999 112 polic poliz fire feuer heart stroke
    seizure breath chok bleed unconsc dying suffoc chest overdos myself die life end+it suicid into
    gun knife shot stab bomber infart ataque derrame sobredosis respir inconsc muriendo desangra
    ahogo matarme vida morir incendio quema pecho krankenw rettungsw notarzt herz schlaganf
    überdosis bewusstl luft atme verblut erstick sterben mich selbstmord suizid leben brennt brust
    samu pompiers secours crise surdose avc mourir tuer jours feu brûle poitrine
"""
_STEMS = tuple(stem.replace("+", " ") for stem in _STEM_WORDS.split())


@cache
def _danger() -> re.Pattern[str]:
    return re.compile(f"{_ENGLISH} | {_SPANISH} | {_GERMAN} | {_FRENCH}", re.IGNORECASE | re.VERBOSE)


# What takes it back, or tells of something else.
_NONE = re.compile(
    r"""\b(?:not|isn't|no|wasn't)\s+(?:really\s+)?an?\s+(?:\w+\s+)?emergency\b | \bin\s+case\s+of\b
      | \bif\s+(?:this|it)\s+is\b
    | \bemergency\s+(?:contact|exit|fund|kit|plumber|number|service\s+plan)\b | \b(?:years?|months?
      |weeks?)\s+ago\b
    | \b(?:insurance|prevention|hotline|squad)\b
    | \bno\s+es\s+una\s+emergencia\b | \bhace\s+(?:\w+\s+)?(?:años|meses|semanas)\b
    | \bkein\s+notfall\b | \bim\s+falle?\b | \bvor\s+\w+\s+(?:jahren|monaten|wochen)\b
    | \b(?:n'est|est)\s+pas\s+une\s+urgence\b | \bil\s+y\s+a\s+\w+\s+(?:ans|mois|semaines)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 2000
# By country (ISO 3166), and by language where the country is not known. 112 works in all of Europe.
_BY_COUNTRY = {
    **dict.fromkeys(("US", "CA", "MX", "AR", "PE", "EC", "CR", "PA", "DO", "419"), "911"),
    "GB": "999",
    "AU": "000",
    "NZ": "111",
    "ZA": "112",
    "IN": "112",
    "CO": "123",
    "CL": "131",
}
_BY_LANGUAGE = {"en": "911"}
_ELSEWHERE = "112"


def is_emergency(text: str) -> bool:
    """Tell whether somebody speaks of danger to life that is there now; rather too often than too seldom."""
    words = plain_quotes(text[:_LONGEST]).casefold()
    if not any(stem in words for stem in _STEMS):
        return False
    return _danger().search(words) is not None and _NONE.search(words) is None


def emergency_number(language: str) -> str:
    """Give the emergency number of where a language (BCP 47) is spoken: `999` of `en-GB`."""
    country = language.replace("_", "-").rpartition("-")[2].upper()
    return _BY_COUNTRY.get(country) or _BY_LANGUAGE.get(primary(language), _ELSEWHERE)


def spoken_number(number: str) -> str:
    """Write a number so that a voice reads it digit by digit."""
    return " ".join(number)

"""Which words speak of danger to life, in English, Spanish, German and French, and which number helps."""

from __future__ import annotations

import re
from functools import cache

from chalicelib.ai.domain.sentences import primary
from chalicelib.ai.domain.spelling import plain_quotes, tidied

# A person who may be in danger, as opposed to a phone, a plant or an agent.
_WHO = r"""(?:i|we|he|she|somebody|someone|baby|child|kid|son|daughter|husband|wife|partner|mother|father
        |mom|mum
  |dad|brother|sister|friend|neighbou?r|colleague|grand(?:ma|pa|mother|father|son|daughter)|man|woman|boy|girl
  |toddler|uncle|aunt)"""
_IS = r"(?:'m|'s|'re|\s+is|\s+am|\s+are|\s+was)?(?:\s+(?:just|really|still|suddenly))?"
_IS_NOT = r"(?:(?:'s|'m|\s+is|\s+am)\s+not|\s+isn't)"
# How a sentence goes on that asks for the number and does not name a house or a thing by it.
_CALLED = r"""(?=\W*$|\s+(?:please|now|for|because|quick\w*|immediately|right|he|she|i|my|someone|somebody|we
  |and|there|this|it|por\s+favor|ya)\b)"""
_END = r"(?=\W*$|\s+(?:any\s?more|at\s+all|and)\b)"
_PLACE = r"(?:in|at|here|there|with|near|next)\b"
_PILLS = r"(?:pills|tablets|painkillers|medicines?)"
_ENGLISH = rf"""
    \b(?:this|it)(?:\s+is|'s)\s+an?\s+(?:(?:real|medical|life\s+or\s+death)\s+)*emergency\b
  | \b(?:i|we)(?:\s+have|'ve\s+got|\s+got)\s+an?\s+(?:real\s+|medical\s+)*emergency\b
        (?!\s+(?:at|in)\s+(?:my\s+|the\s+)?(?:work|job|office|school)\b)
  | \b(?:call|need|get|send)\s+(?:me\s+|us\s+|him\s+|her\s+)?(?:an?\s+|the\s+)?(?:ambulance|paramedics?)\b
        (?!\s+(?:bill|invoice|company|receipt|cover\w*)\b)
  | \b(?:call|dial|phone|need|get|send)\s+(?:me\s+|us\s+)?(?:911|9-1-1|nine\s+one\s+one|999|112){_CALLED}
  | \b(?:call|need)\s+the\s+(?:police|fire\s+(?:brigade|department))\b(?!\s+(?:report|station|record|check)\b)
  | \b(?:having|had|has|have)\s+an?\s+(?:heart\s+attack|stroke|seizure)\b
        (?!\s+(?:of|patient|history|survivor|clinic|appointment)\b)
  | \b(?:can'?t|cannot|can\s+not|barely|hardly)\s+breathe\b | \b(?:trouble|difficulty|problems)\s+breathing\b
  | \b(?:isn'?t|is\s+not|not|stopped|barely|hardly)\s+breath(?:e|ing)\b(?!\s+down\b)
  | \b{_WHO}{_IS}\s+choking\b(?!\s+(?:up|with\s+laughter)\b)
  | \b{_WHO}(?:'s|\s+has)?(?:\s+(?:just|suddenly))?\s+collapsed\b
  | \b{_WHO}{_IS_NOT}\s+(?:moving|responding|responsive|waking\s+up){_END}
  | \b{_WHO}\s+(?:doesn't|does\s+not|won't)\s+(?:respond|wake\s+up|react|move){_END}
  | \b(?:i'm|he's|she's|is|am|are)\s+(?:bleeding\s+(?:out|badly|a\s+lot|to\s+death)|unconscious|suffocating)\b
  | \b{_WHO}{_IS}\s+dying\b(?!\s+(?:to|for|over\s+here|laughing|inside|down
        |(?:of|with|from)\s+(?:laugh\w+|boredom|thirst|hunger|curiosity|embarrassment|heat))\b)
  | \b(?:chest\s+pains?|overdos(?:e|ed|ing))\b(?!\s+(?:appointment|clinic|on\s+(?:coffee|chocolate|sugar
        |caffeine
        |cake|tv))\b)
  | \b(?:house|building|kitchen|apartment|flat|car)(?:\s+is|'s)\s+on\s+fire\b(?!\s+sale\b)
  | \bthere(?:'s|\s+is)\s+(?:an?\s+)?fire(?=\W*$|\s+(?:in|at|here|on|and|next|inside|everywhere|please
        |upstairs
        |downstairs|outside|help)\b)(?!\s+in\s+the\s+(?:fireplace|stove|grill)\b)
  | \b(?:kill|hurt|harm)(?:ing)?\s+myself\b
  | \bi(?:'m|'d)?\s+(?:(?:am|just|really|only|so|think\s+i'm|think\s+i\s+am|feel\s+like\s+i'm|would
        |honestly)\s+)*
        (?:want|wanna|going|gonna)\s+(?:to\s+)?die\b(?!\s+(?:laughing|(?:of|from)\s+(?:laugh|bore|embarr)))
  | \b{_WHO}{_IS}\s+(?:going\s+to|gonna)\s+die\b
  | \b(?:don'?t|do\s+not)\s+want\s+to\s+(?:live|be\s+alive|go\s+on\s+living){_END}(?!\s+any\s?more\s+{_PLACE})
  | \b{_WHO}(?:'ve|'s|\s+have|\s+has)?(?:\s+just)?\s+(?:took|taken|swallowed)\s+
        (?:(?:far|way)\s+)?(?:too\s+many|an?\s+(?:whole|entire)\s+\w+\s+of)\s+(?:\w+\s+){{0,2}}{_PILLS}\b
  | \bend\s+my\s+(?:own\s+)?life\b(?!\s+(?:insurance|cover|policy)\b)
  | \bi(?:'m|'ll)?\s+(?:\w+\s+){{0,4}}end(?:ing)?\s+it\s+all\b(?!\s+here\b)
  | \bsuicid(?:e|al)\b | \b(?:breaking|broken|broke)\s+into\s+my\s+(?:house|home|apartment|flat)\b
  | \b(?:{_WHO}|they|robber|burglar|thief|intruder|guy|ex)(?:'s\s+got|\s+has|\s+have|\s+got)\s+a\s+(?:gun
        |knife)\b
        (?!\s+(?:block|set|sharpener|safe|licen[cs]e|permit|rack|case|collection|shop|to|for\s+sale)\b)
  | \bbeen\s+(?:shot|stabbed)\b(?!\s+down\b)
"""
_SPANISH = rf"""
    \b(?:es|hay)\s+una\s+(?:verdadera\s+)?emergencia\b
  | \b(?:tengo|tenemos)\s+una\s+(?:verdadera\s+)?emergencia\b
        (?!\s+(?:en\s+(?:el|la|mi)\s+(?:trabajo|oficina|empresa|escuela)|de\s+trabajo|laboral|dental)\b)
  | \b(?:llam\w+|necesit\w+|mand\w+|env\w+)\s+(?:a\s+)?(?:una?\s+|la\s+|los\s+)?
        (?:(?:ambulancia|policía|bomberos)\b(?!\s+(?:local|municipal|nacional)\b)|(?:112|911){_CALLED})
  | \b(?:dando|dio|dado|tiene|tengo|tuvo|teniendo|sufre|sufriendo|sufrió|es|dar)\s+(?:un|una)\s+
        (?:infarto|ataque\s+al\s+corazón|derrame\s+cerebral|sobredosis)\b
        (?!\s+(?:con|de\s+ver|al\s+ver|por|cuando)\b)
  | ^\W*(?:(?:un|una)\s+)?(?:infarto|ataque\s+al\s+corazón|derrame\s+cerebral|sobredosis)\W*$
  | \bno\s+(?:puedo|puede|podemos)\s+respirar\b
  | \b(?:no\s+respira|no\s+reacciona|está\s+inconsciente|se\s+(?:desmayó|ha\s+desmayado|está\s+(?:muriendo
        |ahogando
      |asfixiando)|atragantó|desangra)|me\s+estoy\s+(?:muriendo|ahogando|asfixiando))\b
        (?!\s+(?:de\s+(?:risa|hambre|calor|sed|ganas|aburrimiento)|en\s+deudas)\b)
  | (?<!no\ )\bme\s+ahogo\b(?!\s+(?:en|de|con)\s+(?:deudas|trabajo|papel\w*|un\s+vaso|tant\w+)\b)
  | \b(?:matarme|suicid\w+|quitarme\s+la\s+vida|quiero\s+morir(?:me)?)\b
  | \bme\s+(?:voy\s+a|quiero|quisiera)\s+matar\b(?!\s+(?:de\s+risa|a\s+trabajar|trabajando|estudiando)\b)
  | \bno\s+quiero\s+(?:vivir|seguir\s+viviendo)(?=\W*$|\s+(?:más|ya|y)\b)
        (?!\s+más\s+(?:en|aquí|ahí|allí|con)\b)
  | \btom(?:é|ó|ado)\s+demasiad[ao]s\s+(?:\w+\s+)?(?:pastillas|píldoras|medicamentos|somníferos)\b
  | \b(?:hay\s+(?:un\s+incendio|fuego)|se\s+quema\s+la\s+casa)\b | \bdolor\s+(?:fuerte\s+)?en\s+el\s+pecho\b
"""
_GERMAN = r"""
    \b(?:das|es)\s+ist\s+ein\s+(?:echter\s+)?notfall\b | \b(?:ich|wir)\s+hab(?:e|en)?\s+einen\s+notfall\b
        (?!\s+(?:auf|in|bei)\s+(?:der|meiner)\s+arbeit\b)
  | \b(?:brauch\w*|ruf\w*|hol\w*|schick\w*)\s+(?:(?!(?:von|vom|bei|beim|wegen|an|zur|für|nicht)\b)\w+\s+){0,3}
        (?:krankenwagen|rettungswagen|notarzt|polizei|feuerwehr)\b(?!\s+nicht\b)
  | \b(?:herzinfarkt|herzanfall|schlaganfall|überdosis|bewusstlos)\b
        (?!\s+(?:bei|wegen)\s+(?:den|dem|diesen|euren|ihren|der|dieser)\s+(?:preis|rechnung|kosten))
  | \b(?:keine\s+luft|nicht\s+(?:mehr\s+)?atmen|atmet\s+nicht)\b
  | \b(?:er|sie|mann|frau|mutter|vater|kind|baby|sohn|tochter|oma|opa)\s+(?:reagiert|bewegt\s+sich)\s+nicht
        (?:\s+mehr)?(?=\W*$|\s+und\b)
  | \b(?:er|sie|mann|frau|mutter|vater|kind|sohn|tochter|oma|opa
        |jemand)\s+ist\s+(?:\w+\s+){0,2}zusammengebrochen\b
  | \bverblut\w*\b | \berstick\w*\b(?!\s+in\s+(?:der\s+)?(?:arbeit|papier\w*|e?-?mails|akten|schulden)\b)
  | \b(?:liegt|liege)\s+im\s+sterben\b
  | \b(?:mich\s+(?:selbst\s+)?umbringen|bringe\s+mich\s+um|selbstmord|suizid
    |(?:will|möchte|mag)\s+(?:nicht\s+(?:mehr\s+leben|weiterleben)|sterben))\b
  | \bzu\s+viele\s+\w*(?:tabletten|pillen|medikamente)\s+(?:ein)?(?:genommen|geschluckt)\b
  | \bes\s+brennt(?=\W*$|\s+(?:hier|bei|in|im|überall|alles|unser\w*|mein\w*)\b)
        (?!.*\b(?:lampe|licht|birne|leuchte|kerze|kein\w*|nichts|kamin|ofen|augen)\b)
  | \bbei\s+(?:uns|mir)\s+brennt(?:'s|\s+es)\b(?!\s+(?:kein|eine))
  | \b(?:haus|wohnung|küche)\s+brennt\b
  | \b(?:starke\s+)?schmerzen\s+in\s+der\s+brust\b
"""
_FRENCH = r"""
    \bc'est\s+une\s+(?:vraie\s+)?urgence\b(?!\s+(?:de|au)\s+travail)
  | \b(?:j'ai|on\s+a|nous\s+avons)\s+une\s+urgence\b
        (?!\s+(?:(?:au|de)\s+(?:travail|boulot|bureau)|professionnelle|familiale|dentaire)\b)
  | \b(?:appel\w+|besoin\s+d|envoy\w+)\s*(?:'|e\s|\s)\s*(?:une?\s+|le\s+|les\s+|la\s+)?
        (?:ambulance|samu|pompiers|police|secours)\b(?!\s+(?:d'assurance|municipale|nationale)\b)
  | \b(?:crise\s+cardiaque|infarctus|overdose|surdose)\b | \bfait\s+un\s+avc\b
  | \b(?:peux|peut|arrive)\s+(?:pas|plus)\s+(?:à\s+)?respirer\b | \b(?:respire\s+(?:pas|plus)
    |inconscient\w*|en\s+train\s+de\s+mourir|[sm]'étouffe)\b(?!\s+de\s+(?:rire|chaud)\b)
  | \b(?:père|mère|mari|femme|fils|fille|ami|amie|il|elle|quelqu'un)\s+s'est\s+(?:effondr|évanoui)\w*
  | \b(?:veux|ai\s+envie\s+de)\s+plus\s+(?:vivre|continuer\s+à\s+vivre)(?=\W*$|\s+et\b)
  | \b(?:pris|avalé)\s+trop\s+de\s+(?:médicaments|cachets|comprimés|somnifères|pilules)\b
  | \b(?:me\s+(?:tuer|suicider)|suicide|veux\s+mourir|mettre\s+fin\s+à\s+mes\s+jours)\b
  | \b(?:il\s+y\s+a\s+(?:le\s+feu|un\s+incendie)|maison\s+brûle)\b(?!\s+(?:rouge|vert|au\s+lac)\b)
  | ^\W*(?:au\s+secours\W+)?au\s+feu\W*$ | \bdouleurs?\s+(?:à|dans)\s+la\s+poitrine\b
"""
# One of these is in all words of danger: without one the patterns, which take 10 ms to compile wait.
_STEM_WORDS = """
    emerg urgen notfall ambul paramedic 911 9-1-1 nine 999 112 polic poliz fire feuer heart stroke
    seizure breath chok collaps moving respon waking wake react move bleed unconsc dying suffoc chest
    overdos myself die life end+it ending+it suicid into gun knife shot stab bomber infart ataque
    derrame sobredosis respir reacciona inconsc muriendo desangra desmay asfix atragant ahog fuego
    matarme vida morir incendio quema pecho krankenw rettungsw notarzt herz schlaganf überdosis
    bewusstl luft atme reagiert bewegt zusammengebr verblut erstick sterben mich selbstmord suizid
    leben brennt brust samu pompiers secours crise surdose avc mourir étouffe effondr évanoui tuer
    jours feu brûle poitrine to+live alive living pill tablet medicine medikament médicament
    medicamento matar viv pastilla píldora somn cachet comprim
"""
_STEMS = tuple(stem.replace("+", " ") for stem in _STEM_WORDS.split())


@cache
def _danger() -> re.Pattern[str]:
    return re.compile(f"{_ENGLISH} | {_SPANISH} | {_GERMAN} | {_FRENCH}", re.IGNORECASE | re.VERBOSE)


# What takes it back, or tells of something else: in the same clause only.
_MONTHS = r"(?:year|month|week|summer|winter|spring|autumn|fall|christmas)"
_NONE = re.compile(
    rf"""\b(?:not|isn't|no|wasn't)\s+(?:really\s+)?an?\s+(?:\w+\s+)?emergency\b | \bin\s+case\s+of\b
      | \bif\s+(?:this|it)\s+is\b | \b(?:nearly|almost)\s+(?:had|gave)\b
    | \bemergency\s+(?:contact|exit|fund|kit|number|service\s+plan|(?:\w+\s+)?(?:plumber|electrician|locksmith
        |dentist|dental|appointment|repairs?|visit|meeting|passport|loan|exit|brakes?|lights?))\b
    | \b(?:years?|months?|weeks?)\s+ago\b | \blast\s+{_MONTHS}\b | \b(?:in|en|im\s+jahr)\s+(?:19|20)\d\d\b
    | \b(?:insurance|prevention|hotline|squad)\b
    | \bno\s+es\s+una\s+emergencia\b | \bhace\s+(?:\w+\s+)?(?:años|meses|semanas)\b
    | \b(?:año|mes|verano|invierno)\s+pasado\b | \bsemana\s+pasada\b
    | \bkein\s+notfall\b | \bim\s+falle?\b | \bvor\s+\w+\s+(?:jahren|monaten|wochen)\b
    | \bletzte[ns]?\s+(?:jahr|monat|woche|sommer|winter)\b
    | \b(?:n'est|est)\s+pas\s+une\s+urgence\b | \bil\s+y\s+a\s+\w+\s+(?:ans|mois|semaines)\b
    | \b(?:l'an|l'année|mois|semaine)\s+derni\w+""",
    re.IGNORECASE | re.VERBOSE,
)
# Where another thought begins: marks, and words that a new subject follows.
_CLAUSES = re.compile(
    r"""[.,;:!?] | \b(?:but|pero|aber|mais)\b
      | \b(?:and|so|because|y|und|et)\s+(?=(?:now|i|we|he|she|it|my|this|you|there|ich|er|sie|wir|mein\w*
        |jetzt
          |je|il|elle|on|mon|ma|maintenant|yo|él|ella|mi|ahora)\b)
      | \s(?=(?:i|we)\s+(?:called|phoned|rang|told|spoke)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
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
# By how a phone number begins (ITU-T E.164): the longest counts; +3 and +4 are Europe, but for +44.
_BY_CALLING_CODE = {
    **dict.fromkeys(("+1", "+52", "+54", "+51", "+593", "+506", "+507"), "911"),
    **dict.fromkeys(("+3", "+4", "+7", "+90", "+27", "+91"), "112"),
    "+44": "999",
    "+61": "000",
    "+64": "111",
    "+57": "123",
    "+56": "131",
}
_LONGEST_CODE = 4


def is_emergency(text: str) -> bool:
    """Tell whether somebody speaks of danger to life that is there now; rather too often than too seldom."""
    words = plain_quotes(tidied(text)).casefold()
    return any(stem in words for stem in _STEMS) and any(map(_is_danger, _CLAUSES.split(words)))


def _is_danger(clause: str) -> bool:
    return _danger().search(clause) is not None and _NONE.search(clause) is None


def emergency_number(language: str, phone: str = "") -> str:
    """Give the emergency number of where a phone (E.164) is at home; else of where a language is spoken.

    `999` of `+44…`, and of `en-GB` (BCP 47) where the phone is not known, or its country not to us.
    """
    codes = (phone[:length] for length in range(_LONGEST_CODE, 1, -1))
    by_phone = next((code for code in codes if code in _BY_CALLING_CODE), "")
    return _BY_CALLING_CODE.get(by_phone) or _by_language(language)


def _by_language(language: str) -> str:
    country = language.replace("_", "-").rpartition("-")[2].upper()
    return _BY_COUNTRY.get(country) or _BY_LANGUAGE.get(primary(language), _ELSEWHERE)


def spoken_number(number: str) -> str:
    """Write a number so that a voice reads it digit by digit."""
    return " ".join(number)

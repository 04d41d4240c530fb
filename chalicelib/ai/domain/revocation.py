"""Which words revoke the consent to calls and messages, in English, Spanish, German and French.

Consent can be revoked "by any reasonable means" (47 CFR 64.1200(a)(10)). A model is never asked, so that no
model can miss it.
"""

from __future__ import annotations

import re

# The words that say it alone, also in speech; texts have more, which are said of appointments too.
KEYWORDS = frozenset(["stop", "stopall", "unsubscribe", "revoke", "optout", "opt-out", "opt out"])

# What is meant for a while, or for one matter, is not a revocation.
_LIMIT = r"""(?!\s+(?:please\s+)?(?:back(?!\s+(?:ever|again|any))|before|after|until|till|while|when|if|unless
    |during|between|off|names|at\s+(?:work|night|home|this|that)|(?:so|too|this|that)\s+(?:early|late)
    |(?:today|tonight|tomorrow)(?!\W+or\s+(?:ever|again|any))|on\s+\w+day|in\s+the\s+(?:morning|afternoon|evening)
    |about\s+the\s+(?:appointment|visit))\b)"""
# "Don't call me Robert, call me Bob."
_NAME = r"""(?!\s+(?!please|any|again|ever|never|at|on|about)[^\W\d]+(?:\s+[^\W\d]+)?\W+(?:please\W+)?call
    \s+me\s+(?!never|crazy))"""
_LIMIT_ES = r"(?!\s+(?:antes|despu[eé]s|hasta|mañana|hoy|a\s+las|cuando|mientras|tarde|temprano)\b)"
_LIMIT_DE = (
    r"(?!(?:\s+werden)?\W+(?:vor|nach|bis|bevor|wenn|solange|w[aä]hrend|sondern|heute|morgen|am|im)\b)"
)
_LIMIT_FR = r"""(?!\s+(?:avant|apr[eè]s|pendant|quand|si|demain|aujourd|ce\s+soir|au|[aà]|le\s+\w+
    |(?:mon|ma|mes)\s+(?!num|t[eé]l))\b)"""
_NOT = r"(?:do\s*n[o'\u2019]?t|don.t|do\s+not|never|dont)"
_THINGS = r"(?:text\s+messages?|texts?|messages?|msgs?|sms|calls|spam|e-?mails)"
_THESE = r"(?:(?:the|these|those|your|all|any|more|of|with|us|me|sending)\s+)"
_LISTS = r"(?:lists?|systems?|databases?|data\s+base|records|files|register|roster|contacts)"
_KINDS = r"""(?:(?:do[\s-]not[\s-])?call(?:ing)?|phone|telephone|contacts?|marketing|mailing|e-?mail|text
    |texting|sms|message|messaging|dial(?:l?ing)?|robocall|campaign|distribution|notification|subscriber|customer|client
    |damn(?:ed)?|stupid|bloody|f\w+ing)"""

_ENGLISH = rf"""
    (?<!n't\ )(?<!n\u2019t\ )(?<!not\ )
        \b(?:stop|quit|cease)\s+(?:(?:with|all|the|from|ever|f\w+ing|constantly|always)\s+)*
        (?:calling|phoning|ringing|bothering|contacting|texting|messaging|harassing|spamming|pestering
          |(?:writing|sms-?ing)(?:\s+(?:to\s+)?(?:me|us))?(?!\s+(?:it|that|the)\b))\b
    | \b(?:stop|quit|cease)\s+sending\s+(?:me|us)?\s*
        (?:these|this|those|stuff|spam|things|any\w*|{_THESE}*{_THINGS})\b
    | \b(?:stop|quit|cease|end)\s+(?:(?:the|these|those|this|your|all|any|with|of)\s+)+{_THINGS}\b
        (?!\s+from\s+\w+ing\b)
    | \bcease\s+and\s+desist\b
    | \b{_NOT}\s+(?:you\s+)?(?:ever\s+)?(?:call|phone|ring|contact|text|message|sms|write|bother|dm)
        \s+(?:to\s+)?(?:me|us|here|this\s+(?:number|phone)|my\s+(?:number|phone)|again|any\s?more|ever)\b
        {_LIMIT} {_NAME}
    | ^\W*(?:please\W+)?(?:do\s+not|do\s*n.?t|dont)\s+(?:call|text|message|contact|sms|write)
        (?:\W+please)?\W*$
    | \b{_NOT}\s+(?:ever\s+)?send\s+(?:me\s+|us\s+)?
        (?:any\s*(?:more|thing\s+(?:else|more|again))|(?:any\s+)?more
            |{_THESE}*{_THINGS})\b(?!\s+yet\b) {_LIMIT}
    | \b(?:do\s*n.?t|do\s+not|dont|no\s+longer)\s+(?:want|wish|need|like)\s+
        (?:you\s+(?:to\s+(?:call|text|message|contact|write|phone)|calling|texting|messaging|contacting)\b
            (?:\s+(?:me|us))?
          |(?:to\s+(?:get|receive|have)\s+)?(?:(?:any|more|these|those|your|of|the|all)\s+)*{_THINGS}\b
          |to\s+be\s+(?:called|contacted|texted|messaged)\b
          |to\s+hear\s+(?:from\s+(?:you|them|this)|any\s?more)\b) {_LIMIT}
    | \b(?:take|get|remove|delete|drop)\s+(?:me|us|my\s+(?:name|number)|this\s+number)\s+(?:off|from|out)
        (?:\s+(?:of|from))?\s+(?:(?:your|the|this|that|these|those|all|any|every|their|its)\s+)*(?:{_KINDS}\s+)*
        (?:{_LISTS}|{_THINGS}|(?:this|these|here|there|it)(?=\W*$))\b
        (?!\s+(?:for|on)\s+(?:\w+day|the\s+\w+)\b)
    | \b(?:take|remove)\s+(?:me|us|my\s+number|this\s+number)\s+off\W*$
    | \b(?:remove|delete|erase)\s+(?:me|us|my\s+number|this\s+number)
        (?!\s+(?:from|off|out|for|on|as|and\s+(?:add|put))\b)
    | \b(?:opt|opting)\s+(?:me|us|my\s+number|this\s+number)\s+out\b
        (?!\s+of\s+(?:the\s+|your\s+)?(?:newsletter|paper|insurance)\b)
    | \b(?:i|we|me|us|please|now)\s+(?:hereby\s+)?(?:opt|opting)[\s-]*out\b
    | \b(?:want|wish|like|need|prefer|choose|decided|trying|tried|asked|asking|going|how
        |let\s+me|can\s+i|i'd)\s+
        (?:you\s+)?(?:to\s+|do\s+i\s+)?(?:opt[\s-]*(?:me\s+)?out|unsubscribe)\b
    | ^\W*(?:please\W+)?(?:opt[\s-]*out|unsubscribe)\s+(?:me|us|please|now|from)\b
    | \b(?:unsubscribe|opt[\s-]*out)\s+(?:me|us|my\s+number|this\s+number)\b
    | \b(?:i|we)\s+(?:hereby\s+)?(?:revoke|withdraw)\s+(?:my\s+|our\s+|all\s+)*(?:consent|permission)
    | \b(?:put|add|place)\s+(?:me|us|my\s+number|this\s+number)\s+(?:on|to)
        \s+(?:\w+\s+){{0,2}}do[\s-]not[\s-]call\b
    | (?<!get\ )(?<!got\ )(?<!have\ )(?<!has\ )(?<!had\ )(?<!are\ )(?<!were\ )(?<!be\ )(?<!is\ )(?<!receive\ )
        (?<!received\ )(?<!receiving\ )(?<!getting\ )(?<!see\ )\bno\s+more\s+
        (?:of\s+)?(?:these\s+|your\s+|phone\s+)*
        {_THINGS}\b(?!\s+(?:before|after|until|till|today|tonight)\b)
    | (?<!n't\ )(?<!n\u2019t\ )(?<!not\ )(?<!dont\ )(?<!never\ )\bleave\s+(?:me|us)\s+(?:the\s+\w+\s+)?alone\b
        (?!\s+(?:with|for|in|until|today)\b)
    | (?:^|[.,;!?]\s*)\W*(?:(?:please|just|and|now|so|hey|ok|okay)\W+)*(?:lose|forget|block)
        \s+(?:my|this)\s+number\b
    | ^\W*(?:(?:please|just|ok|okay|no|hey|pls|now|i\s+(?:said|say)|i\s+told\s+you\s+to|can\s+you|will\s+you
        |would\s+you|you\s+need\s+to|just)\W+)+stop(?:\W+(?:now|already|please|pls|it|this))*\W*$
"""
_SPANISH = rf"""
    \bno\s+me\s+(?:llam|escrib|contact|molest|text|marqu)\w*\b(?:\s+(?:m[aá]s|nunca|por\s+favor))* {_LIMIT_ES}
        (?!\s*[¿?]|\s+nadie)
    | \bno\s+(?:me\s+|nos\s+)?(?:mand|env[ií])\w+\s+(?:(?:m[aá]s|estos|sus|los)\s+)*(?:mensaj\w+|sms|textos)\b
    | \bno\s+(?:me\s+|nos\s+)?vuelv(?:an?|as)\s+a\s+(?:llamar|escribir|contactar|molestar|textear|marcar)
        (?:me|nos)?\b(?!\s+a\s+(?:mi|mis|la|su)\s+(?!n[uú]mero|tel[eé]fono|casa|celular)) {_LIMIT_ES}
    | \b(?:dej(?:a|en?|ad)|par(?:a|en?))\s+(?:ya\s+)?de\s+
        (?:llamar|escribir|mandar|enviar|molestar|contactar|textear)
    | (?<!hay\ )(?<!tengo\ )(?<!tiene\ )\bno\s+m[aá]s\s+(?:llamadas|mensajes|sms|textos)\b
    | \bno\s+(?:quiero|deseo)\s+(?:recibir\s+)?(?:(?:m[aá]s|sus|estos|estas)\s+)*
        (?:llamadas|mensajes|sms|textos)\b
    | \bno\s+quiero\s+que\s+me\s+(?:llam|escrib|mand|contact)\w+
    | \b(?:darme|denme|deme|dame|d[eé]me|d[eé]nme)\s+de\s+baja\b(?!\s+(?:el|la|los|las)\b)
    | \b(?:b[oó]rr|qu[ií]t|elim[ií]n|s[aá]qu)\w*me\s+de\s+(?:su|la|esta|tu|sus)\s+(?:lista|base)\b
    | \b(?:borr|elimin|quit)(?:e|en|a)\s+mi\s+(?:n[uú]mero|tel[eé]fono)\b
    | \bd[eé]j(?:e|en|a)(?:me|nme)\s+en\s+paz\b | \bd[eé]jenme\s+en\s+paz\b
"""
_GERMAN = rf"""
    \bruf(?:en?\s+sie|e|t)?\s+(?:(?:mich|uns|hier|bitte)\s+){{0,3}}(?:nicht|nie)\s+(?:mehr|wieder)\s+an\b
    | \bnicht\s+mehr\s+(?:anrufen|anschreiben|kontaktieren|schreiben)\b
    | \b(?:nie|niemals)\s+wieder\s+(?:anrufen|schreiben)\b
    | \b(?:m[oö]chten?|will|wollen|w[uü]nschen?)\s+
        (?:(?:ich|wir|bitte|von\s+\w+|hier|k[uü]nftig|in\s+zukunft|einfach|jetzt)\s+){{0,4}}(?:nicht|nie)
        \s+(?:mehr|wieder)\s+(?:von\s+\w+\s+)?(?:angerufen|kontaktiert|bel[aä]stigt|angeschrieben
        |gest[oö]rt)\b {_LIMIT_DE}
    | \b(?:m[oö]chten?|will|wollen)\s+(?:ich\s+|wir\s+)?nicht(?:\s+mehr)?\W+dass\s+(?:sie|ihr|du)\s+
        (?:mich|uns|mir|hier)\s+(?:(?:noch\s+(?:ein)?mal|wieder|weiter)\s+)?
        (?:anruf|kontaktier|bel[aä]stig|anschreib|schreib)\w+\b {_LIMIT_DE}
    | \b(?:schreib|kontaktier|bel[aä]stig)(?:en\s+sie|e|t|st)?\s+(?:(?:mir|mich|uns|bitte)\s+){{1,3}}
        (?:nicht|nie)\s+(?:mehr|wieder)\b
    | \b(?:schick|send)(?:en\s+sie|e|et|t)?\s+(?:(?:mir|uns|bitte)\s+){{0,3}}keine\s+(?:weiteren\s+)?
        (?:sms|nachrichten|textnachrichten)\b
    | (?:^|[.,;!?]\s*|\b(?:bitte|m[oö]chte|will|w[uü]nsche)\s+)keine\s+(?:weiteren\s+)?
        (?:sms|nachrichten|anrufe|textnachrichten|werbung)(?:\s+mehr|(?=\W*$))
    | \bh[oö]r(?:en\s+sie|t)?\s+(?:bitte\s+|endlich\s+)*auf\W+(?:(?:mir|mich|uns)\s+)?
        (?:st[aä]ndig\s+)?(?:zu\s+schreiben|anzurufen|zu\s+bel[aä]stigen|zu\s+kontaktieren)
    | \b(?:lass|lasst|lassen\s+sie)\s+(?:mich|uns)\s+(?:bitte\s+|endlich\s+)*in\s+ruhe\b
    | \b(?:streich|nehm|nimm|l[oö]sch|entfern)(?:en\s+sie|e|t)?\s+(?:mich|meine\s+nummer|uns)\s+
        (?:bitte\s+)?(?:von|aus)\s+(?:der|ihrer|eurer|dieser|deiner)\s+(?:\w*liste|datenbank|kartei)\b
    | \bl[oö]sch(?:en\s+sie|e|t)?\s+(?:bitte\s+)?meine\s+(?:telefon|handy)?nummer\b
    | \bmelde?n?\s+(?:sie\s+)?mich\s+(?:bitte\s+)?ab\b
"""
_FRENCH = rf"""
    (?<!je\s)\bne\s+m.(?:appel(?:ez|le|er)|[eé]cri(?:vez|s|re)|envoy(?:ez|er)|envoie)\s+plus\b
    | (?<!je\s)\bne\s+me\s+(?:contact|t[eé]l[eé]phon|text|d[eé]rang|rappel)(?:ez|e|er|es)\s+plus\b
    | (?<!vous\s)\bn.(?:appelez|[eé]crivez|envoyez)\s+plus\b {_LIMIT_FR}
    | \b(?:veux|souhaite|d[eé]sire|voudrais|aimerais)\s+plus\s+que\s+(?:vous|tu|l.on|on)\s+(?:ne\s+)?
        (?:m.(?:appel|[eé]cri|envo|importun)|me\s+(?:contact|t[eé]l[eé]phon|text|d[eé]rang|rappel|harc)
        )[\w\u2019']*\b {_LIMIT_FR}
    | \b(?:veux|souhaite|d[eé]sire|voudrais|aimerais|demande|merci|pri[ée]r?e?)\s+(?:de\s+)?ne\s+plus\s+
        (?:jamais\s+)?(?:[eê]tre\s+(?:appel|contact|rappel|d[eé]rang|importun|harcel|sollicit)\w+
          |(?:m.)?appeler|m.[eé]crire|me\s+(?:contacter|rappeler|t[eé]l[eé]phoner|d[eé]ranger))\b {_LIMIT_FR}
    | \b(?:arr[eê]te[zsr]?|cesse[zs]?)\s+(?:de\s+m.(?:appeler|[eé]crire|envoyer|importuner)
        |de\s+me\s+(?:contacter|t[eé]l[eé]phoner|texter|d[eé]ranger|harceler)
        |(?:les|vos|ces)\s+(?:messages|appels|sms|textos))
    | (?:^|[.,;!?]\s*|\bmerci\s+)plus\s+(?:de\s+|d.)(?:messages|sms|textos|appels)\b
    | \bne\s+(?:veux|souhaite|d[eé]sire)\s+plus\s+(?:recevoir\s+)?(?:(?:de|d|vos|ces|des|aucun)\W?\s*)?
        (?:messages?|sms|textos|appels?|[eê]tre\s+(?:appel|contact|rappel|d[eé]rang|importun|harcel)\w+)
    | \b(?:retirez|enlevez|supprimez|rayez|effacez)
        (?:\W+(?:moi|nous)\s+de\s+(?:votre|la|cette|vos)\s+(?:listes?|base|fichiers?)
        |\s+mon\s+num[eé]ro)\b
    | \b(?:d[eé]sabonnez|d[eé]sinscrivez)\W+moi\b
    | \b(?:veux|souhaite)\s+me\s+(?:d[eé]sabonner|d[eé]sinscrire)\b
    | \b(?:laissez|laisse|fichez)\W+(?:moi|nous)\s+(?:tranquille|la\s+paix)\b
"""
SENTENCES = re.compile(f"{_ENGLISH}|{_SPANISH}|{_GERMAN}|{_FRENCH}", re.IGNORECASE | re.VERBOSE)

# What automatic answers tell everybody who reads them: "reply STOP to unsubscribe", "to opt out text OFF".
_QUOTE = r"[\"'\u201c\u201d\u2018\u2019«»*]?"
_WORD = rf"""{_QUOTE}(?:stop|end|quit|cancel|unsubscribe|off|out|opt[\s-]?out|no|baja|alto|arr[eê]t|abmelden
    |[0-9*]){_QUOTE}"""
_SAY = r"""(?:reply|respond|text|txt|send|answer|press|responda|responde|env[ií]e|env[ií]a
    |antworten\s+sie\s+mit|r[eé]pondez|envoyez)"""
_WITH = r"(?:(?:with|back|us|con|mit)\s+)*"
INSTRUCTIONS = re.compile(
    rf"""
    (?<!i\ )\b{_SAY}\s+{_WITH}{_WORD}\s+(?:to|for|if|para|um|pour)\b[^.!?\n]*
    | \b(?:to|if\s+you|para|um|pour)\s[^.!?\n]{{0,80}}?\b(?<!i\ ){_SAY}\s+{_WITH}{_WORD}(?!\w)[^.!?\n]*
    | \b(?:to|if\s+you)\s[^.!?\n]{{0,80}}?\b(?:click|visit|tap|go\s+to)\b[^!?\n]*
    """,
    re.IGNORECASE | re.VERBOSE,
)

# A text message of three words at most that begins with a reserved word. Words that are asked about in
# ordinary talk ("cancel my appointment", "end of month") count only with what is sent.
_MORE = r"(?:[\W_]+[\w'\u2019]+){0,2}[\W_]*"
_SENT = r"""(?:it\s+all|all|this|these|everything|please|pls|now|me|text|texts|texting|sms|msgs?|messages?
    |messaging|alerts?|calls?|calling|notifications?|subscription|service|spam|today|immediately|thanks|thank|you
    |my|the|your)"""
SHORT = re.compile(
    rf"""
    [\W_]*(?:
        stop(?![\W_]+(?:by|in|at|over|off|for|on|near|past|to|from|after|before|between|or|until|till|here|there
            |sign|signs|light|lights|worrying|apologi[sz]ing|smoking|working|work|watch|loss|bus|where|when|joking
            |kidding|lying|along|if|is|was|and|next|number|one|two|street)\b){_MORE}
        |(?:stopall|unsubscribe|opt[\W_]?out){_MORE}
        |(?:end|quit|cancel|revoke)(?:[\W_]+{_SENT}){{1,2}}[\W_]*
        |(?:end|quit)\s*[-\u2013\u2014]\s*\w+(?:\s+\w+)?[\W_]*
        |revoke\s+(?:my\s+)?(?:consent|permission)[\W_]*
    )""",
    re.IGNORECASE | re.VERBOSE,
)

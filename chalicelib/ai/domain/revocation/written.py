"""What text messages say: their reserved words, and what automatic answers tell everybody who reads them."""

from __future__ import annotations

import re

# The words that say it alone, also in speech; texts have more, which are said of appointments too.
KEYWORDS = frozenset(["stop", "stopall", "unsubscribe", "revoke", "optout", "opt-out", "opt out"])

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

# "Please stop", "okay stop now": more than the one word, and nothing else.
INSISTENT = re.compile(
    r"""\W*(?:(?:please|just|ok|okay|no|hey|pls|now|i\s+(?:said|say)|i\s+told\s+you\s+to|can\s+you|will\s+you
        |would\s+you|you\s+need\s+to)\W+)+stop(?:\W+(?:now|already|please|pls|it|this))*\W*""",
    re.IGNORECASE | re.VERBOSE,
)

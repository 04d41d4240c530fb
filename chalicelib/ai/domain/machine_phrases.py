"""What machines say on the phone, and how people answer it, as patterns on plain text: lower, no accents.

The wording is that of carriers' mailboxes, of Google's and Apple's call screening, of answering machines and
menus. A pattern must be something that a person does not say: they answer for others ("she can't come to the
phone", "can I take a message?"), and they ask politely.
"""

from __future__ import annotations

import re

_FLAGS = re.VERBOSE

GREETING = re.compile(
    r"""
    # --- English: after the tone
    (?:after|at|following|until|wait\s+for)\s+(?:you\s+hear\s+)?(?:the|a)\s+(?:sound\s+of\s+the\s+)?
        (?:tone|beep|signal\s+tone)\b
    | (?:^|[.,;:!?]\s*|\b(?:so|and|but)\s+)(?:please\s+|just\s+|kindly\s+)*leave\s+(?:me\s+|us\s+)?(?:a
            |your)\s+
        (?:(?:brief|short|detailed|quick|voice)\s+)*(?:message|voicemail|voice\s+mail)
        (?=\s*(?:[.,;:!?]|$|and\b|with\s+your\b|including\b|thank))
    | \bleave\s+(?:me\s+|us\s+)?(?:a|your)\s+(?:(?!\b(?:with\s+me|with\s+us|for)\b).){0,80}
        \b(?:i|we)(?:\s+wi|')ll\s+(?:get\s+back|call\s+you\s+back|return\s+your|be\s+in\s+touch)
    | \b(?:record|begin|start)\s+(?:your\s+message|recording|speaking\s+after)\b
    | \bfinished\s+recording\b | \bwhen\s+(?:you\s+are|you're)\s+(?:finished|done),?\s+(?:you\s+may\s+
            |simply\s+)?hang\s+up
    # --- English: mailboxes and networks
    | \b(?:reached|forwarded\s+to|transferred\s+to|welcome\s+to|connected\s+to)\b.{0,60}
        \b(?:voice\s?mail|mail\s?box|answering\s+(?:machine|service)|message\s+(?:bank|center|service)
            |messaging)\b
    | \b(?:call|number)\s+(?:has\s+been|is\s+being|was)\s+(?:automatically\s+)?(?:forwarded|diverted
            |redirected)\b
    | \bthis\s+is\s+(?:the\s+)?(?:voice\s?mail|mail\s?box|answering\s+machine|an?\s+automated\s+
            (?:message|system))
        (?:\s+(?:of|for|from|box)\b|[.,;!]|$)
    | (?<!my\s)(?<!your\s)\b(?:voice\s?)?mail\s?box\b.{0,60}
        \b(?:is\s+(?:currently\s+)?full|not\s+been\s+set\s+up|not\s+set\s+up|cannot\s+accept|belonging
            \s+to)\b
    | \bvoice\s?mail(?:\s+box)?\s+(?:that\s+)?has\s+not\s+been\s+set\s+up
    | \b(?:person|party|subscriber|customer|user|number|extension)\s+(?:that\s+)?
        (?:you(?:'re|'ve|\s+are|\s+have)?|at\s+extension)\s+(?:\w+\s+){0,3}?
        (?:calling|call|called|dialed|dialled|reached|reach|trying\s+to\s+(?:reach|call))\b.{0,60}
        \b(?:not|isn't|cannot|can't|unavailable|busy|disconnected|switched\s+off|out\s+of\s+service)\b
    | \b(?:number|subscriber|customer)\s+(?:you\s+have\s+|you've\s+|you\s+)?(?:dialed|dialled)\b
    | \b(?:is\s+not|isn't)\s+available\b.{0,20}\b(?:at\s+the\s+tone|please\s+leave|record)\b
    # --- English: why nobody answers
    | \b(?:i|we|no\s?(?:one|body)|nobody|there\s+is\s+no\s?(?:one|body))\b\s*(?:am|are|is|'m|'re)?\s*
        (?:\w+\s+){0,3}?
        (?:can't|cannot|can\s+not|couldn't|unable\s+to|not\s+able\s+to|not\s+available\s+to|(?:not
            \s+)?here\s+to)\s+
        (?:\w+\s+){0,2}?(?:take|answer|get\s+to|come\s+to|pick\s+up|make\s+it\s+to|receive)\s+
        (?:your\s+(?:phone\s+)?call|the\s+(?:tele)?phone|my\s+phone)\b
    | \bour\s+offices?\s+(?:is|are)\s+(?:currently|now|presently)\s+closed\b
    | \b(?:thank\s+you|thanks)\s+for\s+calling\b.{0,120}
        \b(?:closed|hours\s+are|press|dial|extension|next\s+available|leave\s+(?:a|us|your))\b
    | \byour\s+call\s+is\s+(?:very\s+)?important\b | \bcall\s+(?:may|will)\s+be\s+(?:recorded|monitored)\b
    | \ball\s+(?:of\s+)?(?:our\s+)?(?:agents|representatives|operators|lines|associates)\s+are\b
    | \bnext\s+available\s+(?:agent|representative|operator|associate)\b
    # --- English: menus
    | (?:^|[.,;:!?]\s*|\b(?:or|please|then|otherwise)\s+)(?:press|dial)\s+
        (?:\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash|the\s+(?:star|pound|hash))\b
        (?!\s*\?)
    | \b(?:to|for)\s+[^?.]{2,60}?,?\s+(?:please\s+)?(?<!i\s)(?<!have\sto\s)(?<!should\s)press\s+
        (?:\d|zero|one|two|three|four|five|six|seven|eight|nine|star|pound|hash)\b(?!\s*\?)
    # --- German
    | \bnach\s+dem\s+(?:signal|piep|ton|beep|signalton)\w*
    | \bhinterlass(?:en\s+sie|t|e)?\s+(?:(?:mir|uns|bitte|doch|einfach)\s+){0,3}
        (?:eine|ihre|ihren|deine|euch|eure)\s+(?:\w+\s+)?(?:nachricht|mitteilung|namen)\b(?!\s+(?:bei
            |fur)\b)
    | \b(?:hier\s+ist|dies\s+ist|das\s+ist|verbunden\s+mit|willkommen\s+bei|weitergeleitet\s+(?:an|zu))\s+
        (?:\w+\s+){0,2}?(?:mail\s?box|mobilbox|voicemail|anrufbeantworter|sprachbox|sprachmailbox)\b
    | \b(?:teilnehmer|gesprachspartner|rufnummer|anschluss|nummer|person)\b.{0,40}
        \b(?:nicht\s+(?:erreichbar|vergeben|verfugbar|zu\s+erreichen)|besetzt)\b
    | \b(?:ich\s+bin|wir\s+sind|bin\s+ich|sind\s+wir)\s+(?:\w+\s+){0,4}?nicht\s+(?:personlich\s+)?
            (?:erreichbar|zu\s+erreichen)
    | \bkein\s+anschluss\s+unter\b | \bunser\s+buro\s+ist\s+(?:\w+\s+){0,2}(?:geschlossen|nicht\s+besetzt)\b
    | \b(?:drucken|wahlen)\s+sie\s+(?:bitte\s+)?(?:die\s+)?(?:\d|null|eins|zwei|drei|raute|stern)
    # --- Spanish
    | \b(?:despues|luego|tras|al\s+oir|escuchar)\s+(?:de\s+|del\s+|de\s+la\s+|de\s+oir\s+|el\s+|la\s+)*
            (?:tono|senal|pitido|bip)\b
    | \b(?:deje|deja|dejenos|dejeme|grabe|graba)\s+(?:(?:por\s+favor|aqui)\s+)?(?:su|un|tu)\s+(?:\w+
            \s+)?(?:mensaje|nombre)\b
        (?!\s+(?:con|a|para)\b)
    | \b(?:este\s+es|llamado|bienvenid[oa]|comunicado|transferid[oa]|desviad[oa]|enviad[oa])\s+(?:\w+
            \s+){0,4}?
        (?:buzon|contestador|correo\s+de\s+voz)\b
    | \bbuzon\s+(?:de\s+(?:voz|mensajes)\s+)?(?:de\s+\w+\s+)?(?:esta\s+lleno|no\s+ha\s+sido|de\s+voz
            \s+de(?:l)?\b)
    | \b(?:numero|persona|abonado|cliente|usuario|telefono)\b.{0,40}\b(?:marcad[oa]|marco|llama(?:do)?
            |llamad[oa])\b.{0,40}\bno\b
    | \bapagado\s+o\s+fuera\s+de\s+(?:cobertura|servicio)\b
    | \bno\s+(?:puedo|podemos|podre)\s+(?:\w+\s+){0,2}?(?:atender|contestar|responder|coger|tomar)\s+
            (?:a\s+)?
        (?:su|tu|la|el)\s+(?:llamada|telefono)\b
    | \b(?:marque|pulse|presione|oprima)\s+(?:el\s+|la\s+)?(?:\d|cero|uno|dos|tres|cuatro|asterisco
            |almohadilla|gato|numeral)
    # --- French
    | \bapres\s+(?:le|l'|ce)\s*(?:bip|signal|ton|tonalite)\b
    | \blaissez?(?:[\s-]+(?:moi|nous))?\s+(?:un|votre|ton|vos)\s+(?:message|nom|coordonnees)\b
        (?!\s+(?:a|avec|chez|pour)\b)
    | \b(?:bien\s+sur|bienvenue\s+sur|joint|joindre|ici|transfere[e]?\s+(?:vers|a|sur))\s+(?:\w+\s+){0,2}?
        (?:l'|la\s+|le\s+|un\s+|une\s+)?(?:repondeur|messagerie|boite\s+vocale)\b
    | \b(?:correspondant|numero|abonne|personne)\b.{0,50}\bn'(?:est|a)\s+(?:\w+\s+){0,2}?pas\b.{0,20}
        \b(?:disponible|joignable|attribue|service)
    | \bnumero\s+que\s+vous\s+avez\s+(?:compose|demande)
    | \b(?:je\s+ne\s+suis|nous\s+ne\s+sommes)\s+(?:\w+\s+){0,3}?pas\s+(?:\w+\s+)?joignables?\b
    | \bne\s+(?:puis|peux|pouvons)\s+(?:\w+\s+){0,3}?(?:prendre|repondre\s+a)\s+(?:votre|ton)\s+appel\b
    | \b(?:tapez|appuyez\s+sur)\s+(?:la\s+touche\s+)?(?:\d|zero|un|deux|trois|etoile|diese)\b
    """,
    _FLAGS,
)

# What only a screening machine says, whoever else asks for a name.
SURE_SCREENING = re.compile(
    r"""
    \bscreening\s+(?:service|assistant)\b | \bcall\s+screen(?:ing)?\b | \bcall\s+is\s+(?:being
            \s+)?screened\b
    | \bcopy\s+of\s+this\s+conversation\b
    | (?:^|[.,;:!?]\s*|\b(?:please|you|to|and)\s+)record\s+your\s+name\b
        (?!,?\s+(?:and\s+(?:your\s+)?)?(?:tele)?(?:phone\s+)?number)
    | \b(?:say|state)\s+your\s+(?:full\s+)?name\s+(?:after|at)\s+the\s+(?:tone|beep).{0,80}\b(?:connect
            |accept|available|try)
    | \bperson\s+you(?:'re|\s+are|'ve|\s+have)\s+call(?:ing|ed)\s+(?:uses|is\s+using|will\s+(?:read|see
            |reply|respond))\b
    | \bdoes\s+not\s+accept\s+(?:calls\s+from\s+)?(?:unidentified|unknown|anonymous)\b
    | \banruf(?:filter|prufung|screening)\b | \bfiltro\s+de\s+llamadas\b | \bfiltrage\s+d(?:'|es
            \s+)appels?\b
    | \bkopie\s+dieses\s+gesprachs\b | \bcopia\s+de\s+esta\s+conversacion\b | \bcopie\s+de\s+cette
            \s+conversation\b
    """,
    _FLAGS,
)
SCREENING = re.compile(
    r"""
    \bname\s+and\s+(?:the\s+|your\s+)?(?:reason|purpose)\b(?:.{0,20}\bcall)
    | \b(?:say|state|tell\s+(?:me|us)|give)\s+(?:(?:me|us)\s+)?(?:your\s+name|who\s+you\s+are|who\s+is
            \s+calling)\s*,?\s*
        (?:and|,)\s+(?:say\s+|tell\s+(?:me|us)\s+)?(?:why|what)\b
    | \bgo\s+ahead\s+and\s+(?:say|state|tell)\b
    | \b(?:say|state)\s+(?:why\s+you're|why\s+you\s+are|the\s+(?:reason|purpose))\b
    | \bplease\s+identify\s+yourself\b
    | \bsee\s+if\s+this\s+person\s+is\s+available\b
    | \bnamen\b.{0,30}\bgrund\b.{0,30}\banruf | \bnombre\s+y\s+(?:el\s+|la\s+)?(?:motivo|razon)\b
    | \bnom\s+et\s+(?:la\s+|le\s+|l')?(?:raison|motif|objet)\b
    """,
    _FLAGS,
)
# How a person asks who is calling, and a machine does not.
POLITE_QUESTION = re.compile(
    r"""
    \b(?:can|could|may|might|would|will|shall)\s+(?:i|you|we)\b | \bdo\s+you\s+mind\b | \bwhat(?:'s|\s+is)\b
    | \b(?:darf|kann|konnte)\s+(?:ich|man)\b | \b(?:konnen|konnten|wurden)\s+sie\b
    | \bpuede\b | \bpodria\b | \bme\s+(?:da|dice)\b | \bpuis[\s-]+je\b | \bpouvez[\s-]+vous\b | \bpourriez\b
    """,
    _FLAGS,
)
# What a screening machine says while its owner makes up their mind.
HOLDING = re.compile(
    r"""
    \b(?:stay|remain|hold)\s+on\s+the\s+line\b | \bhold\s+the\s+line\b | \bplease\s+(?:hold|wait|stand
            \s+by)\b
    | \b(?:checking|see)\s+if\b.{0,40}\bavailable\b | \btrying\s+to\s+(?:connect|reach)\b | \bconnect
            (?:ing)?\s+you\b
    | ^\W*thanks?(?:\s+you)?\W*$ | \bone\s+moment\b | \bjust\s+a\s+(?:moment|second)\b
    | \bbleib(?:en\s+sie|e)?\b.{0,20}\b(?:dran|apparat|leitung)\b | \beinen\s+(?:moment|augenblick)\b
    | \bno\s+cuelgue\b | \bun\s+momento\b | \bespere\b | \bne\s+quittez\s+pas\b | \bun\s+(?:instant
            |moment)\b | \bpatientez\b
    """,
    _FLAGS,
)
# What a recorded greeting may go on with.
TAIL = re.compile(
    r"""
    \b(?:get\s+back\s+to|call|return)\s+you(?:r\s+call)?\b | \bas\s+soon\s+as\s+(?:possible|i|we)\b
    | \bhave\s+a\s+(?:\w+\s+)?(?:day|one|evening|weekend)\b | \bthank\s+you\b | \bthanks\b | \b
            (?:good)?bye\b
    | \bpress\b | \bmessage\b | \bextension\b | \bhours\b | \bwebsite\b | \be-?mail\b | \bemergency\b
    | \b(?:zuruck(?:rufen)?|nachricht|danke|tschuss|wiederhoren)\b | \b(?:gracias|mensaje|adios|llamare
            (?:mos)?)\b
    | \b(?:merci|message|rappelle\w*|au\s+revoir|bonne\s+journee)\b
    """,
    _FLAGS,
)

_NAME = r"(?:[\w'-]+\s+){0,2}[\w'-]+"
HELLO = re.compile(
    rf"""
    \W*(?:(?:
        hello(?:\s+there)?|hi(?:\s+there)?|hey|hiya|yes|yeah|yep|yup|speaking|good\s+(?:morning
            |afternoon|evening)
        | (?:this|it|that)(?:'s|\s+is)\s+{_NAME}(?:\s+speaking)?|{_NAME}\s+(?:speaking|here)
        | (?:yes\s+)?who(?:'s|\s+is)\s+(?:this|it|that|there|calling)|how\s+can\s+i\s+help(?:\s+you)?
            |can\s+i\s+help\s+you
        | hallo|ja(?:\s+bitte)?|guten\s+(?:tag|morgen|abend)|(?:hier\s+ist|am\s+apparat)(?:\s+{_NAME})?
            |wer\s+ist\s+da
        | hola|si|diga(?:me)?|bueno|alo|mande|buen[oa]s\s+(?:dias|tardes|noches)|quien\s+(?:es|habla)
        | allo|oui|bonjour|bonsoir|qui\s+est(?:-ce|\s+a\s+l'appareil)|c'est\s+{_NAME}
    )\W*)+
    """,
    _FLAGS,
)
# All that is said by who says their name and no more: people do, and so do mailboxes, in a first piece.
INTRODUCTION = re.compile(
    rf"""
    \W*(?:(?:hello|hi|hey|hallo|guten\s+tag|hola|bonjour)(?:\s+there)?\W+)?
    (?:(?:this|it)(?:'s|\s+is)|you(?:'ve|\s+have)\s+reached|hier\s+ist|soy|(?:ha\s+)?llamado\s+a|c'est)
    \s+{_NAME}\W*
    """,
    _FLAGS,
)

"""How German speakers ask not to be called, with du, Sie and ihr."""

from __future__ import annotations

from chalicelib.ai.domain.revocation.reading import Grammar

_WORDS = {
    "TO_CALL": r"anrufen|anzurufen|anrufst|anruft|zuruckrufen|zuruckzurufen|anschreiben|anzuschreiben"
    r"|kontaktieren"
    r"|zu kontaktieren|kontaktiert|schreiben|zu schreiben|schreibt|belastigen|zu belastigen|belastigt"
    r"|storen|zu storen"
    r"|stort|nerven|zu nerven|behelligen|zu behelligen|melden|zu melden|anwahlen|anklingeln",
    "CALLED": r"angerufen|kontaktiert|belastigt|angeschrieben|gestort|behelligt|zuruckgerufen|genervt",
    "NUMBER": r"(?:meine|unsere|diese|die)(?: private)? (?:\w*nummer|\w*anschluss)|meinen anschluss"
    r"|diesen anschluss",
    "ME": r"mich|uns|mir|hier|da|wieder|weiter|bei mir|bei uns|zu hause|unter dieser nummer"
    r"|unter meiner nummer"
    r"|auf dieser nummer|meinen mann|meine familie|meine \w*nummer|diese nummer|sich",
    "ME_OR_MORE": r"(?:(?:{ME}|mehr|noch|weiterhin|von (?:ihnen|euch|dir|ihrer firma)|telefonisch) ){0,4}",
    "CALLS": r"(?:werbe|telefon)?(?:anrufen?|anruf|telefonaten?|nachrichten|sms|textnachrichten|werbung|mails"
    r"|kontaktaufnahmen?|kontakt)",
    "LIST": r"(?:(?:der|ihrer|eurer|dieser|deiner|dem|ihrem|eurem|diesem|den|ihren|allen|euren) ){1,2}"
    r"(?:\w+ )?"
    r"(?:(?!warte|gaste|einkaufs)\w*listen?|\w*datenbank|\w*kartei|\w*verteilern?|\w*system|\w*daten"
    r"|\w*dateien"
    r"|\w*speicher|computer)",
    "GONE": r"gestrichen|genommen|entfernt|geloscht|streichen|nehmen|entfernen|loschen|austragen|raus"
    r"|runter|weg"
    r"|gesperrt|sperren",
    "REMOVE": r"(?:streich|nehm|losch|entfern|trag|hol|schmeiss|werf|tilg|lass)(?:en sie|e|t)?|nimm|streich"
    r"|trag|losch|entfernt",
    "MYSELF": r"mich|uns|meine \w*nummer|unsere \w*nummer|diese \w*nummer|meinen namen|meine \w*daten|das"
    r"|die \w*nummer",
    "CONSENT": r"(?:einwilligung|zustimmung|erlaubnis|einverstandnis\w*|genehmigung|recht)",
    # Words of time and place, which may not stand between a wish and what is wished.
    "ANY": r"(?!heute|morgen|vor|nach|bis|am|um|auf|im|jetzt|gerade|dass|so|diese|nachste|abends|morgens)\w+",
    "ALONE": r"\||und|oder|ich|sie|verstanden|rufen|mit (?:ihren|diesen|den|euren)|danke|das|keine",
    "LAW": r"anzeig\w*|zeig\w*|anwalt|polizei|melde|bundesnetzagentur|beschwer\w+|klage|verklage|gericht"
    r"|rechtlich\w*",
}
_DEMANDS = r"""
(?:rufen sie)(?: {ME})*(?: {NUMBER})? nicht(?: (?:mehr|{ME}))* (?:an|zuruck)
(?:\||und|(?:kein )?interesse|nein|danke|jetzt|dann|aber|leute|du|ihr) (?:ruf|rufe|ruft)(?: {ME})*
    (?: {NUMBER})? nicht(?: (?:mehr|{ME}))* (?:an|zuruck)
(?<!konnen sie )nicht mehr (?:{ME} |unter \w+ \w+ )?{TO_CALL}
(?:\||(?:kein )?interesse|danke|nein) nicht (?:{TO_CALL})
(?:kontaktier|belastig|stor|schreib|nerv|behellig)en sie {ME_OR_MORE}nicht(?: (?:mehr|{ME}))*
\| (?:kontaktier|belastig|stor|schreib|nerv)(?:e|t)? {ME_OR_MORE}nicht(?: mehr)?
(?:schick|send)(?:en sie|e|et|t)? (?:(?:mir|uns) ){0,1}keine (?:weiteren )?{CALLS}
(?:meld(?:en sie|e|et)) (?:sich|dich|euch) (?:(?:bei mir|hier|bei uns) )?nicht mehr
(?:horen sie|hor|hore|hort)(?: (?:jetzt|damit|sie|ihr)){0,2} auf (?:\| )?(?:damit )?(?:\| )?(?:{ME} |mit
     (?:den|diesen|ihren|euren|dem) |standigen |{NUMBER} ){0,4}(?:{TO_CALL}|{CALLS})
(?:horen sie|hor|hore|hort)(?: jetzt)? mit (?:den|diesen|ihren|euren|dem) (?:\w+ )?{CALLS} auf
aufhoren (?:\| )?(?:{ME} |mit (?:den|diesen|ihren|euren|dem) |standigen ){0,4}(?:{TO_CALL}|{CALLS})
mit (?:den|diesen|ihren|euren|dem) (?:\w+ )?{CALLS} (?:aufhoren|schluss)
(?:schluss|basta|genug) (?:jetzt )?(?:mit|von) (?:den|diesen|ihren|euren|dem) (?:\w+ )?{CALLS}
(?:lass|lasst|lassen sie|last|lasse) (?:mich|uns|meine familie)(?: (?:alle|jetzt))? in (?:ruhe|frieden)(?=
     (?:{ALONE}))
{REMOVE} {MYSELF}(?: (?:da|wieder|sofort|hier))? (?:von|aus) {LIST}
{REMOVE} {MYSELF}(?: (?:da|hier))? (?:aus|raus|runter)(?= (?:\||und (?!tragen|setzen|nehmen)))
(?:mich|uns|{NUMBER}|meinen namen|meine daten) (?:(?:da|wieder) )?(?:von|aus) {LIST} {GONE}
(?:ich|wir|meine \w*nummer) (?:mochten?|will|wollen|soll)(?: (?:ich|wir|auch)){0,1}(?: (?:von|aus)
     {LIST})? (?:gestrichen|entfernt|geloscht|gesperrt) werden
(?:losch|sperr|streich|entfern|blockier|vergess|vergiss|verlier)(?:en sie|e|t)? (?:alle )?(?:meine|diese
    |unsere) (?:\w*nummer|\w*daten)(?! (?:nicht|aus dem|und (?:speicher|nehm|trag|notier)))
melde?n?(?: sie)? mich ab
melde?n?(?: sie)? mich von (?:den|ihren|diesen) {CALLS} ab
(?:unterlassen sie|unterlasst|unterlass|lassen sie) (?:es |das |die |diese |weitere |jegliche |alle
     |zukunftige |kunftige |jeden |jede )*(?:\| )?(?:{ME} ){0,2}(?:{CALLS}|{TO_CALL})
(?:setz|pack|nehm|trag|schreib)\w*(?: sie)? {MYSELF} (?:auf|in) (?:(?:die|ihre|eure|der|ihrer) )(?:\w+ )?
    (?:sperrliste|robinsonliste|robinson liste|blacklist|schwarze liste|nicht anrufen liste)
"""
_WISHES = r"""
brauche keine(?: (?:weiteren|einzigen|solchen)){0,2} {CALLS}(?! (?:verpassen|vom|im))
nicht einverstanden(?: \|)? (?:(?:mit|dass|damit|sie|diesen|ihren|den|{ME}|\|) ){1,5}(?:{TO_CALL}|{CALLS})
raus (?:aus|von) {LIST}
(?:mich|uns) (?:\w+ )?in (?:ruhe|frieden) (?:lassen|lasst|zu lassen)
von (?:ihnen|euch|dir) (?:nichts|nicht)(?: mehr)? (?:horen|wissen)
nicht mehr (?:will|mochte) (?:ich|wir) (?:von \w+ )?{CALLED} werden
(?:durfen|sollen|sollt|darfst|durft) (?:(?:sie|ihr|du) )?(?:{ME} )?nicht(?: mehr)? {TO_CALL}
(?:erlaube|gestatte) (?:ihnen|euch|dir) nicht(?: \|)? {ME_OR_MORE}(?:{TO_CALL})
(?:nicht|nicht mehr) (?:zugestimmt|erlaubt|eingewilligt)(?: \|)? (?:dass|in|zu)
{CONSENT} (?:(?:ist|hiermit|sofort|wird|fur \w+) ){0,3}(?:widerrufen|zuruckziehen|zuruckgezogen|entziehen)
belastigung (?:\| )?(?:horen sie|hort|hor) auf
{LAW}(?: \w+){0,5} (?:\| )?(?:wenn|falls) (?:sie|ihr|du) (?:(?:{ME}|noch) ){0,3}(?:{TO_CALL})
\| wieder (?:\| )?und (?:\w+ ){0,4}{LAW}
(?:konnten|wurden|konntest|wurdest|konntet) (?:sie|du|ihr) (?:{ME} ){1,2}nicht(?: mehr)? {TO_CALL}
(?:(?:ich|wir) (?:mochten?|will|wollen|wunschen?)|(?:mochten?|will|wollen|wunschen?|bitte sie|bitte euch
    |bitte) (?:ich|wir|darum)|(?:(?:ich|wir) darum|gebeten)(?: \|)?|\| (?:mochte|will))
     (?:{ANY} ){0,4}nicht(?: mehr)? {ME_OR_MORE}{CALLED}(?: zu)? werden
(?:mochten?|will|wollen|wunschen?) (?:ich |wir )?nicht(?: mehr)? (?:\| )?dass (?:sie|ihr|du|man|jemand
    |irgendjemand|irgendwer) {ME_OR_MORE}(?:{TO_CALL})
(?:nichts|nicht)(?: mehr)? (?:(?:mehr|etwas) )?von (?:ihnen|euch|dir|ihrer firma) (?:horen|wissen)
(?:mochten?|will|wollen|wunschen?)(?: (?:ich|wir|auch|von ihnen|von euch)){0,2} keine(?:n)?(?: (?:weiteren
    |einzigen|solchen|mehr)){0,2} {CALLS}(?! (?:verpassen|vom|im|uberhoren|verlieren))
(?:\||(?:kein )?interesse|gesagt|danke|nein|ab) kein(?:e|en)?(?: (?:weiteren|einzigen|solchen
    |mehr)){0,2} {CALLS}(?= (?:mehr|\||von ihnen|unter|hier|an diese))
(?:mochten?|will|wollen|muss|soll)(?: (?:ich|wir|jetzt|sofort)){0,2} (?:von|aus) {LIST} {GONE}
(?:dass|soll)?(?: ?)(?:meine \w*nummer) (?:bei ihnen |endlich |aus {LIST} )?(?:geloscht|gestrichen|entfernt
    |gesperrt)(?: werden| wird)
meine \w*nummer (?:(?:bei ihnen|aus {LIST}|soll|sofort) ){0,2}(?:loschen|sperren|streichen|entfernen
    |geloscht)
(?:mochten?|will) (?:ich )?mich abmelden(?= \|)
(?:widerrufe|entziehe|widerruf|ziehe)(?: {ANY}){0,3} {CONSENT}
(?:widerspreche|verbitte mir|verbiete|untersage|verbieten|untersagen)(?: {ANY}){0,4} (?:{CALLS}|{TO_CALL}
    |nutzung|verwendung|speicherung|verarbeitung|werbeanrufen?)
(?:verbiete|untersage) (?:es )?(?:ihnen|euch|dir) (?:\| )?(?:{ME} ){1,2}{TO_CALL}
(?:keine|nie eine|nicht die|nie meine|kein) {CONSENT}(?: von mir(?= \|)| (?:fur|zu) (?:\w+ ){0,2}{CALLS}
    | {ME_OR_MORE}{TO_CALL})
(?:stehe|bin) (?:auf|in) der (?:sperrliste|robinsonliste|robinson liste)
(?:wenn|falls) (?:sie|ihr|du) (?:(?:{ME}|nicht aufhoren|weiterhin|es|noch|mehr) ){0,3}(?:{TO_CALL}
    |wagen)? ?(?:(?:\w+|\|) ){0,6}{LAW}
noch (?:ein|einen|so ein) anruf (?:\| )?und (?:\w+ ){0,4}{LAW}
"""
_SUBJECTS = r"""
(?:ich|wir) (?:kann|konnte|will|soll|sollte|werde|darf|muss|mochte|wollte|konnen|wollen|brauche|habe)(?:
     (?!dass|gesagt|sie|darum)\w+){0,2}
(?:ich|wir) (?:kann|konnte|will|werde|darf|konnen) sie
(?:soll|sollte|muss|kann|konnte|darf|mochte|wollte|werde|will) (?:ich|er|es|wir)(?: \w+){0,2}
(?:bekomme|habe|kriege|erhalte|gab|gibt|ich|kamen|kommen|hatte)(?: (?:es|ich|aber|doch))?
"""
_TAKEN_BACK = r"""
konnen (?:sie|du|ihr)(?: \w+){0,2} spater
(?:sie )?mussen(?: (?:sie|mich|uns|hier))*
(?:er|sie|der|die|es|man|bruder|mann|frau|mutter|chef) (?:soll|will|hat|mochte|kann)(?: \w+){0,3}
(?:hat er|hat sie|hat man)
(?:wollen|mussen|haben|werden|wurden sie|warum|wieso|weshalb|wann) (?:sie|wir|die|ihr)(?: (?:mich|uns
    |gestern|noch)){0,2}
(?:warum|wieso|weshalb|wie kommt es dass|seit wann|wann|wer)(?: \w+){0,2}
(?:was (?:passiert|ist|geschieht)|und) wenn(?: \w+){0,2}
(?:nicht|nie) (?:gesagt|gewollt|gemeint|verlangt|gebeten)(?: \|)?(?: dass)?(?: \w+){0,2}
(?:wer hat|wer|meinem|meiner|ihm|seinem|ihrem)(?: \w+){0,2} (?:gesagt|verboten|geschrieben|sagte|sagt)
    (?: \|)?(?: (?:dass|er|sie|soll)){0,2}(?: \w+){0,1}
(?:chef|bruder|mann|arzt|er|frau|mutter|tochter|sohn) (?:hat|sagt|sagte|meinte|meint)(?: (?:mir|ihm|gesagt
    |zu)){0,3}(?: \w+){0,3}
(?:nicht|nie|kein|bloss nicht)
"""
_TIMES = (
    r"vor|nach(?! der)|bis|bevor|wenn|solange|wahrend|sondern|heute|morgen|am|im|um|so|jetzt|gerade"
    r"|diese woche|nachste"
    r"|abends|morgens|mittags|zwischen|auf der arbeit|auf arbeit|bei der arbeit|in der (?:nacht|arbeit"
    r"|fruh)|ausser"
    r"|da bin ich|falls|immer so|dauernd so"
)
_LIMITED = rf"""
(?: (?:\||{{ME}}|mehr)){{0,2}} (?:{_TIMES})
(?: \|)? (?:es )?hat sich erledigt
 (?:nicht|und (?:speicher\w*|nehm\w*|trag\w*)|fur (?!immer|anrufe|weitere|alle|jede)\w+|vom kurs)
"""
_INSTEAD = r"""
(?: \|)? (?:ich|wir) (?:rufe|rufen|melde|melden|komme|bin (?:nur|gerade))
"""
GERMAN = Grammar(
    spellings=(
        (r"noch ?(?:ein ?)?mal|nochmals", "wieder"),
        (r"\b(?:nie ?mehr|nie|niemals|nimmer)(?: (?:mehr|wieder))?", "nicht mehr"),
        (r"nicht (?:wieder|weiter|langer|mehr wieder|wieder mehr)", "nicht mehr"),
        (r"hab", "habe"),
        (r"(\w+)'(\w*)", r"\1\2"),
    ),
    fillers=r"bitte|doch|mal|endlich|einfach|wirklich|sofort|ab sofort|also|ja|halt|eigentlich|uberhaupt"
    r"|kunftig"
    r"|zukunftig|in zukunft|nun|ahm?|hm+|na|bloss|gefalligst|standig|dauernd|verdammt|hiermit|schon|gerne"
    r"|auch",
    words=_WORDS,
    demands=_DEMANDS,
    wishes=_WISHES,
    subjects=_SUBJECTS,
    taken_back=_TAKEN_BACK,
    limited=_LIMITED,
    instead=_INSTEAD,
)

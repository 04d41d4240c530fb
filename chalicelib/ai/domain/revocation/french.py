"""How French speakers ask not to be called, with tu and vous, and with and without "ne"."""

from __future__ import annotations

from chalicelib.ai.domain.revocation.reading import Grammar

_WORDS = {
    "ME": r"m|me|nous",
    # The imperative of vous, and of tu.
    "CALL_YOU": r"r?appelez|telephonez|contactez|derangez|embetez|harcelez|importunez|ecrivez|sollicitez"
    r"|ennuyez"
    r"|joignez|recontactez|textez|envoyez",
    "CALL_THOU": r"r?appelle|r?appelles|telephone|telephones|contacte|contactes|derange|embete|harcele"
    r"|ecris|envoie",
    "TO_CALL": r"r?appeler|telephoner|contacter|recontacter|deranger|embeter|harceler|importuner|ecrire"
    r"|solliciter"
    r"|ennuyer|joindre|texter|envoyer|demarcher",
    "CALLING": r"(?:r?appel|telephon|contact|recontact|derang|embet|harcel|importun|ecri|sollicit|envo"
    r"|demarch)\w*",
    "CALLED": r"(?:r?appel|contact|recontact|derang|embet|harcel|importun|sollicit|demarch|ennuy)(?:é|ee|es"
    r"|ees)",
    "NOT": r"plus jamais|plus|pas|jamais|plus du tout|pas du tout",
    "HERE": r"a ce numero|ce numero|ici|chez moi|chez nous|sur ce numero|a mon numero|mon numero|cette ligne",
    "FOLLOWS": r"\||{HERE}|jamais|et|ou|je|c|ca|merci|vous|tu|pour|parce|car|non|si|de|encore|du|ni|que|svp"
    r"|la|s"
    r"|sur|a|au|avant|apres|pendant|quand|demain|aujourd|ce|le|les|cette|trop|tout|maintenant|mais|depuis"
    r"|avec|jusqu"
    r"|sans|ma|mon|chaque|tant|entre|tant|aussi|plus|en|dans|retirez|supprimez|enlevez|effacez",
    "THINGS": r"(?:appels?|messages|sms|textos|coups? de (?:fil|telephone)|demarchage\w*|sollicitations?"
    r"|communications?"
    r"|publicite\w*|contact)",
    "THESE": r"(?:(?:de|d|vos|ces|des|tes|les|tous|toutes|tout|aucun|aucune|autres|l|vos|autre|un"
    r"|seul) ){0,3}",
    "LIST": r"(?:de|du|des|d) (?:(?:votre|vos|la|cette|ces|tous|toutes|ton|ta|le|l|ce|une|leur) ){0,2}"
    r"(?:\w+ )?(?:listes?|"
    r"bases?|fichiers?|repertoires?|registres?|systeme|annuaire|listings?|donnees)(?! d attente| des rendez)",
    "REMOVE": r"(?:retir|enlev|supprim|ray|effac|ot|radi|elimin|bloqu|bann|oubli)(?:ez|e|er|iez|es)|sort"
    r"(?:ez|s|ir)|vir(?:ez|er)",
    "NUMBER": r"(?:mon|ce|notre) (?:(?:numero|nom)(?: de telephone)?|telephone|contact)"
    r"|(?:toutes |tous )?mes (?:coordonnees|infos|informations"
    r"|donnees)",
    "CONSENT": r"(?:consentement|accord|autorisation|permission|droit)",
    "LAW": r"plainte|signal\w+|avocat|police|justice|tribunal|cnil|gendarme\w*|poursui\w+|attaque\w*",
}
_DEMANDS = r"""
(?:ne |n )?(?:me|nous) (?:rappelez|recontactez|contactez|telephonez|derangez|embetez|harcelez) (?:plus
    |jamais|plus jamais)(?! (?:tard|tot|souvent|assez|tout))
(?:ne |n )?{ME} {CALL_YOU} (?:{NOT})(?= {FOLLOWS} )(?! (?:tard|tot|souvent|longtemps|assez|tout|plus) )
(?:ne |n ){CALL_YOU} (?:{NOT})(?= (?:\||{HERE}|jamais|merci|et|ou|je|c|s) )
(?:\||et|merci|non|interesse|qu on|que l on|que vous|moi) (?:ne |n )?{ME} {CALL_THOU} (?:{NOT})
    (?= {FOLLOWS} )(?! (?:tard|tot|souvent|assez) )
\| {CALL_YOU} (?:plus|plus jamais|pas)(?= (?:\||{HERE}|jamais) )
(?:\||et|merci|interesse|non) ne {CALL_THOU} (?:{NOT})(?= (?:\||{HERE}|jamais) )
(?:ne|de|d|n) (?:{NOT}) (?:jamais )?(?:{ME}) {TO_CALL}
(?:ne|de|merci|priere|veuillez) (?:{NOT}) (?:jamais )?{TO_CALL}(?= (?:\||{HERE}|jamais|et|ou|merci) )
(?:ne|de|n) (?:{NOT}) (?:jamais )?etre {CALLED}
(?:ne|de) (?:{NOT}) (?:jamais )?recevoir {THESE}{THINGS}
stop aux {THINGS}
(?:{REMOVE}|desinscri(?:vez|s|re)|desabonne[zr]?)(?: (?:moi|nous|{NUMBER})) {LIST}
(?:me|m|nous) (?:{REMOVE}|desinscrire|desabonner) {LIST}
{REMOVE} {NUMBER}(?! de (?!votre|vos|telephone|la liste|la base|cette|ces|tous|tes)| du )
etre (?:retir|ray|enlev|supprim|effac|sorti|radi)\w* {LIST}
(?:desinscrivez|desabonnez|desinscris|desabonne) (?:moi|nous)(?! (?:du|d|de l|de la (?!liste)))
(?:inscri\w+|mettez|met|ajoutez|mets)(?: (?:moi|nous|{NUMBER}))? (?:sur|dans|a) (?:(?:votre|la|une|ta)
     )?liste (?:rouge|d opposition|noire|robinson)
(?:laissez|laisse|fichez|fiche|foutez|fous|lachez) (?:moi|nous|ma \w+|mon \w+) (?:un peu |enfin )?
    (?:la grappe|tranquilles?|la paix|en paix)
(?:lachez|lache) (?:moi|nous)(?= \|)
(?:\||merci|non|interesse) plus (?:jamais )?(?:de |d |aucun )(?:{THINGS})(?! (?:manques|en absence|perdus))
"""
_WISHES = r"""
inutile de (?:{ME} )?{TO_CALL}
ne cherchez (?:plus|pas|jamais) a (?:{ME}) {TO_CALL}
evitez (?:de|d) (?:{ME}) {TO_CALL}
{LAW}(?: \w+){0,4} si (?:vous|tu) (?:(?:me|nous|m|n) )?(?:r?appel|continu|telephon|insist)\w*
(?:autorise|consens|consent) (?:pas|plus) a (?:(?:{ME}) {TO_CALL}|etre {CALLED}|ce que vous (?:{ME})
     {CALLING}|{THESE}{THINGS})
refuse (?:(?:d|de) etre {CALLED}|(?:vos|ces|tous|les|tout) (?:ces |vos )?{THINGS}|(?:que|qu) (?:vous|on)
     (?:{ME}) {CALLING})
(?<!j )(?<!n )(?:arretez|arrete|arretes|arreter|arretiez|cessez|cesse|cesser|cessiez|stop|stoppez|finissez)
    (?: (?:de|d|avec))? (?:(?:{ME}) )?{TO_CALL}(?: maintenant)?(?= {FOLLOWS} )(?! (?:ma|mon|le|la|les)
     (?!numero))
(?<!j )(?<!n )(?:arretez|arrete|arreter|arretes|cessez|cesse|cesser|stop|stoppez|assez|marre)(?: (?:avec|a
    |aux|de|d|tout))? (?:{THESE}){THINGS}
(?:veux|souhaite|desire|voudrais|aimerais|accepte|autorise|permets|voulons|souhaitons|supporte)
    (?: vraiment)? (?:{NOT}) (?:que|qu) (?:vous|tu|l on|on|quelqu un|votre \w+) (?:(?:ne|n|plus) )?(?:{ME})
     {CALLING}
(?:veux|souhaite|desire|voudrais|aimerais|accepte|autorise|voulons|souhaitons) (?:{NOT}) (?:que|qu) (?:vous
    |tu|l on|on) {CALLING}(?= (?:\||{HERE}|jamais) )
(?:on veut|on ne veut|veux|souhaite|desire|voudrais|aimerais|accepte|tiens|voulons|souhaitons) (?:{NOT})
     (?:a )?(?:jamais )?etre {CALLED}
(?:veux|souhaite|desire|accepte|voudrais|voulons|souhaitons) (?:{NOT}|aucun) (?:jamais )?
    (?:recevoir )?{THESE}{THINGS}
n autorise (?:pas|plus) {THESE}{THINGS}
(?:veux|souhaite|voulons) (?:{NOT}) (?:jamais )?(?:vous entendre|entendre parler de vous|vous avoir au
     (?:telephone|bout)|avoir affaire a vous|avoir de vos nouvelles)
(?:il (?:ne )?)?(?:faut|devez|dois|pouvez|peux) (?:plus|plus jamais|pas) (?:{ME} )?{TO_CALL}
(?:veux|souhaite|voudrais|aimerais|puis je|peux|desire) (?:me|nous) (?:desabonner|desinscrire)(?! (?:du|d
    |de l|de la (?!liste)))
(?:retire|revoque|annule|retirer|revoquer|reprends) (?:(?:mon|ma|tout|mes|toute) ){1,2}{CONSENT}
(?:pas|jamais|aucun|aucune|ni)(?: (?:donné|votre|mon|le|l|de|d|ma|ce|cette)){0,3} {CONSENT}(?= (?:pour|de|d
    |a|\||ces) )(?! (?:pour|de|d) (?!ces|vos|m|me|nous|les|appeler|etre|appels|tels|ce))
(?:pas|jamais) (?:consenti|autorisé)(?: a)? {THESE}{THINGS}
pas autoris\w+ a (?:{ME}) {TO_CALL}
(?:interdis|defends) (?:de|d) (?:{ME}) {TO_CALL}
m oppose (?:a|au|aux)(?: (?:ce|tout|toute|tous|ces|vos|que|qu))*(?: (?:vous|on|l on))? (?:{ME} )?
    (?:{CALLING}|{THINGS})
(?:bloctel|pacitel)
(?:suis|est) sur (?:la|une|votre )?liste (?:rouge|d opposition|robinson)
si (?:vous|tu) (?:(?:me|nous|m|n) )?(?:(?:r?appel|continu|telephon|insist|arret)\w*)(?: (?:\w+
    |\|)){0,8} {LAW}
derniere fois que (?:vous|tu) (?:{ME} )?{CALLING}
c est du harcelement(?: (?:\w+|\|)){0,3} arretez
"""
_SUBJECTS = r"""
(?:je|il|elle|on|ils|elles|fils|fille|personne|mari|femme|mere|pere)(?: (?:ne|n))?
(?<! que )(?<! et )(?<! pouvez )(?<! pourriez )(?<! voulez )vous(?: (?:ne|n))?
(?:pourquoi|mais|\|) (?:que )?(?:vous|tu|on)(?: ne| n)
"""
_TAKEN_BACK = r"""
(?:retire|revoque|retirer|revoquer)
(?:il|elle|on|ils|elles|fils|fille|personne|mari|femme|mere|pere)(?: (?:ne|n))?
(?:je) (?:ne|n)(?= retire)
(?:pourquoi|comment ca se fait que|depuis quand)(?: (?:est ce que|vous|tu|ne|n|avez)){0,3}
(?:pas|jamais|plus|rien) (?:dit|demandé|voulu|souhaité|veux|besoin)?(?: ?(?:d|de|que|qu|vous|tu|a|ce)){0,3}
(?:si|quand|que se passe t il si|lorsque) (?:je|j|on)(?: (?:ne|n|veux|me))?
(?:qui (?:vous|t|lui)|a mon \w+|a ma \w+|a son \w+|a sa \w+|patron|medecin|lui|elle|il|m|lui a)(?: (?:vous|m
    |lui|a|ont|ai|as|avait)){0,3} (?:dit|demandé|demande|dis|interdit)?(?: (?:de|d|que)){0,1}
(?:dit|demandé) a (?:mon|ma|mes|un|une|la|le) \w+(?: (?:de|d|que))?
"""
_TIMES = (
    r"tant que|avant|apres|pendant|quand|si(?! (?:vous|tu))|demain|aujourd hui|ce (?:soir|matin|midi|week"
    r"|mois|weekend)|cet apres|cette \w+"
    r"|trop|tout de suite|maintenant|le (?:matin|soir|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|week|midi|weekend)"
    r"|les (?:lundis|week|matins|soirs|jours|vacances)|au (?:travail|bureau|boulot)|a (?:mon travail|midi"
    r"|la maison|cette heure)"
    r"|la (?:nuit|journee|semaine)|jusqu|entre|chaque|tant|sur (?:mon|le) (?:fixe|portable|lieu)|encore ce"
    r"|en (?:ce moment|journee|vacances)"
    r"|pour (?:l instant|le moment|mon rendez)|dans la|de (?:la )?(?:journee|bonne heure)|au (?:milieu"
    r"|petit)|a \d\w*|si tot|si tard"
)
_LIMITED = rf"""
(?: (?:\||{{HERE}}|jamais|plus|encore|merci)){{0,2}} (?:{_TIMES})
(?: \|)? (?:ma (?:mere|femme|fille)|mon (?:mari|pere|fils|patron|bureau))
 \| \?
"""
_INSTEAD = r"""
(?: (?:\w+|\|)){0,5} (?:appelez moi|rappelez moi|appelle moi|(?:c est moi qui|je) (?:vous )?(?:rappelle
    |appelle|passerai|passe|viens))
"""
FRENCH = Grammar(
    spellings=(
        (r"(\w+)'", r"\1 "),
        (r"j veux", "je veux"),
        (r"ptit", "petit"),
        (r"est ce que", ""),
        (r"veuillez", "de"),
    ),
    fillers=r"s il (?:vous|te) plait|svp|stp|euh+|hein|ben|bon|alors|donc|vraiment|desormais|dorenavant"
    r"|a l avenir|enfin"
    r"|deja|definitivement|immediatement|simplement|ah+|oh|bien|a la fin|de la vie|totalement",
    words=_WORDS,
    demands=_DEMANDS,
    wishes=_WISHES,
    subjects=_SUBJECTS,
    taken_back=_TAKEN_BACK,
    limited=_LIMITED,
    instead=_INSTEAD,
)

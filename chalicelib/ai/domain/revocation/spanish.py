"""How Spanish speakers ask not to be called, with tú, vos, usted, ustedes and vosotros."""

from __future__ import annotations

from chalicelib.ai.domain.revocation.reading import Grammar

_WORDS = {
    "CALL": r"llamar|marcar|contactar|molestar|escribir|textear|hablar|fastidiar|buscar|telefonear|acosar"
    r"|hostigar",
    "CALLING": r"llamando|marcando|molestando|contactando|escribiendo|fastidiando|acosando|hostigando"
    r"|insistiendo",
    # What is asked of somebody: the subjunctive and the imperative, never what somebody does ("no me llama").
    "CALLED": r"(?:llam|moleste?|contact|fastidi|telefone|acos|hostig|texte)(?:e|en|es|eis|ara|aran|aras"
    r"|ase|asen)?"
    r"(?<!llam)(?<!molest)|molest(?:e|en|es|eis|ara|aran)|contact(?:e|en|es|eis|ara|aran)|marque[ns]?"
    r"|marcara[ns]?"
    r"|busque[ns]?|escriba[ns]?|escribais|escribiera[ns]?|hable[ns]?|vuelva[ns]? a {CALL}(?:me|nos)?"
    r"|vuelvas a {CALL}(?:me|nos)?|volvais a {CALL}(?:me|nos)?|volviera[ns]? a {CALL}(?:me|nos)?"
    r"|est[eé][ns]? {CALLING}(?:me|nos)?|siga[ns]? {CALLING}(?:me|nos)?",
    "AGAIN": r"mas|nunca|jamas|otra vez|de nuevo|nuevamente|en la vida|nunca mas",
    "HERE": r"aqui|aca|a (?:este|mi|nuestro|ese) (?:\w+ )?(?:numero|telefono|celular|movil|casa|linea)"
    r"|a (?:esta|mi|nuestra) (?:\w+ )?(?:casa|linea)|a este|a casa|a mi familia",
    "FOLLOWS": r"\||{CALLING}|{AGAIN}|{HERE}|o|y|que|porque|no|ni|usted|ustedes|estoy|soy|yo|es|esto|se|le"
    r"|les|lo|los|adios"
    r"|por|para|si|hasta|antes|despues|hoy|manana|ahora|ahorita|a|cuando|mientras|tan|tarde|temprano|en"
    r"|este|esta"
    r"|el|la|las|los|durante|entre|de|bajo|vale|entiende|gracias|quiteme|quitenme|borre|borren|con sus"
    r"|con tus|con tanta|desde",
    "THINGS": r"(?:llamadas?|mensajes?|sms|textos|contacto|publicidad)",
    "THESE": r"(?:(?:mas|una|sus|tus|estas|estos|esas|esos|otra|ninguna|ningun|las|los|de|la|ya|recibir"
    r"|tener) ){0,4}",
    "LIST": r"(?:(?:su|la|esta|esa|tu|sus|ese|este|vuestra|el|los|las|tus|una) ){0,2}(?:lista|base|sistema"
    r"|registro"
    r"|fichero|directorio|agenda de llamadas)s?(?! de (?:espera|invitados|la compra|compras|asistencia"
    r"|pasajeros))"
    r"(?! (?:para|del) )",
    "REMOVE": r"(?:quit|borr|elimin|saqu|sac|retir|remuev|remov|tach|suprim|excluy|bloque)(?:ar|er|ir|e|en"
    r"|es|a|an|ad"
    r"|eis|ara|aran|as)",
    "MINE": r"(?:mi|este|nuestro|ese)(?: numero)?(?: de)? (?:numero|telefono|celular|movil|nombre|contacto)"
    r"|(?:mi|este|nuestro) numero|mis datos",
    "BLOCKED": r"lista (?:de )?(?:no (?:llam|molest|contact)\w+|robinson|negra|exclusion|bloque\w+)",
    "CONSENT": r"(?:consentimiento|autorizacion|permiso|derecho)",
    "LAW": r"denunci\w+|policia|quej\w+|abogad\w+|demand\w+|report\w+|profeco|legal\w*|acciones",
}
_DEMANDS = r"""
(?:no|nunca|jamas|nunca mas) (?:me|nos) {CALLED}(?= {FOLLOWS} )(?! a (?:mi|mis|la|el|su) (?!numero|telefono
    |celular|familia|casa|movil|linea))
(?:no|nunca|jamas|nunca mas) {CALLED}(?= (?:\||{AGAIN}|{HERE}|por|o|y|vale|que) )(?! (?:a mi|mas a (?:mi|mis
    |la|el|los)) (?!numero|telefono|celular|familia|casa|movil))
no (?:vuelva[ns]?|vuelvas|volvais|volver|volviera[ns]?) a {CALL}(?:me|nos)?(?= (?:{FOLLOWS}) )(?! a (?:mi
    |mis|la|el|su) (?!numero|telefono|celular|familia|casa|movil|linea))
no (?:me |nos )?(?:mand|envi)\w+ {THESE}{THINGS}
no (?:{CALL})(?:me|nos)?(?: {AGAIN})
(?:no|nunca) (?:llamar|contactar|molestar|escribir|textear)(?:me|nos)
no (?:quiero|deseo|quisiera|autorizo|permito|acepto|consiento|necesito)(?: a nadie| a ustedes)? que
     (?:ustedes |usted |nadie |nunca )?(?:me|nos) (?:{CALLED}|mand\w+|envi\w+)(?= {FOLLOWS} )
no (?:quiero|deseo|quisiera|autorizo|permito|acepto|consiento)(?: a nadie)? que {CALLED}(?= (?:\||{AGAIN}
    |{HERE}) )
no (?:les?|los?|te)? ?(?:autorizo|permito|autorice|doy permiso)(?: (?:a|para))? (?:que me |que nos )?
    (?:{CALL}|{CALLED})(?:me|nos)?
(?:dej(?:e|en|es|a|ad|eis|ar|aran|ara)|par(?:e|en|es|a|ad|ar)(?:me)?|ces(?:e|en|es|ar)|termin(?:e|en)
    |bast[ae])(?: ya)? (?:de|con)(?: (?:estar|seguir|una vez))? (?:llamar|marcar|contactar|molestar|escribir
    |textear|fastidiar|acosar|hostigar|mandar|enviar|{CALLING})(?:me|nos)?(?: {THESE}{THINGS})?
    (?: senor\w*)?(?= (?:{FOLLOWS}) )(?! (?:a (?!este|mi|casa|esta|nuestr)|la|el|los|las|en) )
(?:dej(?:e|en|es|a|ad|ar|aran)|par(?:e|en)|ces(?:e|en))(?: ya)? de (?:mandar|enviar|hablar|buscar)(?:me|nos)
(?:dej(?:e|en|es|a|ad)|par(?:e|en)|ces(?:e|en)|suspend\w+|basta|alto)(?: ya)?(?: (?:de|con
    |a))? {THESE}{THINGS}(?= \|| por| o| y)
(?:ni una|no mas|ninguna) (?:{THESE})?{THINGS}
(?:no|nunca|nunca mas|jamas) (?:quiero|deseo|quisiera|necesito|acepto|autorizo|consiento|me interesan?)
    (?: volver a| seguir)?(?: recib\w+| teniendo| tener)? {THESE}{THINGS}(?! perdid)
no (?:quiero|deseo|quisiera) (?:volver a |seguir )?(?:ser|siendo|que me sigan) (?:contactad|molestad|llamad
    |{CALLING})\w*
no quiero (?:volver a )?saber(?: (?:nada|mas)){0,2} de (?:ustedes|usted|vosotros|ti|su)
{REMOVE}(?:me|nos|nme|melo|lo|nnos)(?: {MINE})? (?:de|del) {LIST}
(?:me|nos) (?:(?:puede[ns]?|podria[ns]?|podeis|pueden|gustaria que me|quiere|hace el favor de)
     ){0,2}{REMOVE} (?:de|del) {LIST}
{REMOVE} {MINE}(?! de (?!su|la|esta|tu|sus|el|vuestra|todos|todas)| viej| anterior| antigu)(?! de la (?:cita
    |reserva|espera))
(?:olvid(?:e|en|a|ese|ense|ate)(?: de)?|pierd(?:a|an|e)|tach(?:e|en|a)|bloque(?:e|en|a)) {MINE}(?! de )
(?:deme|denme|dame|darme|dadme|denos|dennos|darnos|(?:me|nos) (?:(?:puede[ns]?|podria[ns]?|podeis) )?(?:den
    |de|da|das|dar|dan|dais)) de baja(?! (?:el|la|los|las|del|mi|en)\b)(?! de (?!su|la lista|esta|estas|sus
    |la base|esto|este|todo|tu|ese|esa|las llamadas))
(?:retir|revoc|revoqu|anul|cancel|quit)(?:o|ar|amos) (?:(?:mi|el|todo|mis|cualquier|les|le) ){1,2}{CONSENT}
no (?:(?:le|les|los|te|he|ha|han|tengo|has) ){0,2}(?:doy|dado|di|di[oó]|tienen?|tienes|teneis|cuentan?) (?:
    (?:mi|con|ningun|el|con mi|a nadie) ){0,2}{CONSENT}(?= (?:para|de|a|\|) )(?! (?:para|de|a) (?!llam|estas
    |que|sus|contact|esto|molest|la llam))
(?:me )?(?:opongo|niego) a (?:que (?:me|nos) \w+|(?:estas|sus|recibir|las) (?:mas )?(?:llamadas|mensajes))
(?:pong|agreg|incluy|anot|met|anad|apunt|inscrib|registr|incl|pon)\w*(?: (?:mi numero|este numero|me))?
     (?:en|a) (?:la|su|una|esa|tu) {BLOCKED}
estoy (?:inscrit\w |registrad\w |apuntad\w )?en (?:la|una) {BLOCKED}
(?:dej[ea]n?|dejad|dejen|dej[ea])(?:me|nos)(?: ya)?(?: de una vez)? (?:en paz|tranquil[oa]s?)(?! (?:pensar
    |un momento|con))
(?:me|nos) dej(?:e|en|es|eis|a|ar|aran) (?:ya )?(?:en paz|tranquil[oa]s?)
si (?:me |nos )?(?:vuelve[ns]?|sigue[ns]?|llama[ns]?|insiste[ns]?|continua[ns]?)(?: (?:\w+|\|)){0,8} {LAW}
"""
_WISHES = r"""
(?:me|nos) (?:quiero|quisiera|gustaria|deseo|queremos) dar de baja(?= (?:\||de (?:su|sus|la lista|estas
    |esta)))
nunca (?:(?:le|les|los|te|he) ){0,2}(?:doy|dado|di|dije) (?:mi |ningun )?{CONSENT}
si no (?:deja[ns]?|para[ns]?) de {CALL}(?:me|nos)?(?: (?:\w+|\|)){0,6} {LAW}
(?:les?|los?|te) prohib\w+ (?:que (?:me|nos) \w+|{CALL}(?:me|nos)?)
(?:borr|elimin|quit|saqu|retir)(?:e|en|a|ar)(?:me|nos)(?= (?:\||y|o|o si no) )
que me (?:borr|elimin|quit|saqu|retir|dej)en(?= \|)
no (?:autorizo|consiento|permito|acepto) (?:el uso|que usen|que utilicen)
ultima vez que (?:me|nos) (?:llam|molest|contact|marc)\w+
no (?:me |nos )?hagan? {THESE}{THINGS}
{LAW} si (?:me |nos )?(?:vuelve[ns]?|llama[ns]?|sigue[ns]?)
(?:solicito|quiero|pido|exijo) (?:la|mi) baja(?= (?:\||de (?:mis|su|la lista|sus|estas)))
este (?:numero|telefono) no lo {CALLED}

"""
_SUBJECTS = r"""
(?:yo|nadie)(?: que)?
"""
_TAKEN_BACK = r"""
(?<! si )(?:no|nunca|ni|tampoco)(?: (?:me|nos|le|les|se|quiero que|quiero|deseo|dije|digo|he dicho|pedi
    |he pedido|quise decir|hace falta|puede[ns]?|es que|la)){0,3}(?: que| de)?(?: me| se)?
no (?:dije|digo|he dicho|pedi|he pedido|quise decir|quiero|deseo)(?: (?:que|a|usted|ustedes|me|les|se)){0,3}
(?:por que|porque|como es que|desde cuando|cuando)(?: (?:me|ya|usted|ustedes|yo|ahora)){0,2}
(?:que (?:pasa|pasaria|sucede)|y) si(?: (?:me|quiero|yo|pido)){0,2}(?: que)?
(?:quien|el|ella|ellos|jefe|mama|papa|doctor|medico|alguien|esposa|esposo|hermano|hija|hijo|amiga|amigo)
    (?: (?:me|le|les|te|lo|nos)){0,2} (?:dijo|dijeron|dice|pidio|pidieron|ha dicho|quiere|grito|mando)(?:
     (?:a|mi|su|el|la|\w+)){0,3}(?: que)?
(?:me|nos) (?:dijo|dijeron|pidio|pidieron|han dicho|ha dicho|han pedido) (?:\w+ ){0,2}que
(?:dije|dij[oó]|pedi|digo|dicho|decir|dile|pidi[oó]) a (?:mi|su|la|el|un|una|mis|los|las|ese|esa)
     (?:\w+ ){1,3}(?:que|de)?(?: no)?
(?:yo|el|ella|nadie|ellos|hija|hijo|ex|no es que)(?: que)?
(?:puede|pueden) no
"""
_TIMES = (
    r"antes|despues|hasta|manana|hoy|ahora|ahorita|a las|a la (?:una|hora|oficina)|cuando|mientras|tarde"
    r"|temprano|tan"
    r"|los (?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|fines)"
    r"|el (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo|fin|proximo)|este (?:momento|mes|fin|dia)"
    r"|en este momento|en estos? \w+|esta (?:semana|tarde|noche|manana)|(?:en |por |de )?la (?:proxima"
    r"|manana|noche|tarde)"
    r"|las? proximas?|durante|de noche|de dia|entre|al? (?:mi )?(?:trabajo|oficina|fijo)|en (?:el|la|mi) "
    r"(?:trabajo|oficina|tarde)"
    r"|(?:de|del|desde el) trabajo|muy|en fin|en (?:vacaciones|semana)|por (?:un|una|unos|unas|dos"
    r"|tres) \w+|por ahora|por el momento|todavia|aun"
    r"|si(?! (?:vuelve|me|no quiere|lo hace))|asi"
)
_LIMITED = rf"""
(?: (?:{{AGAIN}}|{{HERE}}|\||yo)){{0,2}} (?:{_TIMES})
 (?:nadie|\?)
"""
_INSTEAD = r"""
(?: (?:usted|\|)){0,2} yo (?:lo|la|le|los|las|te|les) llamo
(?: (?:\w+|\|)){0,6} (?:llame(?:me)? (?:luego|mas tarde|despues|manana)|llameme|llamame|llamenme
    |mejor llame|llame al|llamelo|digame|dime|escribame)(?! nunca)
"""
SPANISH = Grammar(
    spellings=((r"(\w+)'(\w*)", r"\1\2"), (r"d[eé]n?me(?= de baja)", "deme"), (r"est[eé]", "este")),
    fillers=r"por ?favor|porfa(?:vor)?|oigan?|oye|mire|mira|pues|bueno|eh+|ah+|este eh|senor(?:es|a|ita)?"
    r"(?= (?:no|ya|deje|quit))"
    r"|ya|gracias|de una vez|simplemente|nada mas que|le ruego|hombre",
    words=_WORDS,
    demands=_DEMANDS,
    wishes=_WISHES,
    subjects=_SUBJECTS,
    taken_back=_TAKEN_BACK,
    limited=_LIMITED,
    instead=_INSTEAD,
)

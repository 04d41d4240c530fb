"""Claims in words that name no action: what is said of a time, a slot, a message or a list.

Only words: how the shapes are read, and what bears a claim out, is elsewhere. `DAY` is the name of a day or a
month, which tells a promise from a courtesy: "see you" from "see you on Tuesday".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What kind of statement a shape is: of an act, of a state, or one at the beginning of a part of a sentence.
ACT, STATE, FIRST = "act", "state", "first"
DAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday tomorrow tonight january february march"
    " april june july august september october november december",
    "es": "lunes martes miércoles jueves viernes sábado domingo mañana enero febrero marzo"
    " abril mayo junio julio"
    " agosto septiembre octubre noviembre diciembre",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag morgen"
    " übermorgen januar februar"
    " märz april juni juli august september oktober november dezember",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche demain janvier février mars"
    " avril juin juillet août"
    " septembre octobre novembre décembre",
}
# By the claim and the language: how it is said as a state, by whoever acted, or at the beginning of a part.
STATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "expected": {
        "en": (
            (
                "you are|re ADV set|good|sorted|confirmed|locked|slotted|pencilled|penciled in? "
                "for|on the|this|next? DAY"
            ),
            (
                "it|that|this|everything|appointment|booking|visit|meeting is|s ADV in|on "
                "the|our|my|your calendar|diary"
            ),
            "i|we will|ll see you then? on|this|next|the? DAY",
            "i|we are|m|re? look|looking forward to seeing you on|this|next? DAY",
            "i|we are|re ADV expecting you on|this|next|for? DAY",
            "your|the appointment|booking|visit|meeting|slot is|s now on|at|for|set|in",
            "your appointment|slot|spot|place|booking|time is|s ADV secured|locked|saved|held|guaranteed",
        ),
        "es": (
            (
                "su|tu|la cita|reserva|visita ya|ahora? está|queda|quedó ADV "
                "fija|fijada|hecha|lista|apartada|puesta"
            ),
            "su|tu cita es|será|está ahora|ya el|mañana|para",
            "ya|cita|todo|reserva|eso? está|queda ADV en el|la|mi|nuestro|nuestra|su calendario|agenda",
            "le|te|lo|la|los|las|os esperamos|espero este|próximo|el? DAY",
            "nos vemos este|el próximo? DAY",
            "todo|ya listo|arreglado para el? DAY",
            "usted|ya? queda|quedó ADV para el DAY",
        ),
        "de": (
            "ihr|dein|der termin ADV steht ADV am|für|um|so|END",
            "ihre|die|deine buchung|reservierung ADV steht ADV END",
            "es|das|er|termin|alles ist|steht ADV im|in unserem|meinem? kalender|terminkalender END",
            "sie sind|stehen ADV im|auf der|unserem|unserer? kalender|liste|terminliste",
            "wir sehen uns dann? am|diesen|nächsten? DAY",
            "wir|ich erwarten|erwarte sie dann? am|diesen|nächsten? DAY",
            "sie haben jetzt|nun|damit|somit am? DAY? um? _? einen|ihren? termin",
            "alles ADV klar|geregelt|fertig|bereit für|am DAY",
        ),
        "fr": (
            "votre rendez vous est ADV calé|posé|acté|bloqué|planifié|bon|noté",
            "c|tout|vous est|êtes ADV dans|à|au|sur l|le|mon|notre|votre? agenda|calendrier|planning",
            "on se voit|retrouve donc|alors? DAY",
            "nous|je|on vous attendons|attends|attend donc|alors? DAY",
            "c|tout est ADV bon|calé|ok|prêt pour|le? DAY",
            "vous êtes ADV attendu|attendue|prévu|prévue|calé|calée le|pour? DAY",
        ),
    },
    "sent": {
        "en": (
            (
                "text|message|sms|email|confirmation|link|letter|details|invitation is|s|are ADV "
                "on its|the|their way"
            ),
            "text|message|sms|email|confirmation|link has|s ADV gone|went out|off",
        ),
        "es": ("mensaje|sms|correo|confirmación|enlace ya? va|está ya? en camino",),
        "de": (
            "sms|nachricht|bestätigung|mail|email|link|einladung ist|sind ADV unterwegs|raus|rausgegangen",
            "sms|nachricht|bestätigung|mail|email|link ist|sind ADV auf dem weg",
        ),
        "fr": ("sms|message|courriel|mail|confirmation|lien est|sont ADV parti|partie|en route|chemin?",),
    },
    "cancelled": {
        "en": (
            "you are|re no longer booked|scheduled|registered|on|in",
            "your appointment|booking|it|that is|s ADV off the|our|your calendar|books|schedule|list",
        ),
        "es": ("su|tu cita ya? queda|quedó ADV anulada|cancelada|eliminada",),
        "de": ("sie sind nicht mehr angemeldet|eingetragen|auf|im",),
        "fr": ("vous n? êtes plus inscrit|inscrite|sur",),
    },
    "noted": {
        "es": ("queda|quedó|quedan ADV anotado|anotada|apuntado|apuntada|registrado|registrada",),
        "fr": ("c|tout est ADV dans le|votre|mon? dossier|système",),
    },
    "referred": {
        "en": (
            (
                "i|we will|ll ADV ask|tell|inform|notify|alert|have|get|let|pass|forward|escalate|refer ... "
                "colleague|colleagues|team|manager|supervisor|department|specialist|someone|somebody"
            ),
            "a|my|our|the colleague|team|manager|supervisor|specialist will|ll",
            "someone|somebody _? _? _? will|ll ADV call|contact|reach|get|see|take|look|follow",
        ),
        "es": (
            (
                "le|les|se|lo? lo|la? pediré|diré|avisaré|informaré|preguntaré|pasaré ... "
                "colega|colegas|compañero|compañera|equipo|supervisor|alguien"
            ),
            (
                "le|les|se|lo? lo|la? voy|vamos a pedir|pedirle|avisar|decirle|informar|preguntar|pasar "
                "... colega|colegas|compañero|compañera|equipo|supervisor|alguien"
            ),
            (
                "colega|compañero|compañera|equipo|alguien se|le|lo|la? "
                "pondrá|llamará|encargará|ocupará|contactará|atenderá"
            ),
        ),
        "de": (
            (
                "ich|wir bitte|bitten|frage|fragen|informiere|informieren|sage|sagen ... "
                "kollegen|kollegin|team|mitarbeiter|vorgesetzten"
            ),
            (
                "ich|wir werde|werden ... kollegen|kollegin|team|mitarbeiter|vorgesetzten ... "
                "bitten|fragen|informieren|sagen|weitergeben|weiterleiten"
            ),
            "ich|wir gebe|geben|leite|leiten ... weiter",
            "ein|eine|mein|meine|unser kollege|kollegin|team|mitarbeiter|mitarbeiterin wird",
        ),
        "fr": (
            (
                "je|nous vais|allons demander|dire|prévenir|informer|transmettre|avertir ... "
                "collègue|collègues|équipe|responsable"
            ),
            (
                "je|nous demande|demanderai|préviens|préviendrai|informe|informerai|transmets|transmettrai "
                "... collègue|collègues|équipe|responsable"
            ),
            (
                "un|une|mon|ma|notre collègue|équipe|responsable vous|s|va? ADV "
                "rappellera|contactera|occupera|rappeler|contacter|occuper"
            ),
        ),
    },
    "booked": {"es": ("queda|quedó|quedan ADV reservado|reservada|agendado|agendada|programado|programada",)},
    "done": {
        "en": (
            "it|that|this|everything|all is|s|been ADV taken care of",
            "it|that|everything is|s ADV sorted|settled",
        ),
        "es": ("todo|eso|ya está|queda|quedó ADV arreglado|resuelto|solucionado",),
        "de": ("das|es|alles|termin ist|wäre ADV geregelt|eingetütet|geritzt|fix",),
        "fr": ("c|tout est ADV réglé|arrangé|acté|bouclé|calé",),
    },
}
ACTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "booked": {
        "en": (
            (
                "i|we have|ve|just? ADV "
                "blocked|held|grabbed|locked|secured|pencilled|penciled|slotted|squeezed|fitted "
                "that|it|you|your|the _? _? in|slot|spot|time|appointment|for|on|down"
            ),
            "i|we have|ve got? you on|for|at|in|down _? _? DAY",
        ),
        "es": (
            (
                "le|te|lo|la|les? he|hemos ADV puesto|puesta|metido|metida|apartado|apartada ... "
                "DAY|cita|hora|hueco"
            ),
            "he|hemos ADV apartado|fijado|puesto|cerrado su|tu|la|el|una|un cita|hora|hueco|turno",
        ),
        "de": (
            "ich|wir habe|haben|hab ... eingebucht|eingeschrieben|festgemacht|ausgemacht|fixiert",
            (
                "termin|platz|das|den habe|haben ich|wir ... "
                "eingebucht|eingeschrieben|festgemacht|ausgemacht|fixiert"
            ),
        ),
        "fr": (
            (
                "je|nous vous ai|avons ADV mis|mise|calé|calée|placé|placée|bloqué|gardé|posé ... "
                "DAY|créneau|place"
            ),
            "j|nous ai|avons ADV bloqué|posé|calé|retenu votre|le|ce|un créneau|rendez|horaire",
        ),
    },
    "changed": {
        "en": (
            (
                "i|we have|ve|just? ADV pushed|switched|swapped|shifted|bumped|brought "
                "your|the|it|that _? to|back|forward"
            ),
        ),
        "es": (
            "se|te|le|la|lo? he|hemos ADV movido|reprogramado|aplazado|adelantado|trasladado",
            "su|tu cita ADV ha sido movida|reprogramada|aplazada|adelantada",
            "ya? moví|reprogramé|aplacé su|tu|la cita",
        ),
        "de": ("ich|wir habe|haben|hab ... umgelegt|vorverlegt|getauscht|vorgezogen",),
        "fr": (
            "j|nous vous|l? ai|avons ADV décalé|reporté|repoussé|avancé|reprogrammé",
            "votre rendez vous a ADV été décalé|reporté|repoussé|avancé|reprogrammé",
        ),
    },
    "cancelled": {
        "en": (
            (
                "i|we have|ve|just? ADV freed|cleared|dropped|scrapped up? your|that|the|it "
                "appointment|slot|booking"
            ),
        ),
        "es": ("le|te|lo|la? he|hemos ADV dado|quitado de baja|su",),
        "de": ("ich|wir habe|haben|hab ... ausgetragen|abgemeldet|herausgenommen|rausgenommen",),
        "fr": ("je|nous vous ai|avons ADV désinscrit|désinscrite|décommandé",),
    },
}
OPENINGS_ONLY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "expected": {
        "en": ("see you then? on|this|next? DAY", "looking forward to seeing you on|this? DAY"),
        "es": ("hasta el DAY END|a", "cita|hora confirmada|fijada para|el"),
        "de": ("dann|also? bis|zum? DAY END", "dann|also? bis DAY um _", "termin steht END|am|um"),
        "fr": ("alors|donc? à DAY END|à|prochain",),
    },
    "sent": {
        "en": ("text|message|confirmation|email on its way",),
        "de": ("sms|nachricht|mail? ist? raus END",),
    },
}
# What is worded in a way of its own.
WORDED: tuple[tuple[str, str, str, str], ...] = (
    ("en", ACT, "i|we have|ve? ADV made|taken a|the note", "noted"),
    ("en", ACT, "i|we have|ve? ADV put|written that|it|this down", "noted"),
    ("en", ACT, "i|we have|ve? ADV put|got|have you|your _? in|down for|on|at|with", "booked"),
    (
        "en",
        ACT,
        "i|we have|ve? ADV made|set|secured your|the|an|that|you _? _? appointment|booking",
        "booked",
    ),
    (
        "en",
        STATE,
        "your|the appointment|booking|reservation has|is|was ADV been? ADV made|set",
        "booked",
    ),
    ("en", STATE, "you are|re ADV in|down for|on|at", "booked"),
    ("en", ACT, "i|we have|ve? ADV put|patched you through", "put_through"),
    ("en", ACT, "i|we have|ve? ADV passed|handed that|it|this|your _? _? on|over", "noted"),
    ("en", ACT, "i|we have|ve? ADV set|signed that|it|you|your _? up", "booked"),
    (
        "en",
        ACT,
        "i|we have|ve? ADV taken|put you|your|this|that _? off|on our|the|your _? list",
        "cancelled",
    ),
    ("en", ACT, "consider it|that|this done", "done"),
    ("en", ACT, "it|that|this|everything is|s|are ADV done", "done"),
    ("en", FIRST, "all? done END", "done"),
    ("es", ACT, "acabo|acabamos de ADV reservar|reservarle|agendar|agendarle|programar", "booked"),
    ("es", ACT, "acabo|acabamos de ADV enviar|enviarle|enviarlo|mandar|mandarle|enviárselo", "sent"),
    (
        "es",
        ACT,
        "acabo|acabamos de ADV anotar|anotarlo|apuntar|apuntarlo|actualizar|cambiar|cancelar",
        "done",
    ),
    ("es", ACT, "he|hemos tomado nota", "noted"),
    ("es", STATE, "tiene|tienes una? cita reservada|agendada|programada|confirmada", "booked"),
    ("es", FIRST, "ya|todo? está|queda? ya? hecho END", "done"),
    ("es", FIRST, "ya|todo? está? todo? listo STOP", "done"),
    ("fr", ACT, "j|nous ai|avons ADV pris|mis note|à|bonne note|jour?", "noted"),
    ("fr", ACT, "j|je|nous vous? ai|avons ADV pris|fixé votre|un|le|ce? rendez", "booked"),
    ("fr", STATE, "votre rendez vous est ADV pris|fixé", "booked"),
    (
        "fr",
        ACT,
        "je viens|venons de|d _? réserver|envoyer|noter|modifier|annuler|confirmer|enregistrer",
        "done",
    ),
    ("fr", ACT, "c|tout est ADV fait|noté|enregistré", "done"),
    ("fr", ACT, "je vous ai ADV mis en relation", "put_through"),
)

"""What people write into cells for our terms, folded by `words.fold`."""

from __future__ import annotations

from chalicelib.crm.domain.details import Channel, ContactStatus

STATUSES: dict[str, ContactStatus] = {
    word: status
    for status, words in {
        ContactStatus.LEAD: (
            *("lead", "new", "open", "subscriber", "marketing qualified lead", "open not contacted", "other"),
            *("neu", "offen", "nouveau", "nuevo"),
        ),
        ContactStatus.PROSPECT: (
            *(
                "prospect",
                "sales qualified lead",
                "opportunity",
                "qualified",
                "working contacted",
                "in progress",
            ),
            *("interessent", "interesse", "interesado"),
        ),
        ContactStatus.CUSTOMER: (
            *("customer", "client", "evangelist", "active", "closed converted", "kunde", "kundin", "aktiv"),
            *("cliente", "actif", "activo"),
        ),
        ContactStatus.INACTIVE: (
            *("inactive", "former", "former customer", "lost", "closed not converted", "unqualified"),
            *("inaktiv", "ehemalig", "inactif", "inactivo"),
        ),
        ContactStatus.DO_NOT_CONTACT: (
            *("do not contact", "do not call", "dnc", "unsubscribed", "opted out", "opt out", "blocked"),
            *("nicht kontaktieren", "nicht anrufen", "gesperrt", "ne pas contacter", "ne pas appeler"),
            *("no contactar", "no llamar"),
        ),
    }.items()
    for word in words
}
CHANNELS: dict[str, Channel] = {
    word: channel
    for channel, words in {
        Channel.CALL: (
            "call",
            "phone",
            "telephone",
            "telefon",
            "anruf",
            "appel",
            "telefono",
            "llamada",
            "voice",
        ),
        Channel.SMS: ("sms", "text", "text message", "message", "nachricht", "mensaje", "texto"),
        Channel.EMAIL: ("email", "e mail", "mail", "courriel", "correo", "correo electronico"),
    }.items()
    for word in words
}
LANGUAGES: dict[str, str] = {
    word: tag
    for tag, words in {
        "en": ("english", "englisch", "anglais", "ingles"),
        "de": ("german", "deutsch", "allemand", "aleman"),
        "fr": ("french", "franzosisch", "francais", "frances"),
        "es": ("spanish", "spanisch", "espagnol", "espanol", "castellano"),
        "it": ("italian", "italienisch", "italien", "italiano"),
        "pt": ("portuguese", "portugiesisch", "portugais", "portugues"),
        "nl": ("dutch", "niederlandisch", "neerlandais", "nederlands", "neerlandes"),
        "pl": ("polish", "polnisch", "polonais", "polski", "polaco"),
        "tr": ("turkish", "turkisch", "turc", "turkce", "turco"),
        "ru": ("russian", "russisch", "russe", "ruso"),
        "zh": ("chinese", "chinesisch", "chinois", "chino"),
        "ja": ("japanese", "japanisch", "japonais", "japones"),
        "ar": ("arabic", "arabisch", "arabe"),
    }.items()
    for word in words
}
YES = frozenset(
    {"true", "yes", "y", "1", "x", "on", "wahr", "ja", "j", "vrai", "oui", "o", "si", "s", "verdadero"}
)
NO = frozenset({"false", "no", "n", "0", "off", "falsch", "nein", "faux", "non", "falso"})
DAYS: dict[str, str] = {
    word: day
    for day, words in {
        "mon": ("mo", "mon", "monday", "montag", "lun", "lundi", "lunes"),
        "tue": ("di", "tue", "tues", "tuesday", "dienstag", "mar", "mardi", "martes"),
        "wed": ("mi", "wed", "weds", "wednesday", "mittwoch", "mer", "mercredi", "mie", "miercoles"),
        "thu": ("do", "thu", "thur", "thurs", "thursday", "donnerstag", "jeu", "jeudi", "jue", "jueves"),
        "fri": ("fr", "fri", "friday", "freitag", "ven", "vendredi", "vie", "viernes"),
        "sat": ("sa", "sat", "saturday", "samstag", "sam", "samedi", "sab", "sabado"),
        "sun": ("so", "sun", "sunday", "sonntag", "dim", "dimanche", "dom", "domingo"),
    }.items()
    for word in words
}
# What stands in cells of numbers and addresses where there is none.
NOTHING = frozenset({"-", "--", "–", "n/a", "#n/a", "none", "null", "nil"})  # noqa: RUF001  people type the dash

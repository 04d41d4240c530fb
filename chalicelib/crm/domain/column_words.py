"""What people and programs call the columns of contacts, folded by `words.fold`; the usual one first.

The names of exports are those of HubSpot ("Export your records"), Salesforce (contact reports, field names of
the API), Google Contacts (both generations of "Google CSV") and Outlook ("Comma Separated Values").
"""

from __future__ import annotations

import re

from chalicelib.crm.domain.words import fold

NAMES: dict[str, tuple[str, ...]] = {
    "name": (
        *(
            "name",
            "full name",
            "contact full name",
            "contact name",
            "customer name",
            "display name",
            "lead name",
        ),
        *("contact", "customer", "client", "kontakt", "kunde", "ansprechpartner", "vollstandiger name"),
        *(
            "nom complet",
            "nom et prenom",
            "nom",
            "nombre completo",
            "nombre y apellidos",
            "nombre",
            "cliente",
        ),
    ),
    "first_name": (
        *("first name", "firstname", "given name", "forename", "first", "fname"),
        *("vorname", "prenom", "nombres", "nombre de pila", "primer nombre"),
    ),
    "middle_name": ("middle name", "additional name", "zweiter vorname", "deuxieme prenom", "segundo nombre"),
    "last_name": (
        *("last name", "lastname", "surname", "family name", "last", "lname"),
        *("nachname", "familienname", "zuname", "nom de famille", "apellidos", "apellido"),
    ),
    "phone": (
        *(
            "phone",
            "phone number",
            "phones",
            "telephone",
            "telephone number",
            "tel",
            "tel no",
            "primary phone",
        ),
        *(
            "mobile",
            "mobile phone",
            "mobile number",
            "mobile phone number",
            "cell",
            "cell phone",
            "cellphone",
        ),
        *("cell number", "work phone", "home phone", "business phone", "other phone", "main phone"),
        *("company main phone", "car phone", "direct phone", "contact number", "phone work", "phone mobile"),
        *("telefon", "telefonnummer", "rufnummer", "mobil", "mobiltelefon", "mobilnummer", "handy"),
        *("handynummer", "festnetz", "telefon geschaftlich", "telefon privat", "telefon mobil"),
        *("numero de telephone", "portable", "telephone portable", "telephone mobile", "telephone fixe"),
        *("tel portable", "tel fixe", "telefono", "numero de telefono", "movil", "celular", "telefono movil"),
        *("telefono fijo", "telefono celular"),
    ),
    "other_phones": (
        *(
            "other phones",
            "other phone numbers",
            "other numbers",
            "additional phones",
            "weitere telefonnummern",
        ),
        *("autres telephones", "otros telefonos"),
    ),
    "email": (
        *("email", "e mail", "email address", "e mail address", "primary email", "work email", "mail"),
        *("email adresse", "e mail adresse", "courriel", "adresse e mail", "adresse email", "adresse mail"),
        *("correo electronico", "correo", "direccion de correo electronico"),
    ),
    "company": (
        *("company", "company name", "account name", "organization name", "organization 1 name"),
        *("organization", "organisation", "associated company", "company account", "account", "employer"),
        *("firma", "firmenname", "unternehmen", "societe", "entreprise", "empresa", "compania"),
    ),
    "title": (
        *("job title", "jobtitle", "organization title", "organization 1 title", "position", "role", "title"),
        *("berufsbezeichnung", "stelle", "funktion", "poste", "fonction", "cargo", "puesto"),
    ),
    "street": (
        *("street", "street address", "address", "address line 1", "address 1", "street 1"),
        *("address line 2", "address 2", "street 2", "address line 3", "street 3"),
        *("strasse", "strasse und hausnummer", "anschrift", "adresse", "rue", "adresse postale"),
        *("calle", "direccion", "domicilio"),
    ),
    "city": (
        "city",
        "town",
        "stadt",
        "ort",
        "wohnort",
        "ville",
        "commune",
        "ciudad",
        "localidad",
        "poblacion",
    ),
    "region": (
        *("region", "state", "state region", "state province", "province", "county", "bundesland"),
        *("departement", "provincia", "comunidad autonoma"),
    ),
    "postal_code": (
        *("postal code", "zip", "zip code", "zip postal code", "postcode", "post code"),
        *("plz", "postleitzahl", "code postal", "codigo postal"),
    ),
    "country": ("country", "country region", "country code", "land", "pays", "pais"),
    "time_zone": ("time zone", "timezone", "zeitzone", "fuseau horaire", "zona horaria", "huso horario"),
    "language": ("language", "preferred language", "sprache", "langue", "idioma"),
    "preferred_times": ("preferred times", "preferred time", "best time to call", "preferred calling times"),
    "preferred_channel": ("preferred channel", "preferred contact method", "preferred contact channel"),
    "status": ("status", "contact status", "lifecycle stage", "lead status", "statut", "estatus"),
    # "Do Not Call", `DoNotCall` of Salesforce. Who takes no e-mail ("Email Opt Out", "Unsubscribed from all
    # email") says nothing of calls.
    "do_not_call": (
        *("do not call", "do not call flag", "do not contact", "do not phone", "dnc", "no calls"),
        *("opted out", "opt out", "opted out of calls", "call opt out", "phone opt out", "unsubscribed"),
        *("nicht anrufen", "nicht kontaktieren", "keine anrufe", "anrufsperre", "kontaktsperre"),
        *("werbesperre", "abgemeldet", "ne pas appeler", "ne pas contacter", "pas d appel", "desabonne"),
        *("desinscrit", "no llamar", "no contactar", "no desea llamadas", "dado de baja"),
    ),
    "source": (
        "source",
        "lead source",
        "original source",
        "quelle",
        "herkunft",
        "origine",
        "origen",
        "fuente",
    ),
    "owner": (
        *("owner", "contact owner", "lead owner", "record owner", "betreuer", "zustandig"),
        *("proprietaire", "responsable", "propietario"),
    ),
    "tags": (
        *("tags", "tag", "labels", "group membership", "categories", "groups", "schlagworter", "schlagworte"),
        *("kategorien", "etiquettes", "etiquetas", "categorias"),
    ),
}
ADDRESS = ("street", "city", "region", "postal_code", "country")
# Whose address it is, before its parts; the first that a file fills is the contact's.
ADDRESS_PREFIXES = (
    *("", "address 1", "mailing", "business", "work", "primary", "home", "billing", "shipping", "other"),
    *("address 2", "address 3"),
)
_FIELDS = {name: (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names)}
_NUMBERED = (
    (
        re.compile(r"(phone|telephone|tel|mobile|cell|telefon|telefono|handy|mobil|movil)( number)? \d\d?"),
        "phone",
    ),
    (re.compile(r"phone \d\d? value|(home|business) phone 2"), "phone"),
    (re.compile(r"e ?mail( address)? \d|e mail \d (value|address)"), "email"),
)
_PREFIXED = re.compile(rf"({'|'.join(ADDRESS_PREFIXES[1:])}) (.+)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SIGNS: dict[str, tuple[frozenset[str], int]] = {
    "google": (
        frozenset({"phone 1 value", "e mail 1 value", "group membership", "labels", "name prefix"}),
        2,
    ),
    "outlook": (
        frozenset(
            {"e mail display name", "business street", "business phone", "business fax", "home street"}
        ),
        2,
    ),
    "hubspot": (
        frozenset(
            {"record id", "record id contact", "lifecycle stage", "marketing contact status", "contact owner"}
            | {"create date", "last activity date", "lead status"}
        ),
        2,
    ),
    "salesforce": (
        frozenset(
            {
                "mailing street",
                "mailing city",
                "mailing state province",
                "mailing zip postal code",
                "mailing state",
            }
            | {
                "account name",
                "account owner",
                "account id",
                "contact id",
                "lead source",
                "mailing postal code",
            }
            | {"company account", "lead owner"}
        ),
        2,
    ),
}


def plain_header(header: str) -> str:
    """Fold a column's name; `FirstName` is `first name`."""
    return fold(_HUMP.sub(" ", header))


def named_field(header: str) -> tuple[str, int, str] | None:
    """Give field, rank (less is surer) and whose address, for a folded name; None when it says nothing."""
    if known := _FIELDS.get(header):
        return (*known, "")
    for pattern, field in _NUMBERED:
        if pattern.fullmatch(header):
            return field, len(NAMES[field]), ""
    return _address_part(header)


def recognised(headers: frozenset[str]) -> str | None:
    """Name the program whose export has these folded columns, or None."""
    for program, (signs, enough) in _SIGNS.items():
        if len(signs & headers) >= enough:
            return program
    return None


def _address_part(header: str) -> tuple[str, int, str] | None:
    found = _PREFIXED.fullmatch(header)
    field, rank = _FIELDS.get(found[2], ("", 0)) if found else ("", 0)
    return (field, rank, found[1]) if found and field in ADDRESS else None

"""One cell as a value: text, words for our terms, e-mail, country, tags; the rest has its own modules."""

from __future__ import annotations

import re

from chalicelib.crm.domain.cell_words import CHANNELS, LANGUAGES, NO, NOTHING, STATUSES, YES
from chalicelib.crm.domain.countries import country_code
from chalicelib.crm.domain.details import (
    Channel,
    ContactStatus,
    check_email,
    check_language,
    check_time_zone,
)
from chalicelib.crm.domain.tags import MAX_NAME, check_tag_name
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Invalid

BLANKS = " \t\r\n\u00a0\u3000"
MAX_LINE = 200
MAX_STREET = 300
_LIST_SIGNS = (" ::: ", ";", "|", ",")
_BREAKS = re.compile(r"[\t\r\n]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]+)>")
_ALL_CONTACTS = "* myContacts"
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Unreadable(Invalid):
    """A cell says nothing that its field can hold: what is wrong, and the remedy."""

    code = "bad_cell"

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


def is_nothing(cell: str) -> bool:
    """Tell whether a cell is empty, or says so in words such as `n/a`."""
    bare = cell.strip(BLANKS)
    return not bare or bare.casefold() in NOTHING


def read_line(cell: str) -> str:
    """Read text of one line, 200 characters at most; a line break is a space."""
    text = _BREAKS.sub(" ", cell.strip(BLANKS))
    if len(text) > MAX_LINE:
        raise Unreadable(f"It has more than {MAX_LINE} characters.", "Shorten it.")
    if _CONTROL.search(text):
        raise Unreadable("It contains a control character.", "Remove it, or type the text anew.")
    return text


def read_street(cell: str) -> str:
    """Read text of several lines, 300 characters at most."""
    text = with_line_feeds(cell.strip(BLANKS))
    if len(text) > MAX_STREET:
        raise Unreadable(f"It has more than {MAX_STREET} characters.", "Shorten it.")
    if _CONTROL.search(text.replace("\n", "")):
        raise Unreadable("It contains a control character.", "Remove it, or type the text anew.")
    return text


def with_line_feeds(text: str) -> str:
    """Give a text with line feeds alone between its lines, and without tabs."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def read_email(cell: str) -> str:
    """Read an e-mail address, also `mailto:…` and `Name <…>`; of several the first."""
    whole = cell.strip(BLANKS)
    first = read_list(whole)[0] if whole.count("@") > 1 else whole
    found = _IN_BRACKETS.fullmatch(first)
    try:
        return check_email((found[1] if found else first).strip(BLANKS).removeprefix("mailto:"))
    except Invalid as error:
        raise Unreadable("It is no e-mail address.", "Write one like name@example.com.") from error


def read_status(cell: str) -> ContactStatus:
    """Read a status by its name or a usual word for it."""
    word = fold(cell)
    if word in STATUSES:
        return STATUSES[word]
    raise Unreadable("It is no status.", f"Use one of {', '.join(ContactStatus)}.")


def read_refusal(cell: str) -> bool:
    """Read whether somebody asked not to be called: yes or no, or a word for that wish."""
    word = fold(cell)
    if word in YES or STATUSES.get(word) is ContactStatus.DO_NOT_CONTACT:
        return True
    if word in NO:
        return False
    raise Unreadable("It does not say whether somebody may be called.", "Write yes or no.")


def read_channel(cell: str) -> Channel:
    """Read a way to reach somebody, by its name or a usual word for it."""
    word = fold(cell)
    if word in CHANNELS:
        return CHANNELS[word]
    raise Unreadable("It is no way to reach somebody.", f"Use one of {', '.join(Channel)}.")


def read_language(cell: str) -> str:
    """Read a language tag (BCP 47; `en_US` too) or the name of a common language."""
    word = fold(cell)
    if word in LANGUAGES:
        return LANGUAGES[word]
    try:
        return check_language(cell.strip(BLANKS).replace("_", "-"))
    except Invalid as error:
        raise Unreadable("It is no language.", "Use a tag like en-US, or a name like English.") from error


def read_time_zone(cell: str) -> str:
    """Read the name of a time zone."""
    try:
        return check_time_zone(cell.strip(BLANKS).replace(" ", "_"))
    except Invalid as error:
        raise Unreadable("It is no time zone.", "Use an IANA name like America/New_York.") from error


def read_country(cell: str) -> str:
    """Read a country by its code or its name."""
    if code := country_code(cell):
        return code
    raise Unreadable("It is no country.", "Use the code of ISO 3166 in two letters, such as US.")


def read_source(cell: str) -> str:
    """Read where a contact comes from, as a word of small letters: `Organic Search` is `organic_search`."""
    word = cell.strip(BLANKS) if _SLUG.fullmatch(cell.strip(BLANKS)) else fold(cell).replace(" ", "_")
    if _SLUG.fullmatch(word):
        return word
    raise Unreadable("It is no source.", "Use letters, digits and _, beginning with a letter, 40 at most.")


def read_list(cell: str) -> list[str]:
    """Read several texts in one cell, parted by ` ::: ` or else by one of `; | ,` or by line breaks."""
    lines = _BREAKS.sub(";", cell.strip(BLANKS))
    sign = next((sign for sign in _LIST_SIGNS if sign in lines), ";")
    return [part for piece in lines.split(sign) if (part := piece.strip(BLANKS))] or [lines]


def read_tags(cell: str) -> tuple[str, ...]:
    """Read names of tags; groups that Google Contacts makes itself are left out."""
    names = read_list(cell)
    if _ALL_CONTACTS in names:
        names = [name.removeprefix("* ") for name in names if name != _ALL_CONTACTS]
    return tuple(dict.fromkeys(_tag_name(name) for name in names if fold(name)))


def _tag_name(name: str) -> str:
    try:
        return check_tag_name(name)
    except Invalid as error:
        raise Unreadable(f"{name[:MAX_NAME]!r} cannot be a tag.", error.message) from error

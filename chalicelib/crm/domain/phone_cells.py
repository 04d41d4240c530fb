"""Cells with phone numbers: several in one, as people and programs write them, or broken by spreadsheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.crm.domain.cells import BLANKS, Unreadable, is_nothing
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import parse_phone

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164

_WORDS_BETWEEN = r"\s+(?:or|and|oder|und|ou|et|o|y|u)\s+"
_BETWEEN = re.compile(rf"\s*:::\s*|[;,|\t\r\n]+|{_WORDS_BETWEEN}", re.IGNORECASE)
_EXTENSION = re.compile(
    r"(?:;ext=|\b(?:extension|extn?|durchwahl|poste|anexo|interno)\b\.?:?|(?<=[\d)\s])x\.?|#)\s*\d{1,7}\s*(?=$|[;,|\r\n]|:::)",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\+?\d+(?:[.,]\d+)?\s*E\s*\+?\s*\d+", re.IGNORECASE)
_NOTE = re.compile(r"^[^\W\d_][^\d+()]*:|\([^\d()]*\)\s*$")  # `Mobile: …`, `… (home)`
_FRACTION = re.compile(r"(\+?\d{7,15})\.0+")
_SHORT = re.compile(r"\D*(?:\d\D*){1,6}")


def read_phones(cell: str, default_country: str | None) -> tuple[E164, ...]:
    """Read every number of a cell, each once, in order; national ones need `default_country`.

    An extension is refused, for the number without it reaches somebody else.
    """
    if _SCIENTIFIC.fullmatch(cell.strip(BLANKS)):
        raise Unreadable(
            "A spreadsheet has rounded the number, and its last digits are lost.",
            "Set the column's format to text, enter the numbers again from their source, and save as CSV.",
        )
    if _EXTENSION.search(cell):
        raise Unreadable(
            "It has an extension, which cannot be dialed.",
            "Write the direct number, or remove the extension to call the main line.",
        )
    pieces = [piece for piece in _BETWEEN.split(cell) if not is_nothing(piece)]
    return tuple(dict.fromkeys(number for piece in pieces for number in _numbers(piece, default_country)))


def _numbers(piece: str, default_country: str | None) -> list[E164]:
    """Read one number, or several with slashes between them; a slash may also stand inside of one."""
    try:
        return [_number(piece, default_country)]
    except Unreadable:
        parts = [part for part in piece.split("/") if part.strip(BLANKS)]
        if len(parts) <= 1:
            raise
        return [_number(part, default_country) for part in parts]


def _number(text: str, default_country: str | None) -> E164:
    bare = _bare(text, default_country)
    # The numbering plans would read letters as the digits of a telephone's keys, and a note as a number.
    if any(letter.isalpha() for letter in bare):
        raise Unreadable(
            "It has letters.", "Write the number in digits, like +14155552671, and nothing else."
        )
    try:
        return parse_phone(bare, default_country)
    except Invalid as error:
        raise _unreadable(bare, default_country) from error


def _bare(text: str, default_country: str | None) -> str:
    """Take away what programs put around a number."""
    bare = _NOTE.sub("", text.strip(BLANKS).lstrip("'")).strip(BLANKS)
    if found := _FRACTION.fullmatch(bare):
        bare = found[1]
    if default_country is None and bare.startswith("00"):
        bare = f"+{bare[2:]}"
    return bare


def _unreadable(text: str, default_country: str | None) -> Unreadable:
    if _SHORT.fullmatch(text):
        return Unreadable(
            "It is too short for a phone number.", "Write the whole number with its country code."
        )
    if default_country is None and not text.startswith("+"):
        return Unreadable(
            "It is no number that can exist without a country code.",
            "Write it like +14155552671, or give default_country for national numbers.",
        )
    return Unreadable("It is no phone number that can exist.", "Correct it; write it like +14155552671.")

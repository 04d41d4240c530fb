"""Cells of custom fields: numbers, dates, booleans and choices."""

from __future__ import annotations

import re
from datetime import date
from math import isinf
from typing import TYPE_CHECKING

from chalicelib.crm.domain.cell_words import NO, YES
from chalicelib.crm.domain.cells import BLANKS, Unreadable, with_line_feeds
from chalicelib.crm.domain.fields import FieldKind, check_value
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.crm.domain.details import FieldValue
    from chalicelib.crm.domain.fields import FieldDefinition

DATE_ORDERS = ("dmy", "mdy")
_LONGEST = 38  # digits that storage keeps
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"(-?\d{1,3}(?:([,.' \u00a0\u202f])\d{3})(?:\2\d{3})*)(?:([,.])(\d+))?")
_COMMA = re.compile(r"(-?\d+),(\d+)")
_ISO = re.compile(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4})(?: .*)?")
_SERIAL = re.compile(r"\d{4,6}(?:\.\d+)?")


def read_value(cell: str, definition: FieldDefinition, order: str | None) -> FieldValue:
    """Read a custom field's value by its definition; ambiguous dates need `order`, `dmy` or `mdy`."""
    try:
        return check_value(definition, _read(cell, definition, order))
    except Unreadable:
        raise
    except Invalid as error:
        raise Unreadable("The custom field cannot be this.", error.errors[0].detail) from error


def _read(cell: str, definition: FieldDefinition, order: str | None) -> FieldValue:
    match definition.kind:
        case FieldKind.NUMBER:
            return read_number(cell)
        case FieldKind.BOOLEAN:
            return read_boolean(cell)
        case FieldKind.DATE:
            return read_date(cell, order)
        case FieldKind.CHOICE:
            return read_choice(cell, definition.choices)
        case FieldKind.TEXT:
            return with_line_feeds(cell)


def read_boolean(cell: str) -> bool:
    """Read yes or no in the words of several languages."""
    word = fold(cell)
    if word in YES or word in NO:
        return word in YES
    raise Unreadable("It is neither yes nor no.", "Write true or false.")


def read_choice(cell: str, choices: Iterable[str]) -> str:
    """Read one of the choices, whatever the case."""
    known = list(choices)
    if cell in known:
        return cell
    folded = next((choice for choice in known if fold(choice) == fold(cell)), None)
    if folded is None:
        raise Unreadable("It is none of the choices.", f"Use one of {', '.join(known)}.")
    return folded


def read_number(cell: str) -> int | float:
    """Read a number with a point or a comma before the fraction, and signs between thousands."""
    text = cell.strip(BLANKS).replace("\u2212", "-")
    plain = text if _PLAIN.fullmatch(text) else _without_thousands(text)
    if len(plain) > _LONGEST or isinf(value := float(plain)):
        raise Unreadable("It is too long for a number.", "Shorten it, or use a text field for it.")
    return int(plain) if plain.lstrip("-").isdecimal() else value


def read_date(cell: str, order: str | None) -> str:
    """Read a date as `2026-12-31`; one like 3/4/2026 needs `order`, `dmy` or `mdy`."""
    text = cell.strip(BLANKS)
    if found := _ISO.fullmatch(text):
        return _date(found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _ordered(found[1], found[3], found[4], "dmy" if found[2] == "." else order)
    if _SERIAL.fullmatch(text):
        raise Unreadable(
            "It is the number by which a spreadsheet counts days, not a date.",
            "Set the column's format to a date like 2026-12-31 and save as CSV again.",
        )
    raise Unreadable("It is no date.", "Write it like 2026-12-31.")


def date_order(cells: Iterable[str]) -> str | None:
    """Tell the order of a column's dates by a day above 12; None when none tells, or two differ."""
    orders = {order for cell in cells if (order := _told_order(cell.strip(BLANKS)))}
    return orders.pop() if len(orders) == 1 else None


def _told_order(text: str) -> str | None:
    found = _DAY_FIRST.fullmatch(text)
    if not found or found[2] == ".":
        return None
    first, second = int(found[1]) > 12, int(found[3]) > 12  # noqa: PLR2004  months of a year
    return None if first == second else DATE_ORDERS[second]


def _ordered(first: str, second: str, year: str, order: str | None) -> str:
    told = order or (_told_order(f"{first}/{second}/{year}") if first != second else "dmy")
    if told is None:
        raise Unreadable(
            f"It may be the day {first} or the month {first}.",
            "Give date_order (dmy or mdy) in the options, or write dates like 2026-12-31.",
        )
    return _date(year, second, first) if told == "dmy" else _date(year, first, second)


def _date(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise Unreadable("There is no such day.", "Correct it; write dates like 2026-12-31.") from error


def _without_thousands(text: str) -> str:
    """Give a number written with signs between thousands, or with a comma, as programs write it."""
    found = _THOUSANDS.fullmatch(text)
    if found and found[2] == "," and text.count(",") == 1 and not found[4]:
        raise Unreadable(
            "Its comma may part thousands or the fraction.",
            "Write it without signs between thousands, and with a point before the fraction.",
        )
    if found and found[2] != found[3]:
        return found[1].replace(found[2], "") + (f".{found[4]}" if found[4] else "")
    if found := _COMMA.fullmatch(text):
        return f"{found[1]}.{found[2]}"
    raise Unreadable("It is no number.", "Write digits, with a point before the fraction.")

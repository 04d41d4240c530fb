"""How a text travels as SMS: its alphabet, the parts that it is cut into, and what forces the costly one.

Sources: 3GPP TS 23.038 (6.2.1, GSM 7 bit default alphabet and its extension; UCS2) and 3GPP TS 23.040
(9.2.3.24.1, concatenated short messages: the header takes 7 septets, or 3 UCS-2 units, of every part).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_CHARACTERS = 1600  # what the carrier takes (Twilio, error 21617)

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # each follows an escape, and both must be in the same part
_LAST_OF_BMP = "\uffff"


class Encoding(StrEnum):
    """The alphabet of a message."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


# How many units one part holds, and each of several.
_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True)
class Segments:
    """How a text travels; `forced_by` is the first character that GSM-7 does not have, if any."""

    encoding: Encoding
    count: int
    units: int
    forced_by: str | None = None


def segments_of(text: str) -> Segments:
    """Count the parts of a text as carriers bill them; an empty text takes one."""
    forced_by = next((each for each in text if each not in _BASIC and each not in _EXTENSION), None)
    encoding = Encoding.GSM7 if forced_by is None else Encoding.UCS2
    widths = [_width(each, encoding) for each in text]
    alone, of_several = _ROOM[encoding]
    units = sum(widths)
    count = 1 if units <= alone else _parts(widths, of_several)
    return Segments(encoding, count, units, forced_by)


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return 2 if character > _LAST_OF_BMP else 1
    return 2 if character in _EXTENSION else 1


def _parts(widths: list[int], room: int) -> int:
    """Fill part after part; a character of two units never stands in two parts."""
    count, free = 1, room
    for width in widths:
        if width > free:
            count, free = count + 1, room
        free -= width
    return count

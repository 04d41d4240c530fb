"""How many parts a text message has, as carriers bill them.

Source: 3GPP TS 23.038, tables 6.2.1 (by its columns) and 6.2.1.1; parts as in TS 23.040, 9.2.3.24.1.
"""

from __future__ import annotations

_COLUMNS = (
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ",  # without the escape
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
)
_SINGLE = set("".join(_COLUMNS))
_DOUBLE = set("\x0c^{}\\[~]|€")


def segments(text: str) -> int:
    """Return the number of parts; an empty text has one."""
    if all(character in _SINGLE or character in _DOUBLE for character in text):
        units = [("\x1b" if character in _DOUBLE else "") + character for character in text]
        return _cut(units, 160, 153)
    return _cut([character * (1 + (character > "\uffff")) for character in text], 70, 67)


def _cut(units: list[str], whole: int, part: int) -> int:
    """Cut after as many whole characters as a part has room for."""
    if len("".join(units)) <= whole:
        return 1
    parts = [""]
    for unit in units:
        if len(parts[-1] + unit) > part:
            parts.append("")
        parts[-1] += unit
    return len(parts)

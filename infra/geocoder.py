"""Writes the reduced place-name module of phonenumbers; `infra.prune` decides which other files ship."""

from __future__ import annotations

import ast
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "phonenumbers/geodata/__init__.py"
_PART = re.compile(r"phonenumbers/geodata/data\d+\.py")
# Country code 1, the North American Numbering Plan, holds the countries that are called by default.
_PLACE = re.compile(r"""^ '(1\d+)':\{[^\n]*?'en': u?\(?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.MULTILINE)


def reduced_geocoder(wheel: Path) -> str:
    """Return the source of a place-name module that knows English names of country code 1 only.

    It keeps the two names that phonenumbers imports: GEOCODE_DATA and GEOCODE_LONGEST_PREFIX.
    """
    places: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(n for n in archive.namelist() if _PART.fullmatch(n)):
            places |= _english_places(archive.read(name).decode())
    longest = max(map(len, places))
    rows = "".join(f"    {prefix!r}: {{'en': {places[prefix]!r}}},\n" for prefix in sorted(places))
    return f'"""Place names by prefix."""\nGEOCODE_DATA = {{\n{rows}}}\nGEOCODE_LONGEST_PREFIX = {longest}\n'


def _english_places(source: str) -> dict[str, str]:
    return {prefix: ast.literal_eval(quoted) for prefix, quoted in _PLACE.findall(source)}

"""Writes the reduced place-name module of phonenumbers; `infra.prune` decides which other files ship."""

from __future__ import annotations

import ast
import re
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MODULE = "phonenumbers/geodata/__init__.py"
_PART = re.compile(r"phonenumbers/geodata/data\d+\.py")
# Country code 1, the North American Numbering Plan, holds the countries that are called by default.
_PLACE = re.compile(r"""^ '(1\d+)':\{[^\n]*?'en': u?\(?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.MULTILINE)

_MODULE = '''"""Place names by prefix."""

_PLACES = {rows!r}

GEOCODE_DATA = {{}}
for _row in _PLACES.split("\\n"):
    _place, _prefixes = _row.split("\\t")
    GEOCODE_DATA.update(dict.fromkeys(_prefixes.split(), {{"en": _place}}))
GEOCODE_LONGEST_PREFIX = {longest}
'''


def reduced_geocoder(wheel: Path) -> str:
    """Return the source of a place-name module that knows English names of country code 1 only.

    It keeps the two names that phonenumbers imports: GEOCODE_DATA and GEOCODE_LONGEST_PREFIX.
    """
    places: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(n for n in archive.namelist() if _PART.fullmatch(n)):
            places |= _english_places(archive.read(name).decode())
    return _MODULE.format(rows=_rows(places), longest=max(map(len, places)))


def _rows(places: dict[str, str]) -> str:
    """Give a line for each place, its prefixes behind it: as a dictionary they take eight times the room."""
    prefixes: dict[str, list[str]] = defaultdict(list)
    for prefix, place in sorted(places.items()):
        prefixes[place].append(prefix)
    return "\n".join(f"{place}\t{' '.join(found)}" for place, found in sorted(prefixes.items()))


def _english_places(source: str) -> dict[str, str]:
    return {prefix: ast.literal_eval(quoted) for prefix, quoted in _PLACE.findall(source)}

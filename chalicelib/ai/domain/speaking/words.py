"""The words in which figures and signs are spoken, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import primary

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Money:
    """A currency: one and many of it, and of its hundredth part."""

    one: str
    many: str
    part: str
    parts: str


@dataclass(frozen=True)
class Words:
    """How one language says what is written in signs.

    `date` and `time` are patterns; `time` is empty where a voice reads `14:30` well. `cents` joins whole and
    hundredth parts. `at_time` stands between a date and a time, `short_scales` are `k`, `m` and `b` after an
    amount of money. `is_comma`: the comma is the sign of decimals. `spaced`: decimals are said one by one.
    """

    at: str
    dot: str
    underscore: str
    and_: str
    plus: str
    number: str
    percent: str
    degrees: str
    point: str
    until: str
    cents: str
    date: str
    full_hour: str
    time: str
    months: tuple[str, ...]
    money: Mapping[str, Money]
    scales: tuple[str, ...]
    minus: str
    at_time: str
    half: str
    short_scales: Mapping[str, str]
    of_scale: str = ""
    is_comma: bool = True
    spaced: bool = False


_ENGLISH = Words(
    at="at",
    dot="dot",
    underscore="underscore",
    and_="and",
    plus="plus",
    number="number",
    percent="percent",
    degrees="degrees",
    point="point",
    until="to",
    cents="{whole} and {parts}",
    date="{month} {day}, {year}",
    full_hour="",
    time="",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    money={
        "$": Money("dollar", "dollars", "cent", "cents"),
        "€": Money("euro", "euros", "cent", "cents"),
        "£": Money("pound", "pounds", "penny", "pence"),
        "CHF": Money("franc", "francs", "centime", "centimes"),
        "¥": Money("yen", "yen", "sen", "sen"),
    },
    scales=("thousand", "million", "billion"),
    minus="minus",
    at_time="at",
    half="one half",
    short_scales={"k": "thousand", "m": "million", "b": "billion"},
    is_comma=False,
    spaced=True,
)
_GERMAN = Words(
    at="ät",
    dot="Punkt",
    underscore="Unterstrich",
    and_="und",
    plus="plus",
    number="Nummer",
    percent="Prozent",
    degrees="Grad",
    point="Komma",
    until="bis",
    cents="{whole} und {parts}",
    date="{day}. {month} {year}",
    full_hour="{hour} Uhr",
    time="{hour} Uhr {minute}",
    months=(
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    money={
        "$": Money("Dollar", "Dollar", "Cent", "Cent"),
        "€": Money("Euro", "Euro", "Cent", "Cent"),
        "£": Money("Pfund", "Pfund", "Penny", "Pence"),
        "CHF": Money("Franken", "Franken", "Rappen", "Rappen"),
        "¥": Money("Yen", "Yen", "Sen", "Sen"),
    },
    scales=("tausend", "million", "millionen", "milliarde", "milliarden"),
    minus="minus",
    at_time="um",
    half="ein halb",
    short_scales={"k": "tausend", "m": "Millionen", "b": "Milliarden"},
    spaced=True,
)
_SPANISH = Words(
    at="arroba",
    dot="punto",
    underscore="guion bajo",
    and_="y",
    plus="más",
    number="número",
    percent="por ciento",
    degrees="grados",
    point="coma",
    until="a",
    cents="{whole} con {parts}",
    date="{day} de {month} de {year}",
    full_hour="{hour} en punto",
    time="{hour} y {minute}",
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    money={
        "$": Money("dólar", "dólares", "centavo", "centavos"),
        "€": Money("euro", "euros", "céntimo", "céntimos"),
        "£": Money("libra", "libras", "penique", "peniques"),
        "CHF": Money("franco", "francos", "céntimo", "céntimos"),
        "¥": Money("yen", "yenes", "sen", "sen"),
    },
    scales=("mil", "millón", "millones"),
    minus="menos",
    at_time="a las",
    half="medio",
    short_scales={"k": "mil", "m": "millones", "b": "mil millones"},
    of_scale="de ",
)
_FRENCH = Words(
    at="arobase",
    dot="point",
    underscore="tiret bas",
    and_="et",
    plus="plus",
    number="numéro",
    percent="pour cent",
    degrees="degrés",
    point="virgule",
    until="à",
    cents="{whole} et {parts}",
    date="{day} {month} {year}",
    full_hour="{hour} heures",
    time="{hour} heures {minute}",
    months=(
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    money={
        "$": Money("dollar", "dollars", "cent", "cents"),
        "€": Money("euro", "euros", "centime", "centimes"),
        "£": Money("livre", "livres", "penny", "pence"),
        "CHF": Money("franc", "francs", "centime", "centimes"),
        "¥": Money("yen", "yens", "sen", "sen"),
    },
    scales=("mille", "million", "millions", "milliard", "milliards"),
    minus="moins",
    at_time="à",
    half="un demi",
    short_scales={"k": "mille", "m": "millions", "b": "milliards"},
    of_scale="de ",
)
_BY_LANGUAGE = {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH}


def words_of(language: str) -> Words | None:
    """Give the words of the language of a tag; None where we know none, and figures stay as they are."""
    return _BY_LANGUAGE.get(primary(language))

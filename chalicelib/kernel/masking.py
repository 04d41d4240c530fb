"""What identifies people in text, and hiding it: numbers of phones, cards and accounts, e-mail addresses.

Rules without a model: what looks like one and has the right check digits is hidden, wherever it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EMAIL, CARD, ACCOUNT, PHONE, NUMBER = "[email]", "[card]", "[account]", "[phone]", "[number]"

# Lengths of IBANs by country (ISO 13616, the registry of SWIFT, release 99).
_IBANS = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29
    ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20
    LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25
    QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20
"""
_IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBANS.split()}
_IBAN = re.compile(r"(?<![\w-])[A-Za-z]{2}[ -]?[0-9](?:[ -]?[A-Za-z0-9]){13,60}")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DIGITS = re.compile(r"(?<![\w-])[0-9](?:[ .\u00a0\u202f-]?[0-9]){13,}(?![\w-])")
# The lengths of cards (ISO/IEC 7812-1), the most frequent first; shorter ones are no cards of today.
_CARD_LENGTHS = (16, 15, 19, 18, 17, 14)
_CARD_BEGINNINGS = frozenset("23456")
# Dates and amounts look like numbers of phones, and are left.
_PHONE = re.compile(
    r"(?P<other>(?<!\d)(?:[0-9]{4}-[0-9]{2}-[0-9]{2}(?!-?\w)"
    r"|[0-9]{1,2}(?P<part>[./-])[0-9]{1,2}(?P=part)[0-9]{2,4}(?!\w)(?!(?P=part)[0-9])"
    r"|[1-9][0-9]{0,2}(?:(?P<point>[.,])[0-9]{3})(?:(?P=point)[0-9]{3})*(?![.,]?\w)))"
    r"|(?<![\w.,])(?:\+ ?|\(\+?)?[0-9](?:[ ().\-/]{0,3}[0-9]){6,16}(?!\w)"
)
_DIGIT_WORDS = """
    zero oh one two three four five six seven eight nine double triple
    cero uno dos tres cuatro cinco siete ocho nueve
    null eins zwei zwo drei vier fünf sechs sieben acht neun
    zéro un deux trois quatre cinq sept huit neuf
"""
_SPOKEN_DIGIT = rf"(?:{'|'.join(_DIGIT_WORDS.split())}|[0-9]{{1,4}})"
_SPOKEN_NUMBER = re.compile(rf"\b{_SPOKEN_DIGIT}(?:[\s,.\-]{{1,3}}{_SPOKEN_DIGIT}){{6,40}}\b", re.IGNORECASE)
_DOT, _AT = "(?:dot|punto|punkt|point)", "(?:at|arroba|ät|klammeraffe|arobase)"
_LABEL = r"[\w-]{1,63}"
_SPOKEN_EMAIL = re.compile(
    rf"\b[\w.+-]{{1,64}}(?: {_DOT} {_LABEL}){{0,5}} {_AT} {_LABEL}(?: {_DOT} {_LABEL}){{1,4}}\b",
    re.IGNORECASE,
)
_MODULUS = 97


def masked(text: str) -> str:
    """Hide what identifies people, also as it is spoken in English, Spanish, German and French.

    What has seven digits or more and is no date and no amount counts as a phone number. What was hidden
    stays as it is: masking twice is masking once.
    """
    text = _SPOKEN_EMAIL.sub(EMAIL, _without_accounts(_EMAIL.sub(EMAIL, text)))
    text = _PHONE.sub(lambda found: found[0] if found["other"] else PHONE, text)
    return _SPOKEN_NUMBER.sub(NUMBER, text)


def masked_accounts(text: str) -> str:
    """Hide only the numbers with which money is taken: cards and accounts, by their check digits."""
    return _without_accounts(text)


def masked_line(line: str) -> str:
    """Hide e-mail addresses, cards and accounts in a line of a log; ids and times of ours stay."""
    line = _EMAIL.sub(EMAIL, line) if "@" in line else line
    return _without_accounts(line)


def is_card(digits: str) -> bool:
    """Tell whether digits are the number of a payment card: length, first digit, and Luhn's check digit."""
    return len(digits) in _CARD_LENGTHS and digits[0] in _CARD_BEGINNINGS and _luhn(digits) % 10 == 0


def is_iban(text: str) -> bool:
    """Tell whether this is an IBAN without spaces: its country's length, and 1 modulo 97 (ISO 7064)."""
    if _IBAN_LENGTHS.get(text[:2].upper()) != len(text) or not (text.isascii() and text.isalnum()):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % _MODULUS == 1


def _without_accounts(text: str) -> str:
    text = _IBAN.sub(lambda found: _hide_iban(found[0]), text)
    return _DIGITS.sub(lambda found: _hide_cards(found[0]), text)


def _hide_iban(text: str) -> str:
    """Hide an IBAN that a text begins with; what follows it may be words."""
    places = [place for place, character in enumerate(text) if character not in " -"]
    compact = "".join(text[place] for place in places)
    length = _IBAN_LENGTHS.get(compact[:2].upper(), 0)
    if length and is_iban(compact[:length]):
        return ACCOUNT + text[places[length - 1] + 1 :]
    return text


def _hide_cards(text: str) -> str:
    """Hide every card in a row of digits, which may have dates, codes and other cards around it."""
    places = [place for place, character in enumerate(text) if character.isdigit()]
    hidden, end = "", 0
    for order, place in enumerate(places):
        if place == end or (place > end and not text[place - 1].isdigit()):
            after = _card_end(text, places[order : order + max(_CARD_LENGTHS)])
            if after:
                hidden, end = hidden + text[end:place] + CARD, after
    return hidden + text[end:]


def _card_end(text: str, places: Sequence[int]) -> int:
    """Give where a card ends whose first digits are at these places; 0 where none begins."""
    digits = "".join(text[place] for place in places)
    for length in _CARD_LENGTHS:
        if length <= len(digits) and is_card(digits[:length]):
            return places[length - 1] + 1
    return 0


def _luhn(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)

"""Phone numbers as values; what a numbering plan says about them is in `numbering`."""

from __future__ import annotations

import re
from typing import Self

from chalicelib.kernel.errors import Invalid

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class E164(str):
    """A phone number in the form `+14155550123` (ITU-T E.164)."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Accept only the exact form; anything else is `Invalid` with code `bad_phone_number`."""
        if not _E164.fullmatch(text):
            raise Invalid(
                "A phone number must look like +14155550123: a plus, the country code and the number.",
                code="bad_phone_number",
            )
        return super().__new__(cls, text)


def is_e164(text: str) -> bool:
    """Tell whether `text` already has the exact E.164 form."""
    return _E164.fullmatch(text) is not None


def mask(number: str) -> str:
    """Hide a number for logs: the country's start and the last two digits stay."""
    return f"{number[:3]}…{number[-2:]}" if len(number) > 6 else "…"  # noqa: PLR2004

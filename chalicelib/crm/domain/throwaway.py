"""Contacts that are made to try something out, and deleted after it: nobody outside hears of them.

Their ids tell, so that whatever belongs to one is known for it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from collections.abc import Mapping

# An instant (milliseconds since the epoch) at which no real contact was made.
_MADE_AT = 0xE7A1
_BEGINNING = f"contact_{_MADE_AT:012x}"


def throw_away_id(seed: str) -> str:
    """Make the id of a throw-away contact, the same again from the same seed."""
    return derived_id("contact", seed, _MADE_AT)


def is_throw_away(contact_id: str) -> bool:
    """Tell whether this is the id of a throw-away contact."""
    return contact_id.startswith(_BEGINNING)


def is_of_throw_away(image: Mapping[str, Any]) -> bool:
    """Tell whether a stored row is a throw-away contact, or belongs to one."""
    return is_throw_away(str(image.get("contact_id") or image.get("id") or ""))

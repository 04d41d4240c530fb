"""Tags as values, and the rule of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

MAX_ALL_TAGS = 500
MAX_NAME = 50
# What separates tags in a cell of a file cannot be part of a name.
_NAME = re.compile(r"[^\x00-\x1f\x7f;,|:]+")


@dataclass(frozen=True)
class Tag:
    """A word that contacts have in common; `colour` is `#rrggbb`."""

    id: str
    name: str
    colour: str
    description: str
    created_at: datetime
    updated_at: datetime
    version: int


def check_tag_name(name: str) -> str:
    """Give the name without spaces around it; else `Invalid` with code `bad_tag_name`."""
    kept = name.strip()
    if len(kept) > MAX_NAME or not _NAME.fullmatch(kept) or not fold(kept):
        raise Invalid(
            f"A tag's name has letters or digits, {MAX_NAME} characters at most, and none of `; , | :`.",
            code="bad_tag_name",
        )
    return kept

"""Tags as values, and the rule of their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.words import fold
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

MAX_ALL_TAGS = 500
MAX_NAME = 50
DEFAULT_COLOUR = "#64748b"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
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


@dataclass(frozen=True)
class NewTag:
    """A tag to create."""

    name: str
    colour: str = DEFAULT_COLOUR
    description: str = ""


@dataclass(frozen=True)
class TagChanges:
    """New values for a tag; None leaves one as it is."""

    name: str | None = None
    colour: str | None = None
    description: str | None = None

    def applied_to(self, tag: Tag) -> Tag:
        """Give the tag with these values, checked, at the same version."""
        return replace(
            tag,
            name=tag.name if self.name is None else check_tag_name(self.name),
            colour=tag.colour if self.colour is None else check_colour(self.colour),
            description=tag.description if self.description is None else self.description,
        )


def check_tag_name(name: str) -> str:
    """Give the name without spaces around it; else `Invalid` with code `bad_tag_name`."""
    kept = name.strip()
    if len(kept) > MAX_NAME or not _NAME.fullmatch(kept) or not fold(kept):
        raise Invalid(
            f"A tag's name has letters or digits, {MAX_NAME} characters at most, and none of `; , | :`.",
            code="bad_tag_name",
        )
    return kept


def check_colour(text: str) -> str:
    """Give the colour in small letters; else `Invalid` with code `bad_colour`."""
    kept = text.lower()
    if not _COLOUR.fullmatch(kept):
        raise Invalid("A colour is written #rrggbb, such as #2563eb.", code="bad_colour")
    return kept

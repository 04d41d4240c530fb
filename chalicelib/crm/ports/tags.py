"""Where tags are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.tags import Tag


class Tags(Protocol):
    """Where tags are kept, each name once, whatever its case and diacritics."""

    def all(self) -> list[Tag]:
        """Give every tag, consistently, by name; there are 500 at most."""

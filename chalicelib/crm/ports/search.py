"""Where contacts are found by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.search import SearchEntry


class Searches(Protocol):
    """The entries of contacts under their phrases."""

    def entries(self, prefix: str, after: str | None, limit: int) -> list[SearchEntry]:
        """Give up to `limit` entries whose phrases begin with `prefix`, in the order of their keys.

        They are those behind the key `after`. The prefix has two characters or more.
        """

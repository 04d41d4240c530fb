"""Pages of lists: some items, and where to go on; how this travels to a client is `page_tokens`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PAGE_SIZE = 100

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Page(Generic[ItemT]):
    """Some items of a list, and where to go on; `next_start` is None on the last page."""

    items: Sequence[ItemT]
    next_start: str | None = None

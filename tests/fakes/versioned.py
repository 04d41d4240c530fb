"""Things that have versions, in memory, with the versions before the current ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime


class Versioned(Protocol):
    """What has a name and counts its versions."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def version(self) -> int:
        """How often it was written."""


T = TypeVar("T", bound=Versioned)


@dataclass
class FakeVersions(Generic[T]):
    """The part of a book of versioned things that is the same for all of them."""

    by_id: dict[str, T] = field(default_factory=dict)
    older: dict[tuple[str, int], T] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def get(self, owner: str) -> T | None:
        """Give one."""
        return self.by_id.get(owner)

    def all(self) -> list[T]:
        """Give every one, by name."""
        return sorted(self.by_id.values(), key=lambda each: each.name)

    def save(self, new: T, before: T) -> bool:
        """Keep the next version, and the one before."""
        with self.lock:
            if not self._is_current(before):
                return False
            self.by_id[new.id], self.older[before.id, before.version] = new, before
            return True

    def _is_current(self, before: T) -> bool:
        """Tell whether nobody has changed it since it was read so."""
        current = self.by_id.get(before.id)
        return current is not None and current.version == before.version

    def remove(self, last: T, now: datetime) -> bool:
        """Take one away, and keep its last version."""
        if not self.save(last, last):
            return False
        del self.by_id[last.id]
        self.removed.add(last.id)
        return True

    def version(self, owner: str, number: int) -> T | None:
        """Give one version."""
        current = self.by_id.get(owner)
        is_current = current and current.version == number
        return current if is_current else self.older.get((owner, number))

    def versions(self, owner: str, limit: int, start: str | None) -> Page[T]:
        """Give the versions, newest first."""
        known = {number: each for (whose, number), each in self.older.items() if whose == owner}
        if owner in self.by_id:
            known[self.by_id[owner].version] = self.by_id[owner]
        numbers = sorted((n for n in known if start is None or n < int(start)), reverse=True)
        more = str(numbers[limit - 1]) if len(numbers) > limit else None
        return Page([known[number] for number in numbers[:limit]], more)

"""Numbers that are held back, in memory, on the shelf of the numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.holds import NumberHold
    from chalicelib.kernel.phones import E164


@dataclass
class FakeHolds:
    """Holds; implements `HoldBook`."""

    shelf: Shelf
    listed: dict[E164, NumberHold] = field(default_factory=dict)

    def put(self, hold: NumberHold) -> None:
        """Hold a number back."""
        with self.shelf.lock:
            status = self.shelf.numbers.get(hold.number, NumberStatus())
            self.shelf.numbers[hold.number] = replace(status, is_held=True, held_until=hold.until)
            self.listed[hold.number] = hold

    def remove(self, number: E164, now: datetime) -> bool:
        """Release a number that is held back."""
        with self.shelf.lock:
            status = self.shelf.numbers.get(number, NumberStatus())
            if not status.is_held_at(now):
                return False
            self.shelf.numbers[number] = replace(status, is_held=False, held_until=None)
            self.listed.pop(number, None)
            return True

    def page(self, now: datetime, limit: int, start: str | None) -> Page[NumberHold]:
        """Sort what holds, and cut the page out."""
        numbers = sorted(
            number
            for number, status in self.shelf.numbers.items()
            if status.is_held_at(now) and (start is None or number > start)
        )
        shown = numbers[:limit]
        return Page([self.listed[each] for each in shown], shown[-1] if len(numbers) > limit else None)

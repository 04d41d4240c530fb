"""How calls to our own numbers are taken, as it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.domain.routes import LineRoute
    from chalicelib.kernel.phones import E164


class RouteBook(Protocol):
    """Stored routes, one a number."""

    def get(self, line: E164) -> LineRoute | None:
        """Give how calls to `line` are taken."""

    def some(self, lines: tuple[E164, ...]) -> list[LineRoute]:
        """Give the routes of these numbers that have one, by number."""

    def save(self, route: LineRoute) -> bool:
        """Store a route of version 1, or in place of the version before; False when that is not there."""

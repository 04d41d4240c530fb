"""What is stored of numbers: those of others, and our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from chalicelib.calls.domain.permission import NumberStatus
    from chalicelib.calls.domain.suppression import Suppression, SuppressionFilter
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


class NumberBook(Protocol):
    """What is held about numbers themselves, whoever they belong to."""

    def status(self, number: E164) -> NumberStatus:
        """Give suppression and live call of a number."""

    def suppress(self, number: E164, source: str, now: datetime, reason: str = "") -> Suppression:
        """Never dial this number again; give the suppression that holds: the first one stands."""

    def suppress_all(self, suppressions: Sequence[Suppression]) -> None:
        """Never dial these numbers, each once, again; a suppression that is there stands."""

    def suppressed(self, numbers: Collection[E164]) -> frozenset[E164]:
        """Tell which of these numbers are suppressed."""

    def suppressions(self, wanted: SuppressionFilter, limit: int, start: str | None) -> Page[Suppression]:
        """Give up to `limit` suppressions, newest first, after `start`; a page may be short and not the last.

        The list follows what is suppressed within a second or so.
        """

    def lift(self, number: E164, reason: str, now: datetime) -> bool:
        """Let a suppressed number be dialed again, and keep why; False when it is not suppressed."""

    def forget(self, number: E164, now: datetime) -> bool:
        """Delete what is held about a number that is not suppressed; False while a call uses it."""

    def release(self, number: E164, call_id: str) -> None:
        """Say that this call no longer uses the number; nothing when another call does."""


class TemplateBook(Protocol):
    """Stored call templates, and which of them answers which of our numbers."""

    def add(self, template: CallTemplate) -> None:
        """Store a new template."""

    def get(self, template_id: str) -> CallTemplate | None:
        """Give a template."""

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""

    def route(self, line: E164, template_id: str) -> None:
        """Let this template answer calls to our number `line`."""

    def route_of(self, line: E164) -> str | None:
        """Give the id of the template that answers `line`."""

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
        """Never dial this number again; give the one that holds: the first, as `Suppression.over` says."""

    def suppress_all(self, suppressions: Sequence[Suppression]) -> None:
        """Never dial these numbers, each once, again; what is there stands, as `Suppression.over` says."""

    def suppressed(self, numbers: Collection[E164], *, firmly: bool = False) -> frozenset[E164]:
        """Tell which of these numbers are suppressed; `firmly`: so that no START by text lifts it."""

    def suppressions(self, wanted: SuppressionFilter, limit: int, start: str | None) -> Page[Suppression]:
        """Give up to `limit` suppressions, newest first, after `start`; a page may be short and not the last.

        The list follows what is suppressed within a second or so.
        """

    def lift(self, number: E164, reason: str, now: datetime, source: str = "") -> bool:
        """Let a suppressed number be dialed again, and keep why; False when it is not suppressed.

        With `source` only while this is what holds: a suppression that came since stays.
        """

    def forget(self, number: E164, now: datetime) -> bool:
        """Delete what is known of a number that is not suppressed; False while a call uses it."""

    def note_talk(self, number: E164, at: datetime) -> None:
        """Note that somebody talked about a debt on a call that was answered then; a later one stands."""

    def release(self, number: E164, call_id: str) -> None:
        """Say that this call no longer uses the number; nothing when another call does."""


class TemplateBook(Protocol):
    """Stored call templates, each with its versions."""

    def create(self, template: CallTemplate) -> bool:
        """Store a new template; False when there is, or lately was, one with this id."""

    def get(self, template_id: str) -> CallTemplate | None:
        """Give the current version of a template; None also when it was deleted."""

    def all(self) -> list[CallTemplate]:
        """Give every template, by name."""

    def save(self, template: CallTemplate, before: CallTemplate) -> bool:
        """Put the next version in the place of `before`, which stays readable; False: it is not current."""

    def remove(self, template: CallTemplate, now: datetime) -> bool:
        """Delete a template, whose versions stay readable; False when this version is not current."""

    def version(self, template_id: str, number: int) -> CallTemplate | None:
        """Give one version of a template, also of one that was deleted."""

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[CallTemplate]:
        """Give up to `limit` versions of a template, newest first, after `start`; also of a deleted one."""

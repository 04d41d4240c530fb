"""What can be done to many contacts at once, and to which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.listing import ContactFilter, Span
from chalicelib.kernel.clock import from_iso, iso

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MAX_IDS = 1000
MAX_COUNTED = 10_000
_SPANS = ("created", "updated", "contacted")


class BulkAction(StrEnum):
    """What is done to each contact."""

    TAG = "tag"
    UNTAG = "untag"
    ASSIGN = "assign"
    SET_STATUS = "set_status"
    DELETE = "delete"


@dataclass(frozen=True)
class BulkWish:
    """What is to be done, and to whom: to these contacts, or to those of a filter.

    `value` is the tag's id, the owner (None: nobody) or the status.
    """

    action: BulkAction
    value: str | None = None
    ids: tuple[str, ...] = ()
    where: ContactFilter | None = None


@dataclass(frozen=True)
class BulkCount:
    """How many contacts are concerned; `is_more` says that there are more than were counted."""

    concerned: int
    is_more: bool = False


def filter_as_arguments(where: ContactFilter) -> dict[str, Any]:
    """Give a filter as a job keeps it, `filter_of` reads it."""
    kept: dict[str, Any] = {name: value for name, value in vars(where).items() if name not in _SPANS}
    kept["status"] = where.status.value if where.status else None
    for name in _SPANS:
        span: Span = getattr(where, name)
        kept[name] = [instant and iso(instant) for instant in (span.since, span.until)]
    return {name: value for name, value in kept.items() if value not in (None, [None, None])}


def filter_of(arguments: Mapping[str, Any]) -> ContactFilter:
    """Read a filter that a job has kept."""
    kept = dict(arguments)
    if "status" in kept:
        kept["status"] = ContactStatus(kept["status"])
    for name in _SPANS:
        if name in kept:
            kept[name] = Span(*(text and from_iso(text) for text in kept[name]))
    return ContactFilter(**kept)


def known_by(where: ContactFilter, instant: datetime) -> ContactFilter:
    """Give the filter for contacts that were there before an instant."""
    since, until = where.created.since, where.created.until
    kept = {name: value for name, value in vars(where).items() if name != "created"}
    return ContactFilter(**kept, created=Span(since, min(until, instant) if until else instant))

"""What the schemas of every domain share: strict input, instants, pages."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import MAX_PAGE_SIZE

Instant = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
_WRITTEN_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)")


def _written(value: Any) -> Any:
    """Read an instant as RFC 3339 writes it, and not `0.5`, which pydantic takes for seconds since 1970."""
    if not isinstance(value, str):
        return value
    if not _WRITTEN.fullmatch(value):
        raise ValueError("Write an instant with its offset, such as 2026-03-03T12:00:00Z (RFC 3339).")
    return datetime.fromisoformat(value.upper())


def _written_day(value: Any) -> Any:
    """Read a day as RFC 3339 writes it, and not `0`, which pydantic takes for one in 1970."""
    if not isinstance(value, str):
        return value
    if not _WRITTEN_DAY.fullmatch(value):
        raise ValueError("Write a day as 2026-03-03 (RFC 3339).")
    return date.fromisoformat(value)


InstantIn = Annotated[AwareDatetime, BeforeValidator(_written)]
DayIn = Annotated[date, BeforeValidator(_written_day)]


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Refuse, by `ValueError`, a span in which nothing can be: it must end after it begins."""
    if since and until and since >= until:
        raise ValueError("Give in `to` a time after `from`.")


class Input(BaseModel):
    """What a client sends: a field that is not known is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Input):
    """Which page of a list: how many items, and where it starts."""

    page_size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE, description="Items on a page.")] = 50
    page_token: Annotated[
        str | None,
        StringConstraints(max_length=1000, pattern=r"^[A-Za-z0-9_.-]+$"),
        Field(description="next_page_token of the page before; leave it out for the first page."),
    ] = None

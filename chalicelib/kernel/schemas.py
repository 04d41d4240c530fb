"""What the schemas of every domain share: strict input, instants, pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import MAX_PAGE_SIZE

Instant = Annotated[datetime, PlainSerializer(iso, return_type=str, when_used="json")]


class Input(BaseModel):
    """What a client sends: a field that is not known is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Input):
    """Which page of a list: how many items, and where it starts."""

    page_size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE, description="Items on a page.")] = 50
    page_token: Annotated[
        str | None,
        StringConstraints(min_length=1, max_length=1000),
        Field(description="next_page_token of the page before; leave it out for the first page."),
    ] = None

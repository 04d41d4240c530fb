"""Which contacts are wanted, over HTTP: the filters of lists, exports and bulk actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.listing import ContactFilter, Listing, SortBy, Span
from chalicelib.crm.schemas.values import Line, PhoneInQuery, SearchText, Source, TagWord
from chalicelib.kernel.schemas import Input, InstantIn, PageQuery

if TYPE_CHECKING:
    from collections.abc import Callable

_Order = Literal[
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "last_contacted_at",
    "-last_contacted_at",
    "name",
    "-name",
]


class ContactFilterIn(Input):
    """Which contacts: all filters hold together; `owner` and `company` are whole, whatever their case."""

    status: Annotated[ContactStatus | None, Field(description="With this status.")] = None
    tag: TagWord | None = None
    owner: Annotated[Line | None, Field(description="With this owner, whole, whatever the case.")] = None
    company: Annotated[Line | None, Field(description="Of this company, whole, whatever the case.")] = None
    source: Source | None = None
    created_from: Annotated[InstantIn | None, Field(description="Created from this instant on.")] = None
    created_until: Annotated[InstantIn | None, Field(description="Created before this instant.")] = None
    updated_from: Annotated[InstantIn | None, Field(description="Last changed from this instant on.")] = None
    updated_until: Annotated[InstantIn | None, Field(description="Last changed before this instant.")] = None
    contacted_from: Annotated[InstantIn | None, Field(description="Last contact from this instant on.")] = (
        None
    )
    contacted_until: Annotated[InstantIn | None, Field(description="Last contact before this instant.")] = (
        None
    )

    def where(self, tag_ids: Callable[[list[str]], tuple[str, ...]]) -> ContactFilter:
        """Give the use case's input; `tag_ids` knows tags by their names."""
        return ContactFilter(
            status=self.status,
            tag=tag_ids([self.tag])[0] if self.tag else None,
            owner=self.owner,
            company=self.company,
            source=self.source,
            created=Span(self.created_from, self.created_until),
            updated=Span(self.updated_from, self.updated_until),
            contacted=Span(self.contacted_from, self.contacted_until),
        )


class ContactsQuery(PageQuery, ContactFilterIn):
    """Which contacts: all filters hold together; `sort` with a minus is descending."""

    q: SearchText | None = None
    phone: Annotated[PhoneInQuery | None, Field(description="Whoever has this number.")] = None
    sort: Annotated[_Order, Field(description="The order; with a minus it is descending.")] = "-created_at"

    @model_validator(mode="after")
    def _one_order(self) -> ContactsQuery:
        """Refuse what a search cannot be joined with: it has an order of its own."""
        if self.q and (self.sort != "-created_at" or self.phone):
            raise ValueError(
                "Results of `q` are in the order of what was found: leave out `sort` and `phone`."
            )
        return self

    def listing(self, tag_ids: Callable[[list[str]], tuple[str, ...]]) -> Listing:
        """Give the use case's input; `tag_ids` knows tags by their names."""
        where = self.where(tag_ids)
        return Listing(where, SortBy(self.sort.lstrip("-")), descending=self.sort.startswith("-"))

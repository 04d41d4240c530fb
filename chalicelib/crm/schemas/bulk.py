"""Bulk actions and merges over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chalicelib.crm.domain.bulk import MAX_IDS, BulkAction, BulkWish
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.schemas.filters import ContactFilterIn
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.schemas.values import ContactId
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from collections.abc import Callable

    _TagIds = Callable[[list[str]], tuple[str, ...]]

Value = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="The tag's name or id, the owner (none: nobody), or the status."),
]
_TAGGING = frozenset({BulkAction.TAG, BulkAction.UNTAG})


class BulkIn(Input):
    """What to do, and to whom: to the contacts of `ids`, or to all that `filter` lists."""

    action: BulkAction
    value: Value | None = None
    ids: Annotated[tuple[ContactId, ...], Field(min_length=1, max_length=MAX_IDS)] | None = None
    filter: ContactFilterIn | None = None
    validate_only: bool = False

    @model_validator(mode="after")
    def _whole(self) -> BulkIn:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("Give either `ids` or `filter`.")
        if self.action is BulkAction.DELETE and self.filter == ContactFilterIn():
            raise ValueError("A filter that asks nothing would delete every contact: ask for something.")
        self._check_value()
        return self

    def _check_value(self) -> None:
        match self.action:
            case BulkAction.DELETE if self.value is not None:
                raise ValueError("Deleting takes no `value`.")
            case BulkAction.TAG | BulkAction.UNTAG if self.value is None:
                raise ValueError("Give the tag as `value`.")
            case BulkAction.SET_STATUS if self.value not in set(ContactStatus):
                raise ValueError(f"Give one of these as `value`: {', '.join(ContactStatus)}.")

    def wish(self, tag_ids: _TagIds, tag_ids_to_find: _TagIds) -> BulkWish:
        """Give the use case's input; both know tags by their names, one of them for the filter."""
        value = tag_ids([self.value])[0] if self.value and self.action in _TAGGING else self.value
        where = self.filter.where(tag_ids_to_find) if self.filter else None
        return BulkWish(self.action, value, self.ids or (), where)


class BulkView(BaseModel):
    """The job that does it; or, with `validate_only`, how many it would concern.

    `is_more` says that there are more than the 10,000 that are counted.
    """

    job: JobView | None
    concerned: int | None
    is_more: bool


class MergeIn(Input):
    """Which contact becomes part of this one."""

    loser_id: Annotated[ContactId, Field(alias="from")]

"""Calling many contacts at once, as the API takes and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, model_validator

from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.schemas.fields import Id, Phone
from chalicelib.calls.services.bulk_calls import MAX_NUMBERS, BulkCallWish
from chalicelib.crm.domain.bulk import MAX_IDS
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.schemas.filters import ContactFilterIn
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.schemas.values import ContactId, TagWord
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, InstantIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.calls.services.bulk_calls import Foreseen

_TARGETS = ("contact_ids", "numbers", "tag", "filter")


class BulkCallIn(Input):
    """Whom to call, and how: exactly one of `contact_ids`, `numbers`, `tag` (its name or id) and `filter`."""

    template_id: Id
    contact_ids: Annotated[tuple[ContactId, ...], Field(min_length=1, max_length=MAX_IDS)] | None = None
    numbers: Annotated[tuple[Phone, ...], Field(min_length=1, max_length=MAX_NUMBERS)] | None = None
    tag: TagWord | None = None
    filter: ContactFilterIn | None = None
    priority: Annotated[int, Field(ge=1, le=9, description="1 is the most urgent.")] = 5
    not_before: InstantIn | None = None
    validate_only: bool = False

    @model_validator(mode="after")
    def _one(self) -> BulkCallIn:
        if sum(getattr(self, name) is not None for name in _TARGETS) != 1:
            raise ValueError("Give exactly one of `contact_ids`, `numbers`, `tag` and `filter`.")
        if self.filter == ContactFilterIn():
            raise ValueError("A filter that asks nothing would call every contact: ask for something.")
        return self

    def wish(self, tag_ids: Callable[[list[str]], tuple[str, ...]], requested_by: str) -> BulkCallWish:
        """Give the use case's input; `tag_ids` knows tags by their names."""
        by_tag = ContactFilter(tag=tag_ids([self.tag])[0]) if self.tag else None
        return BulkCallWish(
            template_id=self.template_id,
            contact_ids=self.contact_ids or (),
            numbers=tuple(E164(number) for number in self.numbers or ()),
            where=self.filter.where(tag_ids) if self.filter else by_tag,
            priority=self.priority,
            not_before=cut_to_millis(self.not_before) if self.not_before else None,
            requested_by=requested_by,
        )


class ForeseenReason(BaseModel):
    """Of how many contacts the rules say this, with some of them."""

    verdict: Verdict
    reason: str
    count: int
    contact_ids: list[str]


class ForeseenView(BaseModel):
    """What the rules say of each contact at the time the calls are for; the counts add up to `looked_at`.

    `allow` are dialed at once, `not_yet` wait, `refuse` fail; `missing` are no contacts. `is_more` says that
    there are more than the 1,000 that are looked at.
    """

    looked_at: int
    is_more: bool
    allow: int
    not_yet: int
    refuse: int
    missing: int
    reasons: list[ForeseenReason]


class BulkCallView(BaseModel):
    """The job that asks for the calls; or, with `validate_only`, what would come of them."""

    job: JobView | None
    foreseen: ForeseenView | None


def foreseen_view(foreseen: Foreseen) -> ForeseenView:
    """Give what was foreseen as the API shows it, the most frequent reason first."""
    by_verdict = {
        verdict.value: sum(count for (given, _), count in foreseen.counts.items() if given == verdict)
        for verdict in Verdict
    }
    reasons = [
        ForeseenReason(
            verdict=Verdict(verdict),
            reason=reason,
            count=count,
            contact_ids=foreseen.samples[verdict, reason],
        )
        for (verdict, reason), count in foreseen.counts.most_common()
    ]
    return ForeseenView(
        looked_at=foreseen.looked_at,
        is_more=foreseen.is_more,
        missing=foreseen.missing,
        reasons=reasons,
        **by_verdict,
    )

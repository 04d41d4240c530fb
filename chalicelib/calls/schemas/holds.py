"""Numbers that are held back, as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.schemas.fields import View
from chalicelib.calls.schemas.suppressions import SuppressionIn
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Instant, InstantIn

if TYPE_CHECKING:
    from datetime import datetime


class HoldIn(SuppressionIn):
    """A number that is not to be dialed for the time being; a national one needs `country`."""

    until: Annotated[
        InstantIn | None, Field(description="When it may be dialed again; left out: once it is released.")
    ] = None

    def hold(self, by: str, now: datetime) -> NumberHold:
        """Give the domain's value."""
        until = cut_to_millis(self.until) if self.until else None
        return NumberHold(E164(self.number), cut_to_millis(now), until, self.reason, by)


class HoldView(View):
    """A number that is held back; without `until` somebody has to release it."""

    number: str
    held_at: Instant
    until: Instant | None
    reason: str
    held_by: str


class HoldList(View):
    """One page of the numbers that are held back, by number; the token, if any, asks for the next."""

    items: list[HoldView]
    next_page_token: str | None

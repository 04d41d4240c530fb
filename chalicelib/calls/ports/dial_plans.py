"""Where the dial plans of campaigns are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.system.domain.settings import Stop


class DialPlanBook(Protocol):
    """Stored dial plans."""

    def get(self, plan_id: str) -> DialPlan | None:
        """Give a plan, consistently."""

    def put(self, plan: DialPlan) -> bool:
        """Store the rules of a plan, new or in place of those before; its stop stays as it is stored.

        False, and nothing is stored, when rules of a later version stand there.
        """

    def stop(self, plan_id: str, stop: Stop | None, version: int) -> bool:
        """Have nothing of this plan dialed from now on, or, with None, again.

        `version` is the campaign's in which that is so: what a later one has said stands. False then, and
        when there is no plan.
        """

    def remove(self, plan_id: str) -> None:
        """Forget a plan; nothing of it is dialed any more."""

"""Dial plans of campaigns, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.system.domain.settings import Stop


@dataclass
class FakeDialPlans:
    """Dial plans; implements `DialPlanBook`."""

    by_id: dict[str, DialPlan] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def get(self, plan_id: str) -> DialPlan | None:
        """Give a plan."""
        return self.by_id.get(plan_id)

    def put(self, plan: DialPlan) -> bool:
        """Keep the rules of a plan, and the stop that was kept, unless later rules are there."""
        known = self.by_id.get(plan.id)
        if known and known.version > plan.version:
            return False
        self.by_id[plan.id] = replace(plan, stop=known.stop if known else None)
        return True

    def stop(self, plan_id: str, stop: Stop | None, version: int) -> bool:
        """Stop a plan, or lift its stop."""
        if plan_id not in self.by_id or self.versions.get(plan_id, version) > version:
            return False
        self.versions[plan_id] = version
        self.by_id[plan_id] = replace(self.by_id[plan_id], stop=stop)
        return True

    def remove(self, plan_id: str) -> None:
        """Forget a plan."""
        self.by_id.pop(plan_id, None)
        self.versions.pop(plan_id, None)

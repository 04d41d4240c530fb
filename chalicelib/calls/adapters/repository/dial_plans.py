"""Dial plans of campaigns."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository.writes import done, instant_of, text_of
from chalicelib.calls.adapters.tables import DialPlanItem
from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import DayHours, Hours, Stop

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action


@unavailable_on(PynamoDBException)
class DialPlanRepository:
    """One row a plan; its stop and what is left of its budget stand beside the rules."""

    def get(self, plan_id: str) -> DialPlan | None:
        """Give a plan, consistently."""
        try:
            return _plan_of(DialPlanItem.get(_key(plan_id), "PLAN", consistent_read=True))
        except DoesNotExist:
            return None

    def put(self, plan: DialPlan) -> bool:
        """Store the rules of a plan, new or in place of those before, unless a later version did."""
        actions: list[Action] = [
            DialPlanItem.kind.set(DialPlanItem),
            DialPlanItem.name.set(plan.name),
            DialPlanItem.rules.set(_rules_json(plan)),
            DialPlanItem.version.set(plan.version),
        ]
        is_newest = DialPlanItem.version.does_not_exist() | (DialPlanItem.version <= plan.version)
        item = DialPlanItem(_key(plan.id), "PLAN")
        return done(lambda: item.update(actions=actions, condition=is_newest))

    def stop(self, plan_id: str, stop: Stop | None, version: int) -> bool:
        """Have nothing of this plan dialed from now on, or, with None, again, unless a later version did."""
        code, reason = DialPlanItem.stop_code, DialPlanItem.stop_reason
        latest = DialPlanItem.stop_version
        actions: list[Action] = (
            [code.set(stop.code), reason.set(stop.explanation)] if stop else [code.remove(), reason.remove()]
        )
        condition = DialPlanItem.version.exists() & (latest.does_not_exist() | (latest <= version))
        item = DialPlanItem(_key(plan_id), "PLAN")
        return done(lambda: item.update(actions=[*actions, latest.set(version)], condition=condition))

    def remove(self, plan_id: str) -> None:
        """Forget a plan; nothing of it is dialed any more."""
        DialPlanItem(_key(plan_id), "PLAN").delete()


def _key(plan_id: str) -> str:
    return f"DIALPLAN#{plan_id}"


def _rules_json(plan: DialPlan) -> dict[str, Any]:
    return {
        "hours": asdict(plan.hours) if plan.hours else None,
        "holidays": sorted(day.isoformat() for day in plan.holidays),
        "not_before": text_of(plan.not_before),
        "not_after": text_of(plan.not_after),
        "lines": list(plan.lines),
        "line_calls_per_day": plan.line_calls_per_day,
        "live_calls": plan.live_calls,
        "calls_per_minute": plan.calls_per_minute,
        "calls_per_number_per_day": plan.calls_per_number_per_day,
        "limits": asdict(plan.limits),
    }


def _plan_of(item: DialPlanItem) -> DialPlan:
    rules = item.rules
    return DialPlan(
        id=item.pk.removeprefix("DIALPLAN#"),
        name=item.name,
        hours=_hours_of(rules["hours"]) if rules["hours"] else None,
        holidays=frozenset(date.fromisoformat(day) for day in rules["holidays"]),
        not_before=instant_of(rules["not_before"]),
        not_after=instant_of(rules["not_after"]),
        lines=tuple(E164(line) for line in rules["lines"]),
        line_calls_per_day=rules["line_calls_per_day"],
        live_calls=rules["live_calls"],
        calls_per_minute=rules["calls_per_minute"],
        calls_per_number_per_day=rules.get("calls_per_number_per_day"),
        limits=Limits(**rules["limits"]),
        stop=Stop(item.stop_code, item.stop_reason or "") if item.stop_code else None,
        version=int(item.version),
    )


def _hours_of(days: dict[str, Any]) -> Hours:
    given = {each.name: days.get(each.name) for each in fields(Hours)}
    return Hours(**{name: DayHours(**day) if day else None for name, day in given.items()})

"""How calls to our own numbers are taken."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository.writes import put_if
from chalicelib.calls.adapters.tables import LineItem
from chalicelib.calls.domain.routes import AfterHours, LineRoute, OfficeHours, Span
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.phones import E164


@unavailable_on(PynamoDBException)
class RouteRepository:
    """Stored routes, one a number."""

    def get(self, line: E164) -> LineRoute | None:
        """Give how calls to `line` are taken, consistently."""
        try:
            return _route_of(LineItem.get(_key(line), "LINE", consistent_read=True))
        except DoesNotExist:
            return None

    def some(self, lines: tuple[E164, ...]) -> list[LineRoute]:
        """Give the routes of these numbers that have one, by number."""
        keys = [(_key(line), "LINE") for line in dict.fromkeys(lines)]
        found = map(_route_of, LineItem.batch_get(keys, consistent_read=True))
        return sorted(found, key=lambda route: route.line)

    def save(self, route: LineRoute) -> bool:
        """Store a route of version 1, or in place of the version before; False when that is not there."""
        before = route.version - 1
        unchanged = LineItem.version == before if before else LineItem.version.does_not_exist()
        return put_if(_item(route), unchanged)


def _key(line: str) -> str:
    return f"LINE#{line}"


def _item(route: LineRoute) -> LineItem:
    return LineItem(
        _key(route.line),
        "LINE",
        template_id=route.template_id,
        hours=_hours_json(route.hours) if route.hours else None,
        after_hours=route.after_hours.value,
        after_hours_text=route.after_hours_text or None,
        after_hours_template_id=route.after_hours_template_id or None,
        region=route.region or None,
        version=route.version,
    )


def _route_of(item: LineItem) -> LineRoute:
    """Read a route; one that was stored before routes had versions is replaced as if there were none."""
    return LineRoute(
        line=E164(item.pk.removeprefix("LINE#")),
        template_id=item.template_id,
        hours=_hours(item.hours) if item.hours else None,
        after_hours=AfterHours(item.after_hours or AfterHours.MESSAGE),
        after_hours_text=item.after_hours_text or "",
        after_hours_template_id=item.after_hours_template_id or "",
        region=item.region or "",
        version=int(item.version or 0),
    )


def _hours_json(hours: OfficeHours) -> dict[str, Any]:
    return {
        "time_zone": hours.time_zone,
        "weekdays": [[[_minutes(span.start), _minutes(span.end)] for span in day] for day in hours.weekdays],
        "closed_on": [day.isoformat() for day in hours.closed_on],
    }


def _minutes(at: time) -> str:
    return at.isoformat("minutes")


def _hours(stored: dict[str, Any]) -> OfficeHours:
    return OfficeHours(
        time_zone=stored["time_zone"],
        weekdays=tuple(tuple(_span(*span) for span in day) for day in stored["weekdays"]),
        closed_on=tuple(date.fromisoformat(day) for day in stored["closed_on"]),
    )


def _span(start: str, end: str) -> Span:
    return Span(time.fromisoformat(start), time.fromisoformat(end))

"""Which calendars are meant by a service, and their names, where the person could mix them up."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.scheduling.services.availability import MAX_CALENDARS, calendars_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def calendars_of(scheduling: SchedulingPorts, service: str) -> list[Calendar]:
    """Give the calendars that have a service, however it is written; `NotFound` names those there are.

    A calendar without services goes by its own name.
    """
    every = calendars_for(scheduling)
    if not every:
        raise NotFound("No calendar takes appointments; offer to take a note.", code="no_calendar")
    wanted = service.casefold()
    found = [each for each in every if not wanted or wanted in {tag.casefold() for tag in _offers(each)}]
    if found:
        return found[:MAX_CALENDARS]
    message = f"There is no such service. There are: {_listed(every)}."
    raise NotFound(message, code="service_not_found")


def calendars_to_book(scheduling: SchedulingPorts, service: str) -> list[Calendar]:
    """Give the calendars as `calendars_of`; `Conflict` where a service must be named."""
    calendars = calendars_of(scheduling, service)
    if not service and _differ(calendars):
        message = f"Ask which service they want, and give it as `service`: {_listed(calendars)}."
        raise Conflict(message, code="several_services")
    return calendars


def names_of(scheduling: SchedulingPorts) -> dict[str, str]:
    """Give the names of the calendars that take bookings, by id; none where there is only one."""
    every = calendars_for(scheduling)
    return {each.id: each.name for each in every} if len(every) > 1 else {}


def place(scheduling: SchedulingPorts, calendar_id: str) -> str:
    """Name a calendar behind a time: " (Massage)"; empty where there is only one."""
    name = names_of(scheduling).get(calendar_id, "")
    return f" ({name})" if name else ""


def _differ(calendars: list[Calendar]) -> bool:
    """Tell whether two have no service in common; one without services takes whatever comes."""
    tagged = [each.services for each in calendars if each.services]
    return any(one.isdisjoint(other) for one, other in combinations(tagged, 2))


def _offers(calendar: Calendar) -> frozenset[str]:
    return calendar.services or frozenset({calendar.name})


def _listed(calendars: Iterable[Calendar]) -> str:
    return ", ".join(sorted({tag for each in calendars for tag in _offers(each)}))

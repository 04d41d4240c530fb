"""What is watched in which table, and every type of event that can be told, of all domains."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pynamodb.models import Model

    from chalicelib.kernel.catalogue import EventType
    from chalicelib.kernel.changes import Watch


@cache
def watches_of_tables() -> Mapping[str, tuple[Watch, ...]]:
    """Give what is watched in each table, by the name of its resource in the stack."""
    from chalicelib.ai.adapters import changes as ai
    from chalicelib.calls.adapters import changes as calls
    from chalicelib.crm.adapters import changes as crm
    from chalicelib.scheduling.adapters import changes as scheduling
    from chalicelib.system.adapters import changes as system

    return {
        "CrmTable": crm.WATCHES,
        "CallsTable": calls.WATCHES,
        "AiTable": ai.WATCHES,
        "SchedulingTable": scheduling.WATCHES,
        "SystemTable": system.WATCHES,
    }


@cache
def watches() -> Mapping[str, Watch]:
    """Give what is watched, by kind of row; kinds are different in all tables."""
    return {watch.row: watch for found in watches_of_tables().values() for watch in found}


def watched_rows() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give, for each table, the attribute that tells kinds of rows and the kinds that are watched.

    The filters of the streams are made of it, so that nobody pays for telling nothing.
    """
    from chalicelib.ai.adapters.tables import AiTable
    from chalicelib.calls.adapters.tables import CallsTable
    from chalicelib.crm.adapters.tables import CrmTable
    from chalicelib.scheduling.adapters.tables import SchedulingTable
    from chalicelib.system.adapters.tables import SystemTable

    tables = {kind.__name__: kind for kind in (CrmTable, CallsTable, AiTable, SchedulingTable, SystemTable)}
    return {
        name: (_kind_attribute(tables[name]), tuple(watch.row for watch in found))
        for name, found in watches_of_tables().items()
    }


@cache
def event_types() -> Mapping[str, EventType]:
    """Give every type of event by its name: version, description, and the schema of its data."""
    from chalicelib.ai.adapters import events as ai
    from chalicelib.calls.adapters import events as calls
    from chalicelib.crm.adapters import events as crm
    from chalicelib.scheduling.adapters import events as scheduling
    from chalicelib.system.adapters import events as system

    domains = (crm.EVENTS, calls.EVENTS, ai.EVENTS, scheduling.EVENTS, system.EVENTS)
    return {kind.type: kind for found in domains for kind in found}


def _kind_attribute(table: type[Model]) -> str:
    found = table.get_attributes().items()
    return next(name for name, attribute in found if type(attribute).__name__ == "DiscriminatorAttribute")

"""The scheduling table's items as PynamoDB sees them; private to the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.scheduling.adapters.tables.base import SchedulingTable
from chalicelib.scheduling.adapters.tables.calendars import (
    BookingItem,
    BookingPlaceItem,
    CalendarItem,
    ReminderItem,
    SheetItem,
)
from chalicelib.scheduling.adapters.tables.callbacks import CallbackItem
from chalicelib.scheduling.adapters.tables.campaigns import (
    AddingItem,
    CampaignItem,
    CountsItem,
    ForecastItem,
    MemberItem,
    RecentItem,
    TurnItem,
)

if TYPE_CHECKING:
    from pynamodb.connection import Connection

__all__ = [
    "AddingItem",
    "BookingItem",
    "BookingPlaceItem",
    "CalendarItem",
    "CallbackItem",
    "CampaignItem",
    "CountsItem",
    "ForecastItem",
    "MemberItem",
    "RecentItem",
    "ReminderItem",
    "SchedulingTable",
    "SheetItem",
    "TurnItem",
    "bind",
]


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    SchedulingTable.Meta.table_name = table_name
    return SchedulingTable._get_connection().connection  # noqa: SLF001

"""The calls table's items as PynamoDB sees them; private to the repository.

All of them are imported together: a query reads rows of every kind, and must know each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.adapters.tables.base import ActItem, CallsTable
from chalicelib.calls.adapters.tables.budgets import BudgetItem
from chalicelib.calls.adapters.tables.calls import (
    AftermathItem,
    BriefItem,
    CallItem,
    ConnectionItem,
    TurnItem,
)
from chalicelib.calls.adapters.tables.dial_plans import DialPlanItem
from chalicelib.calls.adapters.tables.messages import MessageItem, MessagePlaceItem, MessageTemplateItem
from chalicelib.calls.adapters.tables.numbers import (
    HoldItem,
    LineItem,
    NumberItem,
    TemplateItem,
    TemplateVersionItem,
)
from chalicelib.calls.adapters.tables.pacing import LineUseItem, PaceItem, SlotItem
from chalicelib.calls.adapters.tables.proposals import ProposalItem
from chalicelib.calls.adapters.tables.recordings import RecordingItem, RetentionItem
from chalicelib.calls.adapters.tables.rooms import ParticipantItem, RoomItem
from chalicelib.calls.adapters.tables.statistics import StatisticsItem

if TYPE_CHECKING:
    from pynamodb.connection import Connection

__all__ = [
    "ActItem",
    "AftermathItem",
    "BriefItem",
    "BudgetItem",
    "CallItem",
    "CallsTable",
    "ConnectionItem",
    "DialPlanItem",
    "HoldItem",
    "LineItem",
    "LineUseItem",
    "MessageItem",
    "MessagePlaceItem",
    "MessageTemplateItem",
    "NumberItem",
    "PaceItem",
    "ParticipantItem",
    "ProposalItem",
    "RecordingItem",
    "RetentionItem",
    "RoomItem",
    "SlotItem",
    "StatisticsItem",
    "TemplateItem",
    "TemplateVersionItem",
    "TurnItem",
    "bind",
]


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    CallsTable.Meta.table_name = table_name
    return CallsTable._get_connection().connection  # noqa: SLF001

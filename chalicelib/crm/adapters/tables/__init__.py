"""The items of the CRM table; only the repository reads or writes them."""

from __future__ import annotations

from chalicelib.crm.adapters.tables.base import CrmTable, bind
from chalicelib.crm.adapters.tables.contacts import (
    ContactItem,
    FieldItem,
    GoneItem,
    MemberItem,
    PhoneItem,
    TagItem,
    TagNameItem,
)
from chalicelib.crm.adapters.tables.records import (
    BookingEntryItem,
    CallEntryItem,
    ConsentItem,
    CounterItem,
    ErasureItem,
    IndexItem,
    MemoryItem,
    MessageEntryItem,
    NoteItem,
    SearchItem,
)
from chalicelib.crm.adapters.tables.work import (
    ImportItem,
    JobInputItem,
    JobItem,
    JobResultsItem,
    LaneItem,
    RejectionItem,
    SeenItem,
)

__all__ = [
    "BookingEntryItem",
    "CallEntryItem",
    "ConsentItem",
    "ContactItem",
    "CounterItem",
    "CrmTable",
    "ErasureItem",
    "FieldItem",
    "GoneItem",
    "ImportItem",
    "IndexItem",
    "JobInputItem",
    "JobItem",
    "JobResultsItem",
    "LaneItem",
    "MemberItem",
    "MemoryItem",
    "MessageEntryItem",
    "NoteItem",
    "PhoneItem",
    "RejectionItem",
    "SearchItem",
    "SeenItem",
    "TagItem",
    "TagNameItem",
    "bind",
]

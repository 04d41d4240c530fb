"""What reading contacts costs at 1,000 and at 100,000 of them: a contact, a list, a search."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import botocore.handlers
from moto import mock_aws
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from benchmarks.capacity import item_size, read_units
from benchmarks.figures import Figure, Report
from benchmarks.product import REGION, TABLES, container
from chalicelib.crm.adapters.repository.contact_items import contact_item
from chalicelib.crm.adapters.repository.search import search_item
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.listing import ContactFilter, Listing, SortBy
from chalicelib.crm.domain.search import SearchEntry, phrases_of, read_query, texts_of
from chalicelib.crm.services.contacts import get_contact, list_contacts
from chalicelib.crm.services.search import search_contacts
from chalicelib.kernel.phones import E164
from infra.stack.tables import table_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.crm.ports.crm import CrmPorts

SIZES = (1_000, 100_000)
PAGE = 50
# A page reads its heads and, of each of four shards, a page of keys; one that filters looks at 1,000 entries.
PAGE_ITEMS, FILTERED_ITEMS = 300, 2_600
_ACCOUNT = "123456789012"  # moto's own
_TABLE = TABLES["CRM_TABLE"]
_START = datetime(2026, 1, 1, tzinfo=UTC)
_FIRST = ("Ada", "Alan", "Barbara", "Claude", "Edsger", "Grace", "Katherine", "Linus", "Margaret", "Niklaus")
_LAST = (
    "Lovelace",
    "Turing",
    "Liskov",
    "Shannon",
    "Dijkstra",
    "Hopper",
    "Johnson",
    "Wirth",
    "Hamilton",
    "Backus",
)
# Only the partitions of the index that the queries below read are filled.
_PARTITIONS = ("lo", "ad", "14")


@dataclass
class _Reads:
    """What was read: items that DynamoDB looked at, and units."""

    items: int = 0
    units: float = 0

    def note(self, model: Any, context: Any, parsed: dict[str, Any], **_: Any) -> None:
        """Count an answer, as it came."""
        del context
        single = [parsed["Item"]] if "Item" in parsed else []
        found = [*parsed.get("Items", single), *parsed.get("Responses", {}).get(_TABLE, ())]
        self.items += max(parsed.get("ScannedCount", 0), len(found))
        consistent = model.name == "GetItem"
        # Each item of a batch is rounded up by itself, those of a query together.
        if model.name == "BatchGetItem":
            self.units += sum(read_units(item_size(item), consistent=False) for item in found)
        else:
            self.units += read_units(sum(map(item_size, found)), consistent=consistent)


_CASES: dict[str, tuple[int, Callable[[CrmPorts], object]]] = {
    "get a contact": (1, lambda crm: get_contact(crm, _id(7))),
    "list, newest first": (PAGE_ITEMS, lambda crm: list_contacts(crm, Listing(), PAGE)),
    "list by name": (
        PAGE_ITEMS,
        lambda crm: list_contacts(crm, Listing(by=SortBy.NAME, descending=False), PAGE),
    ),
    "list of a status": (
        PAGE_ITEMS,
        lambda crm: list_contacts(crm, Listing(ContactFilter(status=ContactStatus.CUSTOMER)), PAGE),
    ),
    "list of a status and a company": (
        FILTERED_ITEMS,
        lambda crm: list_contacts(
            crm, Listing(ContactFilter(status=ContactStatus.CUSTOMER, company="Company 3")), PAGE
        ),
    ),
    "search, one word": (PAGE_ITEMS, lambda crm: _search(crm, "lovel")),
    "search, two words": (PAGE_ITEMS, lambda crm: _search(crm, "ada lovel")),
    "search, two words in another order": (FILTERED_ITEMS, lambda crm: _search(crm, "lovelace ada")),
    "search, phone": (PAGE_ITEMS, lambda crm: _search(crm, "+1 415 5")),
}


def measure() -> Report:
    """Read the same pages at both sizes."""
    with _watched() as reads:
        figures = [figure for size in SIZES for figure in _measured(size, reads)]
    return Report(
        "reading contacts",
        f"the real use cases and repositories on moto, pages of {PAGE}; items as DynamoDB counts them "
        "(`ScannedCount`, and heads by key), units by its rules; of the search index only the partitions "
        "that are read are filled",
        figures,
    )


def _measured(size: int, reads: _Reads) -> Iterator[Figure]:
    with mock_aws():
        crm = container().crm
        _fill(_rows(), size)
        for name, (budget, read) in _CASES.items():
            reads.items, reads.units = 0, 0.0
            read(crm)
            yield Figure(f"{name}, of {size:,}: items", reads.items, "", budget)
            yield Figure(f"{name}, of {size:,}: read units", reads.units, "RU")


@contextmanager
def _watched() -> Iterator[_Reads]:
    """Note what is read by every botocore client that is made inside."""
    reads = _Reads()
    known: list[Any] = botocore.handlers.BUILTIN_HANDLERS
    handler = ("after-call.dynamodb", reads.note)
    known.append(handler)
    try:
        yield reads
    finally:
        known.remove(handler)


def _search(crm: CrmPorts, query: str) -> object:
    return search_contacts(crm, read_query(query), ContactFilter(), PAGE)


def _rows() -> Any:
    """Create the table with its indexes; give its rows as moto has them, which are quickly filled."""
    described = table_resources()["CrmTable"]["Properties"]
    names = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(TableName=_TABLE, **{name: described[name] for name in names})
    return dynamodb_backends[_ACCOUNT][REGION].tables[_TABLE].items


def _fill(rows: Any, size: int) -> None:
    for number in range(size):
        contact = _contact(number)
        _put(rows, contact_item(contact))
        texts = texts_of(contact)
        for phrase in phrases_of(texts):
            if phrase.startswith(_PARTITIONS):
                _put(rows, search_item(SearchEntry(phrase, contact.id, texts)))


def _put(rows: Any, stored: Any) -> None:
    row = stored.serialize()
    item = Item(DynamoType(row["pk"]), DynamoType(row["sk"]), {})
    # Past moto's own check of an item's size, which it repeats for every attribute.
    dict.update(item.attrs, {name: DynamoType(value) for name, value in row.items()})
    rows[item.hash_key][item.range_key] = item


def _contact(number: int) -> Contact:
    at = _START + timedelta(seconds=number)
    first, last = _FIRST[number % 10], _LAST[number // 10 % 10]
    return Contact(
        id=_id(number),
        name=f"{first} {last}",
        phone=E164(f"+1415{5_000_000 + number}"),
        company=f"Company {number // 100 % 10}",
        status=ContactStatus.CUSTOMER if number % 7 == 0 else ContactStatus.LEAD,
        created_at=at,
        updated_at=at,
        version=1,
    )


def _id(number: int) -> str:
    return f"contact_{number:032x}"

"""All rows under a contact's id, whatever they are: shown, deleted, or left to expire."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.tables import ConsentItem, CrmTable
from chalicelib.crm.domain.personal import Trace
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_CHUNK = 25  # what one BatchWriteItem takes
# Every sort key but `CONTACT` and `INDEX`, which the head's own transactions and the fold delete.
_BEFORE_CONSENTS, _CONSENTS = ("0", "CONSENT"), ("CONSENT#", "CONSENT$")
_AFTER_CONSENTS = (("CONTACT ", "INDEW~"), ("INDEX ", "~"))
_PLUMBING = frozenset({"pk", "sk", "timeline_id", "timeline_key", "task_list", "task_key"})


@unavailable_on(PynamoDBException)
class CollectionRepository:
    """Rows by contact; implements `Collections`."""

    def rows(self, contact_id: str, page_size: int, start: str | None) -> Page[Trace]:
        """Give every row, head and index included, as plain data."""
        after = CrmTable.sk > start if start else None
        items = list(
            CrmTable.query(f"CONTACT#{contact_id}", after, limit=page_size + 1, consistent_read=True)
        )
        more = items[page_size - 1].sk if len(items) > page_size else None
        return Page([_trace(item) for item in items[:page_size]], more)

    def clear(self, contact_id: str, *, spare_consents: bool = False) -> bool:
        """Delete up to 25 rows; tell whether more are left."""
        found = list(islice(_beside(contact_id, spare_consents=spare_consents), _CHUNK + 1))
        with CrmTable.batch_write() as batch:
            for item in found[:_CHUNK]:
                batch.delete(item)
        return len(found) > _CHUNK

    def expire_consents(self, contact_id: str, at: datetime) -> None:
        """Have every consent deleted at an instant."""
        seconds = int(at.timestamp())
        for item in _between(contact_id, _CONSENTS):
            if item.expires_at != seconds:
                item.update(actions=[ConsentItem.expires_at.set(seconds)], condition=ConsentItem.pk.exists())


def _beside(contact_id: str, *, spare_consents: bool) -> Iterator[CrmTable]:
    spans = (_BEFORE_CONSENTS, *(() if spare_consents else (_CONSENTS,)), *_AFTER_CONSENTS)
    return chain.from_iterable(_between(contact_id, span) for span in spans)


def _between(contact_id: str, span: tuple[str, str]) -> Iterator[CrmTable]:
    between = CrmTable.sk.between(*span)
    return iter(CrmTable.query(f"CONTACT#{contact_id}", between, page_size=_CHUNK + 1, consistent_read=True))


def _trace(item: CrmTable) -> Trace:
    values: dict[str, Any] = item.attribute_values
    shown = {name: value for name, value in values.items() if name not in _PLUMBING and value is not None}
    row: str = CrmTable.row.serialize(shown.pop("row"))  # type: ignore[no-untyped-call]
    return Trace(row, shown)

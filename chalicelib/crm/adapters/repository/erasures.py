"""Erasures that are not done, in DynamoDB; each expires when nobody has gone on with it for a month."""

from __future__ import annotations

from datetime import timedelta

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.crm.adapters.tables import ErasureItem
from chalicelib.crm.domain.personal import Erasure, Person
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.phones import E164

_KEPT = timedelta(days=30)


@unavailable_on(PynamoDBException)
class ErasureRepository:
    """Erasures by contact; implements `Erasures`."""

    def put(self, erasure: Erasure) -> None:
        """Keep whose traces are to be erased, in place of what was kept of the same contact."""
        ErasureItem(
            f"ERASURE#{erasure.contact_id}",
            "ERASURE",
            ids=list(erasure.person.ids),
            phones=list(erasure.person.phones),
            begun_at=iso(erasure.begun_at),
            expires_at=int((erasure.begun_at + _KEPT).timestamp()),
        ).save()

    def get(self, contact_id: str) -> Erasure | None:
        """Give an erasure that is not done, consistently."""
        try:
            item = ErasureItem.get(f"ERASURE#{contact_id}", "ERASURE", consistent_read=True)
        except DoesNotExist:
            return None
        person = Person(tuple(item.ids), tuple(map(E164, item.phones)))
        return Erasure(contact_id, person, from_iso(item.begun_at))

    def remove(self, contact_id: str) -> None:
        """Forget an erasure."""
        ErasureItem(f"ERASURE#{contact_id}", "ERASURE").delete()

"""The table, its index of time, and how items find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, Projection
from pynamodb.models import Model

from chalicelib.kernel.actors import actor

if TYPE_CHECKING:
    from pynamodb.connection import Connection


def index(name: str, hash_key: str, range_key: str, projection: type[Projection]) -> Any:
    """Make an index of the template: its name, and the attributes that are its keys."""
    body = {
        "Meta": type("Meta", (), {"index_name": name, "projection": projection()}),
        hash_key: UnicodeAttribute(hash_key=True, attr_name=hash_key),
        range_key: UnicodeAttribute(range_key=True, attr_name=range_key),
    }
    return type(name, (GlobalSecondaryIndex,), body)()


class CrmTable(Model):
    """One table, item collections by `pk`; `row` says what an item is."""

    class Meta:
        """Two tries must fit into a webhook's time; PynamoDB's own time-outs are 15 and 30 seconds."""

        table_name: str
        connect_timeout_seconds = 1
        read_timeout_seconds = 2
        max_retry_attempts = 2

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    row = DiscriminatorAttribute()
    # Not `default`: what was written before rows were stamped must not name whoever reads it.
    changed_by = UnicodeAttribute(null=True, default_for_new=actor)
    expires_at = NumberAttribute(null=True)
    timeline_id = UnicodeAttribute(null=True)
    timeline_key = UnicodeAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    moved_from = UnicodeAttribute(null=True)
    by_time = index("by_time", "timeline_id", "timeline_key", AllProjection)


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    CrmTable.Meta.table_name = table_name
    return CrmTable._get_connection().connection  # noqa: SLF001

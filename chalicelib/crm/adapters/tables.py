"""The items of the CRM table; only the repository reads or writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.kernel.actors import actor

if TYPE_CHECKING:
    from pynamodb.connection import Connection


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


class ContactItem(CrmTable, discriminator="contact"):
    """`CONTACT#<id>` / `CONTACT`: the head of a contact's collection."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    phone = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    company = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    language = UnicodeAttribute()
    source = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()


class NoteItem(CrmTable, discriminator="note"):
    """`CONTACT#<id>` / `NOTE#<note id>`: the ids, and so the keys, sort by time."""

    id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    body = UnicodeAttribute()
    author = UnicodeAttribute()
    created_at = UnicodeAttribute()
    call_id = UnicodeAttribute(null=True)


class PhoneItem(CrmTable, discriminator="phone"):
    """`PHONE#<E.164>` / `PHONE`: who has the number; what makes it unique."""

    contact_id = UnicodeAttribute()


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    CrmTable.Meta.table_name = table_name
    return CrmTable._get_connection().connection  # noqa: SLF001

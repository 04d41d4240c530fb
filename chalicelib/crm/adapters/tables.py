"""The items of the CRM table; only the repository reads or writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import DiscriminatorAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, Projection
from pynamodb.models import Model

from chalicelib.kernel.actors import actor

if TYPE_CHECKING:
    from pynamodb.connection import Connection


def _index(name: str, hash_key: str, range_key: str, projection: type[Projection]) -> Any:
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
    by_time = _index("by_time", "timeline_id", "timeline_key", AllProjection)


class ContactItem(CrmTable, discriminator="contact"):
    """`CONTACT#<id>` / `CONTACT`: the head of a contact's collection, with the keys of its lists."""

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
    other_phones = JSONAttribute(null=True)
    address = JSONAttribute(null=True)
    preferred_times = JSONAttribute(null=True)
    preferred_channel = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    tags = JSONAttribute(null=True)
    custom_fields = JSONAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    last_contacted_at = UnicodeAttribute(null=True)
    merged_ids = JSONAttribute(null=True)
    import_row = UnicodeAttribute(null=True)
    version = NumberAttribute()

    list_shard = UnicodeAttribute(null=True)
    created_key = UnicodeAttribute(null=True)
    name_key = UnicodeAttribute(null=True)
    updated_key = UnicodeAttribute(null=True)
    contacted_key = UnicodeAttribute(null=True)
    status_shard = UnicodeAttribute(null=True)
    source_shard = UnicodeAttribute(null=True)
    owner_shard = UnicodeAttribute(null=True)
    company_shard = UnicodeAttribute(null=True)
    by_created = _index("by_created", "list_shard", "created_key", KeysOnlyProjection)
    by_name = _index("by_name", "list_shard", "name_key", KeysOnlyProjection)
    by_updated = _index("by_updated", "list_shard", "updated_key", KeysOnlyProjection)
    by_contacted = _index("by_contacted", "list_shard", "contacted_key", KeysOnlyProjection)
    by_status = _index("by_status", "status_shard", "created_key", KeysOnlyProjection)
    by_source = _index("by_source", "source_shard", "created_key", KeysOnlyProjection)
    by_owner = _index("by_owner", "owner_shard", "created_key", KeysOnlyProjection)
    by_company = _index("by_company", "company_shard", "created_key", KeysOnlyProjection)


class GoneItem(CrmTable, discriminator="gone"):
    """`CONTACT#<id>` / `CONTACT`: what is left of a contact that is gone."""

    id = UnicodeAttribute()
    reason = UnicodeAttribute()
    gone_at = UnicodeAttribute()
    merged_into = UnicodeAttribute(null=True)


class PhoneItem(CrmTable, discriminator="phone"):
    """`PHONE#<E.164>` / `PHONE`: who has the number; what makes it unique."""

    contact_id = UnicodeAttribute()


class MemberItem(CrmTable, discriminator="member"):
    """`TAG#<tag id>#<shard>` / `<created key>`: a contact that carries the tag."""


class TagItem(CrmTable, discriminator="tag"):
    """`TAGS` / `TAG#<tag id>`."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    colour = UnicodeAttribute()
    description = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()


class FieldItem(CrmTable, discriminator="field"):
    """`FIELDS` / `FIELD#<key>`: the definition of a custom field."""

    key = UnicodeAttribute()
    label = UnicodeAttribute()
    kind = UnicodeAttribute()
    choices = JSONAttribute(null=True)
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


def bind(table_name: str) -> Connection:
    """Point all items at this table and give the one connection that they share.

    PynamoDB would otherwise build a client for each item class and for each transaction.
    """
    CrmTable.Meta.table_name = table_name
    return CrmTable._get_connection().connection  # noqa: SLF001

"""Contacts, their numbers, tags and custom fields."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import KeysOnlyProjection

from chalicelib.crm.adapters.tables.base import CrmTable, index


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
    by_created = index("by_created", "list_shard", "created_key", KeysOnlyProjection)
    by_name = index("by_name", "list_shard", "name_key", KeysOnlyProjection)
    by_updated = index("by_updated", "list_shard", "updated_key", KeysOnlyProjection)
    by_contacted = index("by_contacted", "list_shard", "contacted_key", KeysOnlyProjection)
    by_status = index("by_status", "status_shard", "created_key", KeysOnlyProjection)
    by_source = index("by_source", "source_shard", "created_key", KeysOnlyProjection)
    by_owner = index("by_owner", "owner_shard", "created_key", KeysOnlyProjection)
    by_company = index("by_company", "company_shard", "created_key", KeysOnlyProjection)


class GoneItem(CrmTable, discriminator="gone"):
    """`CONTACT#<id>` / `CONTACT`: what is left of a contact that is gone."""

    id = UnicodeAttribute()
    reason = UnicodeAttribute()
    gone_at = UnicodeAttribute()
    merged_into = UnicodeAttribute(null=True)
    merged_ids = JSONAttribute(null=True)


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


class TagNameItem(CrmTable, discriminator="tag_name"):
    """`TAGNAME#<folded name>` / `TAGNAME`: whose name it is; what makes it unique."""

    tag_id = UnicodeAttribute()


class FieldItem(CrmTable, discriminator="field"):
    """`FIELDS` / `FIELD#<key>`: the definition of a custom field."""

    key = UnicodeAttribute()
    label = UnicodeAttribute()
    kind = UnicodeAttribute()
    choices = JSONAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    version = NumberAttribute()

"""Definitions of custom fields in DynamoDB: one partition holds all of them."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.tables import FieldItem
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.errors import unavailable_on


@unavailable_on(PynamoDBException)
class FieldRepository:
    """Definitions of custom fields; implements `Fields`."""

    def all(self) -> list[FieldDefinition]:
        """Give every definition, consistently, by key; there are 100 at most."""
        found = FieldItem.query("FIELDS", FieldItem.sk.startswith("FIELD#"), consistent_read=True)
        return [_definition(item) for item in found]


def _definition(item: FieldItem) -> FieldDefinition:
    return FieldDefinition(
        key=item.key,
        label=item.label,
        kind=FieldKind(item.kind),
        choices=tuple(item.choices or ()),
        created_at=from_iso(item.created_at),
        updated_at=from_iso(item.updated_at),
        version=int(item.version),
    )

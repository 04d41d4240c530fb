"""Definitions of custom fields in DynamoDB: one partition holds all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DeleteError, PutError, PynamoDBException

from chalicelib.crm.adapters.repository.refusals import is_refused
from chalicelib.crm.adapters.tables import FieldItem
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Callable

_FIELDS = "FIELDS"


@unavailable_on(PynamoDBException)
class FieldRepository:
    """Definitions of custom fields; implements `Fields`."""

    def all(self) -> list[FieldDefinition]:
        """Give every definition, consistently, by key; there are 100 at most."""
        found = FieldItem.query(_FIELDS, FieldItem.sk.startswith("FIELD#"), consistent_read=True)
        return [_definition(item) for item in found]

    def add(self, definition: FieldDefinition) -> FieldDefinition:
        """Keep a new definition, or give the one that says the same of this key.

        Raises `Conflict` with code `field_exists` when the key is defined otherwise.
        """
        item = _item(definition)
        if _done(lambda: item.save(FieldItem.pk.does_not_exist())):
            return definition
        kept = _definition(FieldItem.get(_FIELDS, item.sk, consistent_read=True))
        if _meaning(kept) != _meaning(definition):
            raise Conflict("There is a custom field with this key.", code="field_exists")
        return kept

    def save(self, definition: FieldDefinition) -> None:
        """Keep a definition in place of the version below; `Conflict` with code `version_changed`."""
        before = definition.version - 1
        if not _done(lambda: _item(definition).save(FieldItem.version == before)):
            raise _changed()

    def remove(self, definition: FieldDefinition) -> None:
        """Remove a definition that is at this version; `Conflict` with code `version_changed`."""
        if not _done(lambda: _item(definition).delete(FieldItem.version == definition.version)):
            raise _changed()


def _done(write: Callable[[], object]) -> bool:
    """Write, and tell whether its condition held."""
    try:
        write()
    except (PutError, DeleteError) as error:
        if not is_refused(error):
            raise
        return False
    return True


def _item(definition: FieldDefinition) -> FieldItem:
    kept = vars(definition) | {
        "kind": definition.kind.value,
        "choices": list(definition.choices) or None,
        "created_at": iso(definition.created_at),
        "updated_at": iso(definition.updated_at),
    }
    return FieldItem(_FIELDS, f"FIELD#{definition.key}", **kept)


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


def _meaning(definition: FieldDefinition) -> tuple[object, ...]:
    return definition.label, definition.kind, definition.choices


def _changed() -> Conflict:
    return Conflict("The custom field was changed meanwhile.", code="version_changed")

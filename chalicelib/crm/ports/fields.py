"""Where the definitions of custom fields are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.fields import FieldDefinition


class Fields(Protocol):
    """Where the definitions of custom fields are kept, each key once."""

    def all(self) -> list[FieldDefinition]:
        """Give every definition, consistently, by key; there are 100 at most."""

    def add(self, definition: FieldDefinition) -> FieldDefinition:
        """Keep a new definition, or give the one that says the same of this key.

        Raises `Conflict` with code `field_exists` when the key is defined otherwise.
        """

    def save(self, definition: FieldDefinition) -> None:
        """Keep a definition in place of the version below; `Conflict` with code `version_changed`."""

    def remove(self, definition: FieldDefinition) -> None:
        """Remove a definition that is at this version; `Conflict` with code `version_changed`."""

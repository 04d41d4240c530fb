"""Where the definitions of custom fields are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.fields import FieldDefinition


class Fields(Protocol):
    """Where the definitions of custom fields are kept, each key once."""

    def all(self) -> list[FieldDefinition]:
        """Give every definition, consistently, by key; there are 100 at most."""

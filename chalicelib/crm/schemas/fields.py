"""Definitions of custom fields over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from chalicelib.crm.domain.fields import MAX_CHOICES, FieldChanges, FieldKind, NewField
from chalicelib.crm.schemas.values import Line
from chalicelib.kernel.schemas import Input, Instant

FieldKey = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Field(description="Its name for programs: small letters, digits and `_`."),
]
Choices = Annotated[
    tuple[Line, ...], Field(max_length=MAX_CHOICES, description="For the kind `choice` only.")
]


class FieldIn(Input):
    """A custom field to define; key and kind are for good."""

    key: FieldKey
    label: Line
    kind: FieldKind
    choices: Choices = ()

    def new_field(self) -> NewField:
        """Give the use case's input."""
        return NewField(self.key, self.label, self.kind, self.choices)


# A field that is not given has no default to show: it stays as it is.
_KEPT: Any = Field(default_factory=lambda: None)


class FieldPatch(Input):
    """What to change of a definition: what is not given stays."""

    label: Line = _KEPT
    choices: Choices = _KEPT

    def changes(self) -> FieldChanges:
        """Give the use case's input."""
        return FieldChanges(**{name: getattr(self, name) for name in self.model_fields_set})


class FieldView(BaseModel):
    """The definition of a custom field."""

    key: str
    label: str
    kind: FieldKind
    choices: list[str]
    created_at: Instant
    updated_at: Instant
    version: int


class FieldList(BaseModel):
    """Every definition, by key; there are 100 at most."""

    items: list[FieldView]

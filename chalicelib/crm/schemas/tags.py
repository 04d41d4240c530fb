"""Tags over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chalicelib.crm.domain.tags import DEFAULT_COLOUR, NewTag, TagChanges, check_colour
from chalicelib.crm.schemas.values import TagName, TagWord, as_value_error
from chalicelib.kernel.schemas import Input, Instant

Colour = Annotated[
    str,
    AfterValidator(lambda text: as_value_error(check_colour, text)),
    Field(examples=["#2563eb"], json_schema_extra={"pattern": "^#[0-9A-Fa-f]{6}$"}),
]
Description = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]


class TagIn(Input):
    """A tag to create; its name is unique, whatever the case and the accents."""

    name: TagName
    colour: Colour = DEFAULT_COLOUR
    description: Description = ""

    def new_tag(self) -> NewTag:
        """Give the use case's input."""
        return NewTag(self.name, self.colour, self.description)


# A field that is not given has no default to show: it stays as it is.
_KEPT: Any = Field(default_factory=lambda: None)


class TagPatch(Input):
    """What to change of a tag: what is not given stays."""

    name: TagName = _KEPT
    colour: Colour = _KEPT
    description: Description = _KEPT

    def changes(self) -> TagChanges:
        """Give the use case's input."""
        return TagChanges(**{name: getattr(self, name) for name in self.model_fields_set})


class TagMergeIn(Input):
    """Which tag takes the place of this one, by its id or its name."""

    into: TagWord


class TagView(BaseModel):
    """A tag; `count` is how many contacts had it a moment ago."""

    id: str
    name: str
    colour: str
    description: str
    count: int
    created_at: Instant
    updated_at: Instant
    version: int


class TagList(BaseModel):
    """Every tag, by name; there are 500 at most."""

    items: list[TagView]

"""Fields that several schemas of calls share."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.numbering import parse_phone


def _phone(text: str) -> str:
    try:
        return parse_phone(text)
    except Invalid as error:
        raise ValueError(error.message) from error


Phone = Annotated[str, AfterValidator(_phone)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class View(BaseModel):
    """What is shown of a domain value, by its attributes."""

    model_config = ConfigDict(from_attributes=True)

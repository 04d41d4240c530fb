"""The kinds of values that contacts, notes and consents have over HTTP, each with its rule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from chalicelib.crm.domain.details import check_email, check_language, check_time_zone
from chalicelib.crm.domain.tags import check_tag_name
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.numbering import check_country, parse_phone
from chalicelib.kernel.schemas import InstantIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.kernel.phones import E164

_ResultT = TypeVar("_ResultT")


def as_value_error(rule: Callable[..., _ResultT], *arguments: Any) -> _ResultT:
    """Run a rule of the domain; its refusal becomes the field's error instead of the request's."""
    try:
        return rule(*arguments)
    except AppError as error:
        raise ValueError(error.message) from error


def _plus_again(text: Any) -> Any:
    """Put back the plus that an unescaped query turns into a space."""
    return f"+{text[1:]}" if isinstance(text, str) and text.startswith(" ") else text


def _international(text: str) -> E164:
    return as_value_error(parse_phone, text)


def _in_utc(instant: datetime) -> datetime:
    """Refuse the calendar's first and last day, which have no instant in every zone."""
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("Give a time that the calendar has.") from None


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"),
    Field(description="Where it came from, in small letters, digits and `_`, such as `web_form`."),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(lambda address: as_value_error(check_email, address)),
]
Country = Annotated[
    str,
    AfterValidator(lambda code: as_value_error(check_country, code)),
    Field(json_schema_extra={"pattern": "^[A-Z]{2}$"}),
]
PhoneText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
PhoneInQuery = Annotated[PhoneText, BeforeValidator(_plus_again), AfterValidator(_international)]
SearchText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    BeforeValidator(_plus_again),
    Field(description="Beginnings of words of name, company or e-mail address, or a phone number."),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
CallId = Annotated[
    str,
    StringConstraints(pattern=r"^call_[0-9a-f]{32}$"),
    Field(description="The id of a call: `call_…`."),
]
ContactId = Annotated[
    str,
    StringConstraints(pattern=r"^contact_[0-9a-f]{32}$"),
    Field(description="The id of a contact: `contact_…`."),
]
TimeZone = Annotated[str, AfterValidator(lambda name: as_value_error(check_time_zone, name))]
Language = Annotated[str, AfterValidator(lambda tag: as_value_error(check_language, tag))]
Moment = Annotated[InstantIn, AfterValidator(_in_utc)]
TagName = Annotated[str, AfterValidator(lambda name: as_value_error(check_tag_name, name))]
TagWord = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    Field(description="A tag, by its name or its id."),
]
# The default of a field that may be changed: one that is not given stays as it is, and shows no default.
KEPT: Any = Field(default_factory=lambda: None)

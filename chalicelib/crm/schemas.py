"""What the CRM reads and says over HTTP: every field checked, unknown ones refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from chalicelib.crm.domain import (
    DEFAULT_LANGUAGE,
    ContactStatus,
    NewContact,
    NewNote,
    NoteKind,
    check_email,
    check_language,
    check_time_zone,
)
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.numbering import check_country, parse_phone
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, Instant

if TYPE_CHECKING:
    from collections.abc import Callable

_ResultT = TypeVar("_ResultT")


def _as_value_error(rule: Callable[..., _ResultT], *arguments: Any) -> _ResultT:
    """Run a rule of the domain; its refusal becomes the field's error instead of the request's."""
    try:
        return rule(*arguments)
    except AppError as error:
        raise ValueError(error.message) from error


def _plus_again(text: Any) -> Any:
    """Put back the plus that an unescaped query turns into a space."""
    return f"+{text[1:]}" if isinstance(text, str) and text.startswith(" ") else text


def _international(text: str) -> E164:
    return _as_value_error(parse_phone, text)


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
    AfterValidator(lambda address: _as_value_error(check_email, address)),
]
Country = Annotated[
    str,
    AfterValidator(lambda code: _as_value_error(check_country, code)),
    Field(json_schema_extra={"pattern": "^[A-Z]{2}$"}),
]
PhoneText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
CallId = Annotated[
    str,
    StringConstraints(pattern=r"^call_[0-9a-f]{32}$"),
    Field(description="The id of a call: `call_…`."),
]
TimeZone = Annotated[str, AfterValidator(lambda name: _as_value_error(check_time_zone, name))]
Language = Annotated[str, AfterValidator(lambda tag: _as_value_error(check_language, tag))]


class ContactIn(Input):
    """A contact to create; a national number needs `country` (ISO 3166 alpha-2)."""

    name: Line
    country: Country | None = None
    phone: PhoneText
    email: Email | None = None
    company: Line | None = None
    title: Line | None = None
    time_zone: TimeZone | None = None
    language: Language = DEFAULT_LANGUAGE
    source: Source = "api"
    status: ContactStatus = ContactStatus.LEAD

    @field_validator("phone")
    @classmethod
    def _number(cls, text: str, others: ValidationInfo) -> str:
        if "country" not in others.data:  # its own error is enough
            return text
        return _as_value_error(parse_phone, text, others.data["country"])

    def new_contact(self) -> NewContact:
        """Give the use case's input."""
        values = self.model_dump(exclude={"country", "phone"})
        return NewContact(phone=E164(self.phone), **values)


class ContactView(BaseModel):
    """A contact as the API shows it."""

    id: str
    name: str
    phone: str
    email: str | None
    company: str | None
    title: str | None
    time_zone: str | None
    language: str
    source: str
    status: ContactStatus
    created_at: Instant
    updated_at: Instant
    version: int


class ContactsQuery(Input):
    """How to look contacts up: by number, as E.164."""

    phone: Annotated[PhoneText, BeforeValidator(_plus_again), AfterValidator(_international)]


class ContactList(BaseModel):
    """The contacts that were found."""

    items: list[ContactView]


class NoteIn(Input):
    """A note to add to a contact."""

    kind: NoteKind = NoteKind.GENERAL
    body: Text
    call_id: CallId | None = None

    def new_note(self, contact_id: str, author: str, note_id: str) -> NewNote:
        """Give the use case's input."""
        return NewNote(contact_id, self.kind, self.body, author, call_id=self.call_id, id=note_id)


class NoteView(BaseModel):
    """A note as the API shows it."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: Instant
    call_id: str | None


class NoteList(BaseModel):
    """One page of notes, newest first; the token, if any, asks for the next."""

    items: list[NoteView]
    next_page_token: str | None

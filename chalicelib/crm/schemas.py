"""What the CRM reads and says over HTTP: every field checked, unknown ones refused."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
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
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.numbering import parse_phone
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable

_ResultT = TypeVar("_ResultT")


def _as_value_error(rule: Callable[..., _ResultT], *arguments: Any) -> _ResultT:
    """Run a rule of the domain; its refusal becomes the field's error instead of the request's."""
    try:
        return rule(*arguments)
    except AppError as error:
        raise ValueError(error.message) from error


def _page_start(token: str) -> str:
    """Read the note id that a page token carries."""
    try:
        note_id = base64.urlsafe_b64decode(token.encode() + b"==").decode()
    except (binascii.Error, ValueError):
        note_id = ""
    if not is_id(note_id, "note"):
        raise ValueError("Use next_page_token of an earlier answer, or leave page_token out.")
    return note_id


def _page_token(note_id: str | None) -> str | None:
    return note_id and base64.urlsafe_b64encode(note_id.encode()).decode().rstrip("=")


def _plus_again(text: Any) -> Any:
    """Put back the plus that an unescaped query turns into a space."""
    return f"+{text[1:]}" if isinstance(text, str) and text.startswith(" ") else text


def _international(text: str) -> E164:
    return _as_value_error(parse_phone, text)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(lambda address: _as_value_error(check_email, address)),
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
PhoneText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
CallId = Annotated[str, StringConstraints(pattern=r"^call_[0-9a-f]{32}$")]
TimeZone = Annotated[str, AfterValidator(lambda name: _as_value_error(check_time_zone, name))]
Language = Annotated[str, AfterValidator(lambda tag: _as_value_error(check_language, tag))]
Instant = Annotated[datetime, PlainSerializer(iso, return_type=str, when_used="json")]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ContactIn(_Input):
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
    def _number(cls, text: str, others: ValidationInfo) -> E164:
        return _as_value_error(parse_phone, text, others.data.get("country"))

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


class ContactsQuery(_Input):
    """How to look contacts up: by number, as E.164."""

    phone: Annotated[PhoneText, BeforeValidator(_plus_again), AfterValidator(_international)]


class ContactList(BaseModel):
    """The contacts that were found."""

    items: list[ContactView]


class NoteIn(_Input):
    """A note to add to a contact."""

    kind: NoteKind = NoteKind.GENERAL
    body: Text
    call_id: CallId | None = None

    def new_note(self, contact_id: str, author: str) -> NewNote:
        """Give the use case's input."""
        return NewNote(contact_id, self.kind, self.body, author, call_id=self.call_id)


class NoteView(BaseModel):
    """A note as the API shows it."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: Instant
    call_id: str | None


class NotesQuery(_Input):
    """Which page of notes: its size, and where it starts."""

    page_size: Annotated[int, Field(ge=1, le=100)] = 50
    page_token: Annotated[str, StringConstraints(max_length=200), AfterValidator(_page_start)] | None = None


class NoteList(BaseModel):
    """One page of notes, newest first; the token, if any, asks for the next."""

    items: list[NoteView]
    next_page_token: Annotated[
        str | None, BeforeValidator(_page_token), Field(validation_alias="next_before")
    ]

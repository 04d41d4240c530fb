"""Contacts over HTTP: created, replaced, changed in parts, listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from chalicelib.crm.domain.contacts import ContactChanges, NewContact, Patch
from chalicelib.crm.domain.details import (
    DEFAULT_LANGUAGE,
    MAX_OTHER_PHONES,
    MAX_TAGS,
    Address,
    Channel,
    ContactStatus,
    FieldValue,
    PreferredTime,
    check_preferred_time,
)
from chalicelib.crm.schemas.values import (
    KEPT,
    Country,
    Email,
    Language,
    Line,
    PhoneText,
    Source,
    TagWord,
    TimeZone,
    as_value_error,
)
from chalicelib.kernel.numbering import parse_phone
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input, Instant

if TYPE_CHECKING:
    from collections.abc import Callable

_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"  # a street has lines of its own
Street = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_LINES)
]
Time = Annotated[
    str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"), Field(examples=["09:00"])
]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CustomValue = bool | int | float | Annotated[str, StringConstraints(max_length=2000)]
CustomFields = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")], CustomValue],
    Field(max_length=100, description="Values by the key of their definition (GET /v1/crm/custom-fields)."),
]
CustomPatch = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")], CustomValue | None],
    Field(max_length=100, description="Values to set by key; null clears one, others stay."),
]
OtherPhones = Annotated[list[PhoneText], Field(max_length=MAX_OTHER_PHONES)]
TagWords = Annotated[list[TagWord], Field(max_length=MAX_TAGS)]


class AddressIn(Input):
    """Where somebody lives or works; `country` is ISO 3166 alpha-2."""

    street: Street | None = None
    city: Line | None = None
    region: Line | None = None
    postal_code: Line | None = None
    country: Country | None = None

    def address(self) -> Address:
        """Give the value."""
        return Address(**self.model_dump())


class AddressPatch(AddressIn):
    """The parts of an address to change: what is not given stays, null clears a part."""

    def patch(self) -> Patch:
        """Give the use case's input."""
        return Patch(self.model_dump(exclude_unset=True))


class PreferredTimeIn(Input):
    """When somebody likes to be called, in their own time; `end` may be 24:00."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    start: Time
    end: Time

    @model_validator(mode="after")
    def _in_order(self) -> PreferredTimeIn:
        as_value_error(check_preferred_time, self.preferred_time())
        return self

    def preferred_time(self) -> PreferredTime:
        """Give the value."""
        return PreferredTime(tuple(self.days), self.start, self.end)


PreferredTimes = Annotated[list[PreferredTimeIn], Field(max_length=14)]


def _numbers(texts: Any, others: ValidationInfo) -> Any:
    """Read national numbers in the country that the body names; its own error is enough if that is wrong."""
    if texts is None or "country" not in others.data:
        return texts
    country = others.data["country"]
    if isinstance(texts, str):
        return as_value_error(parse_phone, texts, country)
    return [as_value_error(parse_phone, text, country) for text in texts]


class ContactIn(Input):
    """All details of a contact; a national number needs `country` (ISO 3166 alpha-2)."""

    name: Line
    country: Country | None = None
    phone: PhoneText
    other_phones: OtherPhones = Field(default=[])
    email: Email | None = None
    company: Line | None = None
    title: Line | None = None
    address: AddressIn | None = None
    time_zone: TimeZone | None = None
    language: Language = DEFAULT_LANGUAGE
    preferred_times: PreferredTimes = Field(default=[])
    preferred_channel: Channel | None = None
    source: Source = "api"
    status: ContactStatus = ContactStatus.LEAD
    owner: Line | None = None
    custom_fields: CustomFields = Field(default={})
    tags: TagWords = Field(default=[])

    _read_numbers = field_validator("phone", "other_phones")(_numbers)

    def new_contact(self, tag_ids: Callable[[list[str]], tuple[str, ...]]) -> NewContact:
        """Give the use case's input; `tag_ids` knows tags by their names."""
        return NewContact(**_values(self, set(type(self).model_fields) - {"country"}, tag_ids))


class ContactPatch(Input):
    """The details to change: what is not given stays, null clears what may be absent."""

    country: Country | None = KEPT
    name: Line = KEPT
    phone: PhoneText = KEPT
    other_phones: OtherPhones = KEPT
    email: Email | None = KEPT
    company: Line | None = KEPT
    title: Line | None = KEPT
    address: AddressPatch | None = KEPT
    time_zone: TimeZone | None = KEPT
    language: Language = KEPT
    preferred_times: PreferredTimes = KEPT
    preferred_channel: Channel | None = KEPT
    source: Source = KEPT
    status: ContactStatus = KEPT
    owner: Line | None = KEPT
    custom_fields: CustomPatch | None = KEPT
    tags: TagWords = KEPT

    _read_numbers = field_validator("phone", "other_phones")(_numbers)

    def changes(self, tag_ids: Callable[[list[str]], tuple[str, ...]]) -> ContactChanges:
        """Give the use case's input; `tag_ids` knows tags by their names."""
        values = _values(self, self.model_fields_set - {"country", "address", "custom_fields"}, tag_ids)
        return ContactChanges(**values, **self._patches())

    def _patches(self) -> dict[str, Any]:
        patches: dict[str, Any] = {}
        if "address" in self.model_fields_set:
            patches["address"] = self.address and self.address.patch()
        if "custom_fields" in self.model_fields_set:
            patches["custom_fields"] = {} if self.custom_fields is None else Patch(self.custom_fields)
        return patches


def _values(
    body: ContactIn | ContactPatch, names: set[str], tag_ids: Callable[[list[str]], tuple[str, ...]]
) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in names}
    turn: dict[str, Callable[[Any], Any]] = {
        "phone": E164,
        "other_phones": lambda texts: tuple(map(E164, texts)),
        "address": lambda address: address and address.address(),
        "preferred_times": lambda times: tuple(time.preferred_time() for time in times),
        "tags": tag_ids,
    }
    return {name: turn[name](value) if name in turn else value for name, value in given.items()}


class AddressView(BaseModel):
    """Where somebody lives or works."""

    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None


class PreferredTimeView(BaseModel):
    """When somebody likes to be called, in their own time."""

    days: list[str]
    start: str
    end: str


class ContactView(BaseModel):
    """A contact as the API shows it; `tags` are names, `last_contacted_at` the last answered call."""

    id: str
    name: str
    phone: str
    other_phones: list[str]
    email: str | None
    company: str | None
    title: str | None
    address: AddressView | None
    time_zone: str | None
    language: str
    preferred_times: list[PreferredTimeView]
    preferred_channel: Channel | None
    source: str
    status: ContactStatus
    owner: str | None
    custom_fields: dict[str, FieldValue]
    tags: list[str]
    created_at: Instant
    updated_at: Instant
    last_contacted_at: Instant | None
    version: int


class ContactList(BaseModel):
    """One page of contacts; the token, if any, asks for the next."""

    items: list[ContactView]
    next_page_token: str | None

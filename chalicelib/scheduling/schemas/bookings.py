"""Free times, holds and bookings as the API takes and shows them."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from chalicelib.calls.schemas.fields import View
from chalicelib.crm.schemas.values import ContactId, Moment, TimeZone
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.schemas import Input, Instant, PageQuery
from chalicelib.scheduling.domain.bookings import BookingState
from chalicelib.scheduling.schemas.calendars import Service
from chalicelib.scheduling.services.availability import MAX_CALENDARS, Asked
from chalicelib.scheduling.services.booking import BookingWish, MoveWish

if TYPE_CHECKING:
    from chalicelib.scheduling.domain.sheets import Entry

LocalTime = Annotated[
    datetime,
    PlainSerializer(lambda given: given.isoformat(timespec="seconds"), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
CalendarId = Annotated[
    str,
    StringConstraints(pattern=r"^calendar_[0-9a-f]{32}$"),
    Field(description="The id of a calendar: `calendar_…`."),
]
_HoldId = Annotated[
    str,
    StringConstraints(pattern=r"^hold_[0-9a-f]{32}$"),
    Field(description="What was held by this is free for it."),
]
_Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), Field(description="Why; kept with it.")
]
_Note = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), Field(description="For people.")
]
_ByContact = Annotated[
    bool,
    Field(strict=True, description="The contact asks for it, and is bound to `cancel_notice_min`."),
]
_Start = Annotated[Moment, Field(description="When a slot begins.")]


def _in_every_zone(given: datetime) -> datetime:
    """Refuse the calendar's first and last year: their edges are no time in some zones."""
    if not MINYEAR < given.year < MAXYEAR:
        raise ValueError("Give a time that the calendar has.")
    return given


def _as_list(given: Any) -> Any:
    """Read a parameter that is given once as a list of one."""
    return [given] if isinstance(given, str) else given


class AvailabilityQuery(PageQuery):
    """Which calendars, by their ids or by a service (neither: all), and which days of which zone."""

    calendar_id: Annotated[
        list[CalendarId],
        BeforeValidator(_as_list),
        Field(
            default_factory=list,
            max_length=MAX_CALENDARS,
            description="Of these calendars; may be given several times.",
        ),
    ]
    service: Annotated[Service | None, Field(description="Of all calendars with this tag.")] = None
    first: Annotated[date, Field(alias="from", description="The first day.")]
    last: Annotated[
        date | None, Field(alias="to", description="The last day, at most 30 later; the first by default.")
    ] = None
    time_zone: Annotated[
        TimeZone | None, Field(description="Whose days; by default the calendar's, of several UTC.")
    ] = None

    def asked(self, zone: str) -> Asked:
        """Give the use case's input; `zone` holds where none was given."""
        last = self.first if self.last is None else self.last
        ids = tuple(self.calendar_id)
        return Asked(self.first, last, self.time_zone or zone, ids, self.service or "")


class OfferView(View):
    """A slot that can be booked: when, how many have room, and its start on both clocks."""

    calendar_id: str
    start: Instant
    end: Instant
    places: int
    local_start: Annotated[LocalTime, Field(description="By the clock of `time_zone`.")]
    calendar_start: Annotated[LocalTime, Field(description="By the calendar's clock.")]


class OfferList(BaseModel):
    """One page of slots that can be booked, in order of time; the page token asks for the next."""

    items: list[OfferView]
    next_page_token: str | None


class SlotHoldIn(Input):
    """A slot to be held."""

    calendar_id: CalendarId
    start: _Start


class SlotHoldQuery(Input):
    """On which calendar and day it is held."""

    calendar_id: CalendarId
    start: Annotated[
        Moment, AfterValidator(_in_every_zone), Field(description="When the slot begins that is held.")
    ]


class SlotHoldView(BaseModel):
    """A place that is held until an instant, for whoever books it by its `hold_id`."""

    hold_id: str
    calendar_id: str
    start: Instant
    end: Instant
    until: Instant


def hold_view(calendar_id: str, entry: Entry) -> dict[str, Any]:
    """Give a hold as the API shows it."""
    return {"hold_id": entry.holder, "calendar_id": calendar_id, **vars(entry)}


class BookingIn(Input):
    """A slot to book for a contact; `time_zone` is the contact's own by default."""

    calendar_id: CalendarId
    contact_id: ContactId
    start: _Start
    hold_id: _HoldId | None = None
    time_zone: TimeZone | None = None
    note: _Note = ""

    def wish(self, booking_id: str) -> BookingWish:
        """Give the use case's input."""
        return BookingWish(
            self.calendar_id,
            self.contact_id,
            self.start,
            booking_id=booking_id,
            holder=self.hold_id or "",
            zone=self.time_zone or "",
            note=self.note,
        )


class MoveIn(Input):
    """Where a booking is to be moved within its calendar."""

    start: _Start
    hold_id: _HoldId | None = None
    reason: _Reason = ""
    by_contact: _ByContact = False

    def wish(self, expected_version: int | None) -> MoveWish:
        """Give the use case's input."""
        return MoveWish(self.start, self.hold_id or "", self.reason, self.by_contact, expected_version)


class CancelIn(Input):
    """Why a booking is cancelled, and whether the contact asks for it."""

    reason: _Reason = ""
    by_contact: _ByContact = False


class AttendanceIn(Input):
    """Whether somebody came."""

    attended: Annotated[bool, Field(strict=True)]


class BookingsQuery(PageQuery):
    """Bookings of a contact, or those of a calendar on some of its days."""

    contact_id: ContactId | None = None
    calendar_id: CalendarId | None = None
    first: Annotated[
        date | None, Field(alias="from", description="The first day of the calendar; needed with it.")
    ] = None
    last: Annotated[
        date | None, Field(alias="to", description="The last day, at most 30 later; the first by default.")
    ] = None
    state: Annotated[
        BookingState | None, Field(description="Only those that are so; pages may be short.")
    ] = None

    def days(self) -> tuple[str, date, date] | None:
        """Give the calendar and its days; None when a contact is asked for. `Invalid` for half of either."""
        if (self.contact_id is None) == (self.calendar_id is None):
            raise _wrong("/calendar_id", "Give either contact_id or calendar_id.")
        if self.calendar_id is None:
            if self.first or self.last:
                raise _wrong("/from", "Days are asked for with calendar_id.")
            return None
        if self.first is None:
            raise _wrong("/from", "Give the first day of the calendar.")
        if self.state is BookingState.CANCELLED:
            raise _wrong("/state", "What is cancelled takes no place on a day; ask by contact_id.")
        return self.calendar_id, self.first, self.first if self.last is None else self.last


class SignatureQuery(Input):
    """What makes a link open its file."""

    signature: Annotated[
        str,
        StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_.-]+$"),
        Field(description="As the link has it."),
    ]


class LinkView(BaseModel):
    """A link that opens a calendar file without a token."""

    path: Annotated[str, Field(description="To be put behind the address of the API.")]


def _wrong(pointer: str, detail: str) -> Invalid:
    message = "Some parameters cannot be accepted; see errors."
    return Invalid(message, code="invalid_fields", errors=(FieldError(pointer, detail),))

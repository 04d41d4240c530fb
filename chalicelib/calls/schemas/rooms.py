"""Hand-overs and conferences as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from chalicelib.calls.domain.rooms import LegState, Listening, Role, RoomState
from chalicelib.calls.domain.templates import TransferMode
from chalicelib.calls.schemas.fields import Id, Phone, View
from chalicelib.calls.services.rooms.conferences import NewConference
from chalicelib.calls.services.rooms.invitations import Guest
from chalicelib.calls.services.rooms.taking import TransferWish
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from chalicelib.calls.domain.rooms import RoomFile

Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class TransferIn(Input):
    """To whom a call is handed; what is left out, its template says."""

    number: Annotated[Phone | None, Field(description="Whom to dial, not the template's number.")] = None
    mode: Annotated[
        TransferMode | None,
        Field(description="`blind` dials through; `warm` tells the colleague first what it is about."),
    ] = None

    def wish(self, attempt_id: str) -> TransferWish:
        """Give the wish that this request expresses."""
        return TransferWish(attempt_id, E164(self.number) if self.number else None, self.mode)


class GuestIn(Input):
    """Somebody to be called in; give a contact or a number."""

    contact_id: Id | None = None
    number: Phone | None = None
    label: Annotated[Label, Field(description="A name for lists.")] = ""

    @model_validator(mode="after")
    def _somebody(self) -> GuestIn:
        if (self.contact_id is None) == (self.number is None):
            raise ValueError("Give either contact_id or number.")
        return self

    def guest(self) -> Guest:
        """Give whom this request names."""
        return Guest(self.contact_id or "", E164(self.number) if self.number else None, self.label)


class ConferenceIn(Input):
    """People to be called together."""

    participants: Annotated[list[GuestIn], Field(min_length=1, max_length=10)]
    line: Annotated[Phone | None, Field(description="Which of our numbers calls; else the first.")] = None
    label: Annotated[Label, Field(description="A name for lists.")] = ""

    def wanted(self, room_id: str, requested_by: str) -> NewConference:
        """Give the conference that this request expresses."""
        return NewConference(
            room_id,
            tuple(each.guest() for each in self.participants),
            E164(self.line) if self.line else None,
            self.label,
            requested_by,
        )


class ParticipantPatch(Input):
    """What to change of a participant; at least one of the two."""

    muted: Annotated[bool | None, Field(description="Whether nobody hears them.")] = None
    held: Annotated[bool | None, Field(description="Whether they hear music and nobody hears them.")] = None

    @model_validator(mode="after")
    def _something(self) -> ParticipantPatch:
        if self.muted is None and self.held is None:
            raise ValueError("Give muted, held, or both.")
        return self


class SupervisorIn(Input):
    """Who is to supervise, and how."""

    number: Phone
    mode: Listening = Listening.LISTEN
    label: Annotated[Label, Field(description="A name for lists.")] = ""

    def guest(self) -> Guest:
        """Give whom this request names."""
        return Guest(number=E164(self.number), label=self.label)


class ModeIn(Input):
    """How a supervisor takes part from now on."""

    mode: Listening


class ParticipantView(View):
    """One person's leg; `muted` and `held` are as the carrier reports, `reason` says why nobody came."""

    id: str
    number: str
    contact_id: str
    role: Role
    label: str
    mode: str
    state: LegState
    reason: str
    sid: str
    muted: bool
    held: bool
    asked_at: datetime
    dialed_at: datetime | None
    joined_at: datetime | None
    left_at: datetime | None
    duration_s: int | None


class ConferenceHeadView(View):
    """A conference; `call_id` is empty for one that was called together."""

    id: str
    call_id: str
    line: str
    label: str
    state: RoomState
    sid: str
    requested_by: str
    created_at: datetime
    ended_at: datetime | None


class ConferenceView(ConferenceHeadView):
    """A conference with all who are, were, or should be in it."""

    participants: list[ParticipantView]


class ConferenceList(View):
    """One page of live conferences, newest first; the token, if any, asks for the next."""

    items: list[ConferenceHeadView]
    next_page_token: str | None


def conference_view(there: RoomFile) -> dict[str, Any]:
    """Give the values of a `ConferenceView`."""
    return {**vars(there.room), "participants": there.participants}

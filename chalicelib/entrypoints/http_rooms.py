"""REST routes of hand-overs, conferences and supervisors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.rooms import (
    ConferenceHeadView,
    ConferenceIn,
    ConferenceList,
    ConferenceView,
    GuestIn,
    ModeIn,
    ParticipantPatch,
    ParticipantView,
    SupervisorIn,
    TransferIn,
    conference_view,
)
from chalicelib.calls.services.rooms import conferences, taking
from chalicelib.calls.services.rooms.legs import find_room
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.rooms import Participant, Room
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_ROOMS = "/v1/calls/conferences"
_ROOM = _ROOMS + "/{conference_id}"
_RULES = {
    "suppressed": 403,
    "do_not_contact": 403,
    "number_kind_refused": 403,
    "country_not_allowed": 403,
    "kill_switch": 403,
    "dialing_disabled": 403,
    "settings_unavailable": 503,
    "bad_phone_number": 400,
}
_GONE = {"conference_not_found": 404, "conference_over": 409}
_FULL = {"already_in_conference": 409, "conference_full": 409}
_NO_ONE = {"participant_not_found": 404, "participant_gone": 409}
_ADA = "+14155550112"


@route(
    bp,
    "POST",
    "/v1/calls/{call_id}/transfer",
    scope=Scope.OPERATOR,
    body=TransferIn,
    returns=ParticipantView,
    status=202,
    errors=_RULES
    | {
        "call_not_found": 404,
        "call_not_live": 409,
        "call_not_held": 409,
        "call_in_transfer": 409,
        "transfer_limit": 409,
        "no_transfer_target": 409,
        "storage_unavailable": 503,
    },
    example={"number": "+14155550199", "mode": "warm"},
)
def transfer_call(request: Request[TransferIn, NoQuery]) -> Participant:
    """Take a live call from the AI and hand it to a person.

    When nobody is reached, the caller hears so, and what the template says follows.
    """
    wish = request.body.wish(request.new_id("participant"))
    return taking.transfer_call(container().calls, request.path["call_id"], wish)


@route(
    bp,
    "POST",
    _ROOMS,
    scope=Scope.OPERATOR,
    body=ConferenceIn,
    returns=ConferenceView,
    status=201,
    errors=_RULES
    | {"contact_not_found": 404, "line_not_found": 404, "no_caller_number": 400, "named_twice": 400},
    example={"label": "Delivery of Tuesday", "participants": [{"number": _ADA}, {"number": "+14155550113"}]},
)
def create_conference(request: Request[ConferenceIn, NoQuery]) -> dict[str, Any]:
    """Call people together; each is asked to press 1, so that no machine comes in."""
    wanted = request.body.wanted(request.new_id("room"), request.principal.name)
    return conference_view(conferences.create_conference(container().calls, wanted))


@route(bp, "GET", _ROOMS, scope=Scope.VIEWER, query=PageQuery, returns=ConferenceList)
def list_conferences(request: Request[None, PageQuery]) -> Page[Room]:
    """List the conferences that go on, newest first."""
    return conferences.list_conferences(container().calls, request.query.page_size, request.start)


@route(bp, "GET", _ROOM, scope=Scope.VIEWER, returns=ConferenceView, errors={"conference_not_found": 404})
def get_conference(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read a conference with who takes part, as the carrier has reported it."""
    return conference_view(find_room(container().calls, request.path["conference_id"]))


@route(
    bp,
    "POST",
    _ROOM + "/participants",
    scope=Scope.OPERATOR,
    body=GuestIn,
    returns=ParticipantView,
    status=201,
    errors=_RULES | _GONE | _FULL | {"contact_not_found": 404},
    example={"number": _ADA, "label": "Ada"},
)
def add_participant(request: Request[GuestIn, NoQuery]) -> Participant:
    """Call one more person into a live conference."""
    return conferences.add_participant(
        container().calls,
        request.path["conference_id"],
        request.body.guest(),
        request.new_id("participant"),
    )


@route(
    bp,
    "PATCH",
    _ROOM + "/participants/{participant_id}",
    scope=Scope.OPERATOR,
    body=ParticipantPatch,
    returns=ParticipantView,
    status=202,
    errors=_GONE | _NO_ONE | {"participant_is_supervisor": 409},
    example={"muted": True},
)
def change_participant(request: Request[ParticipantPatch, NoQuery]) -> Participant:
    """Mute, hold or release a participant; `muted` and `held` change when the carrier has done it."""
    return conferences.change_participant(
        container().calls,
        request.path["conference_id"],
        request.path["participant_id"],
        muted=request.body.muted,
        held=request.body.held,
    )


@route(
    bp,
    "DELETE",
    _ROOM + "/participants/{participant_id}",
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={"conference_not_found": 404, "participant_not_found": 404, "participant_is_caller": 409},
)
def remove_participant(request: Request[None, NoQuery]) -> None:
    """End a participant's leg, whether it rings or talks."""
    conferences.remove_participant(
        container().calls, request.path["conference_id"], request.path["participant_id"]
    )


@route(
    bp,
    "POST",
    _ROOM + "/end",
    scope=Scope.OPERATOR,
    returns=ConferenceHeadView,
    status=202,
    errors={"conference_not_found": 404},
    idempotent=False,
)
def end_conference(request: Request[None, NoQuery]) -> Room:
    """End a conference for everybody in it."""
    return conferences.end_conference(container().calls, request.path["conference_id"])


@route(
    bp,
    "POST",
    _ROOM + "/supervisors",
    scope=Scope.OPERATOR,
    body=SupervisorIn,
    returns=ParticipantView,
    status=201,
    errors=_RULES | _GONE | _FULL | {"call_not_in_conference": 409, "nobody_to_coach": 409},
    example={"number": "+14155550198", "mode": "listen"},
)
def add_supervisor(request: Request[SupervisorIn, NoQuery]) -> Participant:
    """Call a supervisor into a live conference, or into a call's room, named by the call's id."""
    return conferences.add_supervisor(
        container().calls,
        request.path["conference_id"],
        request.body.guest(),
        request.new_id("participant"),
        request.body.mode,
    )


@route(
    bp,
    "PATCH",
    _ROOM + "/supervisors/{participant_id}",
    scope=Scope.OPERATOR,
    body=ModeIn,
    returns=ParticipantView,
    status=202,
    errors=_GONE | _NO_ONE | {"participant_is_no_supervisor": 409, "nobody_to_coach": 409},
    example={"mode": "whisper"},
)
def change_mode(request: Request[ModeIn, NoQuery]) -> Participant:
    """Let a supervisor listen, whisper to the colleague alone, or be heard by everybody."""
    return conferences.change_mode(
        container().calls,
        request.path["conference_id"],
        request.path["participant_id"],
        request.body.mode,
    )

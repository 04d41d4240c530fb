"""REST routes of calls that go on: which they are, what is said, a note about one, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import CallView
from chalicelib.calls.schemas.lists import CallNoteIn, LiveCallList, TranscriptQuery, TranscriptView
from chalicelib.calls.services import operating
from chalicelib.crm.schemas.notes import NoteView
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.listing import LiveCalls
    from chalicelib.calls.domain.transcripts import Transcript
    from chalicelib.crm.domain.notes import Note

bp = Blueprint(__name__)
_CALLS = "/v1/calls"
_CALL = _CALLS + "/{call_id}"
_MISSING = {"call_not_found": 404}


@route(bp, "GET", _CALLS + "/live", scope=Scope.VIEWER, returns=LiveCallList)
def list_live_calls(_request: Request[None, NoQuery]) -> LiveCalls:
    """List the calls that are going on now, newest first, 200 at most.

    Those that are dialed, ring or are talked on; a change appears here within a second or so.
    """
    return operating.list_live_calls(container().calls)


@route(
    bp,
    "GET",
    _CALL + "/transcript",
    scope=Scope.VIEWER,
    query=TranscriptQuery,
    returns=TranscriptView,
    errors=_MISSING,
)
def read_transcript(request: Request[None, TranscriptQuery]) -> Transcript:
    """Read what was said in a call from a turn on, while it goes on.

    Ask again from `next_since` on, about once a second, while there can be `more`. The last turns are given
    again, because they may have grown, or been cut to what was heard: each replaces the one that you have
    under its number.
    """
    return operating.read_transcript(container().calls, request.path["call_id"], request.query.since)


@route(
    bp,
    "POST",
    _CALL + "/hangup",
    scope=Scope.OPERATOR,
    returns=CallView,
    status=202,
    errors={
        **_MISSING,
        "call_over": 409,
        "call_being_dialed": 409,
        "carrier_refused": 403,
        "carrier_busy": 503,
        "carrier_unreachable": 503,
    },
    idempotent=False,
)
def hang_up_call(request: Request[None, NoQuery]) -> Call:
    """End a call: one that waits at once, one that goes on through the carrier.

    The answer is the call as it is; that it ended is told by the carrier a moment later. Asking again is
    harmless. 409 `call_being_dialed` while the carrier has not answered: try again in a few seconds.
    """
    return operating.hang_up(container().calls, request.path["call_id"])


@route(
    bp,
    "POST",
    _CALL + "/notes",
    scope=Scope.OPERATOR,
    body=CallNoteIn,
    returns=NoteView,
    status=201,
    errors={**_MISSING, "contact_not_found": 404, "contact_changed": 409},
    example={"body": "Sounded unsure about the price."},
)
def add_call_note(request: Request[CallNoteIn, NoQuery]) -> Note:
    """Add a note about a call, going on or over, to its contact."""
    author, note_id = request.principal.name, request.new_id("note")
    return operating.note_on_call(
        container().calls, request.path["call_id"], request.body.body, author, note_id
    )

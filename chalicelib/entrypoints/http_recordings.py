"""REST routes of recordings and voicemail: what there is, where it plays, and deleting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.recordings import (
    RecordingList,
    RetentionIn,
    RetentionView,
    SoundView,
    VoicemailList,
    VoicemailsQuery,
    VoicemailView,
    retention_view,
    voicemail_view,
)
from chalicelib.calls.services import recordings, retention, voicemails
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.paging import Page
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.ports.recordings import SoundAddress

bp = Blueprint(__name__)
_RECORDINGS = "/v1/calls/{call_id}/recordings"
_VOICEMAILS = "/v1/calls/voicemails"
_RETENTION = "/v1/calls/retention"


@route(
    bp,
    "GET",
    _RECORDINGS,
    scope=Scope.VIEWER,
    returns=RecordingList,
    errors={"call_not_found": 404},
)
def list_recordings(request: Request[None, NoQuery]) -> dict[str, Any]:
    """List the recordings of a call, with the state of each."""
    return {"items": recordings.list_recordings(container().calls, request.path["call_id"])}


@route(
    bp,
    "GET",
    _RECORDINGS + "/{sid}/media",
    scope=Scope.VIEWER,
    returns=SoundView,
    errors={"recording_not_found": 404},
)
def play_recording(request: Request[None, NoQuery]) -> SoundAddress:
    """Get an address at which a recording plays for five minutes, without a token; that is logged."""
    path = request.path
    return recordings.play_recording(container().calls, path["call_id"], path["sid"])


@route(
    bp,
    "DELETE",
    _RECORDINGS + "/{sid}",
    scope=Scope.ADMIN,
    returns=None,
    status=204,
    errors={"recording_not_found": 404},
)
def delete_recording(request: Request[None, NoQuery]) -> None:
    """Delete a recording: from now on it cannot be played, and its sound is removed everywhere."""
    recordings.delete_recording(container().calls, request.path["call_id"], request.path["sid"])


@route(bp, "GET", _VOICEMAILS, scope=Scope.VIEWER, query=VoicemailsQuery, returns=VoicemailList)
def list_voicemails(request: Request[None, VoicemailsQuery]) -> Page[VoicemailView]:
    """List the messages that callers left, newest first; `state` takes `new` or `heard`.

    A message appears here within a second or so of being recorded. A page may be short and not the last.
    """
    query = request.query
    page = voicemails.list_voicemails(
        container().calls, heard=query.heard, page_size=query.page_size, start=request.start
    )
    return Page([voicemail_view(each) for each in page.items], page.next_start)


@route(
    bp,
    "GET",
    _VOICEMAILS + "/{call_id}",
    scope=Scope.VIEWER,
    returns=VoicemailView,
    errors={"voicemail_not_found": 404},
)
def get_voicemail(request: Request[None, NoQuery]) -> VoicemailView:
    """Read the message that was left in a call, with what a machine understood of it."""
    return voicemail_view(voicemails.get_voicemail(container().calls, request.path["call_id"]))


@route(
    bp,
    "POST",
    _VOICEMAILS + "/{call_id}/heard",
    scope=Scope.OPERATOR,
    returns=VoicemailView,
    idempotent=False,
    errors={"voicemail_not_found": 404},
)
def mark_voicemail_heard(request: Request[None, NoQuery]) -> VoicemailView:
    """Take a message off the new ones; again, nothing changes."""
    return voicemail_view(voicemails.mark_heard(container().calls, request.path["call_id"]))


@route(
    bp,
    "POST",
    _RETENTION,
    scope=Scope.ADMIN,
    body=RetentionIn,
    returns=RetentionView,
    status=202,
    example={"dry_run": True},
)
def start_retention(request: Request[RetentionIn, NoQuery]) -> dict[str, Any]:
    """Delete what is kept no longer by the settings' `retention`, or with `dry_run` only count it.

    It happens every day by itself. The answer's `id` leads to the report.
    """
    run_id = request.new_id("retention")
    run = retention.start_retention(container().calls, dry_run=request.body.dry_run, run_id=run_id)
    return retention_view(run)


@route(
    bp,
    "GET",
    _RETENTION + "/{retention_id}",
    scope=Scope.VIEWER,
    returns=RetentionView,
    errors={"retention_not_found": 404},
)
def get_retention(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read the report of a retention run: what was due, deleted, and could not be deleted."""
    return retention_view(retention.get_run(container().calls, request.path["retention_id"]))

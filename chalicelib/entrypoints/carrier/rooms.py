"""Webhooks of hand-overs and rooms: callers are passed on or come back, legs are asked, rooms report.

Most calls are never handed over: each handler imports what it needs when it is needed.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response

from chalicelib.ai.domain.sentences import Sentence
from chalicelib.bootstrap import container
from chalicelib.calls.adapters import forms
from chalicelib.calls.adapters.twiml import conversation
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.handing import Step
    from chalicelib.calls.domain.rooms import Participant, RoomFile


@webhooks.post("/voice/<call_id>/transfer")
def transfer(call_id: str) -> Response[Any]:
    """Hand a call over that an operator took from the AI."""
    from chalicelib.calls.services.rooms import handover

    calls = container().calls
    file = calls.book.load(call_id)
    if file is None or file.brief is None:
        return xml(conversation.hang_up())
    return _passed_on(file, handover.seized(calls, file, _attempt()))


@webhooks.post("/voice/<call_id>/transfer-ended")
def transfer_ended(call_id: str) -> Response[Any]:
    """Go on after a hand-over: the person hung up, or nobody could be reached."""
    from chalicelib.calls.services.rooms import handover

    calls = container().calls
    file = calls.book.load(call_id)
    if file is None or file.brief is None:
        return xml(conversation.hang_up())
    form = posted()
    dialed = handover.Dialed(
        status=form.get("DialCallStatus", ""),
        sid=form.get("DialCallSid", ""),
        duration_s=forms.number(form.get("DialCallDuration")),
        caller_gone=form.get("CallStatus") == "completed",
    )
    return _passed_on(file, handover.came_back(calls, file, _attempt(), dialed))


def _attempt() -> str:
    """Give the hand-over that the address names; its query is signed with it."""
    return dict(parse_qsl(webhooks.current_event.raw_query_string)).get("attempt", "")


def _passed_on(file: CallFile, steps: tuple[Step, ...]) -> Response[Any]:
    return xml(conversation.gather(file, steps, container().calls.addresses, len(file.turns)))


@webhooks.post("/rooms/<room_id>/legs/<participant_id>/answer")
def leg_answered(room_id: str, participant_id: str) -> Response[Any]:
    """Ask whoever took the call whether they want to come in."""
    from chalicelib.calls.adapters.twiml import rooms
    from chalicelib.calls.services.rooms import legs, summary

    calls = container().calls
    report = forms.report(posted(), calls.clock.now())
    there, leg = legs.leg_answered(calls, room_id, participant_id, report)
    if leg.accepted_at and not leg.is_over:
        return _let_in(there, leg)
    words, language = summary.invitation(calls, there, leg)
    if leg.is_over:
        return xml(rooms.goodbye(Sentence.CALL_IS_OVER, language))
    return xml(rooms.ask_to_join(room_id, leg, words, language, calls.addresses))


def _let_in(there: RoomFile, leg: Participant) -> Response[Any]:
    from chalicelib.calls.adapters.twiml import rooms
    from chalicelib.calls.services.rooms import tasks

    addresses = container().calls.addresses
    return xml(rooms.join(there.room.id, leg, addresses, tasks.coached_sid(there)))


@webhooks.post("/rooms/<room_id>/legs/<participant_id>/key")
def leg_pressed(room_id: str, participant_id: str) -> Response[Any]:
    """Let in who pressed 1; everybody else declined."""
    from chalicelib.calls.adapters.twiml import rooms
    from chalicelib.calls.services.rooms import legs, summary

    calls, digits = container().calls, posted().get("Digits", "")
    there, leg = legs.leg_pressed(calls, room_id, participant_id, digits)
    if leg.accepted_at and not leg.is_over:
        return _let_in(there, leg)
    words = Sentence.CALL_IS_OVER if digits == legs.JOIN_KEY else Sentence.ALL_RIGHT
    return xml(rooms.goodbye(words, summary.language_of(calls.book.load(there.room.call_id))))


@webhooks.post("/rooms/<room_id>/legs/<participant_id>/status")
def leg_status(room_id: str, participant_id: str) -> Response[Any]:
    """Merge what the carrier reports of a leg; repeated and late reports change nothing."""
    from chalicelib.calls.services.rooms import legs

    calls = container().calls
    legs.leg_reported(calls, room_id, participant_id, forms.report(posted(), calls.clock.now()))
    return Response(204)


@webhooks.post("/rooms/<room_id>/events")
def room_event(room_id: str) -> Response[Any]:
    """Merge what the carrier reports of a conference, in any order."""
    from chalicelib.calls.adapters import room_forms
    from chalicelib.calls.services.rooms import callbacks

    calls = container().calls
    callbacks.room_event(calls, room_id, room_forms.room_event(posted(), calls.clock.now()))
    return Response(204)


@webhooks.post("/rooms/<room_id>/wait")
def room_wait(room_id: str) -> Response[Any]:
    """Let somebody who is alone in a conference hear a sentence, and music."""
    from chalicelib.calls.adapters.twiml import rooms
    from chalicelib.calls.services.rooms import summary

    return xml(rooms.waiting(*summary.hold_the_line(container().calls, room_id)))

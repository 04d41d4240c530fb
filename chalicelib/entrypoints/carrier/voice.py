"""Webhooks of a call: it comes in or is answered, takes its turns, changes, and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler import Response

from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.bootstrap import container
from chalicelib.calls.adapters import forms
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.adapters.twiml import recording
from chalicelib.calls.adapters.twiml.conversation import CollectedVoice, replayed, rest_of
from chalicelib.calls.adapters.twiml.machines import waiting
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.services import answering, closing, fallbacks, progress, turns
from chalicelib.calls.services.after_hours import Closed
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log, log_failure
from chalicelib.kernel.phones import E164, is_e164

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.domain.turns import Turn

    _Again = Callable[[Turn, Brief | None], tuple[Directive, ...]]

# The carrier gives up on a webhook after 15 s.
_TIME_LIMIT_S = 10.0
SHOW_NUMBER = "We can only take calls that show their number. Please call again and show yours. Goodbye."
NOT_IN_SERVICE = "This number is not in service. Goodbye."


@webhooks.post("/voice/inbound")
def inbound() -> Response[Any]:
    """Take a call to one of our numbers."""
    form = posted()
    number, line = form.get("From", ""), form.get("To", "")
    calls = container().calls
    if not is_e164(line):
        return xml(twiml.apology(NOT_IN_SERVICE))
    if not is_e164(number) or number in forms.WITHHELD:
        return xml(twiml.apology(SHOW_NUMBER))
    report = forms.report(form, calls.clock.now())
    attestation = form.get("StirVerstat", "")
    opening = answering.receive_call(calls, E164(number), E164(line), report, attestation)
    if isinstance(opening, Closed):
        return xml(recording.turn_away(opening, calls.addresses))
    return _open(opening) if opening else xml(twiml.apology(NOT_IN_SERVICE))


@webhooks.post("/voice/inbound/status")
def inbound_status() -> Response[Any]:
    """Merge what the carrier reports of a call to us; its address is the number's, so it names no call."""
    return status(answering.inbound_call_id(posted().get("CallSid", "")))


@webhooks.post("/voice/<call_id>/answer")
def answer(call_id: str) -> Response[Any]:
    """Begin the conversation on a call that we placed."""
    calls = container().calls
    opening = answering.answer_call(calls, call_id, forms.report(posted(), calls.clock.now()))
    return _open(opening) if opening else xml(twiml.hang_up())


def _open(opening: answering.Opening) -> Response[Any]:
    addresses = container().calls.addresses
    document = _first_document(opening, addresses)
    return xml(recording.recorded(document, opening.call.id, addresses) if opening.brief.record else document)


def _first_document(opening: answering.Opening, addresses: Addresses) -> str:
    if opening.brief.transport is Transport.RELAY:
        return twiml.relay(opening.call.id, opening.brief, opening.directives, addresses)
    file = CallFile(opening.call, opening.brief)
    return twiml.gather(file, opening.directives, addresses, next_turn=1)


@webhooks.post("/voice/<call_id>/turn/<number>")
def take_turn(call_id: str, number: str) -> Response[Any]:
    """Answer what the caller said or pressed; a repeated delivery gets the same answer again."""
    calls = container().calls
    if not number.isdecimal():
        raise NotFound("A turn has a number.", code="turn_not_found")
    voice = CollectedVoice()
    turn = turns.take_turn(calls, _request(call_id, number), lambda _: voice)
    return _answered(call_id, turn, tuple(voice.directives), replayed)


@webhooks.post("/voice/<call_id>/turn/<number>/again")
def rest_of_turn(call_id: str, number: str) -> Response[Any]:
    """Answer the rest of a turn whose filler was heard; a repeated delivery gets the same rest again."""
    calls = container().calls
    voice = CollectedVoice()
    turn = turns.resume_turn(calls, _request(call_id, number), lambda _: voice)
    return _answered(call_id, turn, tuple(voice.directives), rest_of)


def _request(call_id: str, number: str) -> turns.TurnRequest:
    if not number.isdecimal():
        raise NotFound("A turn has a number.", code="turn_not_found")
    now, form = container().calls.clock.now(), posted()
    event, gone = forms.heard(form), forms.has_gone(form)
    return turns.TurnRequest(call_id, event, now, _TIME_LIMIT_S, int(number), has_gone=gone)


def _answered(
    call_id: str, turn: Turn | None, directives: tuple[Directive, ...], again: _Again
) -> Response[Any]:
    """Speak a turn; `again` gives it once more when it was taken before."""
    calls = container().calls
    file = calls.book.load(call_id)
    if turn is None or file is None or file.brief is None:
        return xml(twiml.hang_up())
    steps = closing.hand_over(calls, file, directives or again(turn, file.brief))
    return xml(twiml.gather(file, steps, calls.addresses, turn.number + 1))


@webhooks.post("/voice/<call_id>/status")
def status(call_id: str) -> Response[Any]:
    """Merge what the carrier reports; repeated and late reports change nothing."""
    calls = container().calls
    progress.record_report(calls, call_id, forms.report(posted(), calls.clock.now()))
    return Response(204)


@webhooks.post("/voice/<call_id>/session-ended")
def session_ended(call_id: str) -> Response[Any]:
    """Go on after a ConversationRelay session: hang up, hand over, or continue without the socket."""
    calls = container().calls
    form = posted()
    ended = closing.session_ended(
        calls, call_id, form.get("SessionStatus", ""), form.get("ErrorCode", "")[:8]
    )
    if ended is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    file, directives = ended
    if not directives:
        return xml(waiting(file.call, calls.addresses))
    return xml(twiml.gather(file, directives, calls.addresses, file.turns[-1].number + 1))


@webhooks.post("/voice/fallback")
def fallback() -> Response[Any]:
    """Say something when another address of ours failed, so that nobody is left in silence."""
    return _fall_back(answering.inbound_call_id(posted().get("CallSid", "")))


@webhooks.post("/voice/<call_id>/fallback")
def call_fallback(call_id: str) -> Response[Any]:
    """Say that something went wrong on this call, and hang up or hand over as its template wants."""
    return _fall_back(call_id)


def _fall_back(call_id: str) -> Response[Any]:
    """Do what the call's template says, or, when even that cannot be found out, say a sentence."""
    form = posted()
    failed_path = urlsplit(form.get("ErrorUrl", "")).path[-100:]
    log("webhook.fallback", call_id=call_id, error_code=form.get("ErrorCode", "")[:8], failed=failed_path)
    try:
        calls = container().calls
        file, steps = fallbacks.fall_back(calls, call_id, failed_path) or (None, ())
        document = twiml.gather(file, steps, calls.addresses, len(file.turns)) if file else ""
    except Exception as error:  # noqa: BLE001  nothing comes after this address: whatever breaks, we speak
        log_failure("fallback.failed", error)
        document = ""
    return xml(document or twiml.apology(APOLOGY))

"""Webhooks of a call: it comes in or is answered, takes its turns, changes, and ends."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.bootstrap import container
from chalicelib.calls.adapters import forms
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.adapters.twiml.conversation import CollectedVoice, replayed
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.services import answering, closing, progress, turns
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log
from chalicelib.kernel.phones import E164, is_e164

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
    opening = answering.receive_call(calls, E164(number), E164(line), report)
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
    if opening.brief.transport is Transport.RELAY:
        return xml(twiml.relay(opening.call.id, opening.brief, opening.directives, addresses))
    file = CallFile(opening.call, opening.brief)
    return xml(twiml.gather(file, opening.directives, addresses, next_turn=1))


@webhooks.post("/voice/<call_id>/turn/<number>")
def take_turn(call_id: str, number: str) -> Response[Any]:
    """Answer what the caller said or pressed; a repeated delivery gets the same answer again."""
    calls = container().calls
    if not number.isdecimal():
        raise NotFound("A turn has a number.", code="turn_not_found")
    request = turns.TurnRequest(call_id, forms.heard(posted()), calls.clock.now(), _TIME_LIMIT_S, int(number))
    voice = CollectedVoice()
    turn = turns.take_turn(calls, request, lambda _: voice)
    file = calls.book.load(call_id)
    if turn is None or file is None or file.brief is None:
        return xml(twiml.hang_up())
    directives = closing.hand_over(calls, file, tuple(voice.directives) or replayed(turn))
    return xml(twiml.gather(file, directives, calls.addresses, turn.number + 1))


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
    ended = closing.session_ended(calls, call_id, posted().get("SessionStatus", ""))
    if ended is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    file, directives = ended
    return xml(twiml.gather(file, directives, calls.addresses, file.turns[-1].number + 1))


@webhooks.post("/voice/<call_id>/transfer-ended")
def transfer_ended(call_id: str) -> Response[Any]:
    """Go on after a hand-over: the person hung up, or nobody could be reached."""
    calls = container().calls
    file = calls.book.load(call_id)
    if file is None or file.brief is None:
        return xml(twiml.hang_up())
    directives = closing.transfer_ended(calls, call_id, posted().get("DialCallStatus", ""))
    return xml(twiml.gather(file, directives, calls.addresses, len(file.turns)))


@webhooks.post("/voice/fallback")
def fallback() -> Response[Any]:
    """Say something when another address of ours failed, so that nobody is left in silence."""
    log("webhook.fallback", error_code=posted().get("ErrorCode", ""))
    return xml(twiml.apology(APOLOGY))

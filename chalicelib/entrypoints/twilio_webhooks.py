"""The function URL that the carrier calls: every request is signed, every answer is TwiML."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from chalice.app import Blueprint

from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.bootstrap import container
from chalicelib.calls.adapters import twiml
from chalicelib.calls.adapters.twiml import CollectedVoice, replayed
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.services import answering, closing, progress, turns
from chalicelib.entrypoints.signatures import is_signed
from chalicelib.kernel.actors import SYSTEM, acting_as
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log, log_context, log_failure
from chalicelib.kernel.phones import E164, is_e164

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

# The carrier gives up on a webhook after 15 s.
_TIME_LIMIT_S = 10.0
SHOW_NUMBER = "We can only take calls that show their number. Please call again and show yours. Goodbye."
NOT_IN_SERVICE = "This number is not in service. Goodbye."

bp = Blueprint(__name__)
webhooks = LambdaFunctionUrlResolver()


@bp.lambda_function(name="hook")  # type: ignore[untyped-decorator]  # Chalice
def hook(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Serve one webhook."""
    return webhooks.resolve(event, context)


def _form() -> dict[str, str]:
    """Read the form of the request; parameters that we do not know are kept, for the signature."""
    event = webhooks.current_event
    body = event.body or ""
    text = base64.b64decode(body).decode("utf-8", "replace") if event.is_base64_encoded else body
    return dict(parse_qsl(text, keep_blank_values=True))


def _url() -> str:
    """Rebuild the address as the carrier called it, from our configured base."""
    event = webhooks.current_event
    query = event.raw_query_string
    return container().connections.webhook_url + event.raw_path + (f"?{query}" if query else "")


def verify(app: LambdaFunctionUrlResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Let only signed requests pass; anything else gets 403 and changes nothing."""
    form = _form()
    signature = app.current_event.headers.get("x-twilio-signature") or ""
    if not is_signed(_url(), form, signature):
        log("webhook.refused", path=app.current_event.raw_path)
        return Response(403, "text/plain", "The signature does not fit.")
    app.append_context(form=form)  # type: ignore[no-untyped-call]  # Powertools
    with log_context(call_sid=form.get("CallSid", "")), acting_as(_actor(app.current_event.raw_path, form)):
        return next_middleware(app)


def _actor(path: str, form: dict[str, str]) -> str:
    """Name the call that acts: its address names it, or for a call to us the carrier's id does."""
    name = path.removeprefix("/voice/").partition("/")[0]
    if name == "inbound":
        name = answering.inbound_call_id(form.get("CallSid", ""))
    return f"call:{name}" if name.startswith("call_") else SYSTEM


webhooks.use(middlewares=[verify])


def _posted() -> dict[str, str]:
    form: dict[str, str] = webhooks.context["form"]
    return form


def _xml(document: str) -> Response[Any]:
    return Response(200, "text/xml", document)


@webhooks.post("/voice/inbound")
def inbound() -> Response[Any]:
    """Take a call to one of our numbers."""
    form = _posted()
    number, line = form.get("From", ""), form.get("To", "")
    calls = container().calls
    if not is_e164(line):
        return _xml(twiml.apology(NOT_IN_SERVICE))
    if not is_e164(number) or number in twiml.WITHHELD:
        return _xml(twiml.apology(SHOW_NUMBER))
    report = twiml.report(form, calls.clock.now())
    opening = answering.receive_call(calls, E164(number), E164(line), report)
    return _open(opening) if opening else _xml(twiml.apology(NOT_IN_SERVICE))


@webhooks.post("/voice/inbound/status")
def inbound_status() -> Response[Any]:
    """Merge what the carrier reports of a call to us; its address is the number's, so it names no call."""
    return status(answering.inbound_call_id(_posted().get("CallSid", "")))


@webhooks.post("/voice/<call_id>/answer")
def answer(call_id: str) -> Response[Any]:
    """Begin the conversation on a call that we placed."""
    calls = container().calls
    opening = answering.answer_call(calls, call_id, twiml.report(_posted(), calls.clock.now()))
    return _open(opening) if opening else _xml(twiml.hang_up())


def _open(opening: answering.Opening) -> Response[Any]:
    addresses = container().calls.addresses
    if opening.brief.transport is Transport.RELAY:
        return _xml(twiml.relay(opening.call.id, opening.brief, opening.directives, addresses))
    file = CallFile(opening.call, opening.brief)
    return _xml(twiml.gather(file, opening.directives, addresses, next_turn=1))


@webhooks.post("/voice/<call_id>/turn/<number>")
def take_turn(call_id: str, number: str) -> Response[Any]:
    """Answer what the caller said or pressed; a repeated delivery gets the same answer again."""
    calls = container().calls
    if not number.isdecimal():
        raise NotFound("A turn has a number.", code="turn_not_found")
    request = turns.TurnRequest(
        call_id, twiml.heard(_posted()), calls.clock.now(), _TIME_LIMIT_S, int(number)
    )
    voice = CollectedVoice()
    turn = turns.take_turn(calls, request, lambda _: voice)
    file = calls.book.load(call_id)
    if turn is None or file is None or file.brief is None:
        return _xml(twiml.hang_up())
    directives = closing.hand_over(calls, file, tuple(voice.directives) or replayed(turn))
    return _xml(twiml.gather(file, directives, calls.addresses, turn.number + 1))


@webhooks.post("/voice/<call_id>/status")
def status(call_id: str) -> Response[Any]:
    """Merge what the carrier reports; repeated and late reports change nothing."""
    calls = container().calls
    progress.record_report(calls, call_id, twiml.report(_posted(), calls.clock.now()))
    return Response(204)


@webhooks.post("/voice/<call_id>/session-ended")
def session_ended(call_id: str) -> Response[Any]:
    """Go on after a ConversationRelay session: hang up, hand over, or continue without the socket."""
    calls = container().calls
    ended = closing.session_ended(calls, call_id, _posted().get("SessionStatus", ""))
    if ended is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    file, directives = ended
    return _xml(twiml.gather(file, directives, calls.addresses, file.turns[-1].number + 1))


@webhooks.post("/voice/<call_id>/transfer-ended")
def transfer_ended(call_id: str) -> Response[Any]:
    """Go on after a hand-over: the person hung up, or nobody could be reached."""
    calls = container().calls
    file = calls.book.load(call_id)
    if file is None or file.brief is None:
        return _xml(twiml.hang_up())
    directives = closing.transfer_ended(calls, call_id, _posted().get("DialCallStatus", ""))
    return _xml(twiml.gather(file, directives, calls.addresses, len(file.turns)))


@webhooks.post("/voice/fallback")
def fallback() -> Response[Any]:
    """Say something when another address of ours failed, so that nobody is left in silence."""
    log("webhook.fallback", error_code=_posted().get("ErrorCode", ""))
    return _xml(twiml.apology(APOLOGY))


@webhooks.not_found()  # type: ignore[untyped-decorator]  # Powertools
def unknown_address(_error: Exception) -> Response[Any]:
    """Answer for an address that we do not have."""
    return Response(404, "text/plain", "There is no such address.")


@webhooks.exception_handler(Exception)  # type: ignore[untyped-decorator]  # Powertools
def failed(error: Exception) -> Response[Any]:
    """Log what went wrong, numbers masked, and fail, so that the carrier goes to the fallback address."""
    log_failure("webhook.failed", error)
    return Response(500, "text/plain", "The request failed.")


@webhooks.exception_handler(NotFound)  # type: ignore[untyped-decorator]  # Powertools
def not_found(error: NotFound) -> Response[Any]:
    """Answer for a call that does not exist."""
    log("webhook.unknown_call", code=error.code)
    return Response(404, "text/plain", error.message)

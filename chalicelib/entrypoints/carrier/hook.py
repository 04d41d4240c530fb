"""The function URL that the carrier calls: every request is signed; what fails is left to the fallback."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.services import answering
from chalicelib.entrypoints.signatures import is_signed
from chalicelib.kernel.actors import SYSTEM, acting_as
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log, log_context, log_failure

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

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


def posted() -> dict[str, str]:
    """Give the form of the signed request."""
    form: dict[str, str] = webhooks.context["form"]
    return form


def xml(document: str) -> Response[Any]:
    """Answer with TwiML."""
    return Response(200, "text/xml", document)


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

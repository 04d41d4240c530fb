"""Webhooks of a call that a machine may have answered: the carrier's verdict, and the message for it."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.bootstrap import container
from chalicelib.calls.adapters.twiml import machines as twiml
from chalicelib.calls.adapters.twiml.conversation import apology, hang_up
from chalicelib.calls.domain.machines import is_doubted
from chalicelib.calls.services import machines
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml


@webhooks.post("/voice/<call_id>/answered-by")
def answered_by(call_id: str) -> Response[Any]:
    """Take what the carrier found to have answered; a machine's call is taken over elsewhere."""
    machines.note_verdict(container().calls, call_id, posted().get("AnsweredBy", ""))
    return Response(204)


@webhooks.post("/voice/<call_id>/machine")
def machine(call_id: str) -> Response[Any]:
    """Leave the message, or hang up; a repeated delivery gets the same answer until the message was left."""
    calls = container().calls
    file, text = machines.begin_message(calls, call_id)
    if is_doubted(file.call):
        return xml(apology(APOLOGY))
    if not text or file.brief is None:
        return xml(hang_up())
    return xml(twiml.message(call_id, file.brief, text, calls.addresses))


@webhooks.post("/voice/<call_id>/machine-done")
def machine_done(call_id: str) -> Response[Any]:
    """Hang up after the message."""
    machines.end_message(container().calls, call_id)
    return xml(hang_up())

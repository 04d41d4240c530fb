"""Actions on calls that the model may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import Effect, Tool, ToolContext

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts

MAX_SMS = 320
_SMS = "Send a text message to the number on this call, when the person wants it; at most three a call."


class Nothing(BaseModel):
    """No arguments: the number is the one on the line."""

    model_config = ConfigDict(extra="forbid")


class SmsArguments(BaseModel):
    """What to write; to whom is not the model's choice."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SMS),
        Field(description="The message: plain words, complete in itself, without promises."),
    ]


def _stop_in_chat(calls: CallPorts, context: ToolContext, number: E164) -> None:
    """Keep a wish that was written, and end the calls that wait; what then still waits is refused later.

    While tables are silent, the record of it is queued, and repeated until it is stored.
    """
    # Number plans cost imports.
    from chalicelib.calls.services.opt_outs import record_written_opt_out  # noqa: PLC0415
    from chalicelib.calls.services.withdrawing import end_waiting  # noqa: PLC0415

    source = f"chat:{context.call_id}"
    stop_calling(calls, number, source)
    try:
        record_written_opt_out(calls, context.call_id)
        end_waiting(calls, context.contact_id)
    except Unavailable:
        calls.wakeups.suppress(number, source)


def call_tools(calls: CallPorts) -> list[Tool]:
    """Give the actions of this domain."""

    def run(context: ToolContext, _arguments: Nothing) -> str:
        number = E164(context.number)
        if is_id(context.call_id, "chat"):
            _stop_in_chat(calls, context, number)
        else:  # calls that wait are ended after the call
            stop_calling(calls, number, source=f"call:{context.call_id}")
        return "This number will not be called again."

    def send_sms(context: ToolContext, arguments: SmsArguments) -> str:
        # Few calls need it, and number plans cost imports.
        from chalicelib.calls.services.call_messages import send_on_call  # noqa: PLC0415

        send_on_call(calls, context.call_id, arguments.text)
        return "The message is on its way to the number of this call. Whether it arrived is not known yet."

    return [
        Tool(
            OPT_OUT_TOOL,
            "The person does not want to be called again. Irrevocable.",
            Nothing,
            run,
            backs=("cancelled",),
        ),
        Tool("send_sms", _SMS, SmsArguments, send_sms, Effect.OUTSIDE, backs=("sent",)),
    ]

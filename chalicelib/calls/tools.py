"""Actions on calls that the model may ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import Tool, ToolContext

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts


class Nothing(BaseModel):
    """No arguments: the number is the one on the line."""

    model_config = ConfigDict(extra="forbid")


def call_tools(calls: CallPorts) -> list[Tool]:
    """Give the actions of this domain."""

    def run(context: ToolContext, _arguments: Nothing) -> str:
        stop_calling(calls, E164(context.number), source=f"call:{context.call_id}")
        return "This number will not be called again."

    return [Tool(OPT_OUT_TOOL, "The person does not want to be called again. Irrevocable.", Nothing, run)]

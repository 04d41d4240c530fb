"""The actions that only steer the conversation: ending the call and handing it to a person."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.ai.domain.conversation import END_TOOL, TRANSFER_TOOL
from chalicelib.kernel.tools import Effect, Tool, ToolContext


class Reason(BaseModel):
    """Why the model asks for it."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(max_length=200, description="Why, in a few words.")] = ""


def _granted(_context: ToolContext, _arguments: Reason) -> str:
    return "Done."


def conversation_tools() -> list[Tool]:
    """Give the actions that the engine itself carries out once they are granted."""
    return [
        Tool(END_TOOL, "End the call, after you have said goodbye.", Reason, _granted, Effect.NONE, backs=()),
        Tool(
            TRANSFER_TOOL,
            "Hand the caller over to a person, when they ask for one.",
            Reason,
            _granted,
            Effect.NONE,
            backs=("put_through",),
        ),
    ]

"""Actions on the calendar that the model may ask for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.kernel.tools import Effect, Tool, ToolContext
from chalicelib.scheduling.services import CallbackWish, promise_callback

if TYPE_CHECKING:
    from chalicelib.scheduling.ports import SchedulingPorts


class CallbackArguments(BaseModel):
    """When to call again."""

    model_config = ConfigDict(extra="forbid")
    when: Annotated[
        datetime, Field(description="Local date and time of the person, such as 2026-03-05T10:00.")
    ]


def scheduling_tools(scheduling: SchedulingPorts) -> list[Tool]:
    """Give the actions of this domain."""

    def schedule_callback(context: ToolContext, arguments: CallbackArguments) -> str:
        wish = CallbackWish(
            context.call_id, context.contact_id, context.number, arguments.when, context.time_zone
        )
        callback = promise_callback(scheduling, wish)
        local = callback.due_at.astimezone(ZoneInfo(context.time_zone))
        return f"A call is scheduled for {local:%A, %d %B at %H:%M} ({context.time_zone})."

    return [
        Tool(
            "schedule_callback",
            "Promise to call again at a certain time.",
            CallbackArguments,
            schedule_callback,
            Effect.OUTSIDE,
            replaces=True,
        )
    ]

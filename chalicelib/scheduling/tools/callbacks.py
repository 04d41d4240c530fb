"""Promising to call again, as the model may ask for it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.kernel.tools import Effect, Tool, ToolContext
from chalicelib.scheduling.domain.local_times import NOT_KNOWN
from chalicelib.scheduling.services.callbacks import CallbackWish, promise_callback

if TYPE_CHECKING:
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_ASK_ZONE = "Their own time zone is not known: say that this time is UTC, and ask for theirs if it matters."


class CallbackArguments(BaseModel):
    """When to call again."""

    model_config = ConfigDict(extra="forbid")
    when: Annotated[
        datetime, Field(description="Local date and time of the person, such as 2026-03-05T10:00.")
    ]


def callback_tools(scheduling: SchedulingPorts) -> list[Tool]:
    """Give the actions on promised calls."""

    def schedule_callback(context: ToolContext, arguments: CallbackArguments) -> str:
        wish = CallbackWish(
            context.call_id, context.contact_id, context.number, arguments.when, context.time_zone
        )
        callback = promise_callback(scheduling, wish)
        local = callback.due_at.astimezone(ZoneInfo(context.time_zone))
        said = f"A call is scheduled for {local:%A, %d %B at %H:%M} ({context.time_zone})."
        return f"{said} {_ASK_ZONE}" if context.time_zone == NOT_KNOWN else said

    return [
        Tool(
            "schedule_callback",
            "Promise to call again at a certain time.",
            CallbackArguments,
            schedule_callback,
            Effect.OUTSIDE,
            replaces=True,
            backs=("call_promised",),
        )
    ]

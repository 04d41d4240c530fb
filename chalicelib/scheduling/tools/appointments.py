"""What the model may do with appointments: find a time, book, move, cancel and confirm, for this contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.kernel.tools import Effect, Tool
from chalicelib.scheduling.tools.arguments import Availability, Booked, Cancelling, Moving, Nothing, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from pydantic import BaseModel

    from chalicelib.kernel.tools import ToolContext
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_CHECK = (
    "Look for free appointments: at most three are offered. Always look before you offer or book a time; "
    "offer only what you were given, in those words."
)
_BOOK = "Book an appointment for the person on this call, at a start that was free."
_MOVE = "Move the person's appointment to another start that was free."
_CANCEL = "Cancel the person's appointment."
_CONFIRM = "Note that the person will come to their appointment. Only when they have said so."
_MINE = "Say which appointments the person has ahead."


def appointment_tools(scheduling: SchedulingPorts) -> list[Tool]:
    """Give the actions on appointments; what they do is imported when the first of them is used."""

    def words(name: str) -> Callable[[ToolContext, Any], str]:
        return lambda context, arguments: str(getattr(_desk(), name)(scheduling, context, arguments))

    def changing(name: str, description: str, arguments: type[BaseModel], *backs: str) -> Tool:
        act, ask = words(name), words(f"ask_to_{name.partition('_')[0]}")
        return Tool(
            name, description, arguments, act, Effect.OUTSIDE, backs=backs, reads_back=ask, runs_again=True
        )

    return [
        Tool("check_availability", _CHECK, Availability, words("check_availability"), Effect.NONE, backs=()),
        changing("book_appointment", _BOOK, Wanted, "booked"),
        changing("move_appointment", _MOVE, Moving, "changed", "booked"),
        changing("cancel_appointment", _CANCEL, Cancelling, "cancelled"),
        Tool(
            "confirm_appointment",
            _CONFIRM,
            Booked,
            words("confirm_appointment"),
            Effect.OUTSIDE,
            backs=("expected",),
            runs_again=True,
        ),
        Tool(
            "my_appointments",
            _MINE,
            Nothing,
            words("my_appointments"),
            Effect.NONE,
            backs=("stands", "expected"),
        ),
    ]


def _desk() -> ModuleType:
    # Few turns need it, and most processes never.
    from chalicelib.scheduling.tools import desk  # noqa: PLC0415

    return desk

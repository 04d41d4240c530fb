"""Actions on callbacks and appointments that the model may ask for, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.scheduling.tools.appointments import appointment_tools
from chalicelib.scheduling.tools.callbacks import callback_tools

if TYPE_CHECKING:
    from chalicelib.kernel.tools import Tool
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def scheduling_tools(scheduling: SchedulingPorts) -> list[Tool]:
    """Give the actions of this domain."""
    return [*callback_tools(scheduling), *appointment_tools(scheduling)]

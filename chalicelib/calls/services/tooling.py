"""Running actions on a call: for its own contact and number, by its brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT
from chalicelib.ai.services import tooling
from chalicelib.calls.domain.turns import agreed_runs
from chalicelib.kernel.tools import ToolContext

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import UseTool
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts


def run_tool(
    calls: CallPorts, file: CallFile, use: UseTool, turn: Turn | None = None, now: tuple[ToolRun, ...] = ()
) -> ToolRun:
    """Run an action in a turn and say what came of it; `file` has the turns before, `now` its runs so far."""
    box = tooling.Toolbox(
        tools=calls.tools,
        allowed=file.brief.tools if file.brief else (),
        context=_context(calls, file, turn),
        actor=f"call:{file.call.id}",
        clock=calls.clock,
        conduct=file.brief.conduct if file.brief else DEFAULT_CONDUCT,
        before=tuple(run for earlier in file.turns for run in earlier.tools),
        agreed=agreed_runs(file.turns, turn) if turn else (),
        log_as={"call_id": file.call.id},
    )
    return tooling.run_tool(box, use, now)


def _context(calls: CallPorts, file: CallFile, turn: Turn | None) -> ToolContext:
    return ToolContext(
        call_id=file.call.id,
        contact_id=file.call.contact_id,
        number=file.call.number,
        time_zone=file.brief.time_zone if file.brief else "UTC",
        now=calls.clock.now(),
        turn_at=turn.received_at if turn else None,
        language=file.brief.language if file.brief else "en",
    )

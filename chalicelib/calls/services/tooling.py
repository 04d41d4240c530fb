"""Running the actions that the model asks for: allowed ones, with checked arguments, for this call only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.calls.domain.turns import ToolRun
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.logs import log
from chalicelib.kernel.tools import ToolContext

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import UseTool
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

# Granted on every call, whatever its template says: consent can be revoked by any reasonable means.
_ALWAYS = frozenset({OPT_OUT_TOOL})


def run_tool(calls: CallPorts, file: CallFile, use: UseTool) -> ToolRun:
    """Run an action and say what came of it; a refusal is told to the model, never raised."""
    started = calls.clock.elapsed()
    with acting_as(f"call:{file.call.id}"):
        result, done = _run(calls, file, use)
    took_ms = millis(calls.clock.elapsed() - started)
    log("tool.used", call_id=file.call.id, tool=use.name, done=done, ms=took_ms)
    return ToolRun(use.id, use.name, use.arguments, result, done, took_ms)


def _run(calls: CallPorts, file: CallFile, use: UseTool) -> tuple[str, bool]:
    allowed = _ALWAYS | set(file.brief.tools if file.brief else ())
    tool = calls.tools.get(use.name) if use.name in allowed else None
    if tool is None:
        return f"There is no tool {use.name} on this call.", False
    try:
        arguments = tool.arguments.model_validate_json(use.arguments or "{}")
    except ValueError as error:
        return f"The arguments were refused: {_short(error)}", False
    try:
        return tool.run(_context(calls, file), arguments), True
    except AppError as error:
        return f"That was not possible: {error.message}", False


def _context(calls: CallPorts, file: CallFile) -> ToolContext:
    return ToolContext(
        call_id=file.call.id,
        contact_id=file.call.contact_id,
        number=file.call.number,
        time_zone=file.brief.time_zone if file.brief else "UTC",
        now=calls.clock.now(),
    )


def _short(error: ValueError) -> str:
    return " ".join(str(error).split())[:300]

"""Running the actions that the model asks for: allowed ones, with checked arguments, as often as may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, Conduct
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.tooling import ToolRun, is_steering, uses_left
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.logs import log
from chalicelib.kernel.tools import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from chalicelib.ai.domain.conversation import UseTool
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.tools import Tool, ToolContext

# Granted in every conversation, whatever its template says: consent can be revoked by any reasonable means.
_ALWAYS = frozenset({OPT_OUT_TOOL})
_ASK = (
    "Not done yet: the caller must agree first. Ask in one short question whether you shall do it, naming "
    "{arguments}. When they have said yes, use {name} again with the same arguments."
)
_READ_BACK = (
    "Not done yet: the caller must agree first. Ask in one short question: {words}? "
    "When they have said yes, use {name} again with the same arguments."
)
_USED_UP = "No more actions are possible in this conversation. Say so, and offer what can be done without."


@dataclass(frozen=True)
class Toolbox:
    """What may be used in one conversation, by whom, and what was used before.

    `actor` is named as whoever acts (`call:<id>`, `chat:<id>`). `before` are the runs of all earlier turns,
    in order; `agreed` those of them that waited for the caller's yes, which their newest words have given.
    """

    tools: Mapping[str, Tool]
    allowed: tuple[str, ...]
    context: ToolContext
    actor: str
    clock: Clock
    conduct: Conduct = DEFAULT_CONDUCT
    before: tuple[ToolRun, ...] = ()
    agreed: tuple[ToolRun, ...] = ()
    log_as: Mapping[str, str] = field(default_factory=dict)


class _Outcome(NamedTuple):
    """What the model is told, whether the action took effect, and whether it waits for the caller's yes."""

    result: str
    done: bool = False
    held: bool = False


def run_tool(box: Toolbox, use: UseTool, now: tuple[ToolRun, ...] = ()) -> ToolRun:
    """Run an action and say what came of it; a refusal is told to the model, never raised.

    `now` are the runs of this turn so far.
    """
    started = box.clock.elapsed()
    with acting_as(box.actor):
        outcome = _run(box, use, now)
    took_ms = millis(box.clock.elapsed() - started)
    log("tool.used", **box.log_as, tool=use.name, done=outcome.done, held=outcome.held, ms=took_ms)
    return ToolRun(use.id, use.name, use.arguments, outcome.result, outcome.done, took_ms, outcome.held)


def _run(box: Toolbox, use: UseTool, now: tuple[ToolRun, ...]) -> _Outcome:
    tool = box.tools.get(use.name) if use.name in _ALWAYS | set(box.allowed) else None
    if tool is None:
        return _Outcome(f"There is no tool {use.name} on this call.")
    try:
        arguments = tool.arguments.model_validate_json(use.arguments or "{}")
    except ValueError as error:
        return _Outcome(f"The arguments were refused: {_short(error)}")
    try:
        if known := _known(box, tool, arguments, now):
            return known
        return _Outcome(tool.run(box.context, arguments), done=True)
    except AppError as error:
        return _Outcome(f"That was not possible: {error.message}")


def _known(box: Toolbox, tool: Tool, arguments: BaseModel, now: tuple[ToolRun, ...]) -> _Outcome | None:
    """Answer without running it: what was done already, what is too much, what nobody has agreed to."""
    if is_steering(tool.name):
        return None
    runs = (*box.before, *now)
    if earlier := _same_change(tool, arguments, runs):
        return _Outcome(earlier.result, done=True)
    if uses_left(box.conduct.max_tool_uses, runs) <= 0:
        return _Outcome(_USED_UP)
    if _must_ask(box, tool) and not any(_is_same(tool, arguments, run) for run in box.agreed):
        return _Outcome(_question(box, tool, arguments), held=True)
    return None


def _question(box: Toolbox, tool: Tool, arguments: BaseModel) -> str:
    """Say what the caller is to be asked; raises what makes the action impossible."""
    if tool.reads_back is None:
        return _ASK.format(name=tool.name, arguments=arguments.model_dump_json())
    return _READ_BACK.format(name=tool.name, words=tool.reads_back(box.context, arguments))


def _must_ask(box: Toolbox, tool: Tool) -> bool:
    is_asked_about = tool.reads_back is not None or tool.name in box.conduct.confirm_tools
    return tool.effect is not Effect.NONE and is_asked_about


def _same_change(tool: Tool, arguments: BaseModel, runs: tuple[ToolRun, ...]) -> ToolRun | None:
    """Find where the very same change was made; one that has taken another's place may be made again."""
    if tool.effect is Effect.NONE or tool.runs_again:
        return None
    done = [run for run in runs if run.name == tool.name and run.done]
    standing = done[-1:] if tool.replaces else done
    return next((run for run in standing if _is_same(tool, arguments, run)), None)


def _is_same(tool: Tool, arguments: BaseModel, run: ToolRun) -> bool:
    if run.name != tool.name:
        return False
    try:
        return tool.arguments.model_validate_json(run.arguments or "{}") == arguments
    except ValueError:
        return False


def _short(error: ValueError) -> str:
    return " ".join(str(error).split())[:300]

"""Actions as a scenario has them: what would leave the house is answered by it, and never carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.scenarios import Stub
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.tools import Effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.scenarios import Scenario
    from chalicelib.kernel.tools import Tool, ToolContext

_OPTED_OUT = Stub("This number will not be called again.")


def rehearsed(tools: Mapping[str, Tool], scenario: Scenario) -> dict[str, Tool]:
    """Let the scenario answer for actions that leave the house, and for all of which it says what they give.

    So it does for the wish not to be called: the register of numbers is no place for nobody's.
    """
    return {name: _rehearsed(tool, scenario) for name, tool in tools.items()}


def _rehearsed(tool: Tool, scenario: Scenario) -> Tool:
    usual = _OPTED_OUT if tool.name == OPT_OUT_TOOL else Stub() if tool.effect is Effect.OUTSIDE else None
    stub = scenario.stubs.get(tool.name, usual)
    if stub is None:
        return tool

    def answer(_context: ToolContext, _arguments: Any) -> str:
        if not stub.done:
            raise Invalid(stub.text, code="rehearsed_refusal")
        return stub.text

    def asks(_context: ToolContext, _arguments: Any) -> str:
        return stub.asks

    return replace(tool, run=answer, reads_back=asks if tool.reads_back else None)

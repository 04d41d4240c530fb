"""A conversation about appointments, as far as the actions that the model uses in it."""

from __future__ import annotations

import json
from dataclasses import replace

from fakes.calls import NOW, NUMBER, connected

from chalicelib.ai.domain.conversation import UseTool
from chalicelib.ai.services.tooling import Toolbox, run_tool
from chalicelib.kernel.tools import ToolContext
from chalicelib.scheduling.tools import scheduling_tools

ZONE = "America/Los_Angeles"


class Talk:
    """A conversation that uses actions; `yes` says that the caller has agreed to what was asked last."""

    def __init__(self, scheduling, **context):
        call = connected(scheduling.calls)
        self.scheduling, self.runs = scheduling, []
        self.context = replace(ToolContext(call.id, call.contact_id, NUMBER, ZONE, NOW), **context)
        self.tools = {tool.name: tool for tool in scheduling_tools(scheduling)}

    def use(self, name, agreed=(), **arguments):
        """Use an action."""
        box = Toolbox(
            self.tools,
            tuple(self.tools),
            self.context,
            f"call:{self.context.call_id}",
            self.scheduling.clock,
            before=tuple(self.runs),
            agreed=tuple(agreed),
        )
        self.runs.append(run_tool(box, UseTool(f"use-{len(self.runs)}", name, json.dumps(arguments))))
        return self.runs[-1]

    def agreed(self, name, **arguments):
        """Use an action, hear the caller's yes, and use it again."""
        asked = self.use(name, **arguments)
        assert asked.held, asked.result
        return self.use(name, [asked], **arguments)

"""What the tests of the conversation share: an engine over a scripted model, and a way to drive it."""

from __future__ import annotations

import pytest
from fakes.ai import FakeAi
from fakes.model import FakeModel

from chalicelib.ai.domain.conversation import Conversation, ToolResult, UseTool
from chalicelib.ai.engine import Engine


@pytest.fixture
def model() -> FakeModel:
    """Give a model that a test scripts."""
    return FakeModel()


@pytest.fixture
def ai(clock) -> FakeAi:
    """Give the conversation's ports in memory."""
    return FakeAi(clock)


@pytest.fixture
def respond(model):
    """Drive the engine to the end of an event; actions get `results` in turn, then a plain success."""

    def drive(event, conversation=None, results=()):
        waiting, directives, answer = list(results), [], None
        responding = Engine(model).respond(conversation or Conversation("Be brief.", "Hello."), event)
        try:
            while True:
                directive = responding.send(answer)
                directives.append(directive)
                answer = None
                if isinstance(directive, UseTool):
                    answer = waiting.pop(0) if waiting else ToolResult("Done.")
        except StopIteration:
            return directives

    return drive

"""The conversation's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakes.model import FakeModel

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.kernel.errors import Conflict

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock


@dataclass
class FakePrompts:
    """Prompt templates in a dict; implements `PromptTemplates`."""

    by_id: dict[str, PromptTemplate] = field(default_factory=dict)

    def add(self, template: PromptTemplate) -> None:
        """Keep a template once."""
        if template.id in self.by_id:
            raise Conflict("exists", code="prompt_exists")
        self.by_id[template.id] = template

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give a template."""
        return self.by_id.get(template_id)

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""
        return sorted(self.by_id.values(), key=lambda template: template.name)


class FakeLexicon:
    """Knows two words; implements `Lexicon`."""

    def sentiment(self, text: str) -> Sentiment:
        """Judge by the two words."""
        if "terrible" in text:
            return Sentiment.NEGATIVE
        return Sentiment.POSITIVE if "great" in text else Sentiment.NEUTRAL


@dataclass
class FakeAi:
    """What the conversation works with; implements `AiPorts`. The renderer is the real one: it is pure."""

    clock: Clock
    model: FakeModel = field(default_factory=FakeModel)
    prompts: FakePrompts = field(default_factory=FakePrompts)
    renderer: JinjaRenderer = field(default_factory=JinjaRenderer)
    lexicon: FakeLexicon = field(default_factory=FakeLexicon)


def a_prompt(clock: Clock, text: str = "You sell to {{ contact.name }}.") -> PromptTemplate:
    """Make a prompt template."""
    now = clock.now()
    return PromptTemplate("prompt_1", "Sales", text, created_at=now, updated_at=now)

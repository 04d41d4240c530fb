"""The conversation's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakes.chats import FakeChats
from fakes.evaluations import FakeEvaluations, FakeEvaluationWork
from fakes.model import FakeModel
from fakes.model_statistics import FakeModelStatistics
from fakes.versioned import FakeVersions

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.domain.providers import ProviderFacts
from chalicelib.kernel.errors import Conflict

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock


class FakePrompts(FakeVersions["PromptTemplate"]):
    """Prompt templates; implements `PromptTemplates`."""

    def add(self, template: PromptTemplate) -> None:
        """Keep a template once."""
        if template.id in self.by_id or template.id in self.removed:
            raise Conflict("exists", code="prompt_exists")
        self.by_id[template.id] = template

    def count(self) -> int:
        """Give how many there are."""
        return len(self.by_id)

    def publish(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Keep what was put to use."""
        with self.lock:
            if not self._is_current(before):
                return False
            self.by_id[template.id] = template
            return True

    def _is_current(self, before: PromptTemplate) -> bool:
        """Tell whether nobody has changed or published it since it was read so."""
        return self.by_id.get(before.id) == before


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
    chats: FakeChats = field(default_factory=FakeChats)
    model_statistics: FakeModelStatistics = field(default_factory=FakeModelStatistics)
    evaluations: FakeEvaluations = field(default_factory=FakeEvaluations)
    evaluation_work: FakeEvaluationWork = field(default_factory=FakeEvaluationWork)
    renderer: JinjaRenderer = field(default_factory=JinjaRenderer)
    lexicon: FakeLexicon = field(default_factory=FakeLexicon)
    providers: tuple[ProviderFacts, ...] = (
        ProviderFacts("openai", "openai", "gpt-4.1-mini", 8000, "https://api.openai.com/v1"),
        ProviderFacts("spare", "bedrock", "amazon.nova-lite-v1:0", 3000, region="us-east-1"),
    )


def a_prompt(clock: Clock, text: str = "You sell to {{ contact.name }}.") -> PromptTemplate:
    """Make a prompt template."""
    now = clock.now()
    return PromptTemplate("prompt_1", "Sales", text, created_at=now, updated_at=now)

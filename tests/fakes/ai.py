"""The conversation's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from fakes.chats import FakeChats
from fakes.evaluations import FakeEvaluations, FakeEvaluationWork
from fakes.model import FakeModel
from fakes.model_statistics import FakeModelStatistics

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.domain.providers import ProviderFacts
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock


@dataclass
class FakePrompts:
    """Prompt templates in a dict; implements `PromptTemplates`."""

    by_id: dict[str, PromptTemplate] = field(default_factory=dict)
    older: dict[tuple[str, int], PromptTemplate] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def add(self, template: PromptTemplate) -> None:
        """Keep a template once."""
        if template.id in self.by_id or template.id in self.removed:
            raise Conflict("exists", code="prompt_exists")
        self.by_id[template.id] = template

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give a template."""
        return self.by_id.get(template_id)

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""
        return sorted(self.by_id.values(), key=lambda template: template.name)

    def count(self) -> int:
        """Give how many there are."""
        return len(self.by_id)

    def save(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Keep the next version, and the one before."""
        with self.lock:
            if self.by_id.get(before.id) != before:
                return False
            self.by_id[template.id], self.older[before.id, before.version] = template, before
            return True

    def publish(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Keep what was put to use."""
        with self.lock:
            if self.by_id.get(before.id) != before:
                return False
            self.by_id[template.id] = template
            return True

    def remove(self, template: PromptTemplate, now: datetime) -> bool:
        """Take a template away, and keep its last version."""
        if not self.save(template, template):
            return False
        del self.by_id[template.id]
        self.removed.add(template.id)
        return True

    def version(self, template_id: str, number: int) -> PromptTemplate | None:
        """Give one version."""
        current = self.by_id.get(template_id)
        is_current = current and current.version == number
        return current if is_current else self.older.get((template_id, number))

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[PromptTemplate]:
        """Give the versions, newest first."""
        known = {number: each for (owner, number), each in self.older.items() if owner == template_id}
        if template_id in self.by_id:
            known[self.by_id[template_id].version] = self.by_id[template_id]
        numbers = sorted((n for n in known if start is None or n < int(start)), reverse=True)
        more = str(numbers[limit - 1]) if len(numbers) > limit else None
        return Page([known[number] for number in numbers[:limit]], more)


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

"""What the conversation works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pynamodb.connection import Connection

    from chalicelib.ai.domain.providers import ProviderFacts
    from chalicelib.ai.ports.ai import Lexicon
    from chalicelib.ai.ports.chats import ChatBook
    from chalicelib.ai.ports.evaluations import Evaluations, EvaluationWork
    from chalicelib.ai.ports.models import Model
    from chalicelib.ai.ports.prompts import PromptTemplates, Renderer
    from chalicelib.ai.ports.statistics import ModelStatistics
    from chalicelib.bootstrap import Container
    from chalicelib.kernel.clock import Clock


class Ai:
    """What the conversation works with."""

    def __init__(self, root: Container) -> None:
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def model(self) -> Model:
        """All configured providers, in their order."""
        from chalicelib.ai.services.providers import ProviderChain
        from chalicelib.bootstrap.providers import provider_of

        return ProviderChain(tuple(map(provider_of, self._root.connections.providers)), self.clock)

    @cached_property
    def providers(self) -> tuple[ProviderFacts, ...]:
        """What may be known of the configured providers."""
        from chalicelib.bootstrap.providers import facts_of

        return tuple(map(facts_of, self._root.connections.providers))

    @cached_property
    def prompts(self) -> PromptTemplates:
        """Stored prompt templates."""
        from chalicelib.ai.adapters.repository.prompts import PromptRepository

        return PromptRepository(self._connection)

    @cached_property
    def chats(self) -> ChatBook:
        """Stored chats."""
        from chalicelib.ai.adapters.repository.chats import ChatRepository

        return ChatRepository(self._connection)

    @cached_property
    def model_statistics(self) -> ModelStatistics:
        """Counters of questions to models."""
        from chalicelib.ai.adapters.repository.statistics import ModelStatisticsRepository
        from chalicelib.bootstrap.questions import AllQuestions

        return AllQuestions(ModelStatisticsRepository(self._connection), self._root)

    @cached_property
    def evaluations(self) -> Evaluations:
        """Stored evaluations."""
        from chalicelib.ai.adapters.repository.evaluations import EvaluationRepository

        return EvaluationRepository(self._connection)

    @cached_property
    def evaluation_work(self) -> EvaluationWork:
        """The queue of jobs."""
        from chalicelib.ai.adapters.queues import SqsEvaluationWork

        return SqsEvaluationWork(self._root.client("sqs"), self._root.settings.jobs_queue_url)

    @cached_property
    def _connection(self) -> Connection:
        from chalicelib.ai.adapters import tables

        return tables.bind(self._root.settings.ai_table)

    @cached_property
    def renderer(self) -> Renderer:
        """The sandboxed template renderer."""
        from chalicelib.ai.adapters.rendering import JinjaRenderer

        return JinjaRenderer()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The offline sentiment lexicon."""
        from chalicelib.ai.adapters.lexicon import VaderLexicon

        return VaderLexicon()

"""All that the use cases of the conversation work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Sentiment
    from chalicelib.ai.domain.providers import ProviderFacts
    from chalicelib.ai.ports.chats import ChatBook
    from chalicelib.ai.ports.models import Model
    from chalicelib.ai.ports.prompts import PromptTemplates, Renderer
    from chalicelib.ai.ports.statistics import ModelStatistics
    from chalicelib.kernel.clock import Clock


class Lexicon(Protocol):
    """Judges sentiment without a model."""

    def sentiment(self, text: str) -> Sentiment:
        """Judge the words of one speaker."""


class AiPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def model(self) -> Model: ...  # noqa: D102
    @property
    def providers(self) -> tuple[ProviderFacts, ...]: ...  # noqa: D102
    @property
    def prompts(self) -> PromptTemplates: ...  # noqa: D102
    @property
    def chats(self) -> ChatBook: ...  # noqa: D102
    @property
    def model_statistics(self) -> ModelStatistics: ...  # noqa: D102
    @property
    def renderer(self) -> Renderer: ...  # noqa: D102
    @property
    def lexicon(self) -> Lexicon: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102

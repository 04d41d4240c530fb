"""What the conversation works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.ai.ports import Lexicon, Model, PromptTemplates, Renderer
    from chalicelib.bootstrap import Container
    from chalicelib.kernel.clock import Clock


class Ai:
    """What the conversation works with."""

    def __init__(self, root: Container) -> None:
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def model(self) -> Model:
        """The configured provider's client; importing it costs a third of a second once."""
        from chalicelib.ai.adapters.openai_model import OpenAIModel

        connections = self._root.connections
        return OpenAIModel(
            api_key=connections.openai_api_key,
            base_url=connections.openai_base_url,
            model=connections.openai_model,
        )

    @cached_property
    def prompts(self) -> PromptTemplates:
        """Stored prompt templates."""
        from chalicelib.ai.adapters.repository import AiRepository

        return AiRepository(self._root.settings.ai_table)

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

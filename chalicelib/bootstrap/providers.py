"""From a provider's settings to its adapter, which is built when it is first asked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.ai.domain.providers import ProviderFacts
from chalicelib.ai.services.questions import Provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.ai.ports.models import Speaker
    from chalicelib.kernel.provider_settings import ProviderSettings


def facts_of(settings: ProviderSettings) -> ProviderFacts:
    """Give what may be known of a provider: everything but its key."""
    return ProviderFacts(
        name=settings.name,
        kind=settings.kind,
        model=settings.model,
        first_token_ms=settings.first_token_ms,
        base_url=settings.base_url,
        region=settings.region,
        api_version=settings.api_version,
        priced_as=settings.priced_as,
        gap_ms=settings.gap_ms,
    )


def provider_of(settings: ProviderSettings) -> Provider:
    """Give a provider to ask; importing its client costs up to a third of a second when it is first asked."""
    build, first_token_s = _BUILDERS[settings.kind], settings.first_token_ms / 1000
    return Provider(
        settings.name,
        settings.priced_as or settings.model,
        first_token_s,
        cache(lambda: build(settings, first_token_s)),
        settings.gap_ms / 1000,
    )


def _openai(settings: ProviderSettings, silence_s: float) -> Speaker:
    from chalicelib.ai.adapters.providers.openai import OpenAIModel

    return OpenAIModel(
        api_key=settings.api_key,
        base_url=settings.base_url or "https://api.openai.com/v1",
        model=settings.model,
        silence_s=silence_s,
    )


def _azure(settings: ProviderSettings, silence_s: float) -> Speaker:
    from chalicelib.ai.adapters.providers.azure import AzureModel

    return AzureModel(
        api_key=settings.api_key,
        base_url=settings.base_url,
        model=settings.model,
        api_version=settings.api_version,
        silence_s=silence_s,
    )


def _anthropic(settings: ProviderSettings, silence_s: float) -> Speaker:
    from chalicelib.ai.adapters.providers.anthropic import AnthropicModel

    return AnthropicModel(
        api_key=settings.api_key,
        base_url=settings.base_url,
        model=settings.model,
        silence_s=silence_s,
    )


def _bedrock(settings: ProviderSettings, silence_s: float) -> Speaker:
    from chalicelib.ai.adapters.providers.bedrock import BedrockModel

    return BedrockModel(
        model=settings.model,
        region=settings.region,
        base_url=settings.base_url,
        silence_s=silence_s,
    )


_BUILDERS: dict[str, Callable[[ProviderSettings, float], Speaker]] = {
    "openai": _openai,
    "azure": _azure,
    "anthropic": _anthropic,
    "bedrock": _bedrock,
}

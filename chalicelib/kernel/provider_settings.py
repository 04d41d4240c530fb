"""Model providers as the stack's secret names them: where each is, how it is called, how patient we are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = ("openai", "azure", "anthropic", "bedrock")
# How long a provider may be silent (milliseconds) before the next one is asked, and where there is no other.
FIRST_TOKEN_MS, LONELY_FIRST_TOKEN_MS = 3000, 8000
_TEXTS = ("base_url", "api_key", "region", "api_version")


@dataclass(frozen=True)
class ProviderSettings:
    """One provider; what it does not need is empty. The key is never shown."""

    name: str
    kind: str
    model: str
    first_token_ms: int
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    region: str = ""
    api_version: str = ""


def read_providers(secret: Mapping[str, Any]) -> tuple[ProviderSettings, ...]:
    """Read the list in its order; without one there is the one provider of the `openai_*` keys.

    A key may stand in `provider_keys` by the provider's name instead. What is missing or of no kind raises
    KeyError or ValueError at the cold start, where it is seen.
    """
    entries: list[dict[str, Any]] = secret.get("providers") or []
    if not entries:
        return (_usual(secret),)
    keys: dict[str, str] = secret.get("provider_keys") or {}
    found = tuple(_provider(entry, keys) for entry in entries)
    _check_distinct(provider.name for provider in found)
    return found


def _usual(secret: Mapping[str, Any]) -> ProviderSettings:
    return ProviderSettings(
        name="openai",
        kind="openai",
        model=secret["openai_model"],
        first_token_ms=LONELY_FIRST_TOKEN_MS,
        base_url=secret["openai_base_url"].rstrip("/"),
        api_key=secret["openai_api_key"],
    )


def _provider(entry: Mapping[str, Any], keys: Mapping[str, str]) -> ProviderSettings:
    name, kind = str(entry["name"]), str(entry["kind"])
    if kind not in KINDS:
        raise ValueError(f"The provider {name} is of kind {kind}; use one of {', '.join(KINDS)}.")
    texts = {text: str(entry.get(text) or "") for text in _TEXTS}
    texts["base_url"] = texts["base_url"].rstrip("/")
    texts["api_key"] = texts["api_key"] or keys.get(name, "")
    first_token_ms = int(entry.get("first_token_ms") or FIRST_TOKEN_MS)
    return ProviderSettings(name, kind, str(entry["model"]), first_token_ms, **texts)


def _check_distinct(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Two providers are called {name}.")
        seen.add(name)

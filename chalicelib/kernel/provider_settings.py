"""Model providers as the stack's secret names them: where each is, how it is called, how patient we are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = ("openai", "azure", "anthropic", "bedrock")
# How long a provider may be silent (milliseconds) before the next one is asked, and where there is no other.
FIRST_TOKEN_MS, LONELY_FIRST_TOKEN_MS = 3000, 8000
# How long it may be silent in the middle of an answer before another begins it anew.
GAP_MS = 2000
_NEEDED = ("name", "kind", "model")
_TEXTS = ("base_url", "api_key", "region", "api_version", "priced_as")


@dataclass(frozen=True)
class ProviderSettings:
    """One provider; what it does not need is empty. The key is never shown.

    `priced_as` names the model behind a `model` that is only a name, as Azure's deployments are.
    """

    name: str
    kind: str
    model: str
    first_token_ms: int
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    region: str = ""
    api_version: str = ""
    priced_as: str = ""
    gap_ms: int = GAP_MS


def read_providers(secret: Mapping[str, Any]) -> tuple[ProviderSettings, ...]:
    """Read the list in its order; without one there is the one provider of the `openai_*` keys.

    A key may stand in `provider_keys` by the provider's name instead. What is missing or of no kind raises
    ValueError, with a sentence that names it and no key, at the cold start, where it is seen.
    """
    entries = secret.get("providers") or []
    if not entries:
        return (_usual(secret),)
    if not isinstance(entries, list):
        raise ValueError("The providers are no list.")  # noqa: TRY004  one kind of error
    keys = secret.get("provider_keys") or {}
    if not isinstance(keys, dict):
        raise ValueError("The providers' keys do not stand by their names.")  # noqa: TRY004  one kind of error
    found = tuple(_provider(number, entry, keys) for number, entry in enumerate(entries, start=1))
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


def _provider(number: int, entry: Any, keys: Mapping[str, str]) -> ProviderSettings:
    if not isinstance(entry, dict):
        raise ValueError(f"Provider {number} is no object with fields.")  # noqa: TRY004  one kind of error
    for needed in _NEEDED:
        if not entry.get(needed):
            raise ValueError(f"Provider {number} has no {needed}.")
    name, kind = str(entry["name"]), str(entry["kind"])
    if kind not in KINDS:
        raise ValueError(f"The provider {name} is of kind {kind}; use one of {', '.join(KINDS)}.")
    texts = {text: str(entry.get(text) or "") for text in _TEXTS}
    texts["base_url"] = texts["base_url"].rstrip("/")
    texts["api_key"] = texts["api_key"] or keys.get(name, "")
    first_token_ms = _patience(name, entry, "first_token_ms", FIRST_TOKEN_MS)
    gap_ms = _patience(name, entry, "gap_ms", GAP_MS)
    return ProviderSettings(name, kind, str(entry["model"]), first_token_ms, **texts, gap_ms=gap_ms)


def _patience(name: str, entry: Mapping[str, Any], field_name: str, usual: int) -> int:
    try:
        return int(entry.get(field_name) or usual)
    except (TypeError, ValueError):
        raise ValueError(f"The provider {name} has a {field_name} that is no number.") from None


def _check_distinct(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"Two providers are called {name}.")
        seen.add(name)

"""Model providers as the API shows them; their keys are not among it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ProviderView(BaseModel):
    """A model provider; `first_token_ms` is how long it may be silent before the next one is asked.

    `gap_ms` is how long it may be silent in the middle of its answer. `priced_as` names the model behind
    `model`, where that is only a name: turns, costs and analytics call it so.
    """

    model_config = ConfigDict(from_attributes=True)

    name: str
    kind: str
    model: str
    first_token_ms: int
    base_url: str
    region: str
    api_version: str
    priced_as: str
    gap_ms: int


class ProviderList(BaseModel):
    """Model providers in the order in which they are asked."""

    items: list[ProviderView]

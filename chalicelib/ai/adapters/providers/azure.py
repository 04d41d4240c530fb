"""OpenAI's models on Azure: the same format behind Azure's addresses, through OpenAI's own client."""

from __future__ import annotations

import openai

from chalicelib.ai.adapters.providers import waiting
from chalicelib.ai.adapters.providers.openai import OpenAIModel, patient_http_client


class AzureModel(OpenAIModel):
    """A deployment of Azure OpenAI; implements `Speaker`.

    `base_url` is the resource's address and `model` the deployment's name. With an `api_version` the
    deployment is asked by its dated address; without one by Azure's address `/openai/v1`, which has none.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        model: str,
        api_version: str = "",
        silence_s: float = waiting.SILENCE_S,
    ) -> None:
        self._api_version = api_version
        super().__init__(api_key=api_key, base_url=base_url, model=model, silence_s=silence_s)

    def _connect(self, api_key: str, base_url: str) -> openai.OpenAI:
        if not self._api_version:
            return super()._connect(api_key, f"{base_url}/openai/v1")
        return openai.AzureOpenAI(
            api_key=api_key,
            azure_endpoint=base_url,
            api_version=self._api_version,
            max_retries=0,
            http_client=patient_http_client(),
        )

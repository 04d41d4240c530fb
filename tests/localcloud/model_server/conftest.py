from __future__ import annotations

import aiohttp
import openai
import pytest

from localcloud.model_server import ModelServer


@pytest.fixture
async def server():
    """Run a model server with the shipped scripts for one test."""
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def client(server):
    """Give the OpenAI client without retries, spared loading certificates that plain HTTP never reads."""
    plain = openai.DefaultAsyncHttpxClient(verify=False)
    address = server.model_url
    async with openai.AsyncOpenAI(
        base_url=address, api_key="any", max_retries=0, http_client=plain
    ) as opened:
        yield opened


@pytest.fixture
async def http(server):
    """Give a plain HTTP session whose paths start at the server's address."""
    async with aiohttp.ClientSession(server.url) as session:
        yield session

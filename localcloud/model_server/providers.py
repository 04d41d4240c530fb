"""The other providers' sides of the server: Azure's addresses, Anthropic's messages, Bedrock's Converse."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.model_server import anthropic_wire, bedrock_wire
from localcloud.model_server.chat_request import parse_request
from localcloud.model_server.completions import read_body
from localcloud.model_server.dialects import AZURE
from localcloud.model_server.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.model_server.completions import Completions

_ANTHROPIC, _BEDROCK = anthropic_wire.AnthropicDialect(), bedrock_wire.BedrockDialect()
MESSAGES, CONVERSE = "/v1/messages", "/model/"


class Providers:
    """Handlers that translate; the answering is that of the completions."""

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of all of them."""
        return [
            web.post("/openai/deployments/{model}/chat/completions", self.deployment),
            web.post("/openai/v1/chat/completions", self._completions.complete),
            web.post(MESSAGES, self.messages),
            web.post(CONVERSE + "{model}/converse", self.converse),
            web.post(CONVERSE + "{model}/converse-stream", self.converse_stream),
        ]

    async def deployment(self, request: web.Request) -> web.StreamResponse:
        """Answer as a deployment of Azure OpenAI."""
        _check(request, "api-key", bool)
        if not request.query.get("api-version"):
            raise ApiError("Resource not found", status=HTTPStatus.NOT_FOUND, code="404")
        body = await read_body(request)
        found = {**body, "model": request.match_info["model"]} if isinstance(body, dict) else body
        return await self._completions.reply(request, parse_request(found), AZURE)

    async def messages(self, request: web.Request) -> web.StreamResponse:
        """Answer as Anthropic's Messages."""
        _check(request, "x-api-key", bool)
        if not request.headers.get("anthropic-version"):
            raise ApiError("anthropic-version: header is required")
        found = anthropic_wire.read_request(await read_body(request))
        return await self._completions.reply(request, parse_request(found), _ANTHROPIC)

    async def converse(self, request: web.Request) -> web.StreamResponse:
        """Answer as Bedrock's Converse."""
        return await self._converse(request, stream=False)

    async def converse_stream(self, request: web.Request) -> web.StreamResponse:
        """Answer as Bedrock's ConverseStream."""
        return await self._converse(request, stream=True)

    async def _converse(self, request: web.Request, *, stream: bool) -> web.StreamResponse:
        _check(request, "Authorization", lambda value: value.startswith("AWS4-HMAC-SHA256 "))
        body = await read_body(request)
        found = bedrock_wire.read_request(body, request.match_info["model"], stream=stream)
        return await self._completions.reply(request, parse_request(found), _BEDROCK)


def _check(request: web.Request, header: str, is_good: Callable[[str], bool]) -> None:
    if not is_good(request.headers.get(header, "").strip()):
        raise ApiError(f"Send a key in the header {header}.", status=HTTPStatus.UNAUTHORIZED)


def is_translated(request: web.Request) -> bool:
    """Tell whether who was asked tells errors in a shape of its own."""
    return request.path == MESSAGES or request.path.startswith(CONVERSE)


def refusal(request: web.Request, error: ApiError) -> web.Response:
    """Return an error in the shape of Anthropic or Bedrock, whichever was asked."""
    if request.path == MESSAGES:
        return _json(anthropic_wire.error_body(error), error)
    response = _json(bedrock_wire.error_body(error), error)
    response.headers["x-amzn-ErrorType"] = bedrock_wire.error_name(error)
    return response


def _json(body: dict[str, object], error: ApiError) -> web.Response:
    return web.json_response(body, status=error.status, headers=error.headers)

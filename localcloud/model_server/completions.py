"""The OpenAI side of the server: /v1/chat/completions and /v1/models, and errors in OpenAI's shape."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import web

from localcloud.model_server.answering import answer
from localcloud.model_server.chat_request import parse_request
from localcloud.model_server.delivery import Delivery
from localcloud.model_server.dialects import OPENAI
from localcloud.model_server.errors import ApiError
from localcloud.model_server.wire import EPOCH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.dialects import Dialect
    from localcloud.model_server.state import State

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger(__name__)
DEFAULT_MODEL = "local-model"


class Completions:
    """Handlers of the model API over one state."""

    def __init__(self, state: State, models: tuple[str, ...]) -> None:
        self._state = state
        self._models = models

    def routes(self) -> list[web.RouteDef]:
        """Return the routes under /v1."""
        return [
            web.post("/v1/chat/completions", self.complete),
            web.get("/v1/models", self.list_models),
            web.get("/v1/models/{model}", self.show_model),
        ]

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer one conversation."""
        _check_key(request)
        return await self.reply(request, parse_request(await read_body(request)))

    async def reply(
        self, request: web.Request, chat: ChatRequest, dialect: Dialect = OPENAI
    ) -> web.StreamResponse:
        """Answer a conversation in the wire format of whoever was asked."""
        self._check_model(chat.model)
        chosen, fault, timing = self._state.choose(chat)
        reply = answer(chat, chosen, self._state.book, fault)
        entry = self._state.journal.open(chat)
        entry.fault = fault.kind if fault else None
        entry.answered_with(reply)
        error = fault.error() if fault else None
        if error is not None:
            entry.ended(f"error_{error.status}")
            raise error
        return await Delivery(chat, reply, timing, fault, entry, dialect).send(request)

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        """List the models."""
        _check_key(request)
        names = self._models or (DEFAULT_MODEL,)
        return web.json_response({"object": "list", "data": [_model_view(name) for name in names]})

    async def show_model(self, request: web.Request) -> web.StreamResponse:
        """Show one model."""
        _check_key(request)
        name = request.match_info["model"]
        self._check_model(name)
        return web.json_response(_model_view(name))

    def _check_model(self, name: str) -> None:
        if self._models and name not in self._models:
            message = f"The model `{name}` does not exist or you do not have access to it."
            raise ApiError(message, status=404, param="model", code="model_not_found")


async def read_body(request: web.Request) -> Any:
    """Return the request's JSON; raises ApiError 400 when it is none."""
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise ApiError("We could not parse the JSON body of your request.") from error


def _check_key(request: web.Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        message = "You didn't provide an API key: send it in an Authorization header, as 'Bearer YOUR_KEY'."
        raise ApiError(message, status=HTTPStatus.UNAUTHORIZED, code="invalid_api_key")


def _model_view(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": EPOCH, "owned_by": "localcloud"}


@web.middleware
async def openai_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into OpenAI's error shape."""
    return await told_errors(request, handler, _refused)


async def told_errors(
    request: web.Request, handler: Handler, refused: Callable[[ApiError], web.Response]
) -> web.StreamResponse:
    """Turn every failure into the shape that `refused` gives it."""
    try:
        return await handler(request)
    except ApiError as error:
        return refused(error)
    except web.HTTPException as error:
        return refused(_from_http(request, error))
    except (ConnectionError, TimeoutError):
        raise
    except Exception:
        log.exception("model_server.failed")
        return refused(
            ApiError("The server failed.", status=HTTPStatus.INTERNAL_SERVER_ERROR, kind="server_error")
        )


def _from_http(request: web.Request, error: web.HTTPException) -> ApiError:
    messages = {
        HTTPStatus.NOT_FOUND: f"Invalid URL ({request.method} {request.path})",
        HTTPStatus.METHOD_NOT_ALLOWED: f"Not allowed to {request.method} on {request.path}",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too large.",
    }
    return ApiError(messages.get(HTTPStatus(error.status), error.reason), status=error.status)


def _refused(error: ApiError) -> web.Response:
    return web.json_response(error.body(), status=error.status, headers=error.headers)

"""The HTTP server on 127.0.0.1 that joins the model API with its control; handlers are elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

from aiohttp import web

from localcloud.model_server.completions import Completions, openai_errors, told_errors
from localcloud.model_server.control import ROOT, Control, control_errors
from localcloud.model_server.options import Options
from localcloud.model_server.providers import Providers, is_translated, refusal
from localcloud.model_server.state import State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

HOST = "127.0.0.1"
LARGEST_BODY = 8 * 1024 * 1024
SHUTDOWN_S = 0.5


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if request.path.startswith(ROOT):
        return await control_errors(request, handler)
    if is_translated(request):
        return await told_errors(request, handler, partial(refusal, request))
    return await openai_errors(request, handler)


class ModelServer:
    """An OpenAI-compatible server in this process; also an async context manager that starts and stops it."""

    def __init__(self, options: Options | None = None) -> None:
        self._options = options or Options()
        self.state = State(self._options)
        self._runner: web.AppRunner | None = None
        self._port = self._options.port

    @property
    def url(self) -> str:
        """Return the server's address, without a path."""
        return f"http://{HOST}:{self._port}"

    @property
    def model_url(self) -> str:
        """Return the address for OpenAI's clients."""
        return f"{self.url}/v1"

    async def start(self) -> Self:
        """Listen; raises OSError when the port is taken."""
        app = web.Application(middlewares=[_errors], client_max_size=LARGEST_BODY)
        completions = Completions(self.state, self._options.models)
        app.add_routes(completions.routes())
        app.add_routes(Providers(completions).routes())
        app.add_routes(Control(self.state).routes())
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=SHUTDOWN_S
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._options.port).start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def stop(self) -> None:
        """Close all connections; harmless when not running."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

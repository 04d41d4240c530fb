"""Starting and stopping a phone network, in a test or as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from aiohttp import web

from localcloud.phone_network.exchange import Exchange
from localcloud.phone_network.log import CarrierLog
from localcloud.phone_network.numbers import NumberBook
from localcloud.phone_network.options import Options
from localcloud.phone_network.server import Server
from localcloud.phone_network.state import StateFile, restore_call

if TYPE_CHECKING:
    from types import TracebackType

_HOST = "127.0.0.1"
_SHUTDOWN_SECONDS = 1.0


class PhoneNetwork:
    """One phone network: an account, its numbers, and the people it can reach.

    ``async with PhoneNetwork(options) as network`` serves on ``network.url`` until the block ends.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._state = StateFile(self.options.state)
        self.log = CarrierLog(self._state.keep_event)
        numbers = NumberBook(self.options.numbers, self._state.keep_number)
        self.exchange = Exchange(self.options, self.log, numbers, self._state.keep_call)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The address to give to Twilio clients in place of https://api.twilio.com."""
        return self.exchange.base_url

    async def start(self) -> None:
        """Serve on loopback; ``url`` is known afterwards."""
        self._restore()
        await self.exchange.webhooks.open()
        app = Server(self.exchange).application()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        await web.TCPSite(self._runner, _HOST, self.options.port).start()
        port = self._runner.addresses[0][1]
        self.exchange.base_url = f"http://{_HOST}:{port}"

    async def stop(self) -> None:
        """End all calls abruptly and stop serving."""
        await self.exchange.tasks.cancel_all()
        if self._runner:
            await self._runner.cleanup()
        await self.exchange.webhooks.close()

    def _restore(self) -> None:
        kept = self._state.load()
        for fields in kept.numbers:
            self.exchange.numbers.restore(fields)
        for body in kept.calls:
            restore_call(self.exchange, body)
        self.log.restore(kept.events)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

"""Getting files from servers that nobody trusts: from the checked address, once, within ten seconds."""

from __future__ import annotations

import ssl
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING

from chalicelib.system.adapters.connecting import Deadline, connected
from chalicelib.system.domain.fetching import Fetched
from chalicelib.system.domain.readiness import VERSION

if TYPE_CHECKING:
    from chalicelib.system.domain.destinations import Destination

TOTAL_SECONDS = 10.0
_OK, _REDIRECTS = 200, range(300, 400)


class HttpFetcher:
    """Gets files; implements `Fetcher`.

    It connects to the given addresses and looks nothing up, follows no redirect, knows no proxy, unpacks
    nothing, and reads no more than is wanted.
    """

    def __init__(self, context: ssl.SSLContext | None = None, total_seconds: float = TOTAL_SECONDS) -> None:
        self._context = context or ssl.create_default_context()
        self._seconds = total_seconds

    def fetch(self, destination: Destination, addresses: tuple[str, ...], max_bytes: int) -> Fetched:
        """Get a file; what goes wrong is named in `error`."""
        with Deadline(self._seconds) as deadline:
            try:
                fetched = self._get(destination, addresses, deadline, max_bytes)
            except ssl.SSLError:
                fetched = Fetched(error="tls")
            except TimeoutError:
                fetched = Fetched(error="timeout")
            except (OSError, HTTPException, ValueError):
                fetched = Fetched(error="connection")
        return Fetched(error="timeout") if deadline.passed else fetched

    def _get(
        self, destination: Destination, addresses: tuple[str, ...], deadline: Deadline, max_bytes: int
    ) -> Fetched:
        connection = connected(destination, addresses, deadline, self._context)
        try:
            headers = {
                "Host": destination.authority,
                "Accept": "text/calendar, */*;q=0.5",
                "Accept-Encoding": "identity",
                "Connection": "close",
                "User-Agent": f"ai-call-system/{VERSION}",
            }
            connection.request("GET", destination.target, headers=headers)
            with connection.getresponse() as response:
                return _read(response, max_bytes)
        finally:
            connection.close()


def _read(response: HTTPResponse, max_bytes: int) -> Fetched:
    if response.status != _OK:
        error = "redirect" if response.status in _REDIRECTS else "status"
        return Fetched(error=error, status=response.status)
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        return Fetched(error="encoding", status=response.status)
    content = response.read(max_bytes + 1)
    if len(content) > max_bytes:
        return Fetched(error="too_large", status=response.status)
    if response.length:  # the other side has promised more
        return Fetched(error="connection", status=response.status)
    return Fetched(content, status=response.status)

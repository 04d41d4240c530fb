"""Posting to receivers that nobody trusts: to the checked address, once, within ten seconds."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from typing import TYPE_CHECKING, Self

from chalicelib.kernel.clock import millis
from chalicelib.system.adapters.signing import signed_headers
from chalicelib.system.domain.deliveries import MAX_EXCERPT, Answer
from chalicelib.system.domain.readiness import VERSION

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock
    from chalicelib.system.domain.deliveries import Letter
    from chalicelib.system.domain.destinations import Destination

TOTAL_SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024
# A host may have many addresses; when the first ones do not answer, the rest are not waited for.
_MAX_ADDRESSES = 3


class HttpSender:
    """Posts letters; implements `Sender`.

    It connects to the given addresses and looks nothing up, follows no redirect, knows no proxy, and reads
    64 KB of an answer at most.
    """

    def __init__(
        self, clock: Clock, context: ssl.SSLContext | None = None, total_seconds: float = TOTAL_SECONDS
    ) -> None:
        self._clock = clock
        self._context = context or ssl.create_default_context()
        self._seconds = total_seconds

    def send(self, destination: Destination, addresses: tuple[str, ...], letter: Letter) -> Answer:
        """Sign and post a letter; what goes wrong is named in `error`."""
        start = self._clock.elapsed()
        with _Deadline(self._seconds) as deadline:
            try:
                answer = self._post(destination, addresses, letter, deadline)
            except ssl.SSLError:
                answer = Answer(error="tls")
            except TimeoutError:
                answer = Answer(error="timeout")
            except (OSError, HTTPException, ValueError):
                answer = Answer(error="connection")
        if deadline.passed:
            answer = Answer(error="timeout")
        return replace(answer, ms=millis(self._clock.elapsed() - start))

    def _post(
        self, destination: Destination, addresses: tuple[str, ...], letter: Letter, deadline: _Deadline
    ) -> Answer:
        connection = HTTPConnection(destination.host, destination.port)
        # With a socket in place nothing is looked up any more: the checked address is the one that is used.
        connection.sock = self._connect(destination, addresses, deadline)
        try:
            headers = {
                "Host": destination.authority,
                "Content-Type": "application/json",
                "Connection": "close",
                "User-Agent": f"ai-call-system/{VERSION}",
                **signed_headers(letter),
            }
            connection.request("POST", destination.target, letter.body.encode(), headers)
            with connection.getresponse() as response:
                return _read(response)
        finally:
            connection.close()

    def _connect(
        self, destination: Destination, addresses: tuple[str, ...], deadline: _Deadline
    ) -> socket.socket:
        plain = _reach(addresses[:_MAX_ADDRESSES], destination.port, self._seconds)
        deadline.watch(plain)
        if not destination.encrypted:
            return plain
        try:
            return self._context.wrap_socket(plain, server_hostname=destination.host)
        except BaseException:
            plain.close()
            raise


class _Deadline:
    """Ends a connection when its time is up, however busy the other side keeps it."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._watched: socket.socket | None = None

    def watch(self, connected: socket.socket) -> None:
        """End this connection in time; the duplicate stays valid when TLS takes the socket over."""
        self._watched = connected.dup()
        if self.passed:
            self._shut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._watched is not None:
            self._watched.close()

    def _end(self) -> None:
        self.passed = True
        self._shut()

    def _shut(self) -> None:
        if self._watched is not None:
            try:
                self._watched.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side was faster


def _reach(addresses: tuple[str, ...], port: int, seconds: float) -> socket.socket:
    """Connect to the first address that answers; each has its share of the time."""
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            reached = socket.create_connection((address, port), seconds / len(addresses))
        except OSError as error:
            failure = error
        else:
            reached.settimeout(seconds)
            return reached
    raise failure


def _read(response: HTTPResponse) -> Answer:
    content = response.read(MAX_ANSWER_BYTES)
    text = content[: MAX_EXCERPT * 4].decode("utf-8", "replace")
    excerpt = "".join(letter if letter.isprintable() else " " for letter in text[:MAX_EXCERPT])
    error = "redirect" if 300 <= response.status < 400 else ""  # noqa: PLR2004
    return Answer(response.status, error, excerpt=excerpt)

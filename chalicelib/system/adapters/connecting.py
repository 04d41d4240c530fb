"""Connections to addresses that were checked, each ended in time; nothing is looked up, no proxy is known."""

from __future__ import annotations

import socket
from http.client import HTTPConnection
from threading import Timer
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from ssl import SSLContext

    from chalicelib.system.domain.destinations import Destination

# A host may have many addresses; when the first ones do not answer, the rest are not waited for.
_MAX_ADDRESSES = 3


class Deadline:
    """Ends a connection when its time is up, however busy the other side keeps it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
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


def connected(
    destination: Destination, addresses: tuple[str, ...], deadline: Deadline, context: SSLContext
) -> HTTPConnection:
    """Connect to the first of these very addresses that answers, by TLS where the destination says so."""
    connection = HTTPConnection(destination.host, destination.port)
    # With a socket in place nothing is looked up any more: the checked address is the one that is used.
    connection.sock = _connect(destination, addresses, deadline, context)
    return connection


def _connect(
    destination: Destination, addresses: tuple[str, ...], deadline: Deadline, context: SSLContext
) -> socket.socket:
    plain = _reach(addresses[:_MAX_ADDRESSES], destination.port, deadline.seconds)
    deadline.watch(plain)
    if not destination.encrypted:
        return plain
    try:
        return context.wrap_socket(plain, server_hostname=destination.host)
    except BaseException:
        plain.close()
        raise


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

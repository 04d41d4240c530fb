"""Receivers of webhooks on real sockets, and signatures computed from the words of the specification."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Receiver:
    """A server on a port of its own that lets `behave(connection)` do what it likes with each connection."""

    def __init__(self, behave: Callable[[socket.socket], object], certificate: Path | None = None) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self._behave = behave
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                self._handle(connection)
            except OSError:
                continue  # the sender has had enough

    def _handle(self, connection: socket.socket) -> None:
        with connection:
            if self._context is None:
                self._converse(connection)
                return
            with self._context.wrap_socket(connection, server_side=True) as encrypted:
                self._converse(encrypted)

    def _converse(self, connection: socket.socket) -> None:
        self.received.append(_read_request(connection))
        self._behave(connection)


def _read_request(connection: socket.socket) -> tuple[str, dict[str, str], bytes]:
    content = b""
    while b"\r\n\r\n" not in content:
        content += _more(connection)
    head, _, body = content.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    while len(body) < int(headers.get("content-length", "0")):
        body += _more(connection)
    return lines[0], headers, body


def _more(connection: socket.socket) -> bytes:
    content = connection.recv(65536)
    if not content:
        raise ConnectionError
    return content


def signature_of(key: bytes, headers: dict[str, str], body: bytes) -> str:
    """Compute `v1,` and the Base64 of HMAC-SHA256 over id, timestamp and body, apart by full stops."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

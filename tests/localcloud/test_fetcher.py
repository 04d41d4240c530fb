"""Fetching over real sockets from servers that behave badly."""

from __future__ import annotations

import gzip
import socket
import time

import pytest
from fakes.receivers import Receiver

from chalicelib.system.adapters.fetcher import HttpFetcher
from chalicelib.system.domain.destinations import parse_destination

HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n"
SIZE = 1000


def _fetch(answer, *, scheme="http", seconds=5.0, host="cal.example.com"):
    behave = answer if callable(answer) else lambda connection: connection.sendall(answer)
    receiver = Receiver(behave)
    try:
        destination = parse_destination(f"{scheme}://{host}:{receiver.port}/me.ics?key=1")
        fetched = HttpFetcher(total_seconds=seconds).fetch(destination, ("127.0.0.1",), SIZE)
    finally:
        receiver.close()
    return fetched, receiver.received


def _with_length(content, length=None, more=""):
    return f"{HEAD}{more}Content-Length: {length or len(content)}\r\n\r\n".encode() + content


def test_a_file_arrives():
    """It is asked for by name at the address that was checked, and nothing of ours is sent along."""
    fetched, received = _fetch(_with_length(b"x" * SIZE))
    assert (fetched.content, fetched.error, fetched.status) == (b"x" * SIZE, "", 200)
    ((request, headers, body),) = received
    assert (request, body) == ("GET /me.ics?key=1 HTTP/1.1", b"")
    assert headers["host"].startswith("cal.example.com:")
    assert set(headers) == {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_nothing_is_looked_up_again(monkeypatch):
    """A name that changes between the check and the connection does not matter."""
    real = socket.getaddrinfo

    def asked(*args, **options):
        assert args[0] == "127.0.0.1"
        return real(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", asked)
    assert _fetch(_with_length(b"x"))[0].content == b"x"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_with_length(b"x" * (SIZE + 1)), "too_large"),
        (HEAD.encode() + b"\r\n" + b"x" * (SIZE * 50), "too_large"),
        (_with_length(b"x" * 10, length=11), "connection"),
        (f"{HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nabc".encode(), "connection"),
        (_with_length(gzip.compress(b"x" * 10**6), more="Content-Encoding: gzip\r\n"), "encoding"),
        (b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "redirect"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "status"),
        (b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\n\r\nx", "status"),
        (b"nonsense\r\n\r\n", "connection"),
        (b"", "connection"),
    ],
)
def test_whatever_comes_is_an_answer(answer, error):
    """A file that is cut off, packed, too large, or elsewhere is no file."""
    fetched, _ = _fetch(answer)
    assert (fetched.content, fetched.error) == (b"", error)


def test_a_server_without_tls_gets_nothing():
    """Nothing is asked of it."""
    fetched, received = _fetch(b"", scheme="https", seconds=0.5)
    assert fetched.error in {"tls", "timeout"}
    assert received == []


@pytest.mark.parametrize("beginning", [b"", HEAD.encode(), HEAD.encode() + b"\r\n"])
def test_a_slow_server_holds_nobody(beginning):
    """However it stretches its answer, fetching ends in time."""

    def drip(connection):
        connection.sendall(beginning)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    start = time.monotonic()
    fetched, _ = _fetch(drip, seconds=0.4)
    assert (fetched.error, time.monotonic() - start < 2) == ("timeout", True)

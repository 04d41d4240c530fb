"""Looking hosts up, within a limit that the system's own resolver does not have."""

from __future__ import annotations

import socket
from threading import Thread

RESOLVE_SECONDS = 5.0


def resolve(host: str, seconds: float = RESOLVE_SECONDS) -> tuple[str, ...]:
    """Give every address of a host, IPv4 first; none when it has none, or nobody answers in time.

    A host that is a number already, in any form that the system reads (`127.1`, `0x7f000001`), gives the
    address that a connection would reach.
    """
    found: list[str] = []
    search = Thread(target=_look_up, args=(host, found), daemon=True)
    search.start()
    search.join(seconds)
    return tuple(found)


def _look_up(host: str, found: list[str]) -> None:
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    by_family = sorted(rows, key=lambda row: row[0] != socket.AF_INET)
    found.extend(dict.fromkeys(str(row[4][0]) for row in by_family))

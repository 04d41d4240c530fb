"""What comes of fetching a file from an address that somebody gave."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fetched:
    """The content of an answer with status 200, or else why there is none, as a code.

    `error` is `connection`, `tls`, `timeout`, `redirect`, `status`, `encoding` or `too_large`.
    """

    content: bytes = b""
    error: str = ""
    status: int | None = None

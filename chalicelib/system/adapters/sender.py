"""Posting to receivers that nobody trusts: to the checked address, once, within ten seconds."""

from __future__ import annotations

import ssl
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import millis
from chalicelib.system.adapters.connecting import Deadline, connected
from chalicelib.system.adapters.signing import signed_headers
from chalicelib.system.domain.deliveries import MAX_EXCERPT, Answer
from chalicelib.system.domain.readiness import VERSION

if TYPE_CHECKING:
    from chalicelib.kernel.clock import Clock
    from chalicelib.system.domain.deliveries import Letter
    from chalicelib.system.domain.destinations import Destination

TOTAL_SECONDS = 10.0
MAX_ANSWER_BYTES = 64 * 1024


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
        with Deadline(self._seconds) as deadline:
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
        self, destination: Destination, addresses: tuple[str, ...], letter: Letter, deadline: Deadline
    ) -> Answer:
        connection = connected(destination, addresses, deadline, self._context)
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


def _read(response: HTTPResponse) -> Answer:
    content = response.read(MAX_ANSWER_BYTES)
    text = content[: MAX_EXCERPT * 4].decode("utf-8", "replace")
    excerpt = "".join(letter if letter.isprintable() else " " for letter in text[:MAX_EXCERPT])
    error = "redirect" if 300 <= response.status < 400 else ""  # noqa: PLR2004
    return Answer(response.status, error, excerpt=excerpt)

"""What all providers' adapters share: patience, failures in our words, events, pieces of actions."""

from __future__ import annotations

import json
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx2

from chalicelib.ai.domain.asking import UnreadableError
from chalicelib.ai.ports.models import ToolCall
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.analysis import Usage

# A caller waits: longer than this and an apology serves better than an answer.
SILENCE_S = 8.0
CONNECT_S = 2.0
MAX_EXTRACTION_TOKENS = 2000
# Both speak between two turns; the default of 5 s would drop the connection each time.
CONNECTIONS = httpx2.Limits(keepalive_expiry=60.0)

# What reading an answer of the wrong shape raises.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError)
_TOO_MANY, _SERVER_FAULT, _CLIENT_FAULT = 429, 500, 400


def timed_out() -> Unavailable:
    """Make the failure of a provider that was silent for too long."""
    return Unavailable("The model did not answer in time.", retryable=True, code="model_timeout")


def unreachable() -> Unavailable:
    """Make the failure of a provider that cannot be connected to, or that hung up."""
    return Unavailable("The model cannot be reached.", retryable=True, code="model_unreachable")


def rate_limited() -> Unavailable:
    """Make the failure of a provider that takes no more requests now."""
    return Unavailable("The model's provider refuses more.", retryable=True, code="model_rate_limited")


def failed() -> Unavailable:
    """Make the failure of a provider that has a fault, or that does not speak its format."""
    return Unavailable("The model's provider failed.", retryable=True, code="model_failed")


def refused() -> Unavailable:
    """Make the failure of a request that no repetition mends: its key, its model or its shape is wrong."""
    return Unavailable("The model's provider refused the request.", retryable=False, code="model_refused")


def broke_off() -> Unavailable:
    """Make the failure of an answer that came without its end."""
    return Unavailable("The model's answer broke off.", retryable=True, code="model_truncated")


def no_json(usage: Usage) -> UnreadableError:
    """Make the refusal of an answer that came, was paid for, and is not what was asked for."""
    return UnreadableError("The model's answer is not JSON.", code="bad_analysis", usage=usage)


def check_status(status: int) -> None:
    """Raise what a status of HTTP means; nothing for one that says it went well."""
    if status == _TOO_MANY:
        raise rate_limited()
    if status >= _SERVER_FAULT:
        raise failed()
    if status >= _CLIENT_FAULT:
        raise refused()


@contextmanager
def malformed_is_failure() -> Iterator[None]:
    """Tell an answer of the wrong shape as a provider that failed."""
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError, *MALFORMED) as error:
        raise failed() from error


def in_time(lines: Iterator[str], deadline: float) -> Iterator[str]:
    """Pass lines on until the deadline; a server that only keeps the line open has not answered."""
    for line in lines:
        if perf_counter() > deadline:
            raise timed_out()
        yield line


def event(text: str) -> dict[str, Any]:
    """Read one event of a stream; an error in place of it is the provider's failure."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("error"):
        raise failed()
    return found


class Pieces:
    """The actions of an answer, whose names and arguments come in pieces and mixed."""

    def __init__(self) -> None:
        self._calls: dict[int, list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def join(
        self, index: int | None, identifier: str | None, name: str | None, arguments: str | None
    ) -> None:
        """Add a piece of the action with this index; without one it is a new action."""
        place = len(self._calls) if index is None else index
        call = self._calls.setdefault(place, ["", "", ""])
        for part, piece in enumerate((identifier, name, arguments)):
            call[part] += piece or ""

    def calls(self) -> list[ToolCall]:
        """Give the actions in their order."""
        return [ToolCall(*call) for call in self._calls.values()]

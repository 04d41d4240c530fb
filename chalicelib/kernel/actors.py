"""Who acts: a token, a call or the system itself; storage stamps it on what is written."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM = "system"
_actor: ContextVar[str] = ContextVar("actor", default=SYSTEM)


def actor() -> str:
    """Name who acts now: `token:<id>`, `call:<id>`, or `system` when nobody said otherwise."""
    return _actor.get()


@contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Let everything written inside be the act of `name`."""
    before = _actor.set(name)
    try:
        yield
    finally:
        _actor.reset(before)

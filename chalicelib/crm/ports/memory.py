"""Where what calls taught of contacts is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.memory import Memory


class Memories(Protocol):
    """Facts by contact; only of contacts that are there."""

    def all(self, contact_id: str) -> list[Memory]:
        """Give everything, consistently, also what only says that something was forgotten."""

    def put(self, memory: Memory, gone: Sequence[Memory] = ()) -> None:
        """Keep a fact in place of its version below, or as a new one at version 1; forget others with it.

        All or nothing. Raises `Conflict` with code `version_changed` when one of them is not as it was read,
        or the id of a new one is taken, and with code `contact_changed` when the contact is gone.
        """

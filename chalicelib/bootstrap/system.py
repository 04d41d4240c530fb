"""What the system itself works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.kernel.clock import Clock
    from chalicelib.system.ports.tokens import Tokens


class System:
    """What the system itself works with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.system.adapters import tables

        self._connection = tables.bind(root.settings.system_table)
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def tokens(self) -> Tokens:
        """Stored tokens."""
        from chalicelib.system.adapters.repository.tokens import TokenRepository

        return TokenRepository(self._connection)

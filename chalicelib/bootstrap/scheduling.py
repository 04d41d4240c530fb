"""What scheduling works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import Container
    from chalicelib.bootstrap.calls import Calls
    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.ports import Callbacks


class Scheduling:
    """What scheduling works with."""

    def __init__(self, root: Container) -> None:
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def calls(self) -> Calls:
        """Calls."""
        return self._root.calls

    @cached_property
    def callbacks(self) -> Callbacks:
        """Stored promises."""
        from chalicelib.scheduling.adapters.repository import SchedulingRepository

        return SchedulingRepository(self._root.settings.scheduling_table)

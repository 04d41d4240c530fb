"""The product's ports as processes meet them: time passes there, others go first, and processes die there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakes.carrier import Killed
from simulation.loop import fiber_facts

from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.chance import Chance
    from simulation.loop import Loop

_OTHERS_FIRST = 0.08
_LONGEST_WAIT_S = 0.3
_SILENT_STORAGE = 0.02  # of the faults
# Between the last look at what stops dialing and the carrier nobody can come: what is asked for is under way.
_AT_ONCE = frozenset({"place"})


class Watched:
    """A port of which each method is a step, before and after."""

    def __init__(self, port: Any, surroundings: Surroundings, *, may_fail: bool) -> None:
        self._port = port
        self._surroundings = surroundings
        self._may_fail = may_fail
        self._methods: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._port, name)
        if not callable(target):
            return target
        return self._methods.setdefault(name, self._watched(name, target))

    def _watched(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self._surroundings.before(name, may_fail=self._may_fail)
            result = method(*args, **options)
            self._surroundings.burn()
            return result

        return call


class Surroundings:
    """What happens to a process at its ports; only a fiber that works is in danger."""

    def __init__(self, loop: Loop, chance: Chance) -> None:
        self._loop = loop
        self._chance = chance

    def before(self, name: str, *, may_fail: bool) -> None:
        """Burn, perhaps fail, perhaps let others go first."""
        facts = fiber_facts()
        if facts is None or "fuse" not in facts:
            return
        self.burn()
        if may_fail and self._chance.strikes(_SILENT_STORAGE):
            raise Unavailable("silent", retryable=True, code="storage_unavailable")
        if name not in _AT_ONCE and self._chance.between(0, 1) < _OTHERS_FIRST:
            self._loop.pause(self._chance.between(0.001, _LONGEST_WAIT_S))

    def burn(self) -> None:
        """Go a step on, which may be the last."""
        facts = fiber_facts()
        if not facts or facts.get("fuse") is None:
            return
        facts["fuse"] -= 1
        if facts["fuse"] <= 0:
            facts["fuse"] = None
            raise Killed

    def arm(self, fuse: int | None) -> None:
        """Let the process that runs die after so many steps; None: let it live."""
        facts = fiber_facts()
        if facts is None:
            raise AssertionError("only a fiber works")
        facts["fuse"] = fuse

"""Readiness as values, and the version that answers; asking is the services' affair."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "0.1.0"


@dataclass(frozen=True)
class ProbeResult:
    """What one dependency answered: `error` names the kind of failure and never its details."""

    name: str
    ok: bool
    ms: int
    error: str | None = None


@dataclass(frozen=True)
class Readiness:
    """The state of all dependencies at one instant."""

    checks: tuple[ProbeResult, ...]

    @property
    def ready(self) -> bool:
        """Tell whether every dependency answered."""
        return all(check.ok for check in self.checks)

    @property
    def status(self) -> str:
        """Say `ok`, or `failing` when any dependency did not answer."""
        return "ok" if self.ready else "failing"

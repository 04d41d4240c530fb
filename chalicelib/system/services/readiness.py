"""Readiness: every dependency is asked at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import millis
from chalicelib.system.domain.readiness import ProbeResult, Readiness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from chalicelib.kernel.clock import Clock

READINESS_SECONDS = 3.0


def check_readiness(
    probes: Mapping[str, Callable[[], object]], clock: Clock, seconds: float = READINESS_SECONDS
) -> Readiness:
    """Ask every dependency at once; one that raises, or has no answer within `seconds`, fails.

    A probe that hangs is left to its own time-out and does not hold up the answer.
    """
    pool = ThreadPoolExecutor(max_workers=max(len(probes), 1))
    start = clock.elapsed()
    asked = {name: pool.submit(_ask, probe, clock) for name, probe in probes.items()}
    checks = [_result(name, answer, start + seconds, clock) for name, answer in asked.items()]
    pool.shutdown(wait=False, cancel_futures=True)
    return Readiness(tuple(checks))


def _ask(probe: Callable[[], object], clock: Clock) -> int:
    start = clock.elapsed()
    probe()
    return millis(clock.elapsed() - start)


def _result(name: str, answer: Future[int], deadline: float, clock: Clock) -> ProbeResult:
    asked = clock.elapsed()
    try:
        return ProbeResult(name, ok=True, ms=answer.result(max(deadline - asked, 0)))
    except TimeoutError:
        return ProbeResult(name, ok=False, ms=millis(clock.elapsed() - asked), error="no answer in time")
    except Exception as error:  # noqa: BLE001  whatever a dependency raises is what is reported
        return ProbeResult(name, ok=False, ms=millis(clock.elapsed() - asked), error=type(error).__name__)

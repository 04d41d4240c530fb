"""Numbers that asked not to be called: from the moment this returns, nothing dials them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.suppression import OPERATOR, Suppression
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.suppression import SuppressionFilter
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164

MAX_EXPORT = 5000


def stop_calling(calls: CallPorts, number: E164, source: str) -> None:
    """Suppress a number; dials that are not yet committed are refused by their own transaction.

    When the table is silent, the wish is queued and repeated until it is stored: it is never lost.
    """
    try:
        calls.numbers.suppress(number, source, calls.clock.now())
    except Unavailable:
        calls.wakeups.suppress(number, source)
    log("number.suppressed", number=number, source=source)


def suppress_number(calls: CallPorts, number: E164, reason: str = "", source: str = OPERATOR) -> Suppression:
    """Suppress a number for somebody who is told when it is not stored; the first suppression stands."""
    held = calls.numbers.suppress(number, source, cut_to_millis(calls.clock.now()), reason)
    log("number.suppressed", number=number, source=source)
    return held


def find_suppression(calls: CallPorts, number: E164) -> Suppression:
    """Give the suppression of a number, or `NotFound` with code `suppression_not_found`."""
    status = calls.numbers.status(number)
    if status.suppressed_at is None:
        raise _absent(number)
    return Suppression(number, status.suppressed_at, status.suppression_source, status.suppression_reason)


def list_suppressions(
    calls: CallPorts, wanted: SuppressionFilter, page_size: int, start: str | None = None
) -> Page[Suppression]:
    """List suppressions, newest first, from after the position `start`; a short page may have more behind it.

    A number appears here within a second or so; it is not dialed from the moment it was suppressed.
    """
    return calls.numbers.suppressions(wanted, page_size, start)


def release_number(calls: CallPorts, number: E164, reason: str) -> None:
    """Let a suppressed number be dialed again, for a reason that the audit log keeps; or `NotFound`."""
    if not calls.numbers.lift(number, reason, calls.clock.now()):
        raise _absent(number)
    log("number.released", number=number)


def _absent(number: E164) -> NotFound:
    return NotFound(f"The number {number} is not suppressed.", code="suppression_not_found")

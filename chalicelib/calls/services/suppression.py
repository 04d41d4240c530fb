"""Numbers that asked not to be called: from the moment this returns, nothing dials them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.ports import CallPorts
    from chalicelib.kernel.phones import E164


def stop_calling(calls: CallPorts, number: E164, source: str) -> None:
    """Suppress a number; dials that are not yet committed are refused by their own transaction.

    When the table is silent, the wish is queued and repeated until it is stored: it is never lost.
    """
    try:
        calls.numbers.suppress(number, source, calls.clock.now())
    except Unavailable:
        calls.wakeups.suppress(number, source)
    log("number.suppressed", number=number, source=source)

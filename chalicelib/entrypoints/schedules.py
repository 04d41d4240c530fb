"""What happens by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Rate

from chalicelib.bootstrap import container
from chalicelib.calls.services.dialing import dispatch_due
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalice.app import CloudWatchEvent

bp = Blueprint(__name__)


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="dispatch")  # type: ignore[untyped-decorator]  # Chalice
def dispatch(_event: CloudWatchEvent) -> None:
    """Wake the workers for calls that are due, or of which there has been no news for too long."""
    log("dispatch.done", woken=dispatch_due(container().calls))

"""What happens by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Rate

from chalicelib.bootstrap import container
from chalicelib.calls.services.dialing import dispatch_due
from chalicelib.calls.services.retention import start_daily
from chalicelib.calls.services.texting import dispatch_messages
from chalicelib.kernel.logs import log
from chalicelib.scheduling.services.sweeping import sweep_due_reminders
from chalicelib.system.services.deliveries import sweep_due

if TYPE_CHECKING:
    from chalice.app import CloudWatchEvent

bp = Blueprint(__name__)
_MASK_EVERY = 10  # minutes


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="dispatch")  # type: ignore[untyped-decorator]  # Chalice
def dispatch(_event: CloudWatchEvent) -> None:
    """Wake the workers for calls and deliveries that are due, or of which nothing was heard for too long."""
    try:
        woken = dispatch_due(container().calls) + dispatch_messages(container().calls)
    finally:  # neither waits for the other to be well
        try:
            deliveries = sweep_due(container().system)
        finally:
            try:
                start_daily(container().calls)
            finally:
                try:
                    _mask_left_chats()
                finally:
                    sweep_due_reminders(container().scheduling)
    log("dispatch.done", woken=woken, deliveries=deliveries)


def _mask_left_chats() -> None:
    """Mask what was left in chats; every ten minutes is enough."""
    if container().calls.clock.now().minute % _MASK_EVERY == 0:
        # Each minute's work has no use for the conversation, whose imports cost time.
        from chalicelib.ai.services.chats import mask_left_chats  # noqa: PLC0415

        mask_left_chats(container().calls.ai)

"""Messages about one person that are still kept: to subscribers, and those that nobody could work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.system.domain.failures import FailedState

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.system.ports.failures import FailurePorts
    from chalicelib.system.ports.webhooks import WebhookPorts

_STEP = 100


def forget_deliveries(system: WebhookPorts, marks: Collection[str], start: str | None = None) -> str | None:
    """Delete deliveries whose message has one of the marks, of up to 100; give where to go on, or None.

    What was not sent yet is not sent any more.
    """
    webhook_id, _, after = (start or "").partition("/")
    rest = [each for each in system.webhooks.kept() if each >= webhook_id]
    if not rest:
        return None
    page = system.deliveries.page(rest[0], None, _STEP, (after or None) if rest[0] == webhook_id else None)
    for delivery in page.items:
        if _mentions(delivery.body, marks):
            system.deliveries.remove(delivery.webhook_id, delivery.id)
    if page.next_start is not None:
        return f"{rest[0]}/{page.next_start}"
    return f"{rest[1]}/" if len(rest) > 1 else None


def forget_failed_work(system: FailurePorts, marks: Collection[str], start: str | None = None) -> str | None:
    """Delete failed work whose message has one of the marks, of up to 100; give where to go on, or None."""
    states = list(FailedState)
    name, _, after = (start or f"{states[0]}/").partition("/")
    place = states.index(FailedState(name))
    page = system.failures.latest(states[place], None, _STEP, after or None)
    for work in page.items:
        if _mentions(work.body, marks):
            system.failures.remove(work)
    if page.next_start is not None:
        return f"{name}/{page.next_start}"
    return f"{states[place + 1]}/" if place + 1 < len(states) else None


def _mentions(body: str, marks: Collection[str]) -> bool:
    return any(mark in body for mark in marks)

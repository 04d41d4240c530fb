"""Messages that name somebody are forgotten, step by step, and no others."""

from __future__ import annotations

from datetime import timedelta

from fakes.causes import webhook

from chalicelib.system.domain.deliveries import Delivery, DeliveryState
from chalicelib.system.domain.failures import FailedState, WorkQueue
from chalicelib.system.services.failures import discard_failed, keep_failed
from chalicelib.system.services.personal import forget_deliveries, forget_failed_work
from chalicelib.system.services.webhooks import delete_webhook

MARKS = ("contact_1", "+14155552671")
_BODIES = ('{"contact_id": "contact_1"}', '{"number": "+14155552671"}', '{"number": "+14155552672"}')


class _World:
    def __init__(self, system):
        self.system = system


def _deliver(system, webhook_id, number):
    now = system.clock.now()
    system.deliveries.add(
        Delivery(
            id=f"delivery_{number:032x}",
            webhook_id=webhook_id,
            event_id="event_1",
            event_type="contact.updated",
            body=_BODIES[number % 3],
            created_at=now,
            keep_until=now + timedelta(days=1),
            state=DeliveryState.PENDING,
        )
    )


def _all(forget, system):
    """Forget step by step; count the steps."""
    start, steps = None, 0
    while True:
        start, steps = forget(system, MARKS, start), steps + 1
        if start is None:
            return steps


def test_deliveries_are_forgotten_of_every_webhook(system):
    """Also of one that was deleted, a hundred a step; what names nobody else stays."""
    hooks = [webhook(_World(system)).id for _ in range(3)]
    for hook, count in zip(hooks, (250, 0, 3), strict=True):
        for number in range(count):
            _deliver(system, hook, number)
    delete_webhook(system, hooks[0], None)
    assert _all(forget_deliveries, system) == 5
    left = [delivery.body for hook in hooks for delivery in system.deliveries.all(hook)]
    assert left == [_BODIES[2]] * 84


def test_without_webhooks_there_is_nothing_to_forget(system):
    """The walk ends at once."""
    assert _all(forget_deliveries, system) == 1


def test_a_webhook_that_goes_in_between_is_passed_over(system):
    """The walk goes on at the next one, from its beginning."""
    hook = webhook(_World(system)).id
    _deliver(system, hook, 0)
    assert forget_deliveries(system, MARKS, "webhook_0/delivery_0") is None
    assert system.deliveries.all(hook) == []


def test_failed_work_is_forgotten_in_every_state(system):
    """Open, replayed and discarded; what names nobody else stays."""
    for number in range(6):
        keep_failed(system, WorkQueue.NEWS, f"message-{number}", _BODIES[number % 3], 0)
    open_work = system.failures.latest(FailedState.OPEN, None, 10).items
    for work in open_work[:3]:
        discard_failed(system, work.id, "?")
    assert _all(forget_failed_work, system) == 3
    left = [work.body for state in FailedState for work in system.failures.latest(state, None, 10).items]
    assert left == [_BODIES[2]] * 2

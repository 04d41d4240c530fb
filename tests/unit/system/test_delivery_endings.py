"""When a webhook is given up, and what becomes of what waits for it."""

from __future__ import annotations

import pytest
from fakes.letters import DOWN, an_event, fail_for_good, only, work

from chalicelib.system.domain.deliveries import SCHEDULE, Answer
from chalicelib.system.domain.webhooks import WebhookChange
from chalicelib.system.services.deliveries import fan_out, sweep_due
from chalicelib.system.services.webhooks import change_webhook, delete_webhook, disable_webhook, get_webhook


def test_a_day_of_failure_disables_the_webhook(system, clock, webhook, event):
    """When a delivery has failed for good and nothing else arrived since it was made."""
    fail_for_good(system, clock, webhook, event)
    known = get_webhook(system, webhook.id)
    assert (known.enabled, known.disabled_reason, known.disabled_at) == (False, "failing", clock.now())


def test_a_success_since_keeps_it_enabled(system, clock, webhook, event):
    """One message that its receiver chokes on does not cost it all the others."""
    later = an_event(clock, "call.answered")
    system.sender.respond = lambda letter: Answer(200) if letter.id == later.id else DOWN
    fan_out(system, event)
    fan_out(system, later)
    for _ in SCHEDULE:
        sweep_due(system)
        work(system)
        clock.advance(hours=12)
    assert [row.state for row in system.deliveries.all(webhook.id)].count("failed") == 1
    assert get_webhook(system, webhook.id).enabled


def test_a_change_since_keeps_it_enabled(system, clock, webhook, event):
    """Somebody works on it: what failed before does not count against what was mended."""
    system.sender.answers = [DOWN]
    fan_out(system, event)
    clock.advance(seconds=1)
    change_webhook(system, webhook.id, WebhookChange(url="https://example.com/new"), None)
    for _ in SCHEDULE:
        sweep_due(system)
        work(system)
        clock.advance(hours=12)
    assert only(system, webhook).state == "failed"
    assert get_webhook(system, webhook.id).enabled


def test_gone_means_gone(system, webhook, event):
    """A receiver that answers 410 wants no more: neither this message again nor any other."""
    system.sender.answers = [Answer(410)]
    fan_out(system, event)
    work(system)
    assert only(system, webhook).state == "failed"
    assert get_webhook(system, webhook.id).disabled_reason == "gone"


@pytest.mark.parametrize(
    "end", [lambda *args: disable_webhook(*args, "requested"), lambda *args: delete_webhook(*args, None)]
)
def test_what_waits_for_a_webhook_that_is_off_fails(system, webhook, event, end):
    """Nothing is posted; it says why, and can be replayed."""
    fan_out(system, event)
    end(system, webhook.id)
    work(system)
    assert system.sender.received == []
    assert only(system, webhook).attempts[-1].answer.error == "webhook_disabled"
    assert only(system, webhook).state == "failed"

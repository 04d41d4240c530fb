"""A delivery is tried again for a day, by one worker at a time, whoever dies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.carrier import Killed
from fakes.letters import DOWN, an_event, fail_for_good, only, work

from chalicelib.system.domain.deliveries import LEASE, MAX_ATTEMPTS_SHOWN, SCHEDULE, Answer, wait_before
from chalicelib.system.services.deliveries import deliver, fan_out, replay, sweep_due
from chalicelib.system.services.webhooks import get_webhook


def test_a_failed_try_is_repeated_after_the_wait(system, clock, webhook, event):
    """It is written down, woken in time, not tried earlier, and the same bytes are sent again."""
    system.sender.answers = [DOWN, Answer(200)]
    fan_out(system, event)
    work(system)
    waiting = only(system, webhook)
    assert (waiting.state, waiting.tries, waiting.attempts[0].answer) == ("pending", 1, DOWN)
    assert timedelta(seconds=5) <= waiting.next_at - clock.now() <= timedelta(seconds=5.5)
    assert system.news.deliveries == [(webhook.id, waiting.id, 6)]
    deliver(system, webhook.id, waiting.id)
    assert len(system.sender.received) == 1
    clock.advance(seconds=6)
    work(system)
    first, second = system.sender.received
    assert (first.id, first.body) == (second.id, second.body)
    assert second.at == clock.now()
    assert only(system, webhook).state == "delivered"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(199),
        Answer(304, "redirect"),
        Answer(400),
        Answer(404),
        Answer(429),
        Answer(503),
        Answer(error="timeout"),
        Answer(error="tls"),
    ],
)
def test_only_2xx_is_a_success(system, webhook, event, answer):
    """Whatever else comes is tried again, a redirect too."""
    system.sender.answers = [answer]
    fan_out(system, event)
    work(system)
    assert only(system, webhook).state == "pending"


def test_it_is_tried_for_a_day(system, clock, webhook, event):
    """Eight tries between 23.6 and 26 hours, each in its time; then it has failed."""
    start = clock.now()
    fail_for_good(system, clock, webhook, event)
    failed = only(system, webhook)
    assert (failed.state, len(system.sender.received), len(failed.attempts)) == ("failed", 8, 8)
    assert timedelta(hours=23.5) < failed.attempts[-1].at - start < timedelta(hours=26)
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=23, minutes=35, seconds=5)
    deliver(system, webhook.id, failed.id)
    assert len(system.sender.received) == 8


@pytest.mark.parametrize("tries", range(len(SCHEDULE)))
def test_waits_differ_a_little_and_always_the_same(tries):
    """Jitter spreads what failed together; it is no longer than a tenth, and repeatable."""
    waits = {wait_before(f"delivery_{number}", tries) for number in range(50)}
    assert all(SCHEDULE[tries] <= wait <= SCHEDULE[tries] * 1.1 for wait in waits)
    assert len(waits) > 40 or tries == 0
    assert wait_before("delivery_1", tries) == wait_before("delivery_1", tries)


def test_what_waits_long_is_woken_by_the_schedule(system, clock, webhook, event):
    """A queue holds a message for a quarter of an hour at most; and any message may be lost."""
    system.sender.answers = [DOWN]
    fan_out(system, event)
    assert sweep_due(system) == 1
    for _ in range(3):
        deliver(system, webhook.id, only(system, webhook).id)
        clock.instant = only(system, webhook).next_at
    seconds, minutes = (delay for *_, delay in system.news.deliveries[2:])
    assert seconds == 6
    assert 300 <= minutes <= 330
    clock.advance(milliseconds=-1)
    assert sweep_due(system) == 0
    clock.advance(milliseconds=1)
    assert sweep_due(system) == 1
    assert system.news.deliveries[-1] == (webhook.id, only(system, webhook).id, 0)


def test_two_workers_never_post_at_once(system, webhook, event):
    """While one posts, another that is woken for the same delivery finds it taken."""
    fan_out(system, event)
    delivery_id = only(system, webhook).id

    def meanwhile(_letter):
        system.sender.respond = None
        deliver(system, webhook.id, delivery_id)
        return Answer(200)

    system.sender.respond = meanwhile
    deliver(system, webhook.id, delivery_id)
    assert len(system.sender.received) == 1


def test_a_lost_claim_posts_nothing(system, webhook, event):
    """Whoever was faster has it."""
    fan_out(system, event)
    system.deliveries.save = lambda _: False
    deliver(system, webhook.id, only(system, webhook).id)
    assert system.sender.received == []


def test_a_worker_that_dies_after_posting_costs_one_more_post(system, clock, webhook, event):
    """When its claim has run out the try is noted as unfinished, and the message goes out again, once."""
    fan_out(system, event)
    delivery_id = only(system, webhook).id

    def die(_letter):
        raise Killed

    system.sender.respond = die
    with pytest.raises(Killed):
        deliver(system, webhook.id, delivery_id)
    system.sender.respond = None
    clock.advance(seconds=LEASE.total_seconds(), milliseconds=-1)
    assert sweep_due(system) == 0
    deliver(system, webhook.id, delivery_id)
    assert len(system.sender.received) == 1
    clock.advance(milliseconds=1)
    assert sweep_due(system) == 1
    work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    done = only(system, webhook)
    assert [attempt.answer.error for attempt in done.attempts] == ["unfinished", ""]
    assert (done.state, done.tries) == ("delivered", 2)


def test_workers_that_always_die_post_eight_times(system, clock, webhook, event):
    """A message that kills whoever sends it is given up like any other, and its webhook disabled."""
    fan_out(system, event)

    def die(_letter):
        raise Killed

    system.sender.respond = die
    for _ in range(12):
        try:
            deliver(system, webhook.id, only(system, webhook).id)
        except Killed:
            clock.advance(seconds=60)
    failed = only(system, webhook)
    assert (failed.state, len(system.sender.received), len(failed.attempts)) == ("failed", 8, 8)
    assert get_webhook(system, webhook.id).disabled_reason == "failing"


def test_a_late_outcome_is_added_to_what_happened_meanwhile(system, clock, webhook, event):
    """A worker that was frozen for longer than its claim does not undo what the next one did."""
    fan_out(system, event)
    delivery_id = only(system, webhook).id

    def frozen(_letter):
        system.sender.respond = None
        clock.advance(seconds=61)
        deliver(system, webhook.id, delivery_id)
        return DOWN

    system.sender.respond = frozen
    deliver(system, webhook.id, delivery_id)
    done = only(system, webhook)
    assert (done.state, len(done.attempts), done.look_at) == ("delivered", 3, None)


def test_a_late_failure_does_not_end_another_workers_claim(system, clock, webhook, event):
    """The try that is under way stays the other worker's."""
    fan_out(system, event)
    delivery_id = only(system, webhook).id

    def second(_letter):
        raise Killed

    def first(_letter):
        system.sender.respond = second
        clock.advance(seconds=61)
        with pytest.raises(Killed):
            deliver(system, webhook.id, delivery_id)
        return DOWN

    system.sender.respond = first
    deliver(system, webhook.id, delivery_id)
    assert only(system, webhook).claimed_until == clock.now() + LEASE


def test_only_the_last_tries_are_kept(system, clock, webhook, event):
    """However often it is replayed, a delivery stays small."""
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in range(MAX_ATTEMPTS_SHOWN + 5):
        deliver(system, webhook.id, only(system, webhook).id)
        clock.advance(seconds=1)
        replay(system, webhook.id, only(system, webhook).id)
    assert len(only(system, webhook).attempts) == MAX_ATTEMPTS_SHOWN


def test_a_sweep_wakes_much_of_what_is_due(system, clock, webhook):
    """More than a few hundred, each once, the longest due first; and it ends in time for the next one."""
    for _ in range(2100):
        clock.advance(milliseconds=1)
        fan_out(system, an_event(clock))
    system.news.deliveries.clear()
    assert sweep_due(system) == 2000
    woken = [delivery_id for _, delivery_id, _ in system.news.deliveries]
    assert woken == [row.id for row in system.deliveries.all(webhook.id)][:2000]
    system.news.deliver = lambda *_: clock.advance(seconds=1)
    assert sweep_due(system) == 20

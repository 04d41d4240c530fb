"""A receiver that hangs costs one try each five minutes; everybody else's deliveries go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.carrier import Killed
from fakes.letters import DOWN, a_webhook, an_event, only, work

from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.deliveries import SCHEDULE, Answer
from chalicelib.system.domain.health import PUT_OFF, Health
from chalicelib.system.domain.webhooks import DisabledReason, WebhookChange
from chalicelib.system.services.deliveries import deliver, fan_out, ping, replay, sweep_due
from chalicelib.system.services.webhooks import change_webhook, get_webhook

TIMEOUT = Answer(error="timeout", ms=10_000)


@pytest.fixture
def silent(system, clock, webhook):
    """Let a webhook's receiver have been silent once, a moment ago."""
    system.sender.answers = [TIMEOUT]
    fan_out(system, an_event(clock))
    work(system)
    system.news.deliveries.clear()
    return webhook


def _tries(system):
    return len(system.sender.received)


def _until_due(system, clock, webhook):
    clock.instant = system.webhooks.health(webhook.id).put_off_until


@pytest.mark.parametrize("error", ["timeout", "connection"])
def test_a_silent_receiver_is_left_alone(system, clock, webhook, error):
    """What is woken for it is put off for five minutes and a little, and that is no try."""
    for _ in range(20):
        fan_out(system, an_event(clock))
        clock.advance(milliseconds=1)
    system.sender.answers = [Answer(error=error)]
    work(system)
    assert _tries(system) == 1
    rows = system.deliveries.all(webhook.id)
    assert sorted(row.tries for row in rows) == [0] * 19 + [1]
    waits = {row.next_at - clock.now() for row in rows if row.tries == 0}
    assert all(PUT_OFF <= wait <= PUT_OFF * 1.1 + timedelta(minutes=1) for wait in waits)
    assert len(waits) > 5
    assert {(row.state, row.attempts, row.claimed_until) for row in rows if row.tries == 0} == {
        ("pending", (), None)
    }


def test_nobody_is_woken_for_a_silent_receiver(system, clock, silent):
    """A new event's delivery is kept and due later; whoever else wants the event gets it at once."""
    other = a_webhook(system, "*")
    fan_out(system, an_event(clock))
    assert {webhook_id for webhook_id, *_ in system.news.deliveries} == {other.id}
    assert len(system.deliveries.all(silent.id)) == 2
    assert sweep_due(system) == 1  # the other's


def test_one_try_passes_each_time(system, clock, silent):
    """When the five minutes are over the first one tests the receiver, and all others wait again."""
    for _ in range(10):
        fan_out(system, an_event(clock))
        clock.advance(milliseconds=1)
    for expected in (2, 3, 4):
        clock.advance(minutes=7)
        sweep_due(system)
        work(system)
        assert _tries(system) == expected


def test_of_two_who_may_test_one_does(system, clock, silent):
    """Both have seen that the time has come; one passes."""
    for _ in range(2):
        fan_out(system, an_event(clock))
        clock.advance(milliseconds=1)
    clock.advance(minutes=7)
    first, second, *_ = system.deliveries.all(silent.id)

    def meanwhile(_letter):
        deliver(system, silent.id, second.id)
        return TIMEOUT

    system.sender.respond = meanwhile
    deliver(system, silent.id, first.id)
    assert _tries(system) == 2


def test_a_race_for_the_test_is_decided_in_the_table(system, clock, silent):
    """Of two who have read the same health the second is put off."""
    fan_out(system, an_event(clock))
    clock.advance(minutes=7)
    seen = system.webhooks.reach(silent.id)
    first, second = (row.id for row in system.deliveries.all(silent.id))
    deliver(system, silent.id, first)
    system.webhooks.reach = lambda _: seen
    deliver(system, silent.id, second)
    assert _tries(system) == 2
    assert system.deliveries.get(silent.id, second).next_at >= clock.now() + PUT_OFF


def test_a_success_counts_whatever_others_have_met_meanwhile(system, clock, webhook, event):
    """The receiver answers, so nothing is put off."""
    fan_out(system, event)

    def meanwhile(_letter):
        system.webhooks.set_health(webhook.id, Health(None, clock.now() + PUT_OFF))
        return Answer(200)

    system.sender.respond = meanwhile
    work(system)
    assert system.webhooks.health(webhook.id) == Health(clock.now())


def test_a_dead_workers_try_is_noted_before_it_is_put_off(system, clock, webhook, event):
    """It was begun, and counts."""
    fan_out(system, event)
    system.sender.respond = lambda _: (_ for _ in ()).throw(Killed)
    with pytest.raises(Killed):
        work(system)
    clock.advance(minutes=2)
    system.webhooks.set_health(webhook.id, Health(None, clock.now() + PUT_OFF))
    deliver(system, webhook.id, only(system, webhook).id)
    waiting = only(system, webhook)
    assert (waiting.tries, [attempt.answer.error for attempt in waiting.attempts]) == (1, ["unfinished"])


@pytest.mark.parametrize(
    ("answer", "clears"), [(Answer(200), True), (DOWN, True), (Answer(error="tls"), False)]
)
def test_an_answer_ends_it(system, clock, silent, answer, clears):
    """Whoever answers, be it with an error, takes nobody's time; the next events are delivered at once."""
    fan_out(system, an_event(clock))
    clock.advance(minutes=7)
    system.sender.answers = [answer]
    sweep_due(system)
    work(system)
    system.news.deliveries.clear()
    assert (system.webhooks.health(silent.id).put_off_until is None) is clears
    fan_out(system, an_event(clock))
    assert (len(system.news.deliveries) == 1) is clears


def test_silence_says_nothing_when_something_arrived_meanwhile(system, clock, webhook, event):
    """One message that a receiver chokes on does not put off all others, if those arrive."""
    fan_out(system, event)
    other = an_event(clock, "call.answered")
    fan_out(system, other)
    arrives = max(system.deliveries.all(webhook.id), key=lambda row: row.event_id == other.id)

    def choke(letter):
        if letter.id == other.id:
            return Answer(200)
        clock.advance(seconds=5)
        deliver(system, webhook.id, arrives.id)
        clock.advance(seconds=5)
        return TIMEOUT

    system.sender.respond = choke
    work(system)
    assert system.webhooks.health(webhook.id).put_off_until is None


def test_what_is_put_off_keeps_its_tries(system, clock, silent):
    """When the receiver is back, a message that was put off for hours has all of them left, and arrives."""
    event = an_event(clock)
    fan_out(system, event)
    system.sender.respond = lambda letter: TIMEOUT
    for _ in range(60):
        clock.advance(minutes=1)
        sweep_due(system)
        work(system)
    system.sender.respond = lambda letter: Answer(200)
    for _ in range(180):
        clock.advance(minutes=1)
        sweep_due(system)
        work(system)
    assert {row.state for row in system.deliveries.all(silent.id)} == {"delivered"}


def test_nothing_waits_for_ever(system, clock, silent):
    """However many wait for a test, each is given up after its day, and the webhook is disabled."""
    for _ in range(30):
        fan_out(system, an_event(clock))
        clock.advance(milliseconds=1)
    for _ in range(44 * 12):
        clock.advance(minutes=5)
        sweep_due(system)
        work(system)
    rows = system.deliveries.all(silent.id)
    assert {row.state for row in rows} == {"failed"}
    assert "unreachable" in {row.attempts[-1].answer.error for row in rows}
    assert get_webhook(system, silent.id).disabled_reason is DisabledReason.FAILING
    assert _tries(system) <= 44 * 12 + 1


def test_a_webhook_nobody_could_try_is_disabled(system, clock, silent):
    """A day of being put off counts as a day of failing."""
    fan_out(system, an_event(clock))
    waiting = max(system.deliveries.all(silent.id), key=lambda row: row.tries == 0)
    clock.instant = waiting.created_at + sum(SCHEDULE, timedelta()) * 1.1
    system.webhooks.set_health(silent.id, Health(None, clock.now() + PUT_OFF))
    deliver(system, silent.id, waiting.id)
    ended = system.deliveries.get(silent.id, waiting.id)
    assert (ended.state, ended.attempts[-1].answer.error) == ("failed", "unreachable")
    assert not get_webhook(system, silent.id).enabled


def test_a_replay_has_a_day_of_its_own(system, clock, silent):
    """What is replayed after its day was over waits as any other."""
    clock.advance(days=3)
    delivery_id = only(system, silent).id
    replay(system, silent.id, delivery_id)
    system.webhooks.set_health(silent.id, Health(None, clock.now() + PUT_OFF))
    deliver(system, silent.id, delivery_id)
    assert only(system, silent).state == "pending"
    assert only(system, silent).next_at >= clock.now() + PUT_OFF


@pytest.mark.parametrize(
    "act",
    [
        lambda system, silent: ping(system, silent.id, new_id("event")),
        lambda system, silent: replay(system, silent.id, system.deliveries.all(silent.id)[0].id),
        lambda system, silent: (
            change_webhook(system, silent.id, WebhookChange(url="https://example.com/new"), None),
            fan_out(system, an_event(system.clock)),
        ),
    ],
)
def test_people_need_not_wait(system, clock, silent, act):
    """A ping, a replay and a changed address are tried at once, and only that."""
    fan_out(system, an_event(clock))
    system.sender.answers = [Answer(200)]
    act(system, silent)
    work(system)
    assert _tries(system) == 2
    assert system.webhooks.health(silent.id) == Health(clock.now())


def test_a_worker_that_dies_while_testing_costs_five_minutes(system, clock, silent):
    """The next one tests again."""
    _until_due(system, clock, silent)
    clock.advance(minutes=1)
    system.deliveries.save, save = (lambda _: False), system.deliveries.save
    deliver(system, silent.id, only(system, silent).id)
    system.deliveries.save = save
    assert system.webhooks.health(silent.id).puts_off(clock.now())
    clock.advance(minutes=7)
    sweep_due(system)
    work(system)
    assert _tries(system) == 2


def test_a_try_asks_little(system, clock, webhook, event):
    """Secrets and health come together: a try costs no read more than it did without this."""
    fan_out(system, event)
    asked = []
    system.webhooks = _Counting(system.webhooks, asked)
    work(system)
    assert asked == ["get", "reach", "set_health"]


class _Counting:
    """A port that notes what is asked of it."""

    def __init__(self, port, asked):
        self._port, self._asked = port, asked

    def __getattr__(self, name):
        self._asked.append(name)
        return getattr(self._port, name)

"""An event reaches each subscriber, is tried again for a day, and a silent receiver is left alone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fakes.carrier import Killed

from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.events import Event
from chalicelib.kernel.ids import new_id
from chalicelib.system.domain.deliveries import LEASE, MAX_ATTEMPTS_SHOWN, SCHEDULE, Answer, wait_before
from chalicelib.system.domain.webhooks import DisabledReason, NewWebhook, WebhookChange
from chalicelib.system.services.deliveries import (
    deliver,
    fan_out,
    get_delivery,
    list_deliveries,
    ping,
    replay,
    sweep_due,
)
from chalicelib.system.services.webhooks import (
    change_webhook,
    create_webhook,
    delete_webhook,
    disable_webhook,
    get_webhook,
    rotate_secret,
)

DOWN = Answer(500, ms=12, excerpt="out of order")


@pytest.fixture
def webhook(system):
    """Create a webhook that wants all about calls."""
    return _webhook(system, "call.*")


@pytest.fixture
def event(clock):
    """Tell that a call ended."""
    return _event(clock)


def _webhook(system, *patterns):
    return create_webhook(system, NewWebhook("https://example.com/hook", patterns), new_id("webhook"))[0]


def _event(clock, event_type="call.ended"):
    return Event(new_id("event"), event_type, 1, clock.now(), "call_1", {"outcome": "completed"})


def _only(system, webhook):
    (delivery,) = system.deliveries.all(webhook.id)
    return delivery


def _work(system):
    """Handle every message that was sent, each once."""
    sent, system.news.deliveries = system.news.deliveries, []
    for webhook_id, delivery_id, _ in sent:
        deliver(system, webhook_id, delivery_id)


def _fail_for_good(system, clock, webhook, event):
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in SCHEDULE:
        deliver(system, webhook.id, _only(system, webhook).id)
        if (next_at := _only(system, webhook).next_at) is not None:
            clock.instant = next_at


def test_an_event_reaches_whoever_wants_it(system, clock, webhook, event):
    """One signed letter each, with the event's id and its whole story; nobody else gets any."""
    both, other = _webhook(system, "contact.created", "call.ended"), _webhook(system, "contact.*")
    off, gone = _webhook(system, "*"), _webhook(system, "*")
    disable_webhook(system, off.id, DisabledReason.REQUESTED)
    delete_webhook(system, gone.id, None)
    fan_out(system, event)
    _work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    assert json.loads(system.sender.received[0].body) == {
        "id": event.id,
        "type": "call.ended",
        "version": 1,
        "timestamp": "2026-03-03T12:00:00.000Z",
        "subject": "call_1",
        "data": {"outcome": "completed"},
    }
    assert {letter.secrets.current for letter in system.sender.received} == {
        system.webhooks.secrets(each.id).current for each in (webhook, both)
    }
    assert [system.deliveries.all(each.id) for each in (other, off, gone)] == [[], [], []]
    done = _only(system, webhook)
    assert (done.state, done.next_at, done.attempts[0].at) == ("delivered", None, clock.now())


def test_an_event_that_is_told_twice_is_sent_once(system, webhook, event):
    """The bus may repeat itself, before and after the delivery."""
    for _ in range(2):
        fan_out(system, event)
        fan_out(system, event)
        _work(system)
    assert len(system.sender.received) == 1
    assert len(system.deliveries.all(webhook.id)) == 1


def test_deliveries_are_kept_as_long_as_the_settings_say(system, clock, webhook, event):
    """Thirty days unless somebody set it otherwise."""
    fan_out(system, event)
    assert _only(system, webhook).keep_until == clock.now() + timedelta(days=30)


def test_a_failed_try_is_repeated_after_the_wait(system, clock, webhook, event):
    """It is written down, woken in time, not tried earlier, and the same bytes are sent again."""
    system.sender.answers = [DOWN, Answer(200)]
    fan_out(system, event)
    _work(system)
    waiting = _only(system, webhook)
    assert (waiting.state, waiting.tries, waiting.attempts[0].answer) == ("pending", 1, DOWN)
    assert timedelta(seconds=5) <= waiting.next_at - clock.now() <= timedelta(seconds=5.5)
    assert system.news.deliveries == [(webhook.id, waiting.id, 6)]
    deliver(system, webhook.id, waiting.id)
    assert len(system.sender.received) == 1
    clock.advance(seconds=6)
    _work(system)
    first, second = system.sender.received
    assert (first.id, first.body) == (second.id, second.body)
    assert second.at == clock.now()
    assert _only(system, webhook).state == "delivered"


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
    _work(system)
    assert _only(system, webhook).state == "pending"


def test_it_is_tried_for_a_day(system, clock, webhook, event):
    """Eight tries between 23.6 and 26 hours, each in its time; then it has failed."""
    start = clock.now()
    _fail_for_good(system, clock, webhook, event)
    failed = _only(system, webhook)
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
        deliver(system, webhook.id, _only(system, webhook).id)
        clock.instant = _only(system, webhook).next_at
    seconds, minutes = (delay for *_, delay in system.news.deliveries[2:])
    assert seconds == 6
    assert 300 <= minutes <= 330
    clock.advance(milliseconds=-1)
    assert sweep_due(system) == 0
    clock.advance(milliseconds=1)
    assert sweep_due(system) == 1
    assert system.news.deliveries[-1] == (webhook.id, _only(system, webhook).id, 0)


def test_two_workers_never_post_at_once(system, webhook, event):
    """While one posts, another that is woken for the same delivery finds it taken."""
    fan_out(system, event)
    delivery_id = _only(system, webhook).id

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
    deliver(system, webhook.id, _only(system, webhook).id)
    assert system.sender.received == []


def test_a_worker_that_dies_after_posting_costs_one_more_post(system, clock, webhook, event):
    """When its claim has run out the try is noted as unfinished, and the message goes out again, once."""
    fan_out(system, event)
    delivery_id = _only(system, webhook).id

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
    _work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    done = _only(system, webhook)
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
            deliver(system, webhook.id, _only(system, webhook).id)
        except Killed:
            clock.advance(seconds=60)
    failed = _only(system, webhook)
    assert (failed.state, len(system.sender.received), len(failed.attempts)) == ("failed", 8, 8)
    assert get_webhook(system, webhook.id).disabled_reason == "failing"


def test_a_late_outcome_is_added_to_what_happened_meanwhile(system, clock, webhook, event):
    """A worker that was frozen for longer than its claim does not undo what the next one did."""
    fan_out(system, event)
    delivery_id = _only(system, webhook).id

    def frozen(_letter):
        system.sender.respond = None
        clock.advance(seconds=61)
        deliver(system, webhook.id, delivery_id)
        return DOWN

    system.sender.respond = frozen
    deliver(system, webhook.id, delivery_id)
    done = _only(system, webhook)
    assert (done.state, len(done.attempts), done.look_at) == ("delivered", 3, None)


def test_a_late_failure_does_not_end_another_workers_claim(system, clock, webhook, event):
    """The try that is under way stays the other worker's."""
    fan_out(system, event)
    delivery_id = _only(system, webhook).id

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
    assert _only(system, webhook).claimed_until == clock.now() + LEASE


def test_an_address_is_checked_at_every_try(system, clock, webhook, event):
    """A name that leads inside later is not followed there, and the try says why."""
    system.resolve.known["example.com"] = ("8.8.8.8", "169.254.169.254")
    fan_out(system, event)
    _work(system)
    assert system.sender.received == []
    assert _only(system, webhook).attempts[0].answer.error == "address_refused"
    system.resolve.known["example.com"] = ("8.8.8.8",)
    clock.advance(seconds=6)
    _work(system)
    assert system.sender.addresses == [("8.8.8.8",)]


def test_both_secrets_sign_after_a_rotation(system, clock, webhook, event):
    """The letter carries both, also when it was made before the rotation."""
    fan_out(system, event)
    old = system.webhooks.secrets(webhook.id).current
    _, new = rotate_secret(system, webhook.id, "rotation_1")
    _work(system)
    assert system.sender.received[0].secrets.valid_at(clock.now()) == (new, old)


def test_a_day_of_failure_disables_the_webhook(system, clock, webhook, event):
    """When a delivery has failed for good and nothing else arrived since it was made."""
    _fail_for_good(system, clock, webhook, event)
    known = get_webhook(system, webhook.id)
    assert (known.enabled, known.disabled_reason, known.disabled_at) == (False, "failing", clock.now())


def test_a_success_since_keeps_it_enabled(system, clock, webhook, event):
    """One message that its receiver chokes on does not cost it all the others."""
    later = _event(clock, "call.answered")
    system.sender.respond = lambda letter: Answer(200) if letter.id == later.id else DOWN
    fan_out(system, event)
    fan_out(system, later)
    for _ in SCHEDULE:
        sweep_due(system)
        _work(system)
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
        _work(system)
        clock.advance(hours=12)
    assert _only(system, webhook).state == "failed"
    assert get_webhook(system, webhook.id).enabled


def test_gone_means_gone(system, webhook, event):
    """A receiver that answers 410 wants no more: neither this message again nor any other."""
    system.sender.answers = [Answer(410)]
    fan_out(system, event)
    _work(system)
    assert _only(system, webhook).state == "failed"
    assert get_webhook(system, webhook.id).disabled_reason == "gone"


@pytest.mark.parametrize(
    "end", [lambda *args: disable_webhook(*args, "requested"), lambda *args: delete_webhook(*args, None)]
)
def test_what_waits_for_a_webhook_that_is_off_fails(system, webhook, event, end):
    """Nothing is posted; it says why, and can be replayed."""
    fan_out(system, event)
    end(system, webhook.id)
    _work(system)
    assert system.sender.received == []
    assert _only(system, webhook).attempts[-1].answer.error == "webhook_disabled"
    assert _only(system, webhook).state == "failed"


def test_a_delivery_that_is_not_there_is_nobodys_work(system, webhook):
    """A message that names none is done."""
    deliver(system, webhook.id, "delivery_" + "0" * 32)


def test_a_ping_goes_to_this_webhook_only(system, webhook):
    """Whatever the webhook wants; the same ping twice is one."""
    other = _webhook(system, "*")
    event_id = new_id("event")
    sent = ping(system, webhook.id, event_id)
    assert ping(system, webhook.id, event_id) == sent
    _work(system)
    (letter,) = system.sender.received
    told = json.loads(letter.body)
    assert (letter.id, told["type"], told["subject"]) == (event_id, "webhook.ping", webhook.id)
    assert system.deliveries.all(other.id) == []


def test_a_replay_sends_the_same_message_again(system, clock, webhook, event):
    """With the same id, at once, with all tries; what happened before stays on record."""
    fan_out(system, event)
    _work(system)
    clock.advance(days=3)
    again = replay(system, webhook.id, _only(system, webhook).id)
    assert (again.state, again.tries, len(again.attempts)) == ("pending", 0, 1)
    _work(system)
    assert [letter.id for letter in system.sender.received] == [event.id] * 2
    assert system.sender.received[0].body == system.sender.received[1].body
    assert len(_only(system, webhook).attempts) == 2


def test_a_replay_does_not_wait_for_the_schedule(system, clock, webhook, event):
    """Who has mended the receiver need not wait for hours."""
    _fail_for_good_but_last(system, clock, webhook, event)
    system.sender.answers = [Answer(200)]
    replay(system, webhook.id, _only(system, webhook).id)
    _work(system)
    assert _only(system, webhook).state == "delivered"


def _fail_for_good_but_last(system, clock, webhook, event):
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in range(7):
        clock.instant = _only(system, webhook).next_at
        deliver(system, webhook.id, _only(system, webhook).id)
    assert _only(system, webhook).next_at > clock.now()
    system.news.deliveries.clear()


def test_what_is_being_tried_is_not_replayed(system, webhook, event):
    """It could be posted twice at once."""
    fan_out(system, event)
    delivery_id = _only(system, webhook).id

    def meanwhile(_letter):
        with pytest.raises(Conflict) as refusal:
            replay(system, webhook.id, delivery_id)
        assert refusal.value.code == "delivery_in_progress"
        return Answer(200)

    system.sender.respond = meanwhile
    deliver(system, webhook.id, delivery_id)
    assert len(system.sender.received) == 1


def test_nothing_is_sent_to_a_webhook_that_is_off(system, webhook, event):
    """Ping and replay say so."""
    fan_out(system, event)
    disable_webhook(system, webhook.id, DisabledReason.REQUESTED)
    for act in (
        lambda: ping(system, webhook.id, new_id("event")),
        lambda: replay(system, webhook.id, _only(system, webhook).id),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "webhook_disabled"


def test_a_delivery_that_never_holds_still_is_left_alone(system, webhook, event):
    """A replay is refused, and a try's outcome is told by its message being delivered again."""
    fan_out(system, event)
    save = system.deliveries.save
    system.deliveries.save = lambda _: False
    with pytest.raises(Conflict) as refusal:
        replay(system, webhook.id, _only(system, webhook).id)
    assert refusal.value.code == "delivery_changed"
    first = iter([True])
    system.deliveries.save = lambda row: next(first, False) and save(row)
    with pytest.raises(Conflict, match="too fast"):
        deliver(system, webhook.id, _only(system, webhook).id)


def test_only_the_last_tries_are_kept(system, clock, webhook, event):
    """However often it is replayed, a delivery stays small."""
    system.sender.answers = [DOWN]
    fan_out(system, event)
    for _ in range(MAX_ATTEMPTS_SHOWN + 5):
        deliver(system, webhook.id, _only(system, webhook).id)
        clock.advance(seconds=1)
        replay(system, webhook.id, _only(system, webhook).id)
    assert len(_only(system, webhook).attempts) == MAX_ATTEMPTS_SHOWN


def test_deliveries_are_listed_by_state(system, clock, webhook):
    """Those of the newest events first, in pages."""
    system.sender.respond = lambda letter: Answer(200) if "answered" in letter.body else DOWN
    for event_type in ("call.answered", "call.ended", "call.answered"):
        clock.advance(seconds=1)
        fan_out(system, _event(clock, event_type))
        _work(system)
    types = [row.event_type for row in list_deliveries(system, webhook.id, None, 10, None).items]
    assert types == ["call.answered", "call.ended", "call.answered"]
    delivered = list_deliveries(system, webhook.id, "delivered", 1, None)
    assert [row.state for row in delivered.items] == ["delivered"]
    rest = list_deliveries(system, webhook.id, "delivered", 1, delivered.next_start)
    assert rest.items[0].created_at < delivered.items[0].created_at
    assert rest.next_start is None


@pytest.mark.parametrize("delivery_id", ["delivery_" + "0" * 32, "nonsense"])
def test_what_is_not_there_is_not_found(system, webhook, delivery_id):
    """Neither a delivery of this webhook nor any of an unknown one."""
    with pytest.raises(NotFound) as refusal:
        get_delivery(system, webhook.id, delivery_id)
    assert refusal.value.code == "delivery_not_found"
    for act in (get_delivery, replay):
        with pytest.raises(NotFound) as refusal:
            act(system, "webhook_" + "0" * 32, delivery_id)
        assert refusal.value.code == "webhook_not_found"

"""Sending: at most once, never against the rules, and found out when an answer was lost."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, kill_switch
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.services.messages import MessageWish, read_message, request_message
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.texting import attend_message, dispatch_messages, record_status
from chalicelib.crm.services.contacts import delete_contact, find_contact
from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable


@pytest.fixture
def place(calls):
    """Give the place of a message that waits."""
    return request_message(calls, MessageWish(number=NUMBER, text="Hello")).place


def _state(calls, place):
    message = calls.messages.get(place)
    return message.state, message.reason


def _later(calls, place, **delta):
    calls.clock.advance(**delta)
    attend_message(calls, place)
    return _state(calls, place)


def test_a_message_is_asked_for_once_and_then_watched(calls, place):
    """However often the wake-up comes."""
    for _ in range(3):
        attend_message(calls, place)
    assert [sent.order.place for sent in calls.texting.accepted] == [place]
    message = calls.messages.get(place)
    assert (message.state, message.sid) == (MessageState.SENDING, calls.texting.accepted[0].sid)
    assert message.look_at == NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda calls: stop_calling(calls, NUMBER, "operator"), "suppressed"),
        (lambda calls: delete_contact(calls.crm, find_contact(calls.crm, NUMBER).id), "contact_gone"),
    ],
)
def test_what_changes_before_it_is_sent_counts(calls, place, act, reason):
    """The message ends with the rule as its reason, and nobody asks the carrier."""
    act(calls)
    attend_message(calls, place)
    assert _state(calls, place) == (MessageState.FAILED, reason)
    assert calls.texting.asked == 0


def test_a_number_suppressed_between_decision_and_commitment_gets_nothing(calls, place):
    """The commitment itself checks the number's row."""
    book, commit = calls.messages, calls.messages.commit_send

    def too_late(message):
        stop_calling(calls, NUMBER, "operator")
        return commit(message)

    book.commit_send = too_late
    attend_message(calls, place)
    assert _state(calls, place) == (MessageState.FAILED, "suppressed")
    assert calls.texting.asked == 0


def test_the_kill_switch_postpones(calls, place):
    """Thrown before, or between commitment and request: the message waits and goes out afterwards."""
    kill_switch(calls)
    attend_message(calls, place)
    assert dispatch_messages(calls) == 0
    kill_switch(calls, on=False)
    commit = calls.messages.commit_send

    def thrown(message):
        kill_switch(calls)
        return commit(message)

    calls.messages.commit_send = thrown
    assert _later(calls, place, minutes=1) == (MessageState.QUEUED, "")
    assert calls.texting.asked == 0
    calls.messages.commit_send = commit
    kill_switch(calls, on=False)
    _later(calls, place, minutes=1)
    assert calls.texting.asked == 1


def test_a_switch_that_nobody_can_read_stops_the_request(calls, place):
    """It fails closed, after the commitment too."""
    read, reads = calls.system.settings.current, []

    def current():
        reads.append(1)
        if len(reads) > 1:
            raise Unavailable("silent", retryable=True)
        return read()

    calls.system.settings.current = current
    attend_message(calls, place)
    assert calls.texting.asked == 0
    calls.system.settings.current = read
    assert _state(calls, place) == (MessageState.QUEUED, "")


def test_a_refusal_is_final(calls, place):
    """Its code is the reason."""
    calls.texting.moods = ["refuse"]
    attend_message(calls, place)
    assert _state(calls, place) == (MessageState.FAILED, "carrier_21211")


def test_an_opt_out_that_only_the_carrier_knew_stops_calls_too(calls, place):
    """And START can lift it, for it came by text message."""
    calls.texting.moods = ["opted_out"]
    attend_message(calls, place)
    assert calls.numbers.status(NUMBER).suppression_source == f"sms:{place.message_id}"


def test_a_busy_carrier_is_asked_again(calls, place):
    """It certainly had nothing."""
    calls.texting.moods = ["busy", "accept"]
    attend_message(calls, place)
    assert _state(calls, place)[0] is MessageState.QUEUED
    _later(calls, place, seconds=20)
    assert (calls.texting.asked, len(calls.texting.accepted)) == (2, 1)


@pytest.mark.parametrize("mood", ["lost", "killed"])
def test_a_lost_answer_is_found_out_by_the_list(calls, place, mood):
    """The message is never sent again; the carrier's id is adopted."""
    calls.texting.moods = [mood]
    with suppress(Killed):
        attend_message(calls, place)
    calls.texting.accepted[0].status = "delivered"
    assert _later(calls, place, minutes=3) == (MessageState.DELIVERED, "")
    assert calls.texting.asked == 1


def test_a_message_that_never_arrived_fails_when_that_is_certain(calls, place):
    """Not before ten minutes, in which the request may be under way."""
    calls.texting.moods = ["unheard"]
    attend_message(calls, place)
    assert _later(calls, place, minutes=3)[0] is MessageState.UNKNOWN
    for _ in range(4):
        state = _later(calls, place, minutes=5)
    assert state == (MessageState.FAILED, "carrier_never_accepted")
    assert calls.texting.asked == 1


def test_a_lost_message_is_not_taken_for_its_twin(calls, place):
    """The same words to the same number: what the carrier has of one is not the other."""
    attend_message(calls, place)
    twin = request_message(calls, MessageWish(number=NUMBER, text="Hello")).place
    calls.texting.moods = ["unheard"]
    attend_message(calls, twin)
    for _ in range(5):
        _later(calls, twin, minutes=5)
    assert _state(calls, twin) == (MessageState.FAILED, "carrier_never_accepted")


def test_a_message_without_news_is_asked_after_ever_more_rarely(calls, place):
    """After a day nobody looks: what was sent stays sent, what never left has failed."""
    attend_message(calls, place)
    calls.texting.accepted[0].status = "sent"
    looks = 0
    for _ in range(30 * 60):
        calls.clock.advance(minutes=1)
        message = calls.messages.get(place)
        if message.look_at is None:
            break
        if message.look_at <= calls.clock.now():
            attend_message(calls, place)
            looks += 1
    assert looks < 25
    assert (_state(calls, place), calls.messages.get(place).look_at) == ((MessageState.SENT, ""), None)


def test_a_status_callback_tells_how_it_ended(calls, place):
    """A repeated or late one changes nothing; the carrier's error is the reason."""
    attend_message(calls, place)
    sid = calls.texting.accepted[0].sid
    record_status(calls, place, "undelivered", sid, "carrier_30003")
    ended = calls.messages.get(place)
    calls.clock.advance(minutes=1)
    for status in ("undelivered", "sent", "queued", "unheard-of"):
        record_status(calls, place, status, sid, "carrier_30003")
    assert (ended.state, ended.reason, ended.look_at) == (MessageState.UNDELIVERED, "carrier_30003", None)
    newest = calls.messages.get(place)
    assert (newest.state, newest.ended_at, newest.reason) == (ended.state, ended.ended_at, ended.reason)


def test_a_report_on_a_deleted_message_is_not_found(calls, place):
    """Erased is erased."""
    calls.messages.erase([place.contact_id], 10)
    with pytest.raises(NotFound):
        record_status(calls, place, "delivered", "SM1")


def test_the_sweep_finds_what_no_wake_up_reached(calls, place):
    """Those that wait, and those of which nothing is heard."""
    calls.wakeups.messages.clear()
    assert dispatch_messages(calls) == 1
    attend_message(calls, calls.wakeups.messages.pop())
    calls.clock.advance(minutes=3)
    assert dispatch_messages(calls) == 1


_PORTS = ("messages", "numbers", "texting", "wakeups")


@pytest.mark.parametrize("mood", ["accept", "busy", "lost", "unheard", "refuse", "opted_out"])
def test_a_death_at_any_point_never_sends_twice_and_never_loses_the_message(calls, mood):
    """Judged by the carrier's log: one message at most, and always an end."""
    for length in range(1, 120):
        calls.clock.advance(days=1)  # a number gets only so many a day
        fuse = Fuse(length)
        calls.texting.accepted.clear()
        calls.texting.moods = [mood, "accept"] if mood == "busy" else [mood]
        if calls.numbers.status(NUMBER).suppressed_at:
            calls.numbers.lift(NUMBER, "again", calls.clock.now())
        message = request_message(calls, MessageWish(number=NUMBER, text=f"Hello {length}"))
        ports = {name: getattr(calls, name) for name in _PORTS}
        for name in _PORTS:
            setattr(calls, name, Perilous(ports[name], fuse))
        for _ in range(20):
            with suppress(Killed, Unavailable):
                attend_message(calls, message.place)
            for sent in ports["texting"].accepted:
                sent.status = "delivered"
            calls.clock.advance(minutes=2)
        for name in _PORTS:
            setattr(calls, name, ports[name])
        ended = read_message(calls, message.id)
        assert ended.is_over
        assert len(calls.texting.accepted) <= 1
        assert (ended.state is MessageState.DELIVERED) == (len(calls.texting.accepted) == 1)
        if length > fuse.burnt:
            break
    else:
        pytest.fail("The fuse is too short for the whole way.")


def test_what_waited_for_a_day_is_not_sent(calls, place):
    """A reminder of yesterday is no reminder; the sweep finds it also while everything is stopped."""
    kill_switch(calls)
    assert _later(calls, place, hours=24) == (MessageState.QUEUED, "")
    calls.clock.advance(minutes=2)
    assert dispatch_messages(calls) == 1
    assert _later(calls, place, seconds=0) == (MessageState.FAILED, "too_old")
    kill_switch(calls, on=False)
    _later(calls, place, days=1)
    assert calls.texting.asked == 0


def test_what_the_carrier_was_asked_for_is_never_too_old(calls, place):
    """It may have gone out."""
    calls.texting.moods = ["lost"]
    attend_message(calls, place)
    calls.texting.reachable = False
    with suppress(Unavailable):
        _later(calls, place, hours=25)
    assert _state(calls, place)[0] is MessageState.UNKNOWN


def test_a_number_gets_ten_messages_a_day(calls):
    """The eleventh is refused at once, one that waited ends so, and the next day begins anew."""
    places = [request_message(calls, MessageWish(number=NUMBER, text=f"{n}")).place for n in range(11)]
    for each in places:
        attend_message(calls, each)
    assert calls.texting.asked == 10
    assert _state(calls, places[10]) == (MessageState.FAILED, "too_many_texts")
    with pytest.raises(Forbidden) as refused:
        request_message(calls, MessageWish(number=NUMBER, text="Hi"))
    assert refused.value.code == "too_many_texts"
    calls.clock.advance(hours=12)
    attend_message(calls, request_message(calls, MessageWish(number=NUMBER, text="Hi")).place)
    assert calls.texting.asked == 11


def test_a_message_that_is_tried_again_counts_once(calls, place):
    """The carrier certainly did not take it before."""
    calls.texting.moods = [*["busy"] * 15, "accept"]
    for _ in range(16):
        _later(calls, place, minutes=1)
    assert len(calls.texting.accepted) == 1
    assert calls.numbers.status(NUMBER).texts == 1

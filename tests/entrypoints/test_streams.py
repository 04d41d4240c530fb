"""Streams through the real handler: what can be told is told, and what cannot holds up nothing."""

from __future__ import annotations

import json

import pytest
from fakes.events import queue_event
from fakes.streams import a_record, stream_event

from chalicelib.entrypoints import news, streams
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import _JsonLines
from chalicelib.system.adapters.messages import TellChange, encode

CONTACT = {
    "pk": "CONTACT#contact_1",
    "sk": "CONTACT",
    "row": "contact",
    "id": "contact_1",
    "name": "Ada",
    "phone": "+14155552671",
    "language": "en-US",
    "source": "api",
    "status": "lead",
    "created_at": "2026-03-03T12:00:00.000Z",
    "updated_at": "2026-03-03T12:00:00.000Z",
    "version": 1,
    "changed_by": "token:token_1",
}
BROKEN = {"pk": "CONTACT#contact_2", "sk": "CONTACT", "row": "contact", "id": "contact_2"}


def _tell(*records):
    streams.changes(stream_event(*records), None)


def test_a_change_is_logged_and_published(system, container):
    """One record, two stories."""
    _tell(a_record(None, CONTACT))
    assert system.bus.types == ["contact.created"]
    assert [(entry.actor, entry.object) for entry in system.audit.entries] == [
        ("token:token_1", "contact:contact_1")
    ]


def test_what_nobody_watches_is_passed_over(system, container):
    """Rows of other kinds, and of none."""
    _tell(a_record(None, {"pk": "a", "kind": "turn"}), a_record(None, {"pk": "a"}))
    assert (system.bus.events, system.audit.entries, system.news.changes) == ([], [], [])


def test_a_record_that_cannot_be_told_is_kept_for_later(system, container, caplog):
    """It goes to the queue as it came, is logged, and the others of its batch are told."""
    bad = a_record(None, BROKEN, "record-bad")
    _tell(bad, a_record(None, CONTACT), {"eventID": "nonsense"})
    assert system.news.changes == [bad, {"eventID": "nonsense"}]
    assert system.bus.types == ["contact.created"]
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "change.failed"
    ] * 2


def test_no_personal_data_is_logged_with_it(container, caplog):
    """The log names the record, not what stands in it."""
    _tell(a_record(None, {**CONTACT, "version": "Canary"}))
    (line,) = (_JsonLines().format(each) for each in caplog.records if each.levelname == "ERROR")
    assert '"record": "record-1"' in line
    assert "validation error" in line
    assert "Canary" not in line


@pytest.mark.parametrize("port", ["bus", "audit"])
def test_a_silent_port_has_the_batch_told_again(system, container, port):
    """Nothing is swallowed, and the second time everything is there once."""
    batch = [a_record(None, CONTACT), a_record(CONTACT, {**CONTACT, "status": "customer"}, "record-2")]
    working = getattr(system, port)
    setattr(system, port, _Silent())
    with pytest.raises(Unavailable):
        _tell(*batch)
    setattr(system, port, working)
    _tell(*batch)
    assert len(system.audit.entries) == 2
    assert len({event.id for event in system.bus.events}) == len(system.bus.events) == 2


def test_a_batch_that_is_told_again_puts_nothing_aside_twice(system, container):
    """What cannot be told waits aside once the others are told, not at every try."""
    batch = [a_record(None, BROKEN, "record-bad"), a_record(None, CONTACT)]
    bus, system.bus = system.bus, _Silent()
    for _ in range(3):
        with pytest.raises(Unavailable):
            _tell(*batch)
    assert system.news.changes == []
    system.bus = bus
    _tell(*batch)
    assert system.news.changes == [batch[0]]


def test_a_queue_that_is_silent_has_the_batch_told_again(system, container):
    """A record that can neither be told nor kept is not lost."""
    system.news.tell_change = lambda _: (_ for _ in ()).throw(Unavailable("down", retryable=True))
    with pytest.raises(Unavailable):
        _tell(a_record(None, BROKEN))


def test_nobody_hears_of_what_is_not_logged(system, container):
    """The log comes first."""
    system.audit = _Silent()
    with pytest.raises(Unavailable):
        _tell(a_record(None, CONTACT))
    assert system.bus.events == []


def test_a_kept_record_is_told_from_the_queue(system, container):
    """Under the same ids as from the stream."""
    _tell(a_record(None, CONTACT))
    message = encode(TellChange(a_record(None, CONTACT)))
    assert news.news(queue_event(message), None)["batchItemFailures"] == []
    assert len(system.audit.entries) == 1
    assert len({event.id for event in system.bus.events}) == 1


def test_a_kept_record_that_still_cannot_be_told_fails(container):
    """So that it ends in the dead letters, where somebody sees it."""
    message = encode(TellChange(a_record(None, BROKEN)))
    assert len(news.news(queue_event(message), None)["batchItemFailures"]) == 1


def test_a_record_survives_the_queue():
    """As JSON, whole."""
    record = a_record(None, CONTACT)
    assert json.loads(encode(TellChange(record)))["record"] == record


class _Silent:
    """A port that does not answer."""

    def __getattr__(self, name):
        def silent(*_args):
            raise Unavailable("down", retryable=True)

        return silent

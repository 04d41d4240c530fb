"""One suite for promised callbacks: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

from fakes.calls import NOW, NUMBER

from chalicelib.scheduling.adapters.repository.callbacks import CallbackRepository
from chalicelib.scheduling.adapters.tables import CallbackItem
from chalicelib.scheduling.domain.callbacks import Callback

PROMISE = Callback("callback_1", "contact_1", NUMBER, NOW, "call_1", "call_2", NOW)


def test_a_promise_can_be_read_in_the_console(make_table):
    """Under its contact, with when, to whom, promised where and kept by which call; the last one stands."""
    promises = CallbackRepository(make_table("scheduling"))
    promises.keep(replace(PROMISE, due_at=NOW.replace(hour=20)))
    promises.keep(PROMISE)
    item = CallbackItem.get("CONTACT#contact_1", "CALLBACK#callback_1")
    assert (item.number, item.due_at) == (NUMBER, "2026-03-03T12:00:00.000Z")
    assert (item.promised_in, item.kept_by) == ("call_1", "call_2")

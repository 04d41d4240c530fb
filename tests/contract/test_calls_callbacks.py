"""One suite for promised callbacks: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER
from fakes.scheduling import FakeCallbacks

from chalicelib.scheduling.adapters.repository import SchedulingRepository
from chalicelib.scheduling.adapters.tables import CallbackItem
from chalicelib.scheduling.domain import Callback

PROMISE = Callback("callback_1", "contact_1", NUMBER, NOW, "call_1", "call_2", NOW)


@pytest.fixture(params=["memory", "dynamodb"])
def callbacks(request):
    """Give promises in memory, then on a table."""
    if request.param == "memory":
        return FakeCallbacks()
    return SchedulingRepository(request.getfixturevalue("make_table")("scheduling"))


def test_a_promise_is_stored_once(callbacks):
    """The same one again is known; that of another contact, or another promise, is new."""
    assert callbacks.add(PROMISE)
    assert not callbacks.add(replace(PROMISE, due_at=NOW.replace(hour=20)))
    assert callbacks.add(replace(PROMISE, contact_id="contact_2"))
    assert callbacks.add(replace(PROMISE, id="callback_2"))


def test_a_promise_can_be_read_in_the_console(make_table):
    """Under its contact, with when, to whom, promised where and kept by which call."""
    SchedulingRepository(make_table("scheduling")).add(PROMISE)
    item = CallbackItem.get("CONTACT#contact_1", "CALLBACK#callback_1")
    assert (item.number, item.due_at) == (NUMBER, "2026-03-03T12:00:00.000Z")
    assert (item.promised_in, item.kept_by) == ("call_1", "call_2")

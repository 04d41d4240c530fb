"""Promising to call back: the promise is a stored call that waits for its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from chalicelib.ai.services.chats import get_chat
from chalicelib.calls.domain.lifecycle import reschedule
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.progress import get_call
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.ids import derived_id, is_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.callbacks import Callback, callback_time

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


@dataclass(frozen=True)
class CallbackWish:
    """When the person wants to be called, in their own local time, asked for in which call."""

    promised_in: str
    contact_id: str
    number: str
    local: datetime
    time_zone: str


def promise_callback(scheduling: SchedulingPorts, wish: CallbackWish) -> Callback:
    """Accept a call for later, by the template of the call, or the chat, in which it was promised.

    One call can promise one callback: another wish moves it as long as it waits, and is kept by a new call
    when it does not. It goes through the same gate as every dial; `Invalid` for an impossible time,
    `Forbidden` for a number that must not be called.
    """
    now = scheduling.clock.now()
    due_at = cut_to_millis(callback_time(wish.local, wish.time_zone, now))
    number = E164(wish.number)
    call = _waiting_call(scheduling, _call_wish(scheduling, wish, number, due_at), due_at)
    callback = Callback(
        id=derived_id("callback", wish.promised_in),
        contact_id=wish.contact_id,
        number=number,
        due_at=due_at,
        promised_in=wish.promised_in,
        kept_by=call.id,
        created_at=now,
    )
    scheduling.callbacks.keep(callback)
    return callback


def _waiting_call(scheduling: SchedulingPorts, wish: CallWish, due_at: datetime) -> Call:
    """Give the call that waits for this time; those that do not wait any more stay as they are."""
    for place in count(1):
        seed = wish.requested_by if place == 1 else f"{wish.requested_by}#{place}"
        call = request_call(scheduling.calls, replace(wish, call_id=derived_id("call", seed)))
        _, call = scheduling.calls.book.change(call.id, lambda newest: reschedule(newest, due_at))
        if call.state is not CallState.ENDED and call.due_at == due_at:
            return call
    raise AssertionError("unreachable")


def _call_wish(scheduling: SchedulingPorts, wish: CallbackWish, number: E164, due_at: datetime) -> CallWish:
    return CallWish(
        _template_of(scheduling, wish.promised_in),
        contact_id=wish.contact_id,
        number=number,
        not_before=due_at,
        requested_by=f"callback:{wish.promised_in}",
    )


def _template_of(scheduling: SchedulingPorts, conversation_id: str) -> str:
    """Give the template of the call, or of the chat, in which something was promised."""
    if is_id(conversation_id, "chat"):
        return get_chat(scheduling.calls.ai, conversation_id).head.template_id
    return get_call(scheduling.calls, conversation_id).template_id

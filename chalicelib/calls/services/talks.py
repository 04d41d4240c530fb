"""Talks about debts: who was talked with lately is not called about one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.calls.domain.machines import has_talked
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.services.templates import template_of_call
from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.calls import CallPorts


def note_talk(calls: CallPorts, call: Call) -> None:
    """Note that somebody talked on a call about a debt, whoever called whom; harmless when repeated.

    It is noted before the number is free for the next call, and again when the call's last words have come.
    """
    if not call.number or call.answered_at is None or not _is_about_a_debt(calls, call):
        return
    file = calls.book.load(call.id)
    if file and has_talked(file):
        calls.numbers.note_talk(call.number, call.answered_at)


def _is_about_a_debt(calls: CallPorts, call: Call) -> bool:
    with suppress(NotFound):
        return template_of_call(calls, call.choice).purpose is Purpose.DEBT_COLLECTION
    return False

"""Calls that come when nobody answers: a message, the voicemail, or another template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.routes import AfterHours, is_open
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.voicemails import Invitation, begin_voicemail, invitation_of, note_happening

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Report
    from chalicelib.calls.domain.routes import LineRoute
    from chalicelib.calls.ports.calls import CallPorts


@dataclass(frozen=True)
class Closed:
    """What a caller hears when nobody answers; `records` says whether they may then leave a message."""

    invitation: Invitation
    records: bool


def template_at(route: LineRoute, at: datetime) -> str:
    """Give the id of the template that answers a call of that instant, or gives its message a voice."""
    takes_over = route.after_hours is AfterHours.TEMPLATE and not is_open(route.hours, at)
    return route.after_hours_template_id if takes_over else route.template_id


def turn_away(calls: CallPorts, route: LineRoute, call_id: str, report: Report) -> Closed | None:
    """Take a call that came after hours as its route says; None when its template answers, or it is over."""
    call = calls.book.get(call_id)
    if call is None or is_open(route.hours, call.created_at):
        return None
    note_happening(calls, call_id, Happening.AFTER_HOURS)
    if route.after_hours is AfterHours.TEMPLATE:
        return None
    call = record_report(calls, call_id, report)
    if route.after_hours is AfterHours.MESSAGE:
        return Closed(invitation_of(calls, call, route.after_hours_text), records=False)
    invitation = begin_voicemail(calls, call_id)
    return Closed(invitation, records=True) if invitation else None

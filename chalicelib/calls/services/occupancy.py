"""What else a call needs beside the rules: one of our numbers, and a place among the calls that go on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.checks import Check
from chalicelib.calls.domain.narrowing import OF_CAMPAIGN, OF_SETTINGS
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.slots import ALL, free_count, pools_of
from chalicelib.calls.services.lines import are_used_up, no_line
from chalicelib.calls.services.slots import no_slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.calls.domain.dial_facts import DialFacts
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.system.domain.settings import Caps

_LINES = "Our numbers are used only as often as they may be on a day"
_PLACES = "Only so many calls go on at once"


def check_occupancy(
    calls: CallPorts, facts: DialFacts, caps: Caps, *, is_now: bool
) -> Iterator[tuple[Check, Decision]]:
    """Say of numbers to call from, at the facts' instant, and of places, if it is now, whether there is one.

    With each goes the decision that a call gets for which there is none. Nothing is taken.
    """
    plan, at = facts.campaign, facts.now
    if plan and plan.lines and plan.line_calls_per_day is not None:
        yield _checked(no_line(at), _LINES, OF_CAMPAIGN, is_full=are_used_up(calls, plan, at.date()))
    for pool, size in pools_of(caps, plan).items() if is_now else ():
        is_full = not free_count(calls.slots.held(pool), size, at)
        source = OF_SETTINGS if pool == ALL else OF_CAMPAIGN
        yield _checked(no_slot(pool, at), _PLACES, source, is_full=is_full)


def _checked(otherwise: Decision, title: str, source: str, *, is_full: bool) -> tuple[Check, Decision]:
    verdict, explanation = (otherwise.verdict, otherwise.explanation) if is_full else (Verdict.ALLOW, "")
    check = Check(otherwise.reason, verdict, otherwise.reason, explanation, source, title)
    return check, replace(otherwise, rule=otherwise.reason, source=source)

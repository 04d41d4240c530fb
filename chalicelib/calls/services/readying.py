"""Making a call ready to be committed: its places, its start, a last look, its line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.lifecycle import commit
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.services.lines import choose_line, no_line
from chalicelib.calls.services.pacing import take_start, too_fast
from chalicelib.calls.services.permission import decide, standing_of
from chalicelib.calls.services.slots import no_slot, take_slots

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.domain.slots import Slot
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.pacing import Start, Terms

# A decision that is older is made again before the carrier is asked.
_FRESH = timedelta(milliseconds=500)


@dataclass(frozen=True)
class Ready:
    """A call as it is to be committed, with what it took for that."""

    call: Call
    slots: tuple[Slot, ...]
    start: Start


@dataclass(frozen=True)
class Aside:
    """Why a call cannot go on now, and what it took in vain."""

    decision: Decision
    slots: tuple[Slot, ...]


def make_ready(
    calls: CallPorts, call: Call, terms: Terms, decision: Decision, until: datetime
) -> Ready | Aside | None:
    """Get an allowed call all that it needs to go on; what it took is a lease until `until`, or a count.

    None: another worker is about to dial it.
    """
    taken = take_slots(calls, call, terms, until)
    if taken.by_another:
        return None
    if taken.full:
        return Aside(no_slot(taken.full, calls.clock.now()), taken.slots)
    start = take_start(calls, terms)
    if start.not_before:
        return Aside(too_fast(start, calls.clock.now()), taken.slots)
    decision = _look_again(calls, call, decision)
    if decision.verdict is not Verdict.ALLOW:
        return Aside(decision, taken.slots)
    line = choose_line(calls, call, terms.plan)
    if line is None:
        return Aside(no_line(calls.clock.now()), taken.slots)
    call = replace(call, slots=tuple(slot.name for slot in taken.slots), line=line)
    return Ready(commit(call, decision, decision.decided_at), taken.slots, start)


def _look_again(calls: CallPorts, call: Call, decision: Decision) -> Decision:
    """Decide again when the contact refuses since, or when the call had to wait for its start."""
    standing = standing_of(calls, call)
    waited = calls.clock.now() - decision.decided_at
    return decision if standing.is_welcome and waited < _FRESH else decide(calls, call, standing)

"""What is stored of one person's calls: given as plain data, and erased, step by step."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.erasing import erase
from chalicelib.calls.domain.rooms import room_id_of
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.recordings import erase_recordings, erase_unreported
from chalicelib.calls.services.withdrawing import call_off
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.phones import E164

ERASED = "contact_erased"
MAX_STEP = 25


def personal_calls(
    calls: CallPorts, contact_ids: Sequence[str], start: str | None = None, limit: int = MAX_STEP
) -> Page[dict[str, Any]]:
    """Give everything stored of a person's calls as plain JSON data, newest first, from after `start`.

    `contact_ids` are all ids that the person has had. A call has `call`, `brief`, `turns` and `aftermath`.
    """
    page = calls.book.of_contacts(contact_ids, limit, start)
    files = (calls.book.load(call.id) for call in page.items)
    there = [_plain(asdict(file)) for file in files if file and not file.call.erased_at]
    return Page(there, page.next_start)


def erase_calls(calls: CallPorts, contact_ids: Sequence[str]) -> bool:
    """Erase up to 25 of a person's calls; tell whether there are more, for which this is to be called again.

    Calls that wait are cancelled, with the reason `contact_erased`. `Conflict` with code `contact_in_call`
    and details {"call_id": …} while a call goes on or its books are not closed: try again in a minute. Safe
    to repeat after a crash anywhere. Storage lists a new call within a second or so: once the contact is
    gone, a last look a minute later finds what was accepted at the same time.
    """
    page = calls.book.of_contacts(contact_ids, MAX_STEP, None)
    found = [_cancelled(calls, call) for call in page.items]
    for call in found:
        _check_finished(call)
    for call in found:
        _erase(calls, call)
    log("calls.erased", count=len(found))
    return page.next_start is not None


def forget_number(calls: CallPorts, number: E164) -> bool:
    """Delete what is held about a number, unless it is suppressed; False while a call uses it: try again."""
    return calls.numbers.forget(number, calls.clock.now())


def _cancelled(calls: CallPorts, call: Call) -> Call:
    if call.state is not CallState.QUEUED:
        return call
    return call_off(calls, call.id, ERASED)


def _check_finished(call: Call) -> None:
    if call.finished_at is None:
        raise Conflict(
            "A call with this contact goes on, or is being finished; try again in a minute.",
            code="contact_in_call",
            details={"call_id": call.id},
        )


def _erase(calls: CallPorts, call: Call) -> None:
    """Delete the texts and the sound first: as long as the head is not erased, the call is found again.

    What somebody wrote of a recording in between is deleted at the end.
    """
    file = calls.book.load(call.id)
    erase_recordings(calls, call.id)
    if file:
        erase_unreported(calls, file)
    calls.rooms.forget(room_id_of(call.id))
    calls.book.erase_texts(call.id)
    now = calls.clock.now()
    calls.book.change(call.id, lambda known: erase(known, now))
    erase_recordings(calls, call.id)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return iso(value)
        case str():
            return str(value)
        case _:
            return value

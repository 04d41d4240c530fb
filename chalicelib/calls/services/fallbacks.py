"""How a call goes on when one of our own addresses failed, and the carrier asks the one that is for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Hangup, OnFailure, Transfer
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.sayings import say_on
from chalicelib.calls.services.closing import hand_over
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.handing import Step
    from chalicelib.calls.ports.calls import CallPorts


def fall_back(calls: CallPorts, call_id: str, failed_url: str) -> tuple[CallFile, tuple[Step, ...]] | None:
    """Say that something went wrong, and hand over where the template wants that; None: no such call.

    `failed_url` is the address of ours that failed. After a second one nobody is dialed: it may be the
    dialing that fails.
    """
    file = calls.book.load(call_id)
    if file is None:
        return None
    earlier = [event for event in file.call.events if event.kind == Happening.FALLBACK]
    event = CallEvent(
        iso(calls.clock.now()), f"{Happening.FALLBACK}:{failed_url}", Happening.FALLBACK, failed_url
    )
    if not file.call.is_over:
        calls.book.change(call_id, lambda call: add_event(call, event))
    is_first = all(known.key == event.key for known in earlier)
    if is_first and file.brief and file.brief.on_failure is OnFailure.TRANSFER and file.brief.transfer_to:
        return file, hand_over(calls, file, (say_on(file, Sentence.APOLOGY_TRANSFER), Transfer("fallback")))
    return file, (say_on(file, Sentence.APOLOGY), Hangup("fallback"))

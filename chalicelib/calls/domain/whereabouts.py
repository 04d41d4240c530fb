"""Where the caller is: with the AI, or with somebody or something else; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.machines import is_taken_over

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call


def has_left(call: Call) -> bool:
    """Tell whether the caller is not with the AI: handed over, leaving us a message, or being left one."""
    return is_taken_over(call) or has_happened(call, Happening.VOICEMAIL_BEGUN) or _is_handed_over(call)


def _is_handed_over(call: Call) -> bool:
    """Tell whether a hand-over was begun that did not fail; the keys of both name the attempt."""
    begun, failed = _attempts(call, Happening.TRANSFER_BEGUN), _attempts(call, Happening.TRANSFER_FAILED)
    return bool(begun - failed)


def _attempts(call: Call, kind: Happening) -> set[str]:
    return {event.key.partition(":")[2] for event in call.events if event.kind == kind}

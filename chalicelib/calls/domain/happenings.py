"""What can happen to a call beside the carrier's statuses: the kinds of its events that decide something."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Direction

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call


class Happening(StrEnum):
    """Kinds of `CallEvent`; each happens once a call, unless its key says otherwise."""

    PERSON = "person_detected"  # detail: the carrier's verdict, such as `human`
    MACHINE = "machine_detected"  # detail: the carrier's verdict, such as `machine_end_beep`, or `heard`
    MACHINE_DOUBTED = "machine_doubted"  # the carrier said machine after a person had already talked
    SCREENED = "screened"  # somebody's machine asked who calls, and was told
    TAKEN_OVER = "machine_taken_over"  # the call was taken from the conversation; once a try
    MESSAGE_BEGUN = "message_begun"  # the carrier was given the message for the machine
    MESSAGE_LEFT = "message_left"  # it was spoken to its end
    RELAY_LOST = "relay_lost"  # the socket was refused or broke; the conversation went on by Gather
    FALLBACK = "fallback"  # the carrier could not reach us, and went to the fallback address
    TRANSFER_BEGUN = "transfer_begun"  # detail: the mode
    TRANSFER_JOINED = "transfer_joined"  # the colleague talks with the caller
    TRANSFER_FAILED = "transfer_failed"  # detail: why nobody was reached
    VOICEMAIL_BEGUN = "voicemail_begun"  # the caller was asked to leave a message for us
    VOICEMAIL_TAKEN = "voicemail_taken"  # they left one
    HUNG_UP = "hung_up_by_operator"  # somebody ended it through the API; detail: who
    OPTED_OUT = "opted_out"  # a wish not to be called that no turn answered: it came late
    EMERGENCY = "emergency"  # somebody spoke of danger to life, and was told the emergency number
    AFTER_HOURS = "after_hours"  # the call came when nobody answers
    CALLER_VERIFIED = "caller_verified"  # the number of who calls is theirs; detail: `attested` or `known`
    UNKNOWN_STATUS = "unknown_status"  # detail: a status of the carrier that we do not know


def has_happened(call: Call, *kinds: Happening) -> bool:
    """Tell whether any of these has happened to a call."""
    return any(event.kind in kinds for event in call.events)


def may_be_somebody_else(call: Call) -> bool:
    """Tell whether nobody vouches for who is on a call: they called us, from a number that may be made up."""
    return call.direction is Direction.INBOUND and not has_happened(call, Happening.CALLER_VERIFIED)

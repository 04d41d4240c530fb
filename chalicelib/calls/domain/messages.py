"""A text message from the wish to send, or its arrival, until its end: states, and what moves them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.calls.domain.segments import Encoding
from chalicelib.kernel.clock import from_iso, iso

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Direction
    from chalicelib.kernel.phones import E164


class MessageState(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"  # accepted; nobody has asked the carrier for it
    SENDING = "sending"  # committed: the carrier is being asked, or has it
    UNKNOWN = "unknown"  # the carrier's answer was lost: found out by callback or list, never by sending
    SENT = "sent"  # the carrier gave it to the next network
    DELIVERED = "delivered"  # the phone, or its network, said that it arrived
    UNDELIVERED = "undelivered"  # the network said that it did not
    FAILED = "failed"  # it was not sent: `reason` says why
    RECEIVED = "received"  # somebody wrote to us


FINAL = frozenset(
    {MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.FAILED, MessageState.RECEIVED}
)
# Twilio's statuses (docs/messaging/api/message-resource) in the order in which a later one outweighs an
# earlier one, so that the merge of reports is the same in every order of arrival: a receipt of the phone
# says more than what networks on the way believed.
_STATE_OF_STATUS = {
    "accepted": MessageState.SENDING,
    "scheduled": MessageState.SENDING,
    "queued": MessageState.SENDING,
    "sending": MessageState.SENDING,
    "sent": MessageState.SENT,
    "partially_delivered": MessageState.SENT,
    "canceled": MessageState.FAILED,
    "failed": MessageState.FAILED,
    "undelivered": MessageState.UNDELIVERED,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
}
_WEIGHT = {status: weight for weight, status in enumerate(("", *_STATE_OF_STATUS))}
_LEFT_US = frozenset({"sent", "partially_delivered", "undelivered", "delivered", "read"})

# How long a message may stay without news before somebody looks at it, at first and at most; and for how
# long anybody looks: what is not delivered by then stays `sent`.
PATIENCE = timedelta(seconds=60)
_RAREST_LOOK = timedelta(hours=2)
_GIVEN_UP = timedelta(hours=24)
# How long a message may wait to be sent, whatever held it up.
LONGEST_WAIT = timedelta(hours=24)


class Place(NamedTuple):
    """Where a message is stored: its thread, when it was made, and its id."""

    contact_id: str
    at: datetime
    message_id: str

    @property
    def position(self) -> str:
        """Its place in the thread; what is older sorts before it."""
        return f"{iso(self.at)}#{self.message_id}"

    @classmethod
    def read(cls, contact_id: str, position: str) -> Place:
        """Read what `position` wrote."""
        at, _, message_id = position.partition("#")
        return cls(contact_id, from_iso(at), message_id)


@dataclass(frozen=True)
class StatusReport:
    """What the carrier says of a message: a status callback, or a row of its list."""

    status: str
    sid: str
    at: datetime
    error: str = ""


@dataclass(frozen=True)
class Message:
    """One text message to or from one number.

    `reason` is a code: why it was not sent or delivered; of a received one, what it changed (`opted_out`,
    `opted_in`, `still_suppressed`, `help`). `media` counts pictures and files, which are not kept. `look_at`
    is when somebody must look at it, None when nobody needs to. `commits` is how often we decided to send it:
    again only when the carrier certainly does not have it.
    """

    id: str
    contact_id: str
    number: E164
    line: E164
    direction: Direction
    body: str
    state: MessageState
    created_at: datetime
    segments: int = 1
    encoding: Encoding = Encoding.GSM7
    reason: str = ""
    template_id: str = ""
    requested_by: str = ""
    call_id: str = ""
    answers: str = ""
    media: int = 0
    sid: str = ""
    carrier_status: str = ""
    asked_at: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    look_at: datetime | None = None
    commits: int = 0
    version: int = 1

    @property
    def place(self) -> Place:
        """Where it is stored."""
        return Place(self.contact_id, self.created_at, self.id)

    @property
    def is_over(self) -> bool:
        """Tell whether no more news is expected."""
        return self.state in FINAL


def apply_status(message: Message, report: StatusReport) -> Message:
    """Merge a carrier's report; the result depends on the set of reports, not on order or number.

    Every field moves one way only: the status to the weightiest and, among equals, the end to its earliest
    time. A report also corrects what we concluded from the carrier's silence.
    """
    if report.status not in _STATE_OF_STATUS:
        return message
    message = replace(message, sid=message.sid or report.sid)
    if report.status in _LEFT_US:
        message = replace(message, sent_at=min(message.sent_at or report.at, report.at))
    if not _outweighs(report, message):
        return message
    message = replace(message, carrier_status=report.status, state=_STATE_OF_STATUS[report.status], reason="")
    if not message.is_over:
        return replace(message, ended_at=None)
    return replace(message, ended_at=report.at, reason=report.error, look_at=None)


def _outweighs(report: StatusReport, message: Message) -> bool:
    said, known = _WEIGHT[report.status], _WEIGHT[message.carrier_status]
    if said != known or message.ended_at is None:
        return said > known
    return (report.at, report.error) < (message.ended_at, message.reason)


def commit_message(message: Message, now: datetime) -> Message:
    """Decide to ask the carrier: from here on nobody asks for this message again."""
    return replace(
        message,
        state=MessageState.SENDING,
        asked_at=now,
        look_at=now + 2 * PATIENCE,
        commits=message.commits + 1,
    )


def is_too_old(message: Message, now: datetime) -> bool:
    """Tell whether a message has waited so long that it would say what is true no more."""
    return message.state is MessageState.QUEUED and now - message.created_at > LONGEST_WAIT


def postpone_message(message: Message, until: datetime) -> Message:
    """Keep a message that nobody asked the carrier for until `until`."""
    return replace(message, look_at=until) if message.state is MessageState.QUEUED else message


def take_back_message(message: Message, until: datetime) -> Message:
    """Take a commitment back, because the carrier certainly does not have the message (HTTP 429, 401)."""
    if not _is_asked_in_vain(message):
        return message
    return replace(message, state=MessageState.QUEUED, asked_at=None, look_at=until)


def unsure_of_message(message: Message) -> Message:
    """Remember that the carrier's answer was lost; only the carrier can tell what happened."""
    return replace(message, state=MessageState.UNKNOWN) if _is_asked_in_vain(message) else message


def fail_message(message: Message, reason: str, now: datetime) -> Message:
    """End a message that was not sent, unless the carrier has said otherwise."""
    if message.carrier_status or message.is_over:
        return message
    return replace(message, state=MessageState.FAILED, reason=reason, ended_at=now, look_at=None)


def look_at_message_later(message: Message, now: datetime) -> Message:
    """Have a message looked at again, ever more rarely, until nobody can expect news.

    By then one that the carrier sent stays `sent`, and one that never left it has failed.
    """
    if message.is_over or message.asked_at is None:
        return message
    age = now - message.asked_at
    if not message.sid or age <= _GIVEN_UP:
        return replace(message, look_at=now + min(max(age, PATIENCE), _RAREST_LOOK))
    if message.state is MessageState.SENT:
        return replace(message, look_at=None)
    return replace(message, state=MessageState.FAILED, reason="carrier_silent", ended_at=now, look_at=None)


def _is_asked_in_vain(message: Message) -> bool:
    return message.state is MessageState.SENDING and not message.carrier_status and not message.sid

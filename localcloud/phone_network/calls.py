"""What the network knows of one call, and Twilio's JSON view of it; its course is in ``lifecycle``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.pace import now, rfc2822

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from localcloud.phone_network.line import Line


class Status(StrEnum):
    """A call's status. Source: twilio.com/docs/voice/api/call-resource."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def terminal(self) -> bool:
        """Whether the call is over."""
        return self not in {Status.QUEUED, Status.RINGING, Status.IN_PROGRESS}


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


@dataclass(frozen=True, slots=True)
class Instructions:
    """Where the next TwiML comes from: a document in hand, or a URL with its parameters and fallback."""

    url: str = ""
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    purpose: str = "voice"


@dataclass(frozen=True, slots=True)
class Callback:
    """A status callback somebody asked for."""

    url: str = ""
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """Answering machine detection as requested; ``mode`` is Enable, DetectMessageEnd or empty for none."""

    mode: str = ""
    timeout: float = 30.0
    asynchronous: bool = False
    callback: Callback = field(default_factory=Callback)


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """A recording somebody asked for; ``source`` is Twilio's name for who."""

    source: str
    callback: Callback = field(default_factory=Callback)
    channels: int = 1


@dataclass(frozen=True, slots=True)
class CallRequest:
    """How a call is to be placed and run. Seconds are simulated."""

    instructions: Instructions = field(default_factory=Instructions)
    callback: Callback = field(default_factory=Callback)
    send_digits: str = ""
    timeout: float = 60.0
    time_limit: float = 14_400.0
    detection: MachineDetection = field(default_factory=MachineDetection)
    recording: RecordingRequest | None = None


@dataclass
class Call:
    """One leg of a call, alive or ended."""

    sid: str
    account_sid: str
    to: str
    from_: str
    direction: Direction
    request: CallRequest
    line: Line
    parent_sid: str = ""
    status: Status = Status.QUEUED
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answered_tick: float | None = None
    duration: int | None = None
    answered_by: str = ""
    sip_code: int = 200
    callbacks_sent: int = 0
    redirects: asyncio.Queue[Instructions] = field(default_factory=asyncio.Queue)
    recordings: list[str] = field(default_factory=list)

    def become(self, status: Status) -> None:
        """Take on a status."""
        self.status = status
        self.updated_at = now()

    @property
    def uri(self) -> str:
        """The resource's path."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Calls/{self.sid}"

    def view(self) -> dict[str, Any]:
        """Return the call as the REST API shows it."""
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "parent_call_sid": self.parent_sid or None,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.from_,
            "from_formatted": self.from_,
            "direction": self.direction.value,
            "status": self.status.value,
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(self.updated_at),
            "start_time": rfc2822(self.started_at),
            "end_time": rfc2822(self.ended_at),
            "duration": None if self.duration is None else str(self.duration),
            "answered_by": self.answered_by or None,
            "price": None,
            "price_unit": "USD",
            "phone_number_sid": None,
            "forwarded_from": None,
            "caller_name": None,
            "group_sid": None,
            "queue_time": "0",
            "trunk_sid": None,
            "annotation": None,
            "api_version": "2010-04-01",
            "uri": f"{self.uri}.json",
            "subresource_uris": {"recordings": f"{self.uri}/Recordings.json"},
        }

    def parameters(self) -> dict[str, str]:
        """Return the parameters that every webhook about this call carries."""
        names = {
            "CallSid": self.sid,
            "AccountSid": self.account_sid,
            "From": self.from_,
            "To": self.to,
            "Caller": self.from_,
            "Called": self.to,
            "CallStatus": self.status.value,
            "Direction": self.direction.value,
            "ApiVersion": "2010-04-01",
        }
        if self.parent_sid:
            names["ParentCallSid"] = self.parent_sid
        if self.answered_by and not self.request.detection.asynchronous:
            names["AnsweredBy"] = self.answered_by
        return names

"""Conferences: who takes part, what they hear of each other, and the events that are reported.

Source: twilio.com/docs/voice/twiml/conference.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.hold_music import entertain
from localcloud.phone_network.pace import now, rfc2822
from localcloud.phone_network.sids import new_sid
from localcloud.phone_network.tasks import cancel

if TYPE_CHECKING:
    from datetime import datetime

    from localcloud.phone_network.calls import Call, Callback
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.line import Spoken
    from localcloud.phone_network.twiml import Verb

INVALID_COACH, INVALID_ATTRIBUTES = 13240, 16002
_LONGEST_LABEL = 128

# The callback event's name -> the name by which statusCallbackEvent asks for it.
_ASKED_AS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
}


@dataclass(slots=True)
class Participant:
    """One call in a conference."""

    call: Call
    label: str = ""
    muted: bool = False
    hold: bool = False
    starts: bool = True
    ends: bool = False
    coached: str = ""
    removed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Conference:
    """A room that calls enter and leave."""

    sid: str
    name: str
    account_sid: str
    callback: Callback
    created_at: datetime = field(default_factory=now)
    status: str = "init"
    participants: dict[str, Participant] = field(default_factory=dict)
    events_sent: int = 0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    ended_by: str = ""

    def has_talking(self, call_sid: str) -> bool:
        """Tell whether this call takes part, and the conference goes on: only then it can be coached."""
        return self.status == "in-progress" and call_sid in self.participants

    def uri(self) -> str:
        """Return the resource's path."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Conferences/{self.sid}"

    def view(self) -> dict[str, Any]:
        """Return the conference as the REST API shows it."""
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "friendly_name": self.name,
            "status": self.status,
            "region": "us1",
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(now()),
            "api_version": "2010-04-01",
            "reason_conference_ended": _why_ended(self) or None,
            "call_sid_ending_conference": self.ended_by or None,
            "uri": f"{self.uri()}.json",
            "subresource_uris": {"participants": f"{self.uri()}/Participants.json"},
        }

    def participant_view(self, participant: Participant) -> dict[str, Any]:
        """Return a participant as the REST API shows it."""
        return {
            "account_sid": self.account_sid,
            "call_sid": participant.call.sid,
            "conference_sid": self.sid,
            "label": participant.label or None,
            "muted": participant.muted,
            "hold": participant.hold,
            "coaching": bool(participant.coached),
            "call_sid_to_coach": participant.coached or None,
            "start_conference_on_enter": participant.starts,
            "end_conference_on_exit": participant.ends,
            "status": "connected",
            "queue_time": "0",
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(now()),
            "uri": f"{self.uri()}/Participants/{participant.call.sid}.json",
        }


class _Seat:
    """Hears one participant on behalf of the others."""

    name = "conference"

    def __init__(self, conference: Conference, participant: Participant) -> None:
        self._conference = conference
        self._participant = participant
        self._parts: list[str] = []

    def speech_started(self) -> None:
        """Begin a new utterance."""
        self._parts.clear()

    def heard(self, spoken: Spoken) -> None:
        """Let everyone hear who may be heard."""
        self._parts.append(spoken.text)
        if not spoken.last or self._is_silenced():
            return
        for other in self._conference.participants.values():
            if other is not self._participant and not other.hold and self._is_for(other):
                other.call.line.overhear(" ".join(self._parts))

    def _is_silenced(self) -> bool:
        """Tell whether nobody hears them: before the start everybody waits, each alone."""
        return self._participant.muted or self._participant.hold or self._conference.status == "init"

    def _is_for(self, other: Participant) -> bool:
        """Tell whether somebody may hear them: a coach is heard by the coached participant alone."""
        return self._participant.coached in {"", other.call.sid}

    def speech_missed(self) -> None:
        """Pass nothing on: noise has no words."""

    def digit(self, digit: str) -> None:
        """Ignore keys: nobody in a conference acts on them."""


def open_room(exchange: Exchange, account_sid: str, name: str, callback: Callback) -> Conference:
    """Return the live conference of that name, created if need be."""
    for conference in exchange.conferences.values():
        if conference.name == name and conference.status != "completed":
            return conference
    conference = Conference(new_sid("CF"), name, account_sid, callback)
    exchange.conferences[conference.sid] = conference
    return conference


async def attend(leg: Leg, dial: Verb, noun: Verb) -> None:
    """Take part until the call ends, is removed, or the conference ends."""
    callback = leg.callback(noun, "statusCallback", "")
    conference = open_room(leg.exchange, leg.call.account_sid, noun.text, callback)
    coached = noun.get("coach")
    if refused := _refusal(conference, noun):
        leg.exchange.log.record_error(*refused, leg.call.sid)
        return
    participant = Participant(
        call=leg.call,
        label=noun.get("participantLabel"),
        muted=noun.get("muted") == "true",
        starts=noun.get("startConferenceOnEnter", "true") == "true",
        ends=noun.get("endConferenceOnExit") == "true",
        coached=coached,
    )
    _enter(leg.exchange, conference, participant)
    limit = leg.exchange.pace.sleep(dial.seconds("timeLimit", 14_400.0))
    waiting = [
        asyncio.ensure_future(ending) for ending in (leg.line.until_down(), participant.removed.wait(), limit)
    ]
    entertaining = asyncio.ensure_future(entertain(leg, noun, conference.started))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await cancel(*waiting, entertaining)
        if not conference.started.is_set():
            leg.line.speaker.purge()
        _leave(leg.exchange, conference, participant)


def _refusal(conference: Conference, noun: Verb) -> tuple[int, str] | None:
    """Give code and message of what Twilio refuses of a <Conference>, if anything."""
    label, coached = noun.get("participantLabel"), noun.get("coach")
    labels = {participant.label for participant in conference.participants.values()}
    if label and (label in labels or len(label) > _LONGEST_LABEL):
        return (
            INVALID_ATTRIBUTES,
            f"Dial: participantLabel {label!r} is in use or too long",
        )
    if coached and not conference.has_talking(coached):
        return INVALID_COACH, f"Dial: coach {coached!r} is in no conference {noun.text} that goes on"
    return None


def _enter(exchange: Exchange, conference: Conference, participant: Participant) -> None:
    conference.participants[participant.call.sid] = participant
    participant.call.line.listen(_Seat(conference, participant))
    report(exchange, conference, "participant-join", participant)
    if conference.status == "init" and _can_start(conference):
        conference.status = "in-progress"
        conference.started.set()
        report(exchange, conference, "conference-start")


def _can_start(conference: Conference) -> bool:
    """Tell whether people can talk: at least two, of whom one starts the conference."""
    present = conference.participants.values()
    return len(present) > 1 and any(participant.starts for participant in present)


def _leave(exchange: Exchange, conference: Conference, participant: Participant) -> None:
    participant.call.line.listen(None)
    if conference.participants.pop(participant.call.sid, None) is None:
        return
    report(exchange, conference, "participant-leave", participant)
    if participant.ends or not conference.participants:
        close(exchange, conference, participant)


def close(exchange: Exchange, conference: Conference, by: Participant | None = None) -> None:
    """End a conference for everyone: by the participant who left it, or by the API."""
    if conference.status == "completed":
        return
    conference.status = "completed"
    conference.ended_by = by.call.sid if by else ""
    for participant in conference.participants.values():
        participant.removed.set()
    report(exchange, conference, "conference-end")


def report(
    exchange: Exchange, conference: Conference, event: str, participant: Participant | None = None
) -> None:
    """Log an event and tell the callback if it asked for such."""
    call_sid = participant.call.sid if participant else ""
    exchange.log.record("conference", call_sid, event=event, conference_sid=conference.sid)
    if _ASKED_AS[event] not in conference.callback.events:
        return
    params = {
        "AccountSid": conference.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(conference.events_sent),
        "Timestamp": rfc2822(now()) or "",
    }
    if participant:
        params |= _participant_parameters(participant)
    if event == "conference-end":
        params |= {
            "CallSidEndingConference": conference.ended_by,
            "ReasonConferenceEnded": _why_ended(conference),
        }
    conference.events_sent += 1
    exchange.progress.send(conference.sid, f"conference.{event}", conference.callback, params)


def _participant_parameters(participant: Participant) -> dict[str, str]:
    flags = {
        "Muted": participant.muted,
        "Hold": participant.hold,
        "Coaching": bool(participant.coached),
        "StartConferenceOnEnter": participant.starts,
        "EndConferenceOnExit": participant.ends,
    }
    return {
        "CallSid": participant.call.sid,
        "ParticipantLabel": participant.label,
        **({"CallSidToCoach": participant.coached} if participant.coached else {}),
        **{name: str(flag).lower() for name, flag in flags.items()},
    }


def _why_ended(conference: Conference) -> str:
    if conference.status != "completed":
        return ""
    if not conference.ended_by:
        return "conference-ended-via-api"
    alone = not conference.participants
    return "last-participant-left" if alone else "participant-with-end-conference-on-exit-left"

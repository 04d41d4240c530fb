"""The Conferences resource and its participants, as far as hand-overs need them.

Source: twilio.com/docs/voice/api/conference-resource and /conference-participant-resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from aiohttp import web

from localcloud.phone_network.calls import Callback, Instructions
from localcloud.phone_network.conferences import Conference, Participant, close, open_room, report
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.lifecycle import place
from localcloud.phone_network.paging import page_of
from localcloud.phone_network.rest_calls import call_request
from localcloud.phone_network.rest_form import RestForm, destination, origin
from localcloud.phone_network.sids import is_sid
from localcloud.phone_network.verbs import SOUND_SECONDS

if TYPE_CHECKING:
    from localcloud.phone_network.exchange import Exchange


class ConferencesResource:
    """Handlers of ``/Conferences``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, base: str) -> list[web.RouteDef]:
        """Return the resource's routes."""
        room = f"{base}/Conferences/{{room}}"
        return [
            web.get(f"{base}/Conferences.json", self.list),
            web.get(f"{room}.json", self.fetch),
            web.post(f"{room}.json", self.update),
            web.get(f"{room}/Participants.json", self.participants),
            web.post(f"{room}/Participants.json", self.invite),
            web.get(f"{room}/Participants/{{call}}.json", self.fetch_participant),
            web.post(f"{room}/Participants/{{call}}.json", self.update_participant),
            web.delete(f"{room}/Participants/{{call}}.json", self.remove_participant),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Show conferences, the newest first."""
        name, status = request.query.get("FriendlyName"), request.query.get("Status")
        found = [
            room.view()
            for room in reversed(self._exchange.conferences.values())
            if name in (None, room.name) and status in (None, room.status)
        ]
        return web.json_response(page_of(request, "conferences", found))

    async def fetch(self, request: web.Request) -> web.Response:
        """Show one conference."""
        return web.json_response(self._room(request).view())

    async def update(self, request: web.Request) -> web.Response:
        """End a conference."""
        room = self._room(request)
        form = RestForm(await request.post())
        if form.choice("Status", {"completed"}):
            close(self._exchange, room)
        return web.json_response(room.view())

    async def participants(self, request: web.Request) -> web.Response:
        """Show who takes part."""
        room = self._room(request)
        found = [room.participant_view(participant) for participant in room.participants.values()]
        return web.json_response(page_of(request, "participants", found))

    async def invite(self, request: web.Request) -> web.Response:
        """Call somebody into the conference; a name that is not in use opens it."""
        form = RestForm(await request.post())
        to, from_ = destination(self._exchange, form), origin(self._exchange, form)
        room = self._room_to_enter(request.match_info["room"])
        twiml = _conference_twiml(room.name, form)
        call = place(self._exchange, to, from_, call_request(form, instructions=Instructions(twiml=twiml)))
        participant = Participant(call, form.text("Label"), muted=form.flag("Muted"))
        return web.json_response(room.participant_view(participant) | {"status": "queued"}, status=201)

    async def fetch_participant(self, request: web.Request) -> web.Response:
        """Show one participant."""
        room = self._room(request)
        return web.json_response(room.participant_view(_participant(room, request)))

    async def update_participant(self, request: web.Request) -> web.Response:
        """Mute, hold or release a participant, or change whom they coach."""
        room = self._room(request)
        participant = _participant(room, request)
        form = RestForm(await request.post())
        coached = _coached(room, participant, form)
        if form.has("Muted") and participant.muted != form.flag("Muted"):
            participant.muted = form.flag("Muted")
            event = "participant-mute" if participant.muted else "participant-unmute"
            report(self._exchange, room, event, participant)
        if form.has("Hold") and participant.hold != form.flag("Hold"):
            self._hold(room, participant, form)
        if coached != participant.coached:
            participant.coached = coached
            report(self._exchange, room, "participant-modify", participant)
        return web.json_response(room.participant_view(participant))

    def _hold(self, room: Conference, participant: Participant, form: RestForm) -> None:
        participant.hold = form.flag("Hold")
        speaker = participant.call.line.speaker
        if participant.hold:
            speaker.enqueue_sound(f"audio {form.url('HoldUrl') or 'hold music'}", SOUND_SECONDS)
        else:
            speaker.purge()
        event = "participant-hold" if participant.hold else "participant-unhold"
        report(self._exchange, room, event, participant)

    async def remove_participant(self, request: web.Request) -> web.Response:
        """Take a participant out; the call goes on with its next verb."""
        _participant(self._room(request), request).removed.set()
        return web.Response(status=204)

    def _room(self, request: web.Request) -> Conference:
        room = self._exchange.conferences.get(request.match_info["room"])
        if room is None:
            raise RestError(20404, request.path)
        return room

    def _room_to_enter(self, name: str) -> Conference:
        if is_sid(name, "CF"):
            room = self._exchange.conferences.get(name)
            if room is None or room.status == "completed":
                raise RestError(20404, name)
            return room
        return open_room(self._exchange, self._exchange.options.account_sid, name, Callback())


def _participant(room: Conference, request: web.Request) -> Participant:
    key = request.match_info["call"]
    for participant in room.participants.values():
        if key in {participant.call.sid, participant.label}:
            return participant
    raise RestError(20404, request.path)


def _coached(room: Conference, participant: Participant, form: RestForm) -> str:
    """Return the call that the participant coaches from now on; it must be another one in the room."""
    if not form.has("Coaching") and not form.has("CallSidToCoach"):
        return participant.coached
    if not form.flag("Coaching", default=True):
        return ""
    sid = form.text("CallSidToCoach")
    if not room.has_talking(sid) or sid == participant.call.sid:
        raise RestError(16028, sid)
    return sid


def _conference_twiml(name: str, form: RestForm) -> str:
    """Return the TwiML by which the called person enters."""
    response = ET.Element("Response")
    room = ET.SubElement(ET.SubElement(response, "Dial"), "Conference")
    room.text = name
    flags = {
        "muted": form.flag("Muted"),
        "startConferenceOnEnter": form.flag("StartConferenceOnEnter", default=True),
        "endConferenceOnExit": form.flag("EndConferenceOnExit"),
    }
    room.attrib.update({key: str(value).lower() for key, value in flags.items()})
    if label := form.text("Label"):
        room.set("participantLabel", label)
    return ET.tostring(response, encoding="unicode")

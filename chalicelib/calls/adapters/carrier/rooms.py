"""The carrier's conferences: legs placed, moved and ended, participants muted, held and coached.

Source: Twilio, docs/voice/api/call-resource and docs/voice/api/conference-participant-resource.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from chalicelib.calls.adapters.carrier.client import client_of, ordering, refusal
from chalicelib.calls.domain.rooms import Listening
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.rooms import Room
    from chalicelib.calls.ports.rooms import LegOrder

# It is over, or not there any more: the carrier says so by status 404 or by these codes.
_NOT_FOUND, _NOT_IN_PROGRESS = 404, {21220, 20404}
_EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioSwitchboard:
    """Places legs and moves who is in a conference; see `Switchboard` for how that can fail."""

    def __init__(self, *, account_sid: str, auth_token: str, api_url: str, addresses: Addresses) -> None:
        client = client_of(account_sid, auth_token, api_url)
        self._calls = client.calls
        self._conferences = client.conferences
        self._addresses = addresses

    def call_in(self, order: LegOrder) -> str:
        """Place a leg, give the carrier's id."""
        leg = self._addresses.leg(order.room_id, order.participant_id)
        with ordering():
            call = self._calls.create(
                to=order.number,
                from_=order.line,
                url=f"{leg}/answer#rc=1&rp=ct,5xx",
                fallback_url=self._addresses.fallback(),
                status_callback=f"{leg}/status#rc=3&rp=all",
                status_callback_event=_EVENTS,
                timeout=order.ring_s,
                time_limit=order.max_duration_s,
            )
        return str(call.sid)

    def hang_up(self, sid: str) -> None:
        """End a leg, whether it rings or talks."""
        with _unless_over("hang_up"):
            self._calls(sid).update(status="completed")

    def bring_back(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Let a call go on at the address where it learns what became of a hand-over."""
        self._redirect(sid, self._addresses.transfer_ended(call_id, attempt_id))

    def seize(self, call_id: str, sid: str, attempt_id: str) -> None:
        """Let a call go on at the address where it is handed over."""
        self._redirect(sid, self._addresses.transfer(call_id, attempt_id))

    def _redirect(self, sid: str, url: str) -> None:
        with _unless_over("redirect"):
            self._calls(sid).update(url=url, method="POST")

    def set_flags(self, room: Room, sid: str, *, muted: bool, held: bool) -> None:
        """Mute, hold, or release a participant."""
        with _unless_over("set_flags"):
            self._participant(room, sid).update(muted=muted, hold=held)

    def set_mode(self, room: Room, sid: str, mode: Listening, coached_sid: str) -> None:
        """Change how a supervisor takes part."""
        whispers = mode is Listening.WHISPER
        coaching: dict[str, Any] = {"coaching": whispers}
        if whispers:
            coaching["call_sid_to_coach"] = coached_sid
        with _unless_over("set_mode"):
            self._participant(room, sid).update(muted=mode is Listening.LISTEN, **coaching)

    def end(self, room: Room) -> None:
        """End the conference for everybody in it."""
        with _unless_over("end"):
            for found in self._conferences.list(friendly_name=room.id, status="in-progress", limit=5):
                self._conferences(found.sid).update(status="completed")
            for found in self._conferences.list(friendly_name=room.id, status="init", limit=5):
                self._conferences(found.sid).update(status="completed")

    def _participant(self, room: Room, sid: str) -> Any:
        return self._conferences(room.sid).participants(sid)


@contextmanager
def _unless_over(what: str) -> Iterator[None]:
    """Let pass that the carrier has no such call or participant any more; all is safe to repeat."""
    try:
        yield
    except TwilioRestException as error:
        if error.status == _NOT_FOUND or error.code in _NOT_IN_PROGRESS:
            log("room.already_over", what=what, code=error.code)
            return
        meaning = refusal(error)
        if isinstance(meaning, Unavailable):
            raise Unavailable(meaning.message, retryable=True, code=meaning.code) from error
        raise meaning from error
    except (TwilioException, requests.RequestException) as error:
        raise Unavailable(
            "The carrier did not answer.", retryable=True, code="carrier_unreachable"
        ) from error

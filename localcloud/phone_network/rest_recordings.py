"""The Recordings resource and its sound files.

Source: twilio.com/docs/voice/api/recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.phone_network.errors import RestError
from localcloud.phone_network.paging import page_of
from localcloud.phone_network.recordings import ABSENT

if TYPE_CHECKING:
    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.recordings import Recording


class RecordingsResource:
    """Handlers of ``/Recordings``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, base: str) -> list[web.RouteDef]:
        """Return the resource's routes; the bare address is the sound, as on Twilio."""
        return [
            web.get(f"{base}/Recordings.json", self.list),
            web.get(f"{base}/Recordings/{{sid}}.json", self.fetch),
            web.delete(f"{base}/Recordings/{{sid}}.json", self.delete),
            web.get(f"{base}/Recordings/{{sid}}.wav", self.media),
            web.get(f"{base}/Recordings/{{sid}}", self.media),
        ]

    async def list(self, request: web.Request) -> web.Response:
        """Show recordings, the newest first."""
        wanted = request.query.get("CallSid")
        found = [
            item for item in reversed(self._exchange.recordings.values()) if wanted in (None, item.call_sid)
        ]
        return web.json_response(page_of(request, "recordings", [item.view() for item in found]))

    async def fetch(self, request: web.Request) -> web.Response:
        """Show one recording."""
        return web.json_response(self._recording(request).view())

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a recording and its sound."""
        recording = self._recording(request)
        del self._exchange.recordings[recording.sid]
        call = self._exchange.calls.get(recording.call_sid)
        if call and recording.sid in call.recordings:
            call.recordings.remove(recording.sid)
        self._exchange.log.record("recording.deleted", recording.call_sid, recording_sid=recording.sid)
        return web.Response(status=204)

    async def media(self, request: web.Request) -> web.Response:
        """Return the sound; an absent recording has none."""
        recording = self._recording(request)
        if recording.status == ABSENT:
            raise RestError(20404, request.path)
        return web.Response(body=recording.wav(), content_type="audio/x-wav")

    def _recording(self, request: web.Request) -> Recording:
        recording = self._exchange.recordings.get(request.match_info["sid"])
        if recording is None:
            raise RestError(20404, request.path)
        return recording

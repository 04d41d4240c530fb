"""A ConversationRelay session: the person's speech to the socket, the product's text to the person."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

from localcloud.phone_network.faults import Effect, FaultRule
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.relay_frames import Frame, MalformedFrameError, parse_frame, setup_frame
from localcloud.phone_network.relay_manner import RelayManner
from localcloud.phone_network.sids import new_sid
from localcloud.phone_network.signatures import HEADER, signature
from localcloud.phone_network.verbs import SOUND_SECONDS

if TYPE_CHECKING:
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.line import Spoken
    from localcloud.phone_network.twiml import Verb

CANNOT_CONNECT, SOCKET_ENDED, INVALID_MESSAGE = 64102, 64105, 64107
_MALFORMED_LIMIT = 10
_FLUSH_SECONDS = 2.0
_MOST_LOOPS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a session ended: ``ended`` by the product, ``failed`` with the socket, ``completed`` by hang-up."""

    status: str
    handoff: str | None = None
    code: int = 0
    message: str = ""


class RelaySession:
    """One session; it listens to the person and feeds the speaker."""

    name = "relay"

    def __init__(self, leg: Leg, relay: Verb) -> None:
        self.sid = new_sid("VX")
        self._leg = leg
        self._relay = relay
        self._url = relay.get("url")
        self._call_sid = leg.call.sid
        self._manner = RelayManner.of(relay)
        self._outbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._frames = 0
        self._malformed = 0
        self._interrupted = False
        self._ignoring = False
        self._fault: FaultRule | None = None

    async def run(self) -> Outcome:
        """Hold the session; it closes its socket even when the call is redirected under it."""
        async with aiohttp.ClientSession() as http:
            try:
                socket = await self._leg.line.while_up(self._connect(http))
                return await self._converse(http, socket)
            except HungUpError:
                return Outcome("completed")
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                return self._failed(CANNOT_CONNECT, f"cannot connect: {type(error).__name__} {error}")

    async def _connect(self, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        options, faults, call = self._leg.exchange.options, self._leg.exchange.faults, self._leg.call
        if refused := faults.strike(Effect.SOCKET_REFUSED, self._url, (call.from_, call.to)):
            raise ValueError(f"the product answered {refused.status}")
        headers = {HEADER: signature(options.auth_token, self._url), "User-Agent": "TwilioProxy/1.1"}
        async with asyncio.timeout(options.socket_timeout):
            socket = await http.ws_connect(URL(self._url, encoded=True), headers=headers)
        self._log("socket.opened", url=self._url, session_id=self.sid)
        self._fault = faults.strike(Effect.SOCKET_DROPPED, self._url, (call.from_, call.to))
        return socket

    async def _converse(
        self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse
    ) -> Outcome:
        line, speaker = self._leg.line, self._leg.line.speaker
        self._send(setup_frame(self._leg.call, self.sid, self._relay))
        writing = asyncio.ensure_future(self._write(http, socket))
        speaker.on_started.append(self._agent_started)
        speaker.on_finished.append(self._agent_finished)
        speaker.on_piece.append(self._piece_played)
        line.listen(self)
        if greeting := self._relay.get("welcomeGreeting"):
            speaker.enqueue(greeting, self._manner.greeting)
        try:
            return await line.while_up(self._read(http, socket))
        finally:
            line.listen(None)
            speaker.on_started.remove(self._agent_started)
            speaker.on_finished.remove(self._agent_finished)
            speaker.on_piece.remove(self._piece_played)
            await self._close(socket, writing)

    async def _close(self, socket: aiohttp.ClientWebSocketResponse, writing: asyncio.Future[None]) -> None:
        self._outbox.put_nowait(None)
        await asyncio.wait({writing}, timeout=_FLUSH_SECONDS)
        writing.cancel()
        by = "product" if socket.closed else "network"
        if not socket.closed:
            await asyncio.wait({asyncio.ensure_future(socket.close())}, timeout=_FLUSH_SECONDS)
        self._log("socket.closed", by=by, code=socket.close_code, session_id=self.sid)

    async def _write(self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        while (frame := await self._outbox.get()) is not None:
            if socket.closed:
                return
            try:
                await socket.send_json(frame)
            except (aiohttp.ClientError, ConnectionError):
                return
            self._log("socket.sent", frame=frame)
            await self._maybe_drop(http)

    async def _read(self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> Outcome:
        async for message in socket:
            if message.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                break
            if outcome := await self._receive(message):
                return outcome
            await self._maybe_drop(http)
        return self._failed(SOCKET_ENDED, f"the socket was closed with {socket.close_code}")

    async def _receive(self, message: aiohttp.WSMessage) -> Outcome | None:
        text = message.data if message.type is aiohttp.WSMsgType.TEXT else "<binary>"
        try:
            frame = parse_frame(text)
        except MalformedFrameError as error:
            return self._reject(text, str(error))
        self._malformed = 0
        self._log("socket.received", frame=frame.fields, after_interrupt=self._interrupted)
        if frame.type == "end":
            await self._let_finish()
            return Outcome("ended", frame.fields.get("handoffData"))
        self._obey(frame)
        return None

    def _reject(self, text: str, reason: str) -> Outcome | None:
        self._malformed += 1
        self._log("socket.received", malformed=text[:1000], reason=reason)
        self._leg.exchange.log.record_error(INVALID_MESSAGE, reason, self._call_sid)
        self._send({"type": "error", "description": f"Invalid message received: {text[:200]}"})
        if self._malformed < _MALFORMED_LIMIT:
            return None
        return self._failed(INVALID_MESSAGE, "ten malformed messages in a row")

    def _obey(self, frame: Frame) -> None:
        speaker, fields = self._leg.line.speaker, frame.fields
        if frame.type == "text":
            speaker.late = speaker.late or self._interrupted
            speaker.enqueue(fields["token"], self._manner.of_frame(fields), last=fields.get("last", False))
        elif frame.type == "play":
            for _ in range(min(max(fields.get("loop", 1), 1), _MOST_LOOPS)):
                speaker.enqueue_sound(
                    f"audio {fields['source']}", SOUND_SECONDS, self._manner.of_frame(fields)
                )
        elif frame.type == "sendDigits":
            self._log("dtmf", digit=fields["digits"], speaker="agent")
        else:
            self._log("language", tts=fields.get("ttsLanguage"), asr=fields.get("transcriptionLanguage"))

    async def _let_finish(self) -> None:
        speaker = self._leg.line.speaker
        speaker.close_cycle()
        if self._leg.exchange.options.end_waits_for_speech:
            await speaker.drained()
        elif speaker.speaking:
            self._log("agent.cut_off", reason="the product sent end before its words were spoken")
            speaker.purge()

    def speech_started(self) -> None:
        """Interrupt the agent where it may be interrupted."""
        speaker = self._leg.line.speaker
        self._info("clientSpeaking", "on")
        self._ignoring = False
        if not speaker.speaking:
            return
        if speaker.manner.speech:
            self._interrupt()
        else:
            self._ignoring = not self._manner.reports_speech

    def heard(self, spoken: Spoken) -> None:
        """Send what was recognised, unless it was said over speech that admits no input."""
        if not self._ignoring:
            language = self._named(spoken)
            self._send({"type": "prompt", "voicePrompt": spoken.text, "lang": language, "last": spoken.last})
        if not spoken.last:
            return
        self._info("clientSpeaking", "off")
        if self._ignoring:
            self._log("speech.ignored", text=spoken.text)
        else:
            self._leg.line.speaker.close_cycle()
        self._interrupted = self._ignoring = False

    def _named(self, spoken: Spoken) -> str:
        """Name the language of what was said; one that was found out has no country."""
        detects = self._relay.get("transcriptionLanguage") == "multi"
        return spoken.lang.partition("-")[0] if detects else spoken.lang

    def speech_missed(self) -> None:
        """Send nothing: what interrupted the agent had no words."""
        self._info("clientSpeaking", "off")
        self._leg.line.speaker.close_cycle()
        self._interrupted = self._ignoring = False

    def digit(self, digit: str) -> None:
        """Send a key if detection is on; a key may also interrupt."""
        speaker = self._leg.line.speaker
        if speaker.speaking and speaker.manner.keys:
            self._interrupt()
            self._interrupted = False
        if self._relay.get("dtmfDetection") == "true":
            self._send({"type": "dtmf", "digit": digit})

    def _interrupt(self) -> None:
        heard = self._leg.line.speaker.purge()
        text, milliseconds = (heard.text, heard.milliseconds) if heard else ("", 0)
        self._interrupted = True
        self._log("interrupt", utterance=text, ms=milliseconds)
        self._send(
            {
                "type": "interrupt",
                "utteranceUntilInterrupt": text,
                "durationUntilInterruptMs": milliseconds,
            }
        )

    def _agent_started(self) -> None:
        self._info("agentSpeaking", "on")

    def _agent_finished(self, _utterance: object) -> None:
        self._info("agentSpeaking", "off")

    def _piece_played(self, text: str) -> None:
        if "tokens-played" in self._manner.events:
            self._send({"type": "info", "name": "tokensPlayed", "value": text})

    def _info(self, name: str, value: str) -> None:
        if "speaker-events" in self._manner.events:
            self._send({"type": "info", "name": name, "value": value})

    def _send(self, frame: dict[str, Any]) -> None:
        self._outbox.put_nowait(frame)

    async def _maybe_drop(self, http: aiohttp.ClientSession) -> None:
        self._frames += 1
        if self._fault and self._frames >= self._fault.after_frames:
            self._log("socket.dropped", after_frames=self._frames)
            await http.close()

    def _failed(self, code: int, message: str) -> Outcome:
        self._leg.exchange.log.record_error(code, message, self._call_sid, url=self._url)
        return Outcome("failed", code=code, message=message)

    def _log(self, kind: str, **fields: Any) -> None:
        self._leg.exchange.log.record(kind, self._call_sid, **fields)

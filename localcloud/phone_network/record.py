"""<Record> and <Start><Recording>: what is kept of a call's sound.

Source: twilio.com/docs/voice/twiml/record and /recording.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from localcloud.phone_network import recordings
from localcloud.phone_network.calls import Callback, Instructions, RecordingRequest
from localcloud.phone_network.line import HungUpError
from localcloud.phone_network.sids import new_sid

if TYPE_CHECKING:
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.line import Spoken
    from localcloud.phone_network.recordings import Recording
    from localcloud.phone_network.twiml import Verb

_ANY_KEY = "1234567890*#"
_LONGEST, _SILENCE = 3_600.0, 5.0


class Tape:
    """What a Record hears of the person."""

    name = "record"

    def __init__(self, leg: Leg, finish_on: str) -> None:
        self._leg = leg
        self._finish_on = finish_on
        self.said: list[str] = []
        self.digit_pressed = ""
        self.speaking = False
        self.inputs = 0

    def speech_started(self) -> None:
        """Keep the tape running."""
        self.speaking = True
        self._stirred()

    def heard(self, spoken: Spoken) -> None:
        """Keep what was said."""
        self.said.append(spoken.text)
        self.speaking = not spoken.last
        self._stirred()

    def speech_missed(self) -> None:
        """Go on waiting for words."""
        self.speaking = False
        self._stirred()

    def digit(self, digit: str) -> None:
        """Stop at a finishing key."""
        if digit in self._finish_on:
            self.digit_pressed = digit
            self._stirred()

    def stirred_since(self, inputs: int) -> bool:
        """Tell whether the person did anything since so many inputs, or is speaking."""
        return self.speaking or self.inputs > inputs

    def _stirred(self) -> None:
        self.inputs += 1
        self._leg.line.changed.notify()


async def start(leg: Leg, verb: Verb) -> None:
    """Begin a recording that lasts as long as the call."""
    if noun := verb.child("Recording"):
        callback = leg.callback(noun, "recordingStatusCallback")
        channels = 1 if noun.get("channels") == "mono" else 2
        request = RecordingRequest("StartCallRecordingTwiML", callback, channels)
        recordings.begin(leg.exchange, leg.call, request)


async def record(leg: Leg, verb: Verb) -> Instructions | None:
    """Record the person until silence, a key, the limit or the hang-up; silence alone falls through."""
    tape = Tape(leg, verb.get("finishOnKey", _ANY_KEY))
    request = RecordingRequest("RecordVerb", leg.callback(verb, "recordingStatusCallback"))
    recording = recordings.begin(leg.exchange, leg.call, request)
    leg.line.listen(tape)
    try:
        await leg.line.while_up(_until_over(leg, verb, tape))
    except HungUpError:
        tape.digit_pressed = "hangup"
    finally:
        leg.line.listen(None)
        recordings.finish(leg.exchange, leg.call, recording, heard=bool(tape.said))
    _transcribe(leg, verb, recording, tape)
    if tape.said:
        following = leg.action(verb, _result(recording, tape), "record")
        if not leg.line.down:
            return following
        _report(leg, following)
    if leg.line.down:
        raise HungUpError
    return None


async def _until_over(leg: Leg, verb: Verb, tape: Tape) -> None:
    pace = leg.exchange.pace
    silence = pace.real(verb.seconds("timeout", _SILENCE))
    limit = pace.real(verb.seconds("maxLength", _LONGEST))
    began = pace.tick()
    while pace.real(pace.simulated(began)) < limit and not tape.digit_pressed:
        if not await leg.line.changed.within(silence, partial(tape.stirred_since, tape.inputs)):
            return
        await leg.line.changed.within(limit, lambda: not tape.speaking or bool(tape.digit_pressed))


def _result(recording: Recording, tape: Tape) -> dict[str, str]:
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.media_url,
        "RecordingDuration": str(recording.duration),
        "Digits": tape.digit_pressed,
    }


def _report(leg: Leg, following: Instructions) -> None:
    """Tell the action URL about a recording that a hang-up ended; its TwiML has nobody to reach."""
    callback = Callback(following.url, following.method)
    params = leg.call.parameters() | {"CallStatus": "completed"} | dict(following.params)
    leg.exchange.progress.send(leg.call.sid, following.purpose, callback, params)


def _transcribe(leg: Leg, verb: Verb, recording: Recording, tape: Tape) -> None:
    if verb.get("transcribe") != "true" and not verb.get("transcribeCallback"):
        return
    sid = new_sid("TR")
    account = f"{leg.exchange.base_url}/2010-04-01/Accounts/{leg.call.account_sid}"
    params = leg.call.parameters() | {
        "TranscriptionSid": sid,
        "TranscriptionText": " ".join(tape.said),
        "TranscriptionStatus": "completed" if tape.said else "failed",
        "TranscriptionUrl": f"{account}/Transcriptions/{sid}",
        "RecordingSid": recording.sid,
        "RecordingUrl": recording.media_url,
    }
    callback = leg.callback(verb, "transcribeCallback")
    leg.exchange.progress.send(leg.call.sid, "transcription", callback, params)

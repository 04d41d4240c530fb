"""<Gather>: prompts, and the keys or speech that answer them.

Source: twilio.com/docs/voice/twiml/gather.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from localcloud.phone_network.calls import Callback, Instructions
from localcloud.phone_network.verbs import utter

if TYPE_CHECKING:
    from localcloud.phone_network.leg import Leg
    from localcloud.phone_network.line import Spoken
    from localcloud.phone_network.twiml import Verb

_DEFAULT_TIMEOUT = 5.0
_UNLIMITED_DIGITS = 1_000


class Collector:
    """What a Gather has heard so far; it listens from the first prompt on."""

    name = "gather"

    def __init__(self, leg: Leg, verb: Verb) -> None:
        kinds = verb.get("input", "dtmf").split()
        self._takes_keys, self._takes_speech = "dtmf" in kinds, "speech" in kinds
        self._finish_key = verb.get("finishOnKey", "#")
        self._wanted = int(verb.get("numDigits") or _UNLIMITED_DIGITS)
        self._barge_in = verb.get("bargeIn", "true") == "true"
        self._leg = leg
        self._partial = leg.callback(verb, "partialResultCallback")
        self._partials = 0
        self._said: list[str] = []
        self.digits = ""
        self.finished_on = ""
        self.confidence = 0.0
        self.speaking = False
        self.done = False
        self.inputs = 0

    def speech_started(self) -> None:
        """Stop the prompts: the person speaks."""
        if self._takes_speech:
            self.speaking = True
            self._stirred()

    def heard(self, spoken: Spoken) -> None:
        """Take a part of the speech; the last part completes the Gather."""
        if not self._takes_speech or self.done:
            return
        self._said.append(spoken.text)
        self.confidence = spoken.confidence
        if spoken.last:
            self.speaking, self.done = False, True
        else:
            self._report_partial()
        self._stirred()

    def speech_missed(self) -> None:
        """Complete the Gather with nothing: what was taken for speech had no words."""
        self.speaking, self.done = False, self.done or self._takes_speech
        self._stirred()

    def digit(self, digit: str) -> None:
        """Take a key; the finishing key or the wanted number of keys completes the Gather."""
        if not self._takes_keys or self.done:
            return
        if digit == self._finish_key:
            self.finished_on, self.done = digit, True
        else:
            self.digits += digit
            self.done = len(self.digits) >= self._wanted
        self._stirred()

    @property
    def empty(self) -> bool:
        """Whether nothing was said or keyed."""
        return not self.digits and not self._said

    def stirred_since(self, inputs: int) -> bool:
        """Tell whether the person did anything since so many inputs, or is speaking."""
        return self.speaking or self.inputs > inputs

    def result(self) -> dict[str, str]:
        """Return the parameters for the action URL."""
        if self._said:
            return {"SpeechResult": " ".join(self._said), "Confidence": f"{self.confidence:.7f}"}
        return {"Digits": self.digits, "FinishedOnKey": self.finished_on}

    def _stirred(self) -> None:
        self.inputs += 1
        if self._barge_in:
            self._leg.line.speaker.purge()
        self._leg.line.changed.notify()

    def _report_partial(self) -> None:
        params = self._leg.call.parameters() | {
            "UnstableSpeechResult": self._said[-1],
            "StableSpeechResult": " ".join(self._said),
            "Stability": "0.9",
            "SequenceNumber": str(self._partials),
        }
        self._partials += 1
        callback = Callback(self._partial.url, self._partial.method)
        self._leg.exchange.progress.send(self._leg.call.sid, "gather.partial", callback, params)


async def gather(leg: Leg, verb: Verb) -> Instructions | None:
    """Collect input; without any, fall through unless ``actionOnEmptyResult``."""
    collector = Collector(leg, verb)
    leg.line.listen(collector)
    try:
        await _prompt(leg, verb, collector)
        await leg.line.while_up(_collect(leg, verb, collector))
    finally:
        leg.line.listen(None)
    if collector.empty and verb.get("actionOnEmptyResult") != "true":
        return None
    return leg.action(verb, collector.result(), "gather")


async def _prompt(leg: Leg, verb: Verb, collector: Collector) -> None:
    line = leg.line
    for prompt in verb.children:
        if collector.inputs:
            return
        seconds = leg.exchange.pace.real(utter(leg, prompt))
        ready = line.changed.until(lambda: collector.inputs > 0 or not line.speaker.speaking)
        await line.while_up(ready)
        if seconds:
            await line.while_up(line.changed.within(seconds, lambda: collector.inputs > 0))


async def _collect(leg: Leg, verb: Verb, collector: Collector) -> None:
    """Wait for input; each key starts the timeout anew, speech suspends it."""
    timeout = leg.exchange.pace.real(verb.seconds("timeout", _DEFAULT_TIMEOUT))
    while not collector.done:
        stirred = partial(collector.stirred_since, collector.inputs)
        if not await leg.line.changed.within(timeout, stirred):
            return
        await leg.line.changed.until(lambda: collector.done or not collector.speaking)

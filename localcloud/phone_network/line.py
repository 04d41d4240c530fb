"""The wire between a person and whatever answers them: speech, keys, hanging up; no TwiML here."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from localcloud.phone_network.pace import iso, now
from localcloud.phone_network.speaker import Speaker, Utterance
from localcloud.phone_network.tasks import cancel

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from localcloud.phone_network.log import CarrierLog
    from localcloud.phone_network.options import Options
    from localcloud.phone_network.pace import Pace

_T = TypeVar("_T")


class HungUpError(Exception):
    """The line went dead while something was waiting on it."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One part of what a person says; ``last`` ends the utterance."""

    text: str
    last: bool
    lang: str
    confidence: float


class Listener(Protocol):
    """What hears the person: a Gather, a relay session, a recording, another line."""

    name: str

    def speech_started(self) -> None:
        """Notice that the person began to speak."""

    def heard(self, spoken: Spoken) -> None:
        """Take a recognised part of the person's speech."""

    def speech_missed(self) -> None:
        """Notice that what began like speech is over, and that nothing was recognised."""

    def digit(self, digit: str) -> None:
        """Take a key that the person pressed."""


class Line:
    """One person's line: the agent's voice one way, the person's speech and keys the other."""

    def __init__(self, call_sid: str, options: Options, pace: Pace, log: CarrierLog) -> None:
        self._rate = options.characters_per_second
        self._call_sid = call_sid
        self._log = log
        self.pace = pace
        self.speaker = Speaker(pace, options.characters_per_second, options.stream_gap)
        self.speaker.on_finished.append(self._agent_spoke)
        self.listener: Listener | None = None
        self.transcript: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.changed = self.speaker.changed
        self.hung_up_by = ""
        self.greeting = asyncio.Event()  # set when a machine begins to greet
        self.greeted = asyncio.Event()  # set when a machine has greeted, and beeped if it does
        self._down = asyncio.Event()

    @property
    def down(self) -> bool:
        """Whether somebody hung up."""
        return self._down.is_set()

    def hang_up(self, by: str) -> None:
        """End the line; the first to hang up is remembered."""
        if not self.down:
            self.hung_up_by = by
            self._down.set()

    async def until_down(self) -> None:
        """Wait for the hang-up."""
        await self._down.wait()

    async def while_up(self, work: Awaitable[_T]) -> _T:
        """Do the work unless the line goes dead first: then cancel it and raise ``HungUpError``."""
        task, down = asyncio.ensure_future(work), asyncio.ensure_future(self._down.wait())
        try:
            await asyncio.wait({task, down}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise HungUpError
        finally:
            await cancel(task, down)

    def listen(self, listener: Listener | None) -> None:
        """Let another listener hear the person, or nobody."""
        self.listener = listener
        self.changed.notify()

    async def say(self, parts: tuple[str, ...], lang: str, confidence: float) -> None:
        """Speak as the person: parts are recognised one after the other, by whoever heard them begin."""
        told: Listener | None = None
        names: list[str] = []
        for index, part in enumerate(parts, start=1):
            told = self._tell_start(told)
            await self.pace.sleep(len(part) / self._rate)
            if told is not None and told is self.listener:
                names.append(told.name)
                told.heard(Spoken(part, index == len(parts), lang, confidence))
        self._note_person(" ".join(parts), ", ".join(dict.fromkeys(names)))
        self.changed.notify()

    async def make_noise(self, seconds: float) -> None:
        """Make sounds that begin like speech and in which nothing is recognised."""
        told = self._tell_start(None)
        await self.pace.sleep(seconds)
        if told is not None and told is self.listener:
            told.speech_missed()
        self._log.record("noise", self._call_sid, seconds=seconds, heard_by=told.name if told else "")
        self.changed.notify()

    async def press(self, digits: str) -> None:
        """Press keys, one after the other; ``w`` is half a second."""
        for digit in digits:
            if digit == "w":
                await self.pace.sleep(0.5)
                continue
            name = self.listener.name if self.listener else ""
            self._log.record("dtmf", self._call_sid, digit=digit, speaker="person", heard_by=name)
            if self.listener:
                self.listener.digit(digit)
            await self.pace.sleep(0.1)

    def overhear(self, text: str) -> None:
        """Hear at once what the person on a bridged line said."""
        self.heard.append(text)
        self._transcribe("agent", text)
        self.changed.notify()

    def _tell_start(self, told: Listener | None) -> Listener | None:
        if self.listener is not None and self.listener is not told:
            self.listener.speech_started()
        return self.listener

    def _agent_spoke(self, utterance: Utterance) -> None:
        self.heard.append(utterance.text)
        self._log.record("agent.spoke", self._call_sid, **asdict(utterance))
        self._transcribe("agent", utterance.text, at=utterance.at, interrupted=utterance.interrupted)
        self.changed.notify()

    def _note_person(self, text: str, heard_by: str) -> None:
        self._log.record("person.spoke", self._call_sid, text=text, heard_by=heard_by)
        self._transcribe("person", text)

    def _transcribe(self, speaker: str, text: str, at: str = "", **more: Any) -> None:
        self.transcript.append({"speaker": speaker, "text": text, "at": at or iso(now()), **more})

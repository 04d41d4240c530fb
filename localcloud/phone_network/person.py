"""A person acting out a script on a line: listening, answering, interrupting, hanging up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.phone_network.callees import Action, AtEnd, Callee, Rule, Step, Wait
from localcloud.phone_network.machines import Then, screen, take_message

if TYPE_CHECKING:
    from localcloud.phone_network.line import Line
    from localcloud.phone_network.log import CarrierLog

# The product's latency is real time however fast the simulation runs, so patience has a floor.
_PATIENCE_FLOOR = 10.0
_LISTENER_GRACE = 2.0


class Person:
    """Acts a script; ends by hanging up or by being cancelled when the line goes dead."""

    def __init__(self, callee: Callee, line: Line, log: CarrierLog, call_sid: str) -> None:
        self._callee = callee
        self._line = line
        self._log = log
        self._call_sid = call_sid
        self._consumed = 0
        self._uses: dict[Rule, int] = {}

    async def live(self) -> None:
        """Act the whole script: what screens the call first, then a machine or the person."""
        callee, line = self._callee, self._line
        then = Then.VOICEMAIL if callee.machine else Then.CONNECT
        if callee.screening:
            then = await screen(callee.screening, line, self._log, self._call_sid)
            self._consumed = len(line.heard)
        if then is Then.DECLINE:
            line.hang_up("person")
        elif then is Then.VOICEMAIL and callee.machine:
            await take_message(callee.machine, line, self._log, self._call_sid)
        else:
            await self._talk()

    async def _talk(self) -> None:
        for step in self._callee.steps:
            await self._take(step)
        if self._callee.at_end is AtEnd.HANG_UP:
            self._line.hang_up("person")
        while not self._line.down:
            heard = await self._turn(0.0)
            if rule := self._rule_for(heard):
                await self._apply(rule)

    async def _take(self, step: Step) -> None:
        if step.wait is Wait.NONE and step.interrupt_after_words is None and step.hears is None:
            await self._line.pace.sleep(step.action.delay)
            return await self._act(step.action)
        if step.interrupt_after_words is not None and await self._talk_over(step.interrupt_after_words):
            self._consumed = len(self._line.heard) + 1
            return await self._act(step.action)
        while not self._line.down:
            heard = await self._turn(step.action.delay)
            if step.hears and step.hears.matches(heard):
                return await self._act(step.action)
            if rule := self._rule_for(heard):
                await self._apply(rule)
            elif step.hears is None:
                return await self._act(step.action)
        return None

    async def _talk_over(self, words: int) -> bool:
        """Wait until enough words of one utterance were heard; tell whether there is speech to interrupt."""
        speaker, line = self._line.speaker, self._line
        before = len(line.heard)

        def ready() -> bool:
            return speaker.words_heard >= words or len(line.heard) > before

        if not await line.changed.within(self._patience(), ready):
            self._give_up()
        return speaker.speaking and speaker.words_heard >= words

    async def _turn(self, delay: float) -> str:
        """Wait until the agent has said something and is silent for ``delay``; return what it said."""
        while not await self._silent_for(delay):
            pass
        heard = " ".join(self._line.heard[self._consumed :])
        self._consumed = len(self._line.heard)
        return heard

    async def _silent_for(self, delay: float) -> bool:
        line = self._line
        if not await line.changed.within(self._patience(), self._being_addressed):
            self._give_up()
        await line.changed.until(self._addressed)
        await line.pace.sleep(delay)
        # People notice when nobody listens yet, such as between two documents.
        await line.changed.within(_LISTENER_GRACE, lambda: line.listener is not None)
        return self._addressed()

    def _being_addressed(self) -> bool:
        return self._line.speaker.speaking or self._addressed()

    def _addressed(self) -> bool:
        return len(self._line.heard) > self._consumed and not self._line.speaker.speaking

    def _rule_for(self, heard: str) -> Rule | None:
        for rule in self._callee.rules:
            if rule.hears.matches(heard) and (rule.times is None or self._uses.get(rule, 0) < rule.times):
                return rule
        return None

    async def _apply(self, rule: Rule) -> None:
        self._uses[rule] = self._uses.get(rule, 0) + 1
        await self._line.pace.sleep(rule.action.delay)
        await self._act(rule.action)

    async def _act(self, action: Action) -> None:
        if action.silent:
            await self._line.pace.sleep(action.silent)
        if action.noise:
            await self._line.make_noise(action.noise)
        if action.say:
            await self._line.say(action.say, action.lang, action.confidence)
        if action.press:
            await self._line.press(action.press)
        if action.hang_up:
            self._line.hang_up("person")

    def _patience(self) -> float:
        wanted = self._callee.patience_seconds
        return max(self._line.pace.real(wanted), min(wanted, _PATIENCE_FLOOR))

    def _give_up(self) -> None:
        self._log.record("person.gave_up", self._call_sid, patience_seconds=self._callee.patience_seconds)
        self._line.hang_up("person")

"""When words go out: the first at once, later ones by the sentence, so that few frames carry them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!?…:;](?:[\"')\]]*)\s")
_MAX_WAIT_S = 0.2
# A voice that was given its first words needs this long to begin; what comes meanwhile goes together.
_BEGINNING_S = 0.15
# How long before the voice runs out of words it is given more.
_LEAD_S = 0.5


@dataclass
class Phrases:
    """Collects pieces of text; gives back what shall be sent now.

    The first words are given at once, because the caller waits in silence. After that text is
    given at the end of a sentence, or when it has waited for 200 ms: the voice is still busy then. A voice
    that speaks `chars_per_second` is given nothing more while it has words for longer; 0: not known.
    """

    chars_per_second: float = 0.0
    waiting: str = ""
    given_at: float | None = None
    busy_until: float = 0.0

    def add(self, text: str, now: float) -> str:
        """Take more text at `now` (seconds); return what to send, or an empty string."""
        self.waiting += text
        if not self.waiting.strip():
            return ""
        if self.given_at is None:
            return self._give(len(self.waiting), now, _BEGINNING_S)
        if now < self.busy_until:
            return ""
        if now - self.given_at >= _MAX_WAIT_S:
            return self._give(len(self.waiting), now)
        ends = [found.end() for found in _SENTENCE_END.finditer(self.waiting)]
        return self._give(ends[-1], now) if ends else ""

    def rest(self) -> str:
        """Return what is still waiting at the end of the answer."""
        rest, self.waiting = self.waiting, ""
        return rest

    def _give(self, length: int, now: float, least_s: float = 0.0) -> str:
        given, self.waiting = self.waiting[:length], self.waiting[length:]
        self.given_at = now
        if self.chars_per_second:
            spoken_s = length / self.chars_per_second - _LEAD_S
            self.busy_until = now + max(spoken_s, least_s)
        return given

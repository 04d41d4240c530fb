"""What is to happen on the deployed stack: whom a campaign calls, what they do, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

GAP_S = 10
MAX_ATTEMPTS = 3
_QUICKLY_KNOWN = ("busy", "no_answer", "voicemail_left", "failed")
# Half a minute passes until the product is certain that such a person has said nothing.
_SLOWLY_KNOWN = ("abandoned",)
# The carrier tells the end of a call to the second, so that a gap may seem shorter by as much.
GAPS: Mapping[str, timedelta] = dict.fromkeys((*_QUICKLY_KNOWN, *_SLOWLY_KNOWN), timedelta(seconds=GAP_S - 1))

BUSY: dict[str, Any] = {"answer": "busy", "ring_seconds": 1}
AWAY: dict[str, Any] = {"answer": "no_answer", "ring_seconds": 2}
DECLINES: dict[str, Any] = {"answer": "rejected", "ring_seconds": 1}
TALKS: dict[str, Any] = {
    "answer": 1,
    "steps": [{"say": "No, thank you. Not now."}, {"say": "Bye.", "hang_up": True}],
}
HANGS_UP: dict[str, Any] = {"answer": 1, "steps": [{"wait": "none", "delay": 0.2, "hang_up": True}]}
MAILBOX: dict[str, Any] = {
    "answer": 1,
    "machine": {"greeting": ["This is Bob. Please leave a message after the tone."], "hears_for": 120},
}
REFUSES: dict[str, Any] = {
    "answer": 1,
    "steps": [{"say": "Please stop calling me."}],
    "rules": [{"hears": "goodbye", "hang_up": True}],
}
# Twenty people, and what each of them does; the next twenty do the same.
PEOPLE = (
    *(BUSY, TALKS, AWAY, HANGS_UP, BUSY, MAILBOX, TALKS, AWAY, REFUSES, BUSY),
    *(DECLINES, TALKS, AWAY, HANGS_UP, TALKS, BUSY, MAILBOX, TALKS, REFUSES, AWAY),
)


@dataclass(frozen=True)
class Plan:
    """One run; the same seed has the same people and the same chances of trouble.

    `faults` is how probable each fault of the carrier is. With `patient` the worst happens as well (orders
    and last reports that are lost), and the run waits the ten minutes and more that it takes to be certain of
    them. Without, what the product cannot know yet is left out; there may be `most_caught` of those calls;
    and the kill switch, after which calls wait for up to a minute, is not thrown.
    """

    members: int = 500
    seed: int = 1
    faults: float = 0.05
    kills: int = 20
    calls_per_second: int = 8
    live_calls: int = 20
    patient: bool = True
    longest_s: float = 3600.0

    @property
    def numbers(self) -> list[str]:
        """Give the numbers of the members; another seed has other ones."""
        return [f"+1212{200 + self.seed % 700}{place:04d}" for place in range(self.members)]

    @property
    def retries(self) -> dict[str, Any]:
        """Give how often, and how soon, somebody is called again, as the API takes it."""
        outcomes = (*_QUICKLY_KNOWN, *(_SLOWLY_KNOWN if self.patient else ()))
        again = {"times": MAX_ATTEMPTS - 1, "gaps_s": [GAP_S]}
        return {"max_attempts": MAX_ATTEMPTS, "after": dict.fromkeys(outcomes, again)}

    @property
    def most_calls(self) -> int:
        """Give how many calls there may be in all."""
        return self.members * MAX_ATTEMPTS

    @property
    def most_caught(self) -> int:
        """Give how many calls may be undecided in the end: none, if the run waits for all."""
        return 0 if self.patient else self.kills * 2

    @property
    def fault_rules(self) -> dict[str, Any]:
        """Give what the phone network is told to do wrong."""
        often = [
            {"effect": "callback_duplicated"},
            {"effect": "callback_delayed", "seconds": 1.5},
            {"effect": "callback_reordered"},
            {"effect": "callback_lost", "match": "status.ringing"},
            {"effect": "rest_cut_after_success", "match": "POST"},
            {"effect": "rest_slow", "match": "POST", "seconds": 0.4},
            {"effect": "rest_error", "match": "POST", "status": 429, "code": 20429, "count": 3},
        ]
        # Each of these keeps a place among the live calls taken for two minutes, or for ten.
        some = 1 + self.members // 100
        worst = [
            {"effect": "callback_lost", "match": "status.", "count": 2 * some},
            {"effect": "rest_silent_after_success", "match": "POST", "seconds": 12.0, "count": some},
            {"effect": "rest_error", "match": "POST", "count": some},
        ]
        rules = [*often, *worst] if self.patient else often
        return {"seed": self.seed, "rules": [{"probability": self.faults} | rule for rule in rules]}

"""Whether and when somebody is called again, by what came of the calls before; pure data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from chalicelib.calls.domain.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Retry:
    """What follows one outcome: how often it is tried again at most, and after which gaps, in seconds.

    The first gap follows its first occurrence, and so on; the last holds for all that come after it.
    """

    times: int
    gaps_s: tuple[int, ...]


_QUARTER, _HOUR, _DAY = 15 * 60, 3600, 24 * 3600
# Whoever talked with us, declined, opted out, was called off or may not be called is not called again.
DEFAULT_RETRIES: Mapping[Outcome, Retry] = MappingProxyType(
    {
        Outcome.BUSY: Retry(3, (_QUARTER, _HOUR)),
        Outcome.NO_ANSWER: Retry(3, (4 * _HOUR, _DAY)),
        Outcome.VOICEMAIL_NO_MESSAGE: Retry(3, (4 * _HOUR, _DAY)),
        Outcome.ABANDONED: Retry(1, (_DAY,)),
        Outcome.FAILED: Retry(2, (_QUARTER, _HOUR)),
    }
)
# What may be tried again at all: nobody is asked twice who refused, opted out or must not be called.
RETRIABLE = frozenset({*DEFAULT_RETRIES, Outcome.VOICEMAIL_LEFT})


@dataclass(frozen=True)
class RetryRules:
    """How often somebody is called in all, and what follows each outcome; an outcome not named ends it.

    `best_hour` asks to move a retry to the hour of the day in which most calls were answered.
    """

    max_attempts: int = 3
    after: Mapping[Outcome, Retry] = field(default_factory=lambda: DEFAULT_RETRIES, hash=False)
    best_hour: bool = False


def retry_at(
    rules: RetryRules, outcomes: Sequence[Outcome], attempts: int, ended_at: datetime
) -> datetime | None:
    """Give when to call again, or None: not any more.

    `outcomes` are those of all attempts so far, the last one last; `attempts` is how many there were. The
    gap begins when the last call ended, so that between two dials there is never less.
    """
    last = outcomes[-1]
    rule = rules.after.get(last)
    if rule is None or attempts >= rules.max_attempts:
        return None
    times = sum(outcome is last for outcome in outcomes)
    if times > rule.times or not rule.gaps_s:
        return None
    return ended_at + timedelta(seconds=rule.gaps_s[min(times, len(rule.gaps_s)) - 1])

"""What questions to models are counted by, how the counters add up, and the numbers read of them; pure.

Counters can be added in any order and over any period. So can latencies: they are kept as how many fell in
each of the parts of a scale on which a part ends 10.5 % above where it begins. A percentile is told as the
middle of its part, which is within 5 % of the true value, however many questions there are.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.prices import price_of, token_cost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from chalicelib.ai.domain.asking import ModelUse

MAX_DAYS = 92
MAX_GROUPS = 100  # the busiest ones
RELATIVE_ERROR = 0.05
_GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
# Names of numbers; short, because a row of counters below 1 KB costs the least.
REQUESTS, PROMPT, CACHED, ANSWER, COST = "n", "p", "c", "a", "usd"
FALLBACKS, CANCELLED, UNPRICED = "fb", "x", "up"
ERROR, FIRST, TOTAL = "e_", "f", "t"
# The code of a question that was given up because the caller spoke; nothing went wrong.
_GIVEN_UP = "cancelled"
_NO_CODE = re.compile(r"[^a-z0-9_]")
_PART = re.compile(r"([ft])(\d+)")

Numbers = Counter[str]


class By(StrEnum):
    """What numbers are told apart by."""

    PROVIDER = "provider"
    MODEL = "model"
    TEMPLATE = "template"
    DAY = "day"


class Row(NamedTuple):
    """Which row of counters: one model of one provider, for one call template, on one day (UTC)."""

    day: str
    template_id: str
    provider: str
    model: str


def moves_of(day: date, template_id: str, turns: Iterable[Iterable[ModelUse]]) -> dict[Row, Numbers]:
    """Give what the questions of turns, in their order, add to which rows."""
    moves: dict[Row, Numbers] = {}
    for asked in _named([tuple(asked) for asked in turns]):
        fallbacks = _fallbacks(asked)
        for place, use in enumerate(asked):
            row = Row(day.isoformat(), template_id, use.provider, use.model)
            numbers = moves.setdefault(row, Counter())
            numbers.update(_numbers(use))
            if place in fallbacks:
                numbers[FALLBACKS] += 1
    return moves


def _named(turns: list[tuple[ModelUse, ...]]) -> list[tuple[ModelUse, ...]]:
    """Say of questions whose provider was not kept that it was the one whose model it is."""
    providers = {use.model: use.provider for asked in turns for use in asked if use.provider}
    return [
        tuple(replace(use, provider=use.provider or providers.get(use.model, "")) for use in asked)
        for asked in turns
    ]


def _fallbacks(asked: tuple[ModelUse, ...]) -> set[int]:
    """Give the places of those that were asked because the one before them had failed.

    The same question is put to nobody twice: a provider that was asked already has got the next one.
    """
    found: set[int] = set()
    same_question: set[str] = set()
    for place, use in enumerate(asked):
        if use.provider in same_question or (place and asked[place - 1].error in {"", _GIVEN_UP}):
            same_question = set()
        if same_question:
            found.add(place)
        same_question.add(use.provider)
    return found


def _numbers(use: ModelUse) -> Numbers:
    """Give what one question adds; nothing is stored for what is 0."""
    found = Counter(
        {
            REQUESTS: 1,
            PROMPT: use.usage.prompt_tokens,
            CACHED: use.usage.cached_tokens,
            ANSWER: use.usage.completion_tokens,
            COST: token_cost(use.model, use.usage).amount,
            UNPRICED: int(price_of(use.model) is None),
        }
    )
    if use.error:
        found[CANCELLED if use.error == _GIVEN_UP else f"{ERROR}{_NO_CODE.sub('_', use.error)}"] = 1
    for name, ms in ((FIRST, use.first_ms), (TOTAL, use.total_ms)):
        if ms is not None:
            found[f"{name}{part_of(ms)}"] = 1
    return Counter({name: number for name, number in found.items() if number})


def part_of(ms: int) -> int:
    """Give the part of the scale in which a time lies; what is below 1 ms counts as 1 ms."""
    return max(0, math.ceil(math.log(max(ms, 1), _GROWTH) - 1e-9))


def middle_of(part: int) -> int:
    """Give the time in milliseconds that is at most 5 % off every time in a part, beside rounding."""
    return round(2 * _GROWTH**part / (_GROWTH + 1))


@dataclass(frozen=True)
class Latency:
    """How many times fell in each part of the scale."""

    parts: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many times there are."""
        return sum(self.parts.values())

    def percentile(self, share: float) -> int | None:
        """Give the milliseconds within which this share lies, at most 5 % off; None when there are none."""
        seen, wanted = 0, max(1, math.ceil(share * self.count))
        for part, number in sorted(self.parts.items()):
            seen += number
            if seen >= wanted:
                return middle_of(part)
        return None


@dataclass(frozen=True)
class ModelNumbers:
    """Numbers of questions to models; `cost` in micro-dollars, without the `unpriced` ones.

    `cached_tokens` are part of `prompt_tokens`. `errors` are counted by code; `fallbacks` are questions that
    went to another provider than the one before, which had failed; `cancelled` ones the caller cut off.
    """

    requests: int
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    cost: int
    unpriced: int
    fallbacks: int
    cancelled: int
    errors: Mapping[str, int]
    first: Latency
    total: Latency


@dataclass(frozen=True)
class ModelDashboard:
    """The numbers from one day to another (UTC, both included), in all and for each of `by`.

    `groups` has the busiest of `group_count`, the busiest first; of days each, in order.
    """

    first: date
    last: date
    by: By
    whole: ModelNumbers
    groups: Mapping[str, ModelNumbers]
    group_count: int


def dashboard_of(rows: Iterable[tuple[Row, Numbers]], first: date, last: date, by: By) -> ModelDashboard:
    """Make the dashboard out of rows of counters, which may come in parts."""
    sums: dict[str, Numbers] = {day: Counter() for day in _days(first, last) if by is By.DAY}
    whole: Numbers = Counter()
    for row, numbers in rows:
        name = _NAMES[by](row)
        sums[name] = sums.get(name, Counter()) + numbers
        whole.update(numbers)
    names = list(sums)
    if by is not By.DAY:
        names = sorted(sums, key=lambda name: (-sums[name][REQUESTS], name))[:MAX_GROUPS]
    groups = {name: _told(sums[name]) for name in names}
    return ModelDashboard(first, last, by, _told(whole), groups, len(sums))


_NAMES: dict[By, Callable[[Row], str]] = {
    By.PROVIDER: lambda row: row.provider,
    By.MODEL: lambda row: row.model,
    By.TEMPLATE: lambda row: row.template_id,
    By.DAY: lambda row: row.day,
}


def _days(first: date, last: date) -> Iterator[str]:
    return ((first + timedelta(days=on)).isoformat() for on in range((last - first).days + 1))


def _told(numbers: Numbers) -> ModelNumbers:
    return ModelNumbers(
        requests=numbers[REQUESTS],
        prompt_tokens=numbers[PROMPT],
        cached_tokens=numbers[CACHED],
        answer_tokens=numbers[ANSWER],
        cost=numbers[COST],
        unpriced=numbers[UNPRICED],
        fallbacks=numbers[FALLBACKS],
        cancelled=numbers[CANCELLED],
        errors={
            name.removeprefix(ERROR): number for name, number in numbers.items() if name.startswith(ERROR)
        },
        first=_latency(numbers, FIRST),
        total=_latency(numbers, TOTAL),
    )


def _latency(numbers: Numbers, name: str) -> Latency:
    found = ((_PART.fullmatch(key), number) for key, number in numbers.items())
    return Latency({int(part[2]): number for part, number in found if part and part[1] == name})

"""Which of the free times are offered: three at most, spread over days and parts of the day; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MOST = 3
_NOON, _EVENING = 12, 17


class PartOfDay(StrEnum):
    """A part of the day, by the local hour at which something begins."""

    MORNING = "morning"  # before noon
    AFTERNOON = "afternoon"  # from noon until before five
    EVENING = "evening"


class Offered(Protocol):
    """A free time, as an instant and on the clock of whoever asks."""

    @property
    def start(self) -> datetime: ...  # noqa: D102
    @property
    def local_start(self) -> datetime: ...  # noqa: D102


AnyOffer = TypeVar("AnyOffer", bound=Offered)


def part_of(local: datetime) -> PartOfDay:
    """Say in which part of the day a local time is."""
    if local.hour < _NOON:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if local.hour < _EVENING else PartOfDay.EVENING


def chosen(offers: Iterable[AnyOffer], part: PartOfDay | None = None) -> list[AnyOffer]:
    """Give three at most, in order of time: the earliest, then those of other days and parts of the day."""
    fitting = {each.start: each for each in offers if part in (None, part_of(each.local_start))}
    ordered = [fitting[start] for start in sorted(fitting)]
    firsts = list({_day_and_part(each): each for each in reversed(ordered)}.values())
    spread = sorted(firsts, key=_start)
    rest = [each for each in ordered if each not in firsts]
    return sorted([*spread, *rest][:MOST], key=_start)


def _start(offer: Offered) -> datetime:
    return offer.start


def _day_and_part(offer: Offered) -> tuple[int, PartOfDay]:
    return offer.local_start.toordinal(), part_of(offer.local_start)

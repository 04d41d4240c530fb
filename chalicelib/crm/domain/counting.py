"""What contacts are counted by, and the numbers that people read of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.kernel.zones import is_between, zones_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from chalicelib.crm.domain.consents import Consent
    from chalicelib.crm.domain.contacts import Contact

# Dimensions of counters. The days come first by the alphabet, so that one query gives the latest of them
# and everything else.
ADDED = "added#"
CONSENT = "consent#"
SOURCE = "source#"
STATUS = "status#"
SUPPRESSED = "suppressed#yes"
TAG = "tag#"
TOTAL = "total#contacts"
ZONES = "zones#"
BEFORE_ALL, AFTER_ALL = "!", "~"
MAX_DAYS = 90
# 47 CFR 64.1200(c)(1): no call before 8:00 or after 21:00, local time at the called party.
FIRST_HOUR, LAST_HOUR = 8, 21
_BETWEEN = "|"


@dataclass(frozen=True)
class Tally:
    """A counter: how many contacts it counts, and how often it was written: what tells readings apart."""

    amount: int = 0
    writes: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Give the sum, of shards."""
        return Tally(self.amount + other.amount, self.writes + other.writes)


@dataclass(frozen=True)
class Coverage:
    """How many contacts have granted something, revoked it, and said nothing of it."""

    granted: int
    revoked: int
    unanswered: int


@dataclass(frozen=True)
class Dashboard:
    """The numbers of all contacts as of an instant; `new_by_day` has every day (UTC), the last one first.

    `reachable_now` counts those whom one may call at this hour: not suppressed, not marked do-not-contact,
    and in every time zone of theirs it is between 8:00 and 21:00. Who is in no known zone is not counted.
    """

    as_of: datetime
    total: int
    by_status: Mapping[str, int]
    by_tag: Mapping[str, int]
    by_source: Mapping[str, int]
    new_by_day: Mapping[date, int]
    consents: Mapping[ConsentKind, Coverage] = field(default_factory=dict)
    suppressed: int = 0
    reachable_now: int = 0


def counted_of(
    contact: Contact, answers: Mapping[ConsentKind, Consent], *, suppressed: bool
) -> frozenset[str]:
    """Give every counter that counts this contact, each once."""
    return frozenset(_counted(contact, answers, suppressed=suppressed))


def first_counter(now: datetime, days: int) -> str:
    """Give the first counter that a dashboard of so many days reads."""
    return f"{ADDED}{now.date() - timedelta(days=days - 1)}"


def dashboard_of(tallies: Mapping[str, Tally], now: datetime, days: int) -> Dashboard:
    """Make the dashboard out of the counters; `by_tag` is by the tags' ids."""
    counts = Counter({name: tally.amount for name, tally in tallies.items()})
    return Dashboard(
        as_of=now,
        total=counts[TOTAL],
        by_status={status.value: counts[f"{STATUS}{status}"] for status in ContactStatus},
        by_tag=values_of(counts, TAG),
        by_source=values_of(counts, SOURCE),
        new_by_day={day: counts[f"{ADDED}{day}"] for day in _days(now, days)},
        consents={kind: _coverage(counts, kind) for kind in ConsentKind},
        suppressed=counts[SUPPRESSED],
        reachable_now=sum(
            amount for zones, amount in values_of(counts, ZONES).items() if _is_hour(zones, now)
        ),
    )


def values_of(counts: Mapping[str, int], dimension: str) -> dict[str, int]:
    """Give what is counted in a dimension, by value, without what counts nobody."""
    return {
        name.removeprefix(dimension): amount
        for name, amount in sorted(counts.items())
        if name.startswith(dimension) and amount
    }


def _counted(contact: Contact, answers: Mapping[ConsentKind, Consent], *, suppressed: bool) -> Iterator[str]:
    yield TOTAL
    yield f"{STATUS}{contact.status}"
    yield f"{SOURCE}{contact.source}"
    yield f"{ADDED}{contact.created_at.date()}"
    yield from (f"{TAG}{tag}" for tag in contact.tags)
    yield from (f"{CONSENT}{kind}#{answer.answer}" for kind, answer in answers.items())
    if suppressed:
        yield SUPPRESSED
    elif contact.status is not ContactStatus.DO_NOT_CONTACT and (zones := zones_of(contact.phone)):
        stated = {contact.time_zone} if contact.time_zone else set()
        yield ZONES + _BETWEEN.join(sorted({*zones, *stated}))


def _days(now: datetime, days: int) -> Iterator[date]:
    return (now.date() - timedelta(days=back) for back in range(days))


def _coverage(counts: Counter[str], kind: ConsentKind) -> Coverage:
    granted, revoked = (counts[f"{CONSENT}{kind}#{answer}"] for answer in ConsentAnswer)
    return Coverage(granted, revoked, counts[TOTAL] - granted - revoked)


def _is_hour(zones: str, now: datetime) -> bool:
    return is_between(zones.split(_BETWEEN), now, FIRST_HOUR, LAST_HOUR)

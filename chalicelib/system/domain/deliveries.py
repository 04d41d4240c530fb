"""Deliveries as values: one event for one webhook, tried until it arrives or a day has passed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso, millis, to_millis
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.ids import derived_id, order_of
from chalicelib.system.domain.health import share

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.events import Event
    from chalicelib.system.domain.webhooks import Secrets

# How long to wait before each try; with jitter of up to a tenth the last is made 23.6 to 26 hours after
# the first: a receiver that is mended within a day misses nothing.
SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=6),
)
# Longer than a try can take, resolution and storage included: after this, whoever tried is dead.
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS_SHOWN = 20
MAX_EXCERPT = 500
GONE = 410
WEBHOOK_OFF = "webhook_disabled"
UNFINISHED = "unfinished"
UNREACHABLE = "unreachable"
_JITTER = 0.1
# What is put off together is looked at again within this time, not all at once.
_SPREAD = timedelta(minutes=1)


class DeliveryState(StrEnum):
    """How a delivery stands; `failed` is final until somebody replays it."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Answer:
    """What came of a POST: a status, or else the kind of failure, after `ms` milliseconds.

    `excerpt` is the beginning of the answer's body, at most 500 characters.
    """

    status: int | None = None
    error: str = ""
    ms: int = 0
    excerpt: str = ""

    @property
    def accepted(self) -> bool:
        """Tell whether the receiver took the message: only 2xx says so; a redirect does not."""
        return self.status is not None and 200 <= self.status < 300 and not self.error  # noqa: PLR2004


@dataclass(frozen=True)
class Attempt:
    """One try: when it began, and what came of it."""

    at: datetime
    answer: Answer


@dataclass(frozen=True)
class Delivery:
    """One event for one webhook.

    `body` is what is sent, the same bytes each time. `tries` counts the tries begun since the last replay;
    a try belongs to one worker until `claimed_until`. `next_at` is when the next one is due.
    `begun_at` is when its day began anew, by the last replay. After `keep_until` the delivery is forgotten.
    """

    id: str
    webhook_id: str
    event_id: str
    event_type: str
    body: str
    created_at: datetime
    keep_until: datetime
    state: DeliveryState = DeliveryState.PENDING
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    next_at: datetime | None = None
    claimed_until: datetime | None = None
    begun_at: datetime | None = None
    version: int = 1

    @property
    def look_at(self) -> datetime | None:
        """When somebody must look at it; None when nothing is left to do."""
        return self.claimed_until or self.next_at


@dataclass(frozen=True)
class Letter:
    """What goes to a receiver: the message's id, the body, the time of this try, and what signs it."""

    id: str
    body: str
    at: datetime
    secrets: Secrets


def delivery_of(event: Event, webhook_id: str, now: datetime, kept: timedelta) -> Delivery:
    """Make the one delivery of this event to this webhook, due now; the same again gives the same id.

    A webhook's deliveries sort as their events do.
    """
    seed = f"{event.id}/{webhook_id}"
    return Delivery(
        id=derived_id("delivery", seed, to_millis(event.at), order_of(event.id)),
        webhook_id=webhook_id,
        event_id=event.id,
        event_type=event.type,
        body=body_of(event),
        created_at=now,
        keep_until=(now + kept).replace(microsecond=0),  # rows expire by whole seconds
        next_at=now,
    )


def body_of(event: Event) -> str:
    """Write the body that subscribers get (Standard Webhooks: `type`, `timestamp`, `data`; and ours)."""
    told = {
        "id": event.id,
        "type": event.type,
        "version": event.version,
        "timestamp": iso(event.at),
        "subject": event.subject,
        "data": dict(event.data),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Tell whether a worker shall look at it now: it waits no longer, and no worker has it."""
    return delivery.look_at is not None and delivery.look_at <= now


def claimed(delivery: Delivery, now: datetime) -> Delivery:
    """Begin a try; one whose worker died without a word is written down first."""
    known = _with_unfinished(delivery)
    return replace(known, tries=known.tries + 1, claimed_until=now + LEASE)


def exhausted(delivery: Delivery) -> bool:
    """Tell whether all tries have been begun."""
    return delivery.tries >= len(SCHEDULE)


def given_up(delivery: Delivery, now: datetime, error: str = "") -> Delivery:
    """End a delivery without another try; `error` says why, if it is not that all tries failed."""
    known = _with_unfinished(delivery)
    if error:
        known = _with_attempt(known, Attempt(now, Answer(error=error)))
    return _ended(known, DeliveryState.FAILED)


def recorded(delivery: Delivery, tried: int, attempt: Attempt, now: datetime) -> Delivery:
    """Write the try with number `tried` down: delivered, failed for good, or to be tried again later.

    An outcome that comes when another worker has taken over only counts if it is a success; a success is
    never taken back.
    """
    known = _with_attempt(delivery, attempt)
    if attempt.answer.accepted:
        return _ended(known, DeliveryState.DELIVERED)
    if known.state is not DeliveryState.PENDING or known.tries != tried:
        return known
    if exhausted(known) or attempt.answer.status == GONE:
        return _ended(known, DeliveryState.FAILED)
    return replace(known, next_at=now + wait_before(known.id, known.tries), claimed_until=None)


def wait_before(delivery_id: str, tries: int) -> timedelta:
    """Give the wait after so many tries: the schedule's, and up to a tenth more, the same each time."""
    longer = 1 + _JITTER * share(f"{delivery_id}/{tries}")
    return timedelta(milliseconds=round(millis(SCHEDULE[tries].total_seconds()) * longer))


def put_off(delivery: Delivery, until: datetime, now: datetime) -> Delivery:
    """Let it wait, without a try, because its receiver is silent; given up when its day would be over.

    It keeps the tries that it has left, and its day does not become longer.
    """
    look_at = until + timedelta(seconds=round(_SPREAD.total_seconds() * share(f"{delivery.id}/{iso(until)}")))
    if look_at > (delivery.begun_at or delivery.created_at) + sum(SCHEDULE, timedelta()) * (1 + _JITTER):
        return given_up(delivery, now, UNREACHABLE)
    return replace(_with_unfinished(delivery), next_at=look_at, claimed_until=None)


def replayed(delivery: Delivery, now: datetime) -> Delivery:
    """Begin anew, at once and with all tries; `Conflict` `delivery_in_progress` while one is under way."""
    if delivery.claimed_until is not None and now < delivery.claimed_until:
        raise Conflict("This delivery is being tried right now.", code="delivery_in_progress")
    known = _with_unfinished(delivery)
    return replace(known, state=DeliveryState.PENDING, tries=0, next_at=now, claimed_until=None, begun_at=now)


def shows_failing(delivery: Delivery, unchanged_since: datetime, last_success: datetime | None) -> bool:
    """Tell whether a delivery that failed for good means that its webhook is to be disabled.

    It does at once when the receiver answered 410 Gone. Otherwise it does when the delivery was given a day,
    and since it was made nothing else arrived at the webhook, and nobody changed the webhook.
    """
    if is_gone(delivery):
        return True
    silent = last_success is None or last_success < delivery.created_at
    had_its_day = exhausted(delivery) or _last_error(delivery) == UNREACHABLE
    return had_its_day and silent and unchanged_since <= delivery.created_at


def is_gone(delivery: Delivery) -> bool:
    """Tell whether the receiver's last answer was 410 Gone: it wants no more."""
    return bool(delivery.attempts) and delivery.attempts[-1].answer.status == GONE


def _last_error(delivery: Delivery) -> str:
    return delivery.attempts[-1].answer.error if delivery.attempts else ""


def _ended(delivery: Delivery, state: DeliveryState) -> Delivery:
    return replace(delivery, state=state, next_at=None, claimed_until=None)


def _with_attempt(delivery: Delivery, attempt: Attempt) -> Delivery:
    return replace(delivery, attempts=(*delivery.attempts, attempt)[-MAX_ATTEMPTS_SHOWN:])


def _with_unfinished(delivery: Delivery) -> Delivery:
    """Note the try of a worker that never told how it ended."""
    if delivery.claimed_until is None:
        return delivery
    return _with_attempt(delivery, Attempt(delivery.claimed_until - LEASE, Answer(error=UNFINISHED)))

"""Whom a campaign calls: members, what came of their attempts, and what they are counted by; pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.templates import TemplateChoice
from chalicelib.kernel.ids import derived_id
from chalicelib.scheduling.domain.best_hours import local_hour, moved_to
from chalicelib.scheduling.domain.retries import retry_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.campaigns import Campaign

CHUNK = 50  # members that one transaction changes at most
CONTACT_GONE = "contact_gone"  # skipped: there is no such contact any more
MERGED = "merged"  # skipped: another member is the same contact by now
ERASED = "contact_erased"  # skipped: nothing is known of the contact any more


class MemberState(StrEnum):
    """Where a member stands."""

    WAITING = "waiting"  # to be called at `next_at`, or as soon as there is room
    CALLING = "calling"  # a call is asked for, or going on
    DONE = "done"  # was called, and is not called again
    SKIPPED = "skipped"  # is not called; `reason` says why


@dataclass(frozen=True)
class Try:
    """One attempt that is over: the call, what came of it, when it ended, and whether it was answered.

    `cost` is in micro-dollars; `hour` is the hour of the day in which it was dialed, by the clocks where the
    number may be; None: it was not dialed.
    """

    attempt: int
    call_id: str
    outcome: Outcome
    at: datetime
    answered: bool = False
    cost: int = 0
    hour: int | None = None

    @property
    def was_dialed(self) -> bool:
        """Tell whether the call came as far as the carrier."""
        return self.hour is not None


@dataclass(frozen=True)
class Member:
    """A contact in a campaign, called on one number and by one template, or version of it: its variant.

    `attempts` counts the calls that were asked for; `call_id` is the latest of them, `called_at` when it was
    asked for. `reason` is the code of why it is skipped, or why it waits. `next_at` is when it may be called,
    while it waits. `history` holds the attempts that are over, in their order. `added_by` names the part of
    the job that added it, so that the same part knows it again. `version` grows with each change.
    """

    campaign_id: str
    contact_id: str
    number: E164
    template_id: str
    added_at: datetime
    state: MemberState = MemberState.WAITING
    reason: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    call_id: str = ""
    called_at: datetime | None = None
    last_outcome: Outcome | None = None
    goal_reached: bool = False
    history: tuple[Try, ...] = ()
    added_by: str = ""
    template_version: int | None = None
    version: int = 1

    @property
    def variant(self) -> TemplateChoice:
        """Give what its calls are held by."""
        return TemplateChoice(self.template_id, self.template_version)

    @property
    def is_over(self) -> bool:
        """Tell whether nobody will call because of this membership any more."""
        return self.state in (MemberState.DONE, MemberState.SKIPPED)


@dataclass(frozen=True)
class MemberChange:
    """A member as it was read, and as it is to be."""

    old: Member
    new: Member


def call_id_of(campaign_id: str, contact_id: str, attempt: int) -> str:
    """Give the id of the call of an attempt: the same whoever asks for it, however often."""
    return derived_id("call", f"{campaign_id}:{contact_id}:{attempt}")


def new_member(
    campaign: Campaign, contact_id: str, number: E164, now: datetime, added_by: str = ""
) -> Member:
    """Give a member that waits from now on, with the variant that this contact always has here."""
    variant = variant_of(campaign, contact_id)
    return Member(
        campaign.id,
        contact_id,
        number,
        variant.template_id,
        added_at=now,
        next_at=now,
        added_by=added_by,
        template_version=variant.version,
    )


def variant_of(campaign: Campaign, contact_id: str) -> TemplateChoice:
    """Give what a contact is called by: by weight, and always the same."""
    variants = campaign.variants
    weights = sum(variant.weight for variant in variants)
    if not weights:
        return TemplateChoice(campaign.template_id)
    seed = f"{campaign.id}:{contact_id}".encode()
    place = int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") % weights
    for variant in variants:
        if place < variant.weight:
            return variant.choice
        place -= variant.weight
    raise AssertionError("unreachable")


def call_now(member: Member, now: datetime, variant: TemplateChoice | None = None) -> Member:
    """Give a waiting member for whom the next call is asked; the first may be by another variant."""
    attempt = member.attempts + 1
    by = member.variant if member.attempts or variant is None else variant
    return replace(
        member,
        state=MemberState.CALLING,
        reason="",
        template_id=by.template_id,
        template_version=by.version,
        attempts=attempt,
        next_at=None,
        call_id=call_id_of(member.campaign_id, member.contact_id, attempt),
        called_at=now,
    )


def who_stands(members: Iterable[Member]) -> Member:
    """Give which of the members that are one contact by now is called for it: who has a call, or was called.

    The same one whichever of them is looked at; who was skipped is none of them.
    """
    ranks = (MemberState.CALLING, MemberState.DONE, MemberState.WAITING, MemberState.SKIPPED)
    return min(members, key=lambda each: (ranks.index(each.state), -each.attempts, each.contact_id))


def wait_until(member: Member, at: datetime, reason: str = "") -> Member:
    """Give a waiting member that is looked at again at this time; `reason` says why not before."""
    return replace(member, next_at=at, reason=reason)


def never_called(member: Member, reason: str) -> Member:
    """Give a member whose call was asked for and refused at once: it is skipped, and was not called."""
    return skip(replace(member, attempts=member.attempts - 1, call_id="", called_at=None), reason)


def skip(member: Member, reason: str) -> Member:
    """Give a member that is not called (any more), and why; one that is over stays as it is."""
    if member.is_over:
        return member
    return replace(member, state=MemberState.SKIPPED, reason=reason, next_at=None)


def forget(member: Member) -> Member:
    """Give a member without its number, because its contact is erased; one that waits is skipped.

    What came of its calls stays, and so do the numbers of the campaign; the contact's id says nothing when
    the contact is gone.
    """
    nameless = replace(member, number=NO_NUMBER)
    return skip(nameless, ERASED) if member.state is MemberState.WAITING else nameless


def wait_again(member: Member, now: datetime) -> Member:
    """Give a skipped or finished member that is to be called once more, as soon as there is room.

    One that waits or has a call stays as it is, and so does one of whom no number is known any more.
    """
    if not member.is_over or member.number == NO_NUMBER:
        return member
    return replace(member, state=MemberState.WAITING, reason="", next_at=now)


def after_attempt(member: Member, call: Call, campaign: Campaign, best: int | None = None) -> Member:
    """Give the member when its call is over: done, skipped, or waiting for the next attempt.

    With `best`, an hour of the day, the next attempt waits for it, if the campaign goes on so long. Nothing
    changes while the call goes on, while nobody knows yet what came of it and what it cost, and for any other
    call than the one that the member waits for.
    """
    if member.state is not MemberState.CALLING or call.id != member.call_id:
        return member
    if not call.is_over or call.outcome is None or call.finished_at is None:
        return member
    ended_at = call.ended_at or call.created_at
    tried = Try(
        member.attempts,
        call.id,
        call.outcome,
        ended_at,
        answered=call.answered_at is not None,
        cost=call.cost or 0,
        hour=local_hour(member.number, call.dialed_at) if call.dialed_at else None,
    )
    told = replace(
        member,
        last_outcome=call.outcome,
        history=(*member.history, tried),
        goal_reached=member.goal_reached or call.outcome in campaign.goal,
    )
    if call.outcome is Outcome.NOT_PERMITTED:
        return skip(told, call.reason or "not_permitted")
    return _next(told, campaign, ended_at, best)


def _next(member: Member, campaign: Campaign, ended_at: datetime, best: int | None) -> Member:
    outcomes = [tried.outcome for tried in member.history]
    again = None if member.goal_reached else retry_at(campaign.retries, outcomes, member.attempts, ended_at)
    if again is None:
        return replace(member, state=MemberState.DONE, next_at=None)
    at = again if best is None else _preferred(member, campaign, again, best)
    return replace(member, state=MemberState.WAITING, next_at=at, reason=str(outcomes[-1]))


def _preferred(member: Member, campaign: Campaign, again: datetime, best: int) -> datetime:
    at, stop_at = moved_to(best, member.number, again), campaign.dialing.stop_at
    return again if stop_at and at >= stop_at else at


# Names of numbers.
TOTAL, TRIED, REACHED, GOAL, COST = "total", "tried", "reached", "goal", "cost"
OUTCOME, SKIPPED, TRIES, ANSWERED = "o_", "s_", "t_", "a_"
CALLS, HOUR, ANSWERED_HOUR = "c_", "h_", "ah_"


def counted_of(member: Member | None) -> Counter[str]:
    """Give what a member adds to the numbers of its campaign; all of them follow from it alone.

    `total` and its state (the four add up to it), `o_<last outcome>` when it is done, `s_<reason>` when it is
    skipped, `goal`, `cost` in micro-dollars; of each attempt that is over `c_<outcome>`, of each that was
    dialed `t_<attempt>` and by its hour `h_<hour>`, and when it was answered `a_<attempt>` and `ah_<hour>`;
    and `total`, `tried` (dialed at all), `reached` (by a call that was answered), `goal` and `cost` of its
    variant, `@<template id>` or `@<template id>@<version>`.
    """
    if member is None:
        return Counter()
    numbers = Counter({TOTAL: 1, member.state.value: 1})
    if member.state is MemberState.DONE and member.last_outcome:
        numbers[f"{OUTCOME}{member.last_outcome}"] += 1
    if member.state is MemberState.SKIPPED:
        numbers[f"{SKIPPED}{member.reason}"] += 1
    for tried in member.history:
        numbers += _of_try(tried)
    numbers[GOAL] += member.goal_reached
    return +(numbers + _of_variant(member))


def left_of(numbers: Counter[str]) -> int:
    """Give how many members wait, or have a call."""
    return numbers[MemberState.WAITING] + numbers[MemberState.CALLING]


def hours_of(numbers: Counter[str]) -> tuple[tuple[int, int], ...]:
    """Give the calls that were dialed in each hour of the day, 0 to 23, and those answered of them."""
    return tuple((numbers[f"{HOUR}{hour:02d}"], numbers[f"{ANSWERED_HOUR}{hour:02d}"]) for hour in range(24))


def _of_try(tried: Try) -> Counter[str]:
    numbers = Counter({f"{CALLS}{tried.outcome}": 1, COST: tried.cost})
    if tried.was_dialed:
        numbers[f"{TRIES}{tried.attempt}"] = 1
        numbers[f"{ANSWERED}{tried.attempt}"] = int(tried.answered)
        numbers[f"{HOUR}{tried.hour:02d}"] = 1
        numbers[f"{ANSWERED_HOUR}{tried.hour:02d}"] = int(tried.answered)
    return numbers


def _of_variant(member: Member) -> Counter[str]:
    """Give what tells the variants apart: how many there are, were reached, and came to the goal."""
    numbers = {
        TOTAL: 1,
        TRIED: any(each.was_dialed for each in member.history),
        REACHED: any(each.answered for each in member.history),
        GOAL: member.goal_reached,
        COST: sum(each.cost for each in member.history),
    }
    return Counter({f"{name}@{member.variant.name}": int(number) for name, number in numbers.items()})


def moved_by(changes: Iterable[MemberChange]) -> Counter[str]:
    """Give what these changes add to the numbers, nothing where nothing moves."""
    moved: Counter[str] = Counter()
    for change in changes:
        moved.update(counted_of(change.new))
        moved.subtract(counted_of(change.old))
    return Counter({name: number for name, number in moved.items() if number})

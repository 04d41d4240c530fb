"""Whom a campaign calls: members, and what came of their attempts; pure."""

from __future__ import annotations

import hashlib
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

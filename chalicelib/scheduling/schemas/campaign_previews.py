"""What would come of a campaign, as the API shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, Field

from chalicelib.calls.domain.permission import Verdict
from chalicelib.kernel.money import dollars
from chalicelib.kernel.schemas import Input, Instant
from chalicelib.scheduling.domain.assuming import BY_SOMEBODY
from chalicelib.scheduling.domain.prospects import portions
from chalicelib.scheduling.schemas.campaign_numbers import ReasonView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.scheduling.services.foretelling import Preview


_Name = TypeVar("_Name", str, int)


class StartQuery(Input):
    """Whether to act, or only to say what would come of it."""

    validate_only: Annotated[
        bool, Field(description="Change nothing; the answer's `preview` says what would come of it.")
    ] = False


class StandingView(BaseModel):
    """What the rules of dialing say of members at the beginning, with some of them.

    `allow`: called at once, `not_yet`: called later, `refuse`: skipped.
    """

    verdict: Verdict
    reason: str
    explanation: str
    members: int
    contact_ids: list[str]


class AssumptionsView(BaseModel):
    """What is assumed of calls: the share of each outcome, and how long and dear an answered one is.

    `basis` is `campaign`, `template` or `account` where it was measured on so many `calls`, else `default`.
    """

    basis: str
    calls: int
    outcomes: dict[str, float]
    answer_rate: float
    answered_s: int
    answered_cost: str
    notes: list[str]


class PreviewView(BaseModel):
    """What would come of a campaign, found by running its rules on a virtual clock.

    `members` are still to be called, `sampled` of them were followed; numbers are of all of them. `standings`
    add up to them. `skipped` and `not_reached` are those whom nobody calls (again), by reason. `stopped` says
    what keeps everything from being dialed now, which is left aside.
    """

    at: Instant
    begins_at: Instant
    members: int
    sampled: int
    standings: list[StandingView]
    calls: int
    calls_by_attempt: dict[str, int]
    outcomes: dict[str, int]
    answered: int
    goals: int
    cost: str
    not_reached: dict[str, int]
    first_dial_at: Instant | None
    last_dial_at: Instant | None
    finish_at: Instant | None
    stopped: ReasonView | None
    assumptions: AssumptionsView


def preview_view(preview: Preview) -> PreviewView:
    """Give a preview with the numbers of all members."""
    found, scale, members = preview.foreseen, preview.terms.scale, preview.sample.members
    calls = round(found.calls * scale)
    outcomes = _shared(found.outcomes, calls)
    return PreviewView(
        at=preview.at,
        begins_at=preview.begins_at,
        members=members,
        sampled=len(preview.sample.prospects),
        standings=_standings(preview, members),
        calls=calls,
        calls_by_attempt=_shared(found.by_attempt, calls),
        outcomes=outcomes,
        answered=sum(outcomes.get(outcome, 0) for outcome in BY_SOMEBODY),
        goals=round(found.goals * scale),
        cost=dollars(round(found.cost * scale)),
        not_reached=_shared(found.left, round(sum(found.left.values()) * scale)),
        first_dial_at=found.first_dial_at,
        last_dial_at=found.last_dial_at,
        finish_at=found.finish_at,
        stopped=ReasonView.model_validate(preview.stop) if preview.stop else None,
        assumptions=_assumptions(preview),
    )


def _shared(numbers: Mapping[_Name, float], total: int) -> dict[str, int]:
    """Divide a total as these numbers are; the parts add up to it."""
    names = sorted(numbers)
    parts = portions([numbers[name] for name in names], total)
    return {str(name): part for name, part in zip(names, parts, strict=True)}


def _standings(preview: Preview, members: int) -> list[StandingView]:
    parts = portions([each.members for each in preview.standings], members)
    return [
        StandingView(
            verdict=each.verdict,
            reason=each.reason,
            explanation=each.explanation,
            members=count,
            contact_ids=list(each.samples),
        )
        for each, count in zip(preview.standings, parts, strict=True)
    ]


def _assumptions(preview: Preview) -> AssumptionsView:
    assumed = preview.terms.assumptions
    return AssumptionsView(
        basis=assumed.basis,
        calls=assumed.calls,
        outcomes={outcome.value: round(share, 4) for outcome, share in assumed.shares.items()},
        answer_rate=round(assumed.answer_rate, 4),
        answered_s=assumed.answered_s,
        answered_cost=dollars(assumed.answered_cost),
        notes=_notes(preview),
    )


def _notes(preview: Preview) -> list[str]:
    """Say in sentences what the numbers rest on."""
    sampled, members = len(preview.sample.prospects), preview.sample.members
    notes = [
        "Rules, hours, pace, live calls, lines and budgets are those that hold now, for this campaign alone.",
        "Nobody is added, changed or removed meanwhile.",
        "Unanswered calls last 25 s and cost nothing.",
        "Calls that go on now are counted as if they began now.",
    ]
    if members and not sampled:
        notes.append("Members are still being listed, so that none could be followed: ask again in a moment.")
    elif sampled < members:
        notes.append(
            f"{sampled} of {members} members were followed; each stands for {members / sampled:.1f}."
        )
    if preview.stop:
        notes.append("What keeps everything from being dialed now is taken to end at once.")
    return notes

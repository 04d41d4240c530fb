"""Values found in a call that belong to the contact's record, and what somebody decided about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Analysis
    from chalicelib.ai.domain.extraction import ExtractField

# What a found value may become of a contact, beside its custom fields.
CONTACT_FIELDS = ("email", "company", "title")


class ProposalState(StrEnum):
    """Waiting for somebody, written to the contact, or not wanted."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Verdict(StrEnum):
    """What somebody says of a proposal."""

    ACCEPT = "accept"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Proposal:
    """That the contact's field `maps_to` be this value, which the call's value `field` was found to be.

    `said` are the caller's words, in this `turn`; None where they are in no turn.
    """

    call_id: str
    field: str
    maps_to: str
    value: str | float | bool
    said: str
    turn: int | None
    created_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_at: datetime | None = None
    decided_by: str = ""


_STATES = {Verdict.ACCEPT: ProposalState.ACCEPTED, Verdict.REFUSE: ProposalState.REFUSED}


def decided(proposal: Proposal, verdict: Verdict, by: str, now: datetime) -> Proposal:
    """Give the proposal as decided; the same decision again changes nothing.

    `Conflict` with code `proposal_decided` when it was decided otherwise.
    """
    state = _STATES[verdict]
    if proposal.state is state:
        return proposal
    if proposal.state is not ProposalState.OPEN:
        raise Conflict(f"This proposal was {proposal.state} already.", code="proposal_decided")
    return replace(proposal, state=state, decided_at=now, decided_by=by)


def proposals_of(
    call_id: str, fields: tuple[ExtractField, ...], analysis: Analysis, now: datetime
) -> Iterator[Proposal]:
    """Give what was found that belongs to the contact, in the order of the fields."""
    targets = {field.key: field.maps_to for field in fields if field.maps_to}
    for found in analysis.extracted:
        if found.key in targets and found.value is not None:
            target = targets[found.key]
            yield Proposal(call_id, found.key, target, found.value, found.said, found.turn, now)

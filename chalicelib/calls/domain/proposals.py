"""Values found in a call that belong to the contact's record, and what somebody decided about each."""

from __future__ import annotations

import re
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
EMAIL = "email"
CONTACT_FIELDS = (EMAIL, "company", "title")
# How people say an e-mail address in English, Spanish, German and French.
_SPACES = re.compile(r"\s+")
_AT = re.compile(r"\s(?:at|arroba|ät|klammeraffe|arobase)\s", re.IGNORECASE)
_DOT = re.compile(r"\s(?:dot|punto|punkt|point)\s", re.IGNORECASE)
_UNDERSCORE = re.compile(r"\s(?:underscore|guion bajo|unterstrich|tiret bas)\s", re.IGNORECASE)
_HYPHEN = re.compile(r"\s(?:dash|hyphen|minus|guion|bindestrich|tiret)\s", re.IGNORECASE)

Value = str | float | bool


class ProposalState(StrEnum):
    """Waiting for somebody, written to the contact, or not wanted."""

    OPEN = "open"
    ACCEPTING = "accepting"  # decided, and being written; to accept it again writes it where that broke off
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
    """Give the proposal as decided; the same decision again changes nothing, and who made it first stays.

    `Conflict` with code `proposal_decided` when it was decided otherwise.
    """
    state = _STATES[verdict]
    if proposal.state is state:
        return proposal
    if proposal.state is ProposalState.ACCEPTING and verdict is Verdict.ACCEPT:
        return replace(proposal, state=state)
    if proposal.state is not ProposalState.OPEN:
        raise Conflict(f"This proposal is {proposal.state} already.", code="proposal_decided")
    return replace(proposal, state=state, decided_at=now, decided_by=by)


def claimed(proposal: Proposal, by: str, now: datetime) -> Proposal:
    """Give an open proposal as it stands while its value is written to the contact."""
    return replace(proposal, state=ProposalState.ACCEPTING, decided_at=now, decided_by=by)


def reopened(proposal: Proposal) -> Proposal:
    """Give a proposal as it stands when the contact's record has refused its value."""
    return replace(proposal, state=ProposalState.OPEN, decided_at=None, decided_by="")


def with_value(proposal: Proposal, value: Value) -> Proposal:
    """Give an open proposal with the value that somebody gives in place of the one that was found.

    `Conflict` with code `proposal_decided` when it was decided with another one.
    """
    if proposal.state is not ProposalState.OPEN and proposal.value != value:
        raise Conflict(f"This proposal is {proposal.state} already.", code="proposal_decided")
    return replace(proposal, value=value)


def written_email(said: str) -> str:
    """Write an e-mail address as addresses are written: "ada dot lovelace at example dot com"."""
    words = _SPACES.sub(" ", said.strip())
    if _AT.search(words) is None and "@" not in words:
        return said
    for pattern, sign in ((_AT, "@"), (_DOT, "."), (_UNDERSCORE, "_"), (_HYPHEN, "-")):
        words = pattern.sub(sign, words)
    address = re.sub(r"\s*([@._-])\s*", r"\1", words).rstrip(".")
    return said if " " in address else address.lower()


def proposals_of(
    call_id: str, fields: tuple[ExtractField, ...], analysis: Analysis, now: datetime
) -> Iterator[Proposal]:
    """Give what was found that belongs to the contact, in the order of the fields."""
    targets = {field.key: field.maps_to for field in fields if field.maps_to}
    for found in analysis.extracted:
        if found.key in targets and found.value is not None:
            target = targets[found.key]
            value = found.value
            if target == EMAIL and isinstance(value, str):
                value = written_email(value)
            yield Proposal(call_id, found.key, target, value, found.said, found.turn, now)

"""Stored proposals for the records of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.domain.proposals import Proposal, ProposalState


class ProposalBook(Protocol):
    """Proposals, each by its call and the key of its value."""

    def add(self, proposal: Proposal) -> bool:
        """Store a new proposal; False when there is one, or the call was erased."""

    def get(self, call_id: str, field: str) -> Proposal | None:
        """Give a proposal."""

    def decide(self, proposal: Proposal, before: ProposalState) -> bool:
        """Store a step of a decision; False when the stored one is not in the state before it, or gone."""
